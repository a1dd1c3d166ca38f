"""The forms by which people change their own password and make tokens for their own programs."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter
from django import forms as django_forms
from django.contrib.auth.base_user import AbstractBaseUser

from accounts.models import User
from accounts.tokens import LIFETIMES
from accounts.validators import rules_in_words


def check_own_password(user: AbstractBaseUser, password: str, error_code: str) -> None:
    """Let through who knows the account's password; wrong ones count like failed logins.

    A page left open must not be a way round the login.

    Raises:
        ValidationError: it is wrong, or was wrong too often.
    """
    adapter = get_adapter()
    if not adapter.reauthenticate(user, password):
        raise adapter.validation_error(error_code)


class ChangePasswordForm(forms.ChangePasswordForm):
    """Guesses at the old password count like failed logins."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In one sentence, as the office speaks, instead of the framework's list.
        self.fields["password1"].help_text = rules_in_words()

    def clean_oldpassword(self) -> str:
        """Return the old password.

        Raises:
            ValidationError: it is wrong, or was wrong too often.
        """
        password: str = self.cleaned_data["oldpassword"]
        assert self.user is not None  # noqa: S101 - the page is open to logged-in people only
        check_own_password(self.user, password, "enter_current_password")
        return password


class TokenForm(django_forms.Form):
    """A new token: what for, how long, and the password of the person who makes it."""

    name = django_forms.CharField(
        label="用途", max_length=60, help_text="写明用在哪里，例如“市平台每日取数”，便于日后辨认和撤销。"
    )
    days = django_forms.TypedChoiceField(
        label="有效期", coerce=int, initial=90, choices=[(days, f"{days} 天") for days in LIFETIMES]
    )
    password = django_forms.CharField(
        label="登录密码",
        strip=False,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="确认是您本人操作。",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Return the password.

        Raises:
            ValidationError: it is wrong, or was wrong too often.
        """
        password: str = self.cleaned_data["password"]
        check_own_password(self.user, password, "enter_current_password")
        return password
