"""Response headers that every page carries, and the number and log line of every request."""

import logging
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.functional import LazyObject, empty
from django_htmx.http import HttpResponseClientRedirect

from core import kept_forms, logs

request_lines = logging.getLogger("core.requests")
# Asked every few seconds by machines; only their failures are worth a line, and the views write it.
NOT_LOGGED = ("/healthz", "/readyz")

# Everything comes from this server, nothing inline. data: pictures are those drawn inside the style sheets, blob: the
# previews of files just chosen.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)


class ContentSecurityPolicyMiddleware:
    """Send the Content-Security-Policy, unless the view set a policy of its own.

    Django's own pages for programmers (DEBUG, 404 and 500) have inline styles and are left without one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the header to the response of `request`."""
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in (404, 500)):
            response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response


class NoStoreMiddleware:
    """Let browsers keep no page: on a shared computer "back" after logout must not show what the last person saw.

    Views that know better set the header themselves; static files are served before this.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the header to the response of `request`."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class RequestIdMiddleware:
    """Give each request a number, return it as X-Request-ID and write one log line when the request is answered.

    The number comes from the proxy in front if it sends a sane one. Everything that is logged while the request is
    answered carries it, and the page shown when the application fails tells it to the person.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer `request` under its number."""
        given = request.headers.get("X-Request-ID", "")
        number = given if logs.SANE_REQUEST_ID.fullmatch(given) else secrets.token_hex(6)
        began = time.perf_counter()
        with logs.bound(request_id=number):
            response = self.get_response(request)
            response.headers["X-Request-ID"] = number
            if request.path not in NOT_LOGGED:
                fields: dict[str, logs.Field] = {
                    "user_id": _known_user_id(request),
                    "method": request.method,
                    # Without the query: it holds what people search for.
                    "path": request.path,
                    "status": response.status_code,
                    "duration_ms": round((time.perf_counter() - began) * 1000, 1),
                }
                request_lines.info("request", extra={"fields": fields})
        return response


class WrongMethodMiddleware:
    """Show a page where an address that only takes forms is opened by itself, as from the history; else it is white."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer `request`; a bare refusal of GET becomes a page that says what the address is for."""
        response = self.get_response(request)
        if not (isinstance(response, HttpResponseNotAllowed) and request.method == "GET" and not response.content):
            return response
        page = render(request, "405.html", status=response.status_code)
        page.headers["Allow"] = response.headers["Allow"]
        return page


def _known_user_id(request: HttpRequest) -> int | None:
    """Return who asks, if that was found out already: a log line costs no query, with no database least of all."""
    user = getattr(request, "user", None)
    if user is None or (isinstance(user, LazyObject) and user._wrapped is empty):
        return None
    return user.pk if user.is_authenticated else None


class LoginMiddleware(LoginRequiredMiddleware):
    """Django's, but who needs no login is not looked up either, and the way back leads to a page.

    Whether this process lives is told to anybody while the database is away, a browser with a session included.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Return the way to the login page, or None where the view is to answer."""
        if not getattr(view_func, "login_required", True):
            return None
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is not None and (kept_forms.is_autosave(request) or kept_forms.is_kept(request)):
            return kept_forms.ask_for_login(request)
        if isinstance(answer, HttpResponseRedirect) and request.headers.get("HX-Request"):
            # What htmx asked for is a part of a page, which must not become the login page.
            return HttpResponseClientRedirect(answer.url)
        return answer

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """Return the way to the login page and from there back: to the page that was asked for, or that asked.

        A form sent after the session ended came from a page that kept what was typed, and its own address may answer
        no GET at all.
        """
        if request.headers.get("HX-Request"):
            asking = request.headers.get("HX-Current-URL", "")
        elif request.method not in ("GET", "HEAD"):
            asking = request.headers.get("Referer", "")
        else:
            return super().handle_no_permission(request, view_func)
        login = resolve_url(self.get_login_url(view_func))
        return redirect_to_login(_own_path(request, asking), login, self.get_redirect_field_name(view_func))


def _own_path(request: HttpRequest, address: str) -> str:
    """Return path and query of an address of this site, or "/" where it is none."""
    parts = urlsplit(address)
    own = parts.netloc == request.get_host() and parts.path.startswith("/")
    return urlunsplit(("", "", parts.path, parts.query, "")) if own else "/"
