"""How allauth behaves here: accounts are made by the administrator, nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closed sign-up; login by user name."""

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

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures by account alone: the host name that a request carries is the visitor's to choose."""
        return str(credentials.get("username", "")).lower()
