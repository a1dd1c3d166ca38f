"""Guessing at an account is stopped, whatever host name it is sent to and whether or not Valkey is there."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accounts.models import FailedLogin
from tests.concurrency.race import committed, race, truncatable
from tests.county import PASSWORD, AsPerson, County

__all__ = ["truncatable"]

pytestmark = pytest.mark.django_db

CHANGE = {"oldpassword": PASSWORD, "password1": "Xyz12345678!", "password2": "Xyz12345678!"}


def guess(password: str, name: str = "editor", **extra: str) -> str:
    response = Client().post(reverse("account_login"), {"login": name, "password": password}, **extra)  # type: ignore[arg-type]
    return response.content.decode() if response.status_code == 200 else "in"


def test_five_failures_shut_the_account_for_every_host_name(county: County) -> None:
    for number in range(5):
        assert "不正确" in guess("wrong", HTTP_HOST=f"host{number}.example")
    assert "登录失败次数过多" in guess(PASSWORD, HTTP_HOST="another.example")
    assert "登录失败次数过多" in guess(PASSWORD, "Editor")
    assert guess(PASSWORD, "other") == "in"


def test_nobody_shuts_out_a_colleague_from_elsewhere(county: County) -> None:
    for _ in range(5):
        guess("wrong", REMOTE_ADDR="10.0.0.1")
    assert guess(PASSWORD, REMOTE_ADDR="10.0.0.2") == "in"


def test_an_address_that_the_visitor_only_claims_is_not_believed(county: County) -> None:
    for number in range(5):
        guess("wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert "登录失败次数过多" in guess(PASSWORD, HTTP_X_FORWARDED_FOR="10.0.0.9")


def test_many_addresses_give_thirty_guesses_in_all(county: County) -> None:
    for number in range(30):
        assert "不正确" in guess("wrong", REMOTE_ADDR=f"10.0.0.{number}")
    assert "登录失败次数过多" in guess(PASSWORD, REMOTE_ADDR="10.0.0.200")


def test_the_account_opens_again_after_a_quarter_of_an_hour(county: County) -> None:
    start = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        for _ in range(5):
            guess("wrong")
    with time_machine.travel(start + timedelta(minutes=14, seconds=59), tick=False):
        assert "登录失败次数过多" in guess(PASSWORD)
    with time_machine.travel(start + timedelta(minutes=15), tick=False):
        assert guess(PASSWORD) == "in"
    assert not FailedLogin.objects.exists()


def test_logging_in_counts_for_nothing_and_wipes_nothing(county: County) -> None:
    for password in ["wrong"] * 4 + [PASSWORD] * 3:
        guess(password)
    assert FailedLogin.objects.count() == 4


def test_guesses_at_the_old_password_count_too(as_person: AsPerson) -> None:
    client, address = as_person("editor"), reverse("account_change_password")
    for _ in range(5):
        assert client.post(address, CHANGE | {"oldpassword": "wrong"}).status_code == 200
    assert "登录失败次数过多" in client.post(address, CHANGE).content.decode()


def test_login_and_a_new_password_need_no_cache(county: County, settings: LazySettings) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere.sock"}}
    assert "不正确" in guess("wrong")
    client = Client()
    assert client.post(reverse("account_login"), {"login": "editor", "password": PASSWORD}).status_code == 302
    assert client.post(reverse("account_change_password"), CHANGE).status_code == 302
    county.editor.refresh_from_db()
    assert county.editor.check_password(CHANGE["password1"])


def test_a_server_behind_a_socket_lets_people_in(county: County) -> None:
    assert guess(PASSWORD, REMOTE_ADDR="") == "in"


@committed
def test_guesses_in_the_same_moment_see_each_other(county: County) -> None:
    answers = race(12, lambda: "不正确" in guess("wrong"))
    assert answers.count(True) <= 5
