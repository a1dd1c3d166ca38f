"""Who calls the interface: a program by its owner's token, or a person's browser by its session."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.tokens import TooManyFailures, owner_of
from core.api.problems import ApiProblem

KEYWORD = "bearer"


class TooManyWrongTokens(ApiProblem):
    """Wrong tokens keep coming from this address."""

    kind = "too-many-requests"
    status_code = 429
    default_detail = "这个地址多次使用无效的令牌，请 15 分钟后再试；有效的令牌不受影响。"
    wait = 15 * 60


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer awb_…`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the token's owner; None where no token was sent.

        Raises:
            AuthenticationFailed: the token is malformed, unknown, revoked, run out, or its owner's account is off.
            TooManyWrongTokens: so were many before it.
        """
        words = request.headers.get("Authorization", "").split()
        if not words or words[0].lower() != KEYWORD:
            return None
        if len(words) != 2:
            raise exceptions.AuthenticationFailed("请求头 Authorization 应为“Bearer 令牌”。")
        try:
            token = owner_of(words[1], get_adapter().get_client_ip(request._request))
        except TooManyFailures:
            raise TooManyWrongTokens from None
        if token is None:
            raise exceptions.AuthenticationFailed(
                "令牌无效：可能已撤销、已过期或抄写有误，请在“接口令牌”页面重新建立。"
            )
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 answer asks for."""
        return 'Bearer realm="safetyplan"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages; whatever changes something needs the CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        """Refuse a request that another site may have sent.

        Raises:
            PermissionDenied: the CSRF token is missing or wrong.
        """
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise exceptions.PermissionDenied(
                "登录会话提交修改须带 CSRF 令牌（请求头 X-CSRFToken）；程序调用请使用接口令牌。"
            ) from error


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description names tokens."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the scheme."""
        return {"type": "http", "scheme": "bearer", "description": "在“接口令牌”页面建立，只显示一次。"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description names sessions."""

    target_class = "accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the scheme."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "浏览器登录后的会话；修改须带请求头 X-CSRFToken。",
        }
