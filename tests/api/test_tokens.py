"""接口令牌: made and revoked by their owner, worth exactly the owner's rights of the day, and hard to guess."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accounts.lockout import FROM_ONE_ADDRESS, SPAN
from accounts.models import ApiToken, FailedLogin
from accounts.tokens import MOST_IN_FORCE, PREFIX, USE_NOTED_EVERY, create_token
from audit.models import Entry
from core.errors import UserError
from responsibility.models import Membership, Role
from responsibility.services.people import reset_password, switch_account
from tests.concurrency.race import committed, race, truncatable
from tests.county import PASSWORD, AsPerson, County
from tests.meta.scene import NOON

__all__ = ["truncatable"]

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"
FORM = {"name": "市平台每日取数", "days": "90", "password": PASSWORD}


def call(secret: str, address: str = ME, **extra: Any) -> Any:
    return Client(raise_request_exception=False).get(address, headers={"Authorization": f"Bearer {secret}"}, **extra)


def made_on_page(client: Client) -> str:
    answer = client.post(reverse("account_token_create"), FORM)
    found = re.search(rf"{PREFIX}[\w-]{{43}}", answer.content.decode())
    assert answer.status_code == 200
    assert found
    return found.group()


def test_a_token_is_shown_once_and_kept_nowhere(county: County, as_person: AsPerson) -> None:
    client = as_person("editor")
    secret = made_on_page(client)
    token = county.editor.api_tokens.get()
    assert (token.name, token.standing, token.expires_at - token.created_at) == (
        "市平台每日取数",
        "active",
        timedelta(days=90),
    )
    assert secret.startswith(token.hint)
    assert len(token.hint) < len(secret) // 3
    assert secret not in json.dumps([*ApiToken.objects.values(), *Entry.objects.values()], default=str)
    page = client.get(reverse("account_tokens")).content.decode()
    assert token.name in page
    assert secret not in page
    entry = Entry.objects.get(action="token.create")
    assert (entry.actor, entry.object_label) == (county.editor, str(token))
    assert json.loads(call(secret).content)["username"] == "editor"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"name": ""}, "用途"),
        ({"name": "长" * 61}, "60"),
        ({"days": "36500"}, "有效期"),
        ({"days": ""}, "有效期"),
        ({"password": "wrong"}, "密码"),
        ({"password": ""}, "密码"),
    ],
)
def test_a_token_is_not_made_of_a_form_that_is_wrong(as_person: AsPerson, changes: dict[str, str], word: str) -> None:
    answer = as_person("editor").post(reverse("account_token_create"), FORM | changes)
    assert answer.status_code == 400
    assert word in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_page_left_open_gives_no_guesses_at_the_password(as_person: AsPerson) -> None:
    client, address = as_person("editor"), reverse("account_token_create")
    for _ in range(FROM_ONE_ADDRESS):
        client.post(address, FORM | {"password": "wrong"})
    assert "登录失败次数过多" in client.post(address, FORM).content.decode()
    assert not ApiToken.objects.exists()


def test_nobody_holds_more_than_a_handful(county: County, as_person: AsPerson) -> None:
    for number in range(MOST_IN_FORCE):
        create_token(actor=county.editor, name=f"用途{number}", days=30)
    answer = as_person("editor").post(reverse("account_token_create"), FORM)
    assert answer.status_code == 400
    assert "最多" in answer.content.decode()
    create_token(actor=county.head, name="另一人的", days=30)


def test_a_revoked_token_opens_nothing(county: County, as_person: AsPerson) -> None:
    secret = create_token(actor=county.editor, name="取数", days=30).secret
    token = county.editor.api_tokens.get()
    address = reverse("account_token_revoke", args=[token.pk])
    for person in ("head", "administrator", "second_editor"):
        assert as_person(person).post(address).status_code == 404
    assert call(secret).status_code == 200
    client = as_person("editor")
    assert client.get(address).status_code == 405
    for _ in range(2):
        assert client.post(address).status_code == 302
    assert call(secret).status_code == 401
    assert Entry.objects.filter(action="token.revoke", actor=county.editor).count() == 1
    assert "已撤销" in client.get(reverse("account_tokens"), {"standing": "revoked"}).content.decode()


def test_a_token_runs_out(county: County) -> None:
    with time_machine.travel(NOON, tick=False):
        secret = create_token(actor=county.editor, name="取数", days=30).secret
    with time_machine.travel(NOON + timedelta(days=30, seconds=-1), tick=False):
        assert call(secret).status_code == 200
    with time_machine.travel(NOON + timedelta(days=30), tick=False):
        assert call(secret).status_code == 401
        assert county.editor.api_tokens.get().standing == "expired"


def test_a_token_is_worth_its_owners_rights_of_the_day(county: County) -> None:
    with time_machine.travel(NOON, tick=False):
        secret = create_token(actor=county.editor, name="取数", days=90).secret
        assert json.loads(call(secret).content)["roles"] == ["editor"]
        post = county.editor.memberships.get()
        post.valid_to = date(2026, 5, 31)
        post.save()
        Membership.objects.create(
            user=county.editor, unit=county.units["AWB"], role=Role.AUDITOR, valid_from=date(2026, 6, 1)
        )
    with time_machine.travel(NOON + timedelta(days=25), tick=False):
        found = json.loads(call(secret).content)
        assert (found["roles"], [row["name"] for row in found["units"]]) == (
            ["auditor"],
            ["县安全生产委员会办公室"],
        )


def test_an_account_that_is_off_opens_nothing(county: County) -> None:
    secret = create_token(actor=county.editor, name="取数", days=30).secret
    switch_account(actor=county.administrator, user_id=county.editor.pk, active=False, reason="调离")
    assert call(secret).status_code == 401
    switch_account(actor=county.administrator, user_id=county.editor.pk, active=True, reason="回来")
    assert call(secret).status_code == 200


def test_a_password_handed_over_anew_revokes_the_tokens(county: County) -> None:
    secret = create_token(actor=county.editor, name="取数", days=30).secret
    reset_password(actor=county.administrator, user_id=county.editor.pk)
    assert call(secret).status_code == 401
    assert Entry.objects.get(action="token.revoke").actor == county.administrator


def test_use_is_noted_but_not_with_every_call(county: County) -> None:
    with time_machine.travel(NOON, tick=False):
        secret = create_token(actor=county.editor, name="取数", days=30).secret
        call(secret)
        assert county.editor.api_tokens.get().last_used_at == NOON
    for later, noted in ((USE_NOTED_EVERY - timedelta(seconds=1), False), (USE_NOTED_EVERY, True)):
        with time_machine.travel(NOON + later, tick=False):
            call(secret)
            assert (county.editor.api_tokens.get().last_used_at == NOON + later) is noted


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer a b", "Bearer \x00", "bearer x", "Bearer " + "x" * 5000, "Bearer 令牌"]
)
def test_a_token_that_is_none_is_refused(county: County, header: str) -> None:
    answer = Client(raise_request_exception=False).get(ME, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_other_ways_to_say_who_one_is_are_not_known(county: County, as_person: AsPerson) -> None:
    for header in ("Basic ZWRpdG9yOng=", "Token x", ""):
        assert Client().get(ME, headers={"Authorization": header}).status_code == 401
    # A wrong token is not made good by a session.
    assert as_person("editor").get(ME, headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_wrong_tokens_count_by_address_and_lock_nobody_out(county: County) -> None:
    secret = create_token(actor=county.editor, name="取数", days=30).secret
    wrong = [call(f"{PREFIX}wrong{number}", REMOTE_ADDR="10.0.0.1") for number in range(FROM_ONE_ADDRESS + 3)]
    assert [answer.status_code for answer in wrong] == [401] * FROM_ONE_ADDRESS + [429] * 3
    assert int(wrong[-1].headers["Retry-After"]) == SPAN.total_seconds()
    assert json.loads(wrong[-1].content)["type"].endswith("too-many-requests")
    assert FailedLogin.objects.count() == FROM_ONE_ADDRESS
    entries = Entry.objects.filter(action="account.token_refused")
    assert entries.count() == FROM_ONE_ADDRESS, "what is refused unseen is not written down"
    assert "10.0.0.1" in entries[0].summary
    # The colleagues behind the same address go on: by their tokens, and by their passwords.
    assert call(secret, REMOTE_ADDR="10.0.0.1").status_code == 200
    login = {"login": "other", "password": PASSWORD}
    assert Client(REMOTE_ADDR="10.0.0.1").post(reverse("account_login"), login).status_code == 302
    assert call(f"{PREFIX}wrong", REMOTE_ADDR="10.0.0.2").status_code == 401


def test_the_owner_of_a_dead_token_is_named_in_the_trail(county: County) -> None:
    made = create_token(actor=county.editor, name="取数", days=30)
    ApiToken.objects.update(revoked_at=made.token.created_at)
    call(made.secret)
    entry = Entry.objects.get(action="account.token_refused")
    assert (entry.actor, entry.object_label) == (county.editor, "editor")
    assert made.secret not in entry.summary


def test_tokens_need_no_cache(county: County, settings: LazySettings) -> None:
    secret = create_token(actor=county.editor, name="取数", days=30).secret
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere.sock"}}
    assert call(secret).status_code == 200


def test_an_account_that_asks_too_often_is_told_to_wait(county: County, settings: LazySettings) -> None:
    settings.API_RATE = "3/minute"
    secret = create_token(actor=county.editor, name="取数", days=30).secret
    second = create_token(actor=county.editor, name="另一个", days=30).secret
    other = create_token(actor=county.head, name="取数", days=30).secret
    assert [call(each).status_code for each in (secret, second, secret, second)] == [200, 200, 200, 429]
    refused = call(secret)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert json.loads(refused.content)["detail"]
    assert call(other).status_code == 200


def test_the_list_is_searched_and_filtered(county: County, as_person: AsPerson) -> None:
    for name in ("市平台取数", "值班大屏"):
        create_token(actor=county.editor, name=name, days=30)
    create_token(actor=county.head, name="别人的令牌", days=30)
    page = as_person("editor").get(reverse("account_tokens"), {"q": "大屏"}).content.decode()
    assert "值班大屏" in page
    assert "市平台取数" not in page
    assert "别人的令牌" not in as_person("editor").get(reverse("account_tokens")).content.decode()


@committed
def test_two_at_once_do_not_both_take_the_last_place(county: County) -> None:
    for number in range(MOST_IN_FORCE - 1):
        create_token(actor=county.editor, name=f"用途{number}", days=30)

    def make() -> bool:
        try:
            create_token(actor=county.editor, name="最后一个", days=30)
        except UserError:
            return False
        return True

    assert sorted(race(3, make)) == [False, False, True]
