"""What was typed into a long form outlives the session: it goes along through the login and comes back into the form.

A form that wants this carries the hidden field of `{% keep_typed %}`, which names the person it was drawn for. Three
things may have happened when it is sent:

- the session has ended: the page that is shown asks for the password and carries the typed text, signed, along; nothing
  of an unknown visitor is stored;
- the person has logged in again in another window, so that the form's token against forged requests is an old one;
- nothing, and the view saves it.

In the first two the text waits in the new session until the form's page takes it. Files do not come along.
"""

from typing import Any
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.views import csrf

# Hidden field of a form that is kept: whose it is.
OWNER = "kept_for"
# Field of the login form that carries what was typed.
CARRIED = "kept_text"
# Header of a save that nobody pressed a button for.
AUTOSAVE = "X-Autosave"

_SESSION_KEY = "kept_form"
_SALT = "core.kept_forms"
# Seconds a page may stand at the question for the password.
_OLDEST = 12 * 60 * 60
# Characters; more than the texts of any form together.
_LONGEST = 400_000
_NOT_TYPED = frozenset({"csrfmiddlewaretoken", "autosave", "save", "submit", "remove"})


def is_kept(request: HttpRequest) -> bool:
    """Say whether this is a form whose typed text is not to be lost."""
    return request.method == "POST" and bool(request.POST.get(OWNER))


def is_autosave(request: HttpRequest) -> bool:
    """Say whether the page saved by itself."""
    return AUTOSAVE in request.headers


def _typed(request: HttpRequest) -> dict[str, Any]:
    fields = [(name, values) for name, values in request.POST.lists() if name not in _NOT_TYPED]
    return {"path": request.path, "fields": fields}


def ask_for_login(request: HttpRequest) -> HttpResponse:
    """Answer a form whose session has ended: ask for name and password, and carry the text along."""
    if is_autosave(request):
        return JsonResponse({"session": "ended"}, status=401)
    typed = _typed(request)
    carried = signing.dumps(typed, salt=_SALT, compress=True)
    context = {"carried": carried if len(carried) <= _LONGEST else "", "next": request.path, "field": CARRIED}
    return render(request, "session_ended.html", context, status=403)


def take_along(request: HttpRequest) -> str:
    """Put what came along through the login page into the session that has begun, if it is this person's.

    Returns:
        The address of the form; empty where nothing came along.
    """
    carried = request.POST.get(CARRIED, "")
    if not carried or len(carried) > _LONGEST:
        return ""
    try:
        typed: dict[str, Any] = signing.loads(carried, salt=_SALT, max_age=_OLDEST)
    except signing.BadSignature:
        return ""
    _keep(request, typed)
    return str(typed["path"])


def _keep(request: HttpRequest, typed: dict[str, Any]) -> None:
    """Let the typed text wait in the session, unless somebody else typed it."""
    owner = dict(typed["fields"]).get(OWNER, [""])[0]
    if owner == str(request.user.pk):
        request.session[_SESSION_KEY] = typed


def take_typed(request: HttpRequest) -> QueryDict | None:
    """Return what waits for the form at this address, once; None where nothing does."""
    typed = request.session.get(_SESSION_KEY)
    if not typed or typed["path"] != request.path:
        return None
    del request.session[_SESSION_KEY]
    data = QueryDict(mutable=True)
    for name, values in typed["fields"]:
        data.setlist(name, values)
    return data


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a request whose token does not fit.

    Logging in changes the token: a form still open from before it comes back with what was typed, to be sent again.
    Only a form of this site is taken for one.
    """
    if is_autosave(request):
        return JsonResponse({"token": "old"}, status=403)
    if request.user.is_authenticated and _from_here(request):
        if is_kept(request):
            _keep(request, _typed(request))
            return redirect(request.path)
        # The question for the password was still open when the person logged in elsewhere.
        if form := take_along(request):
            return redirect(form)
    return csrf.csrf_failure(request, reason)


def _from_here(request: HttpRequest) -> bool:
    sender = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(sender).netloc == request.get_host()


def saved(version: int, at: str, *, complete: bool) -> JsonResponse:
    """Tell a page that saved by itself the row's version now, when ("HH:MM"), and whether all of it was taken."""
    return JsonResponse({"version": version, "saved_at": at, "complete": complete})


def not_saved(message: str) -> JsonResponse:
    """Tell a page that saved by itself what has to be mended first."""
    return JsonResponse({"message": message}, status=422)


def conflict(message: str, *, version: int | None = None, theirs: list[tuple[str, str]] | None = None) -> JsonResponse:
    """Tell a page that saved by itself that somebody was faster, and what they wrote.

    Args:
        message: what happened, in words.
        version: of the row now; None where it can no longer be saved at all.
        theirs: (label, text) of what stands there now.
    """
    return JsonResponse({"message": message, "version": version, "theirs": theirs or []}, status=409)
