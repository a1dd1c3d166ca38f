"""Accounts, roles and deputies through the administrator's pages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from audit.trail import history_of
from core.errors import NotAllowed, UserError
from responsibility.authority import authority_of
from responsibility.models import Membership, Role, Unit
from responsibility.services.memberships import Post, add_deputy, add_membership, end_membership
from responsibility.services.people import switch_account
from tests.county import PASSWORD, County, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2026, 7, 15)
PEOPLE = "/units/people/"


@pytest.fixture(autouse=True)
def in_july() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 7, 15, 2, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def admin(client: Client, county: County) -> Client:
    client.force_login(county.administrator)
    return client


def account(county: County, **changes: Any) -> dict[str, Any]:
    return {
        "username": "shuili",
        "display_name": "水小利",
        "phone": "0000",
        "email": "shuili@example.test",
        "unit": county.units["XF"].pk,
        "role": "editor",
        "title": "办公室主任",
        "valid_from": "2026-07-01",
        "password": "",
    } | changes


def url(name: str, *args: int) -> str:
    return reverse(f"responsibility:{name}", args=args)


def post_of(user: User) -> Membership:
    return user.memberships.get()


ROUTES = ["people", "person_create", "person", "person_edit", "person_password", "person_switch", "post_add"]


@pytest.mark.parametrize("route", [*ROUTES, "post_end", "post_deputy"])
@pytest.mark.parametrize(("who", "status"), [("office", 403), ("auditor", 403), ("stranger", 404), ("enterprise", 404)])
def test_only_the_administrator_sees_accounts(
    client: Client, county: County, route: str, who: str, status: int
) -> None:
    pk = post_of(county.editor).pk if route.startswith("post_") and route != "post_add" else county.editor.pk
    address = url(route) if route in ("people", "person_create") else url(route, pk)
    client.force_login(getattr(county, who))
    assert client.get(address).status_code == status
    assert client.post(address, {"reason": "x"}).status_code in (status, 405)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=应小急", {"editor"}),
        ("?q=editor", {"editor", "editor2"}),
        ("?role=office", {"office", "office2"}),
        ("?active=0", {"stranger"}),
        ("?q=没有这样的", set()),
    ],
)
def test_list_filters(admin: Client, county: County, query: str, found: set[str]) -> None:
    User.objects.filter(username="stranger").update(is_active=False)
    assert {row.record.username for row in admin.get(PEOPLE + query).context["table"].page} == found
    unit = county.units["ZJ"].pk
    assert [row.record.username for row in admin.get(f"{PEOPLE}?unit={unit}").context["table"].page] == ["other"]


@pytest.mark.parametrize("many", [3, 30])
def test_list_takes_few_queries(admin: Client, county: County, many: int, django_assert_max_num_queries: Any) -> None:
    for number in range(many):
        make_user(f"u{number}", f"人{number}", county.units["ZJ"], Role.EDITOR)
    with django_assert_max_num_queries(12):
        assert admin.get(PEOPLE + "?per_page=50").status_code == 200
    with django_assert_max_num_queries(20):
        assert admin.get(url("person", county.editor.pk)).status_code == 200


def test_an_account_is_made_with_a_generated_password_shown_once(admin: Client, county: County) -> None:
    response = admin.post(url("person_create"), account(county))
    made = response.context["made"]
    assert len(made.password) == 14
    assert made.password in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    user = User.objects.get(username="shuili")
    assert user.check_password(made.password)
    assert not user.is_staff
    post = post_of(user)
    assert (post.unit.code, post.role, post.valid_from) == ("XF", "editor", date(2026, 7, 1))
    assert [entry.action for entry in history_of(user)] == ["membership.create", "person.create"]
    assert made.password not in str(list(Entry.objects.values()))
    assert made.password not in admin.get(url("person", user.pk)).content.decode()


def test_the_new_person_can_log_in(admin: Client, county: County) -> None:
    password = admin.post(url("person_create"), account(county)).context["made"].password
    someone = Client()
    response = someone.post("/accounts/login/", {"login": "shuili", "password": password})
    assert response.status_code == 302
    assert someone.session["_auth_user_id"] == str(User.objects.get(username="shuili").pk)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"username": "EDITOR"}, "已被使用"),
        ({"username": "shui li"}, "只能用汉字、字母、数字"),
        ({"password": "1234567890123"}, "密码"),
        ({"password": "short"}, "密码"),
        ({"role": "office"}, "只能设在类别为“安委办”的单位"),
        ({"role": "enterprise"}, "须选择所在企业"),
        ({"valid_to": "2026-06-01"}, "截止日期不能早于起始日期"),
        ({"display_name": ""}, "此项必填，请填写或选择后再提交。"),
        ({"email": "no"}, "电子邮"),
    ],
)
def test_a_refused_account_keeps_what_was_typed(
    admin: Client, county: County, changes: dict[str, Any], sentence: str
) -> None:
    before = User.objects.count()
    response = admin.post(url("person_create"), account(county, **changes))
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert "办公室主任" in response.content.decode()
    assert User.objects.count() == before


def test_a_typed_password_is_used(admin: Client, county: County) -> None:
    admin.post(url("person_create"), account(county, password="Quiet-Harbour-42"))
    assert User.objects.get(username="shuili").check_password("Quiet-Harbour-42")


def test_details_are_corrected(admin: Client, county: County) -> None:
    data = {"display_name": "应大急", "phone": "1", "email": "new@example.test"}
    admin.post(url("person_edit", county.editor.pk), data)
    county.editor.refresh_from_db()
    assert (county.editor.display_name, county.editor.email) == ("应大急", "new@example.test")
    assert ["姓名", "应小急", "应大急"] in history_of(county.editor).get().changes


def test_resetting_a_password_ends_the_sessions(admin: Client, county: County) -> None:
    theirs = Client()
    assert theirs.login(username="editor", password=PASSWORD)
    made = admin.post(url("person_password", county.editor.pk), {"password": ""}).context["made"]
    assert theirs.get("/notifications/")["Location"].startswith("/accounts/login/")
    assert theirs.login(username="editor", password=made.password)
    assert history_of(county.editor).get().action == "person.reset_password"
    assert admin.post(url("person_password", county.editor.pk), {"password": "weak"}).status_code == 400


def test_an_account_is_switched_off_and_on(admin: Client, county: County) -> None:
    theirs = Client()
    theirs.force_login(county.editor)
    address = url("person_switch", county.editor.pk)
    assert "停用后不能登录" in admin.get(address).content.decode()
    admin.post(address, {"active": "0", "reason": "调离"})
    county.editor.refresh_from_db()
    assert not county.editor.is_active
    assert theirs.get("/notifications/").status_code == 302
    assert history_of(county.editor).get().reason == "调离"
    admin.post(address, {"active": "1", "reason": "回任"})
    county.editor.refresh_from_db()
    assert county.editor.is_active


def test_switching_needs_a_reason_and_keeps_it(admin: Client, county: County) -> None:
    assert admin.post(url("person_switch", county.editor.pk), {"active": "0", "reason": " "}).status_code == 400
    response = admin.post(url("person_switch", county.administrator.pk), {"active": "0", "reason": "轮岗至外县"})
    assert response.status_code == 400
    assert "不能停用自己的账号" in response.content.decode()
    assert "轮岗至外县" in response.content.decode()


def test_the_last_administrator_stays(county: County) -> None:
    second = make_user("admin2", "管理员二", county.units["AWB"], Role.ADMINISTRATOR)
    switch_account(actor=second, user_id=county.administrator.pk, active=False, reason="轮岗")
    with pytest.raises(UserError, match="最后一名系统管理员"):
        end_membership(actor=second, membership_id=post_of(second).pk, last_day=TODAY, reason="轮岗")
    assert post_of(second).valid_to is None


def test_a_role_ends_on_a_day(admin: Client, county: County, in_july: time_machine.Traveller) -> None:
    post = post_of(county.editor)
    admin.post(url("post_end", post.pk), {"last_day": "2026-07-15", "reason": "岗位调整"})
    post.refresh_from_db()
    assert post.valid_to == TODAY
    assert authority_of(User.objects.get(pk=county.editor.pk)).editor_units
    in_july.shift(timedelta(days=1))
    assert not authority_of(User.objects.get(pk=county.editor.pk)).editor_units
    assert history_of(county.editor).get().reason == "岗位调整"
    assert history_of(county.units["YJ"]).get().action == "membership.end"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"last_day": "2019-01-01", "reason": "x"}, "不能早于任职起始日期"),
        ({"last_day": "2026-07-15", "reason": ""}, "此项必填，请填写或选择后再提交。"),
        ({"last_day": "七月", "reason": "调离"}, "日期"),
    ],
)
def test_a_refused_end_changes_nothing(admin: Client, county: County, data: dict[str, str], sentence: str) -> None:
    response = admin.post(url("post_end", post_of(county.editor).pk), data)
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert post_of(county.editor).valid_to is None


def test_a_role_that_ended_is_not_prolonged(county: County) -> None:
    post = post_of(county.editor)
    end_membership(actor=county.administrator, membership_id=post.pk, last_day=TODAY, reason="调离")
    with pytest.raises(UserError, match="已定于2026-07-15截止"):
        end_membership(
            actor=county.administrator, membership_id=post.pk, last_day=TODAY + timedelta(days=9), reason="调离"
        )


def test_one_more_role(admin: Client, county: County) -> None:
    data = {"unit": county.units["ZJ"].pk, "role": "editor", "valid_from": "2026-07-15"}
    assert admin.post(url("post_add", county.editor.pk), data).status_code == 302
    assert county.editor.memberships.count() == 2
    response = admin.post(url("post_add", county.editor.pk), data)
    assert "日期有重叠" in response.content.decode()
    assert county.editor.memberships.count() == 2


def test_a_collective_name_has_no_people(county: County) -> None:
    group = Unit.objects.create(code="G", name="各乡镇", short_name="各乡镇", kind="group")
    with pytest.raises(UserError, match="集合名称"):
        add_membership(actor=county.administrator, user_id=county.editor.pk, post=Post(group.pk, Role.EDITOR, TODAY))


def test_a_deputy_stands_in_within_dates(admin: Client, county: County, in_july: time_machine.Traveller) -> None:
    deputy = county.other_editor
    data = {"deputy": deputy.pk, "valid_from": "2026-07-16", "valid_to": "2026-07-20"}
    assert admin.post(url("post_deputy", post_of(county.editor).pk), data).status_code == 302
    unit = county.units["YJ"]

    def acts() -> bool:
        return unit.pk in authority_of(User.objects.get(pk=deputy.pk)).editor_units

    seen = []
    for _ in range(7):
        seen.append(acts())
        in_july.shift(timedelta(days=1))
    assert seen == [False, True, True, True, True, True, False]
    in_july.move_to(datetime(2026, 7, 17, 2, 0, tzinfo=UTC))
    assert authority_of(User.objects.get(pk=deputy.pk)).acting_for == {unit.pk: "应小急"}
    assert "代理应小急（B角），2026-07-16至2026-07-20" in history_of(deputy).get().summary
    admin.force_login(county.administrator)
    assert "住小建" in admin.get(url("person", county.editor.pk)).content.decode()


@pytest.mark.parametrize(
    ("deputy", "first", "last", "sentence"),
    [
        ("editor", 1, 5, "不能是本人"),
        ("other_editor", 5, 1, "截止日期不能早于起始日期"),
        ("second_editor", 1, 5, "日期有重叠"),
        ("other_editor", -4000, 5, "不能早于应小急的任职起始日期"),
    ],
)
def test_who_cannot_stand_in(county: County, deputy: str, first: int, last: int, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        add_deputy(
            actor=county.administrator,
            membership_id=post_of(county.editor).pk,
            deputy_id=getattr(county, deputy).pk,
            valid_from=TODAY + timedelta(days=first),
            valid_to=TODAY + timedelta(days=last),
        )
    assert Membership.objects.filter(deputy_for__isnull=False).count() == 0


def test_a_deputy_has_no_deputy_and_needs_an_end(admin: Client, county: County) -> None:
    row = add_deputy(
        actor=county.administrator,
        membership_id=post_of(county.editor).pk,
        deputy_id=county.other_editor.pk,
        valid_from=TODAY,
        valid_to=TODAY,
    )
    data = {"deputy": county.head.pk, "valid_from": "2026-07-15", "valid_to": "2026-07-15"}
    assert "不能再由他人代理" in admin.post(url("post_deputy", row.pk), data).content.decode()
    del data["valid_to"]
    assert admin.post(url("post_deputy", post_of(county.editor).pk), data).status_code == 400


def test_services_check_the_right_themselves(county: County) -> None:
    with pytest.raises(NotAllowed):
        end_membership(actor=county.office, membership_id=post_of(county.editor).pk, last_day=TODAY, reason="x")
    with pytest.raises(NotAllowed):
        switch_account(actor=county.office, user_id=county.editor.pk, active=False, reason="x")
