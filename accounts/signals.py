"""Audit entries of logins, failed logins, logouts and own password changes; a password is in none of them."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_changed, user_logged_in
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from audit import trail
from core.kept_forms import take_along


def _source(request: HttpRequest | None) -> str:
    """Return where the request came from, as an appendix to a sentence."""
    address = get_adapter().get_client_ip(request) if request is not None else ""
    return f"（来自 {address}）" if address else ""


@receiver(user_logged_in)
def note_login(request: HttpRequest, user: User, **_: Any) -> None:
    """Record who came in."""
    trail.record_login(actor=user, action="account.login", name=user.username, summary=f"登录系统{_source(request)}")


@receiver(user_logged_in)
def keep_typed_text(request: HttpRequest, **_: Any) -> None:
    """Give back the form that was sent after the last session had ended."""
    take_along(request)


@receiver(user_logged_out)
def note_logout(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Record who left; nobody did where the session had ended before."""
    if user is not None:
        trail.record_login(actor=user, action="account.logout", name=user.username, summary="退出登录")


@receiver(user_login_failed)
def note_failed_login(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Record a wrong name or password, with the name as typed; on the password page, a wrong old password."""
    name = str(credentials.get("username", ""))
    person = getattr(request, "user", None)
    actor, what = (person, "原密码不正确") if isinstance(person, User) else (None, "登录失败")
    trail.record_login(actor=actor, action="account.login_failed", name=name, summary=f"{what}{_source(request)}")


@receiver(password_changed)
def note_password_change(user: User, **_: Any) -> None:
    """Record that somebody changed their own password."""
    trail.record(actor=user, action="account.password", target=user, summary="修改本人密码")
