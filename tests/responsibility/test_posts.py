"""Inner offices, posts and who holds them: kept by the unit's own people, the office, the administrator; dated."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import Entry
from responsibility.models import InnerOffice, Post, Tenure
from tests.county import AsPerson, County

pytestmark = pytest.mark.usefixtures("in_may")
LINES = (
    "内设机构,岗位,姓名,联系电话,分管工作\n"
    "班子成员，局长，应局长，000-1，主持全面工作\n"
    "班子成员\t副局长\t庄副\t000-2\t分管危险化学品\n"
    "危化股,股长,钱股长\n"
    "危化股,科员,应小急,\n\n"
    "综合股,值班员\n"
)


def add_lines(county: County, as_person: AsPerson, person: str = "editor", lines: str = LINES, **extra: str) -> Any:
    address = reverse("responsibility:job_lines", args=[county.units["YJ"].pk])
    data = {"lines": lines, "valid_from": "2026-01-01", "confirm": "1"} | extra
    return as_person(person).post(address, data)


@pytest.mark.parametrize("person", ["editor", "head", "office", "administrator"])
def test_posts_are_pasted_checked_and_added_at_once(county: County, as_person: AsPerson, person: str) -> None:
    preview = add_lines(county, as_person, person, confirm="")
    assert preview.status_code == 200
    assert "共读到 5 个岗位，没有发现问题" in preview.content.decode()
    assert not Post.objects.exists()
    assert add_lines(county, as_person, person).status_code == 302
    posts = {str(post): post for post in Post.objects.with_holders()}
    assert set(posts) == {"局长", "副局长", "危化股 股长", "危化股 科员", "综合股 值班员"}
    head = posts["局长"]
    assert (head.leader, head.in_charge, head.portfolio) == (True, True, "主持全面工作")
    assert not posts["副局长"].in_charge
    assert posts["危化股 股长"].in_charge
    day = date(2026, 1, 1)
    held = posts["危化股 科员"].holder_on(day)
    assert held is not None
    assert (held.user, held.name) == (county.editor, "应小急"), "a name of just one account of the unit is tied to it"
    named = posts["副局长"].holder_on(day)
    assert named is not None
    assert (named.user, named.name, named.phone) == (None, "庄副", "000-2")
    assert posts["综合股 值班员"].holder_on(day) is None
    entry = Entry.objects.get(action="post.create_many")
    assert entry.actor == county.people[person]
    assert ["综合股 值班员", "", "空缺"] in entry.changes


def test_a_wrong_line_stops_them_all_and_nothing_typed_is_lost(county: County, as_person: AsPerson) -> None:
    answer = add_lines(county, as_person, lines=LINES + "只有一项\n危化股,股长,另一人\n,科员,无机构\n")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "其中 2 行有问题" in page
    assert "这一行有 1 项" in page
    assert "内设机构没有填写" in page
    assert "只有一项" in page
    assert not Post.objects.exists()
    add_lines(county, as_person)
    again = add_lines(county, as_person, lines="危化股,股长,另一人\n")
    assert "“危化股 股长”已经有了" in again.content.decode()
    assert "已经有了" in add_lines(county, as_person, lines="危化股,科员,应小急\n").content.decode()
    assert add_lines(county, as_person, lines="危化股,科员,第二名科员\n").status_code == 302
    assert add_lines(county, as_person, lines=" \n").status_code == 400


@pytest.mark.parametrize(
    ("person", "status"), [("other_editor", 403), ("leader", 403), ("auditor", 403), ("enterprise", 404)]
)
def test_nobody_else_keeps_them(county: County, as_person: AsPerson, person: str, status: int) -> None:
    assert add_lines(county, as_person, person).status_code == status
    add_lines(county, as_person)
    post, office = Post.objects.latest("pk"), InnerOffice.objects.latest("pk")
    for name, pk in (
        ("office_create", county.units["YJ"].pk),
        ("job_create", county.units["YJ"].pk),
        ("office_edit", office.pk),
        ("office_close", office.pk),
        ("job_edit", post.pk),
        ("job_holder", post.pk),
        ("job_vacate", post.pk),
        ("job_close", post.pk),
    ):
        address = reverse(f"responsibility:{name}", args=[pk])
        assert as_person(person).get(address).status_code == status, name
        assert as_person(person).post(address, {}).status_code == status, name
    page = as_person(person).get(reverse("responsibility:unit", args=[county.units["YJ"].pk]))
    assert b"jobs/new/" not in page.content


def test_one_post_after_another(county: County, as_person: AsPerson) -> None:
    unit, client = county.units["YJ"], as_person("editor")
    client.post(reverse("responsibility:office_create", args=[unit.pk]), {"name": " 危化 股 "})
    office = InnerOffice.objects.get()
    assert office.name == "危化股"
    twin = client.post(reverse("responsibility:office_create", args=[unit.pk]), {"name": "危化股"})
    assert twin.status_code == 400
    assert "本单位已有内设机构“危化股”" in twin.content.decode()
    data = {
        "title": "股长",
        "office": office.pk,
        "in_charge": "on",
        "user": county.editor.pk,
        "valid_from": "2026-02-01",
    }
    assert client.post(reverse("responsibility:job_create", args=[unit.pk]), data).status_code == 302
    post = Post.objects.get()
    tenure = post.tenures.get()
    assert (post.office, post.in_charge, tenure.user, tenure.name) == (office, True, county.editor, "应小急")
    second = client.post(reverse("responsibility:job_create", args=[unit.pk]), data | {"title": "副股长"})
    assert second.status_code == 400
    assert "“危化股”已有主要负责人岗位“股长”" in second.content.decode()
    page = as_person("other_editor").get(reverse("responsibility:unit", args=[unit.pk])).content.decode()
    assert "危化股" in page
    assert "应小急" in page
    shown = as_person("other_editor").get(reverse("responsibility:job", args=[post.pk]))
    assert "2026-02-01 至 今" in shown.content.decode()


def test_somebody_follows_and_the_history_stays(county: County, as_person: AsPerson) -> None:
    add_lines(county, as_person)
    post = Post.objects.get(title="副局长")
    client, address = as_person("office"), reverse("responsibility:job_holder", args=[post.pk])
    early = client.post(address, {"name": "新人", "valid_from": "2026-01-01"})
    assert early.status_code == 400
    assert "继任须晚于这一天" in early.content.decode()
    assert "新人" in early.content.decode()
    stranger = client.post(address, {"user": county.other_editor.pk, "valid_from": "2026-05-01"})
    assert stranger.status_code == 400, "an account of another unit"
    assert client.post(address, {"name": "新人", "valid_from": "2026-05-01"}).status_code == 302
    new, old = post.tenures.all()
    assert (old.name, old.valid_to) == ("庄副", date(2026, 4, 30))
    assert (new.name, new.valid_from, new.valid_to) == ("新人", date(2026, 5, 1), None)
    vacate = reverse("responsibility:job_vacate", args=[post.pk])
    assert client.post(vacate, {"last_day": "2026-05-20", "reason": ""}).status_code == 400
    assert client.post(vacate, {"last_day": "2026-05-11", "reason": "调离"}).status_code == 302
    new.refresh_from_db()
    assert new.valid_to == date(2026, 5, 11)
    page = as_person("editor").get(reverse("responsibility:job", args=[post.pk])).content.decode()
    assert "空缺" in page
    assert "2026-01-01 至 2026-04-30" in page
    too_early = client.post(address, {"name": "再来", "valid_from": "2026-05-11"})
    assert "请填写这之后的日期" in too_early.content.decode()


def test_an_office_ends_after_its_posts(county: County, as_person: AsPerson) -> None:
    add_lines(county, as_person)
    office = InnerOffice.objects.get(name="综合股")
    client = as_person("editor")
    close = reverse("responsibility:office_close", args=[office.pk])
    data = {"last_day": "2026-05-11", "reason": "机构改革"}
    refused = client.post(close, data)
    assert refused.status_code == 400
    assert "请先撤销或调整岗位" in refused.content.decode()
    post = office.posts.get()
    assert client.post(reverse("responsibility:job_close", args=[post.pk]), data).status_code == 302
    post.refresh_from_db()
    assert post.valid_to == date(2026, 5, 11)
    assert client.post(close, data).status_code == 302
    office.refresh_from_db()
    assert office.valid_to == date(2026, 5, 11)
    client.get(reverse("responsibility:units"))  # where what was done is said
    assert "综合股" not in client.get(reverse("responsibility:unit", args=[office.unit_id])).content.decode()
    again = client.post(
        reverse("responsibility:job_holder", args=[post.pk]), {"name": "某", "valid_from": "2026-06-01"}
    )
    assert "已于2026-05-11撤销" in again.content.decode()


def test_a_post_is_changed_and_a_stale_form_shows_both_texts(county: County, as_person: AsPerson) -> None:
    add_lines(county, as_person)
    post = Post.objects.get(title="副局长")
    client, address = as_person("editor"), reverse("responsibility:job_edit", args=[post.pk])
    data = {"title": "副局长", "portfolio": "分管应急救援", "ordering": "20", "version": post.version}
    assert client.post(address, data).status_code == 302
    post.refresh_from_db()
    assert post.portfolio == "分管应急救援"
    stale = client.post(address, data | {"portfolio": "另一种分工"})
    assert stale.status_code == 400
    assert "分管应急救援" in stale.content.decode()
    assert "另一种分工" in stale.content.decode()
    office = InnerOffice.objects.get(name="危化股")
    moved = client.post(address, data | {"office": office.pk, "version": post.version})
    assert "不能互换" in moved.content.decode()


def test_a_collective_name_has_no_posts(county: County, as_person: AsPerson) -> None:
    from responsibility.models import Unit

    group = Unit.objects.create(code="QT", name="各镇", short_name="各镇", kind=Unit.Kind.GROUP)
    assert as_person("office").get(reverse("responsibility:job_create", args=[group.pk])).status_code == 404


def test_the_database_knows_one_holder_at_a_time(county: County, as_person: AsPerson) -> None:
    add_lines(county, as_person)
    post = Post.objects.get(title="副局长")
    with pytest.raises(IntegrityError), transaction.atomic():
        Tenure.objects.create(post=post, name="第二人", valid_from=date(2026, 2, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(unit=post.unit, title="不在班子也没有机构", leader=False)
