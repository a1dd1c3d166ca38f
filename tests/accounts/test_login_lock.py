"""Guessing at an account is stopped by account, whatever address or host name the guesser uses."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.county import PASSWORD, County

pytestmark = pytest.mark.django_db


def guess(password: str, **extra: str) -> str:
    response = Client().post(reverse("account_login"), {"login": "editor", "password": password}, **extra)  # type: ignore[arg-type]
    return response.content.decode() if response.status_code == 200 else "in"


def test_five_failures_lock_the_account_for_every_host_name(county: County) -> None:
    for number in range(5):
        assert "不正确" in guess("wrong", HTTP_HOST=f"host{number}.example", REMOTE_ADDR=f"10.0.0.{number}")
    assert "登录失败次数过多" in guess(PASSWORD, HTTP_HOST="another.example")
    other = Client().post(reverse("account_login"), {"login": "other", "password": PASSWORD})
    assert other.status_code == 302
