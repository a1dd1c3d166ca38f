"""How allauth behaves here: accounts are made by the administrator, nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.lockout import begin_attempt
from accounts.models import FailedLogin


class AccountAdapter(DefaultAccountAdapter):
    """Closed sign-up; login by user name."""

    _attempt: FailedLogin

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": "登录失败次数过多，请 15 分钟后再试，或请系统管理员重置密码。",
        "username_password_mismatch": "用户名或密码不正确，请重新输入。忘记密码请联系系统管理员重置。",
        "account_inactive": "该账号已停用，请联系系统管理员。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse self-registration."""
        return False

    def get_logout_redirect_url(self, request: HttpRequest) -> Any:
        """After leaving, show the login page."""
        return "/accounts/login/"

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the visitor's address, or "" where the server is reached by a socket that has none."""
        try:
            return str(super().get_client_ip(request))
        except PermissionDenied:
            return ""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt; it needs no cache, so that people get in while Valkey is away.

        Raises:
            ValidationError: too many attempts failed.
        """
        attempt = begin_attempt(str(credentials.get("username", "")), self.get_client_ip(request))
        if attempt is None:
            raise self.validation_error("too_many_login_attempts")
        self._attempt = attempt

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return the person whose name and password these are, without logging in, or None."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            self._attempt.delete()
        return user
