"""Passwords the administrator gives, and how failed logins are counted."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from accounts.services import LEGIBLE, PASSWORD_LENGTH, generate_password, give_password
from accounts.validators import MinimumLengthValidator
from core.errors import UserError
from tests.county import PASSWORD, County

LOGIN = "/accounts/login/"


def test_generated_passwords_differ_and_can_be_read_off_a_screen() -> None:
    made = {generate_password() for _ in range(50)}
    assert len(made) == 50
    assert {len(password) for password in made} == {PASSWORD_LENGTH}
    assert not set("0O1lI") & set("".join(made))
    assert set("".join(made)) <= set(LEGIBLE)


def test_a_given_password_is_set_and_never_stored_in_clear() -> None:
    user = User(username="wang", display_name="王")
    password = give_password(user)
    assert user.check_password(password)
    assert password not in user.password


@pytest.mark.parametrize("password", ["12345678901", "password123", "wangxiaoming"])
def test_a_weak_password_is_refused_with_a_sentence(password: str) -> None:
    with pytest.raises(UserError, match="密码"):
        give_password(User(username="wangxiaoming", display_name="王"), password)


def test_a_short_password_is_refused_in_chinese() -> None:
    with pytest.raises(ValidationError, match="密码太短，至少需要 10 位"):
        MinimumLengthValidator(10).validate("short")


def test_five_failures_lock_the_account_and_nobody_else(client: Client, county: County) -> None:
    for _ in range(5):
        client.post(LOGIN, {"login": "editor", "password": "wrong"})
    refused = client.post(LOGIN, {"login": "editor", "password": PASSWORD})
    assert "登录失败次数过多" in refused.content.decode()
    assert client.post(LOGIN, {"login": "other", "password": PASSWORD}).status_code == 302


def test_a_new_password_lifts_the_lock(client: Client, county: County) -> None:
    for _ in range(5):
        client.post(LOGIN, {"login": "editor", "password": "wrong"})
    administrator = Client()
    administrator.force_login(county.administrator)
    made = administrator.post(f"/units/people/{county.editor.pk}/password/", {"password": ""}).context["made"]
    assert client.post(LOGIN, {"login": "editor", "password": made.password}).status_code == 302
