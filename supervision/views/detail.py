"""A letter's page, its moves, its preview and its PDF."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from audit.trail import history_of
from core import clock
from core.errors import NotAllowed, UserError
from core.sending import send_file
from documents.fonts import font_report
from documents.pdf import render_html
from evidence.selectors import files_of
from supervision.forms import ActionForm
from supervision.models import Letter
from supervision.permissions import allowed_transitions, get_letter_for, may_compose, sees_reply, wrote_reply
from supervision.selectors import last_signatory
from supervision.services import issuing, replying
from supervision.transitions import BY_ACTION, NEXT_STEP, STEPS
from supervision.wording import official_letter

HISTORY_SHOWN = 100
S = Letter.State


def _steps(letter: Letter) -> list[tuple[str, bool, bool]]:
    """Return the way of the letter: step, whether it is next, whether it is done."""
    if letter.state == S.VOID:
        return []
    following = NEXT_STEP[letter.state]
    closed = letter.state == S.CLOSED
    return [(word, at == following and not closed, at < following or closed) for at, word in enumerate(STEPS)]


def _file_context(request: HttpRequest, letter: Letter) -> dict[str, Any]:
    in_force = letter.state not in (S.DRAFT, S.VOID)
    return {
        "letter": letter,
        "has_file": bool(letter.pdf),
        "waits_for_file": in_force and not letter.pdf and not letter.pdf_error,
        "may_render": in_force and may_compose(request.user),
        "font_warnings": [finding.warning for finding in font_report() if finding.warning],
    }


def detail_context(request: HttpRequest, letter: Letter) -> dict[str, Any]:
    """Gather what the letter's page shows to this person."""
    moves = allowed_transitions(request.user, letter)
    signatory = str(request.user) if not may_compose(request.user) else last_signatory()
    return _file_context(request, letter) | {
        "today": clock.today(),
        "items": letter.items.select_related("task"),
        "steps": _steps(letter),
        # Editing and answering have pages of their own.
        "moves": [row for row in moves if row.action not in ("edit", "reply")],
        "may_edit": any(row.action == "edit" for row in moves),
        "may_reply": any(row.action == "reply" for row in moves),
        "own_reply": letter.state == S.REPLIED and may_compose(request.user) and wrote_reply(request.user, letter),
        "shows_replies": sees_reply(request.user, letter),
        "files": files_of(letter),
        "signatory": signatory,
        "history": history_of(letter)[:HISTORY_SHOWN],
    }


@require_safe
def letter_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one letter: how it stands, what it says, the reply and what to do next."""
    letter = get_letter_for(request.user, pk)
    return render(request, "supervision/detail.html", detail_context(request, letter))


def _issue(*, actor: Any, pk: int, version: int, data: dict[str, str]) -> Letter:
    return issuing.issue_letter(actor=actor, letter_id=pk, signatory=data["signatory"], expected_version=version)


def _void(*, actor: Any, pk: int, version: int, data: dict[str, str]) -> Letter:
    return issuing.void_letter(actor=actor, letter_id=pk, reason=data["reason"], expected_version=version)


def _receive(*, actor: Any, pk: int, version: int, data: dict[str, str]) -> Letter:
    return replying.receive_letter(actor=actor, letter_id=pk, expected_version=version)


def _return(*, actor: Any, pk: int, version: int, data: dict[str, str]) -> Letter:
    return replying.return_reply(actor=actor, letter_id=pk, reason=data["reason"], expected_version=version)


def _close(*, actor: Any, pk: int, version: int, data: dict[str, str]) -> Letter:
    return replying.close_letter(actor=actor, letter_id=pk, comment=data["reason"], expected_version=version)


SERVICES: dict[str, Callable[..., Letter]] = {
    "issue": _issue,
    "void": _void,
    "receive": _receive,
    "return_reply": _return,
    "close": _close,
}


@require_POST
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Carry out one move of the transition table and show the letter again."""
    if action not in SERVICES:
        raise Http404("没有这个操作。")
    form = ActionForm(request.POST)
    error = ""
    if not form.is_valid():
        error = "页面已失效，请刷新后重新操作。"
    else:
        data = form.cleaned_data
        try:
            letter = SERVICES[action](actor=request.user, pk=pk, version=data["version"], data=data)
        except NotAllowed:
            raise
        except UserError as refused:
            error = refused.message
        else:
            messages.success(request, f"已{BY_ACTION[action].done}：{letter}。")
            if action == "receive" and "then_reply" in request.POST:
                return redirect("supervision:reply", pk=pk)
            return redirect("supervision:detail", pk=pk)
    letter = get_letter_for(request.user, pk)
    context = detail_context(request, letter)
    reason = request.POST.get("reason", "")
    # Where the letter has moved on the form is gone: what was typed is shown with the error.
    lost = "" if action in {row.action for row in context["moves"]} else reason
    typed = {"failed": action, "error": error, "typed_reason": reason, "lost_reason": lost}
    if "signatory" in request.POST:
        typed["signatory"] = request.POST["signatory"]
    return render(request, "supervision/detail.html", context | typed, status=409)


@xframe_options_sameorigin
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the letter as it prints, for the frame on its page."""
    return HttpResponse(render_html(official_letter(get_letter_for(request.user, pk)), screen=True))


@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the PDF; while it is not there, go back to the page that says so."""
    letter = get_letter_for(request.user, pk)
    if not letter.pdf:
        messages.info(request, letter.pdf_error or "PDF 正在生成，请稍候刷新。")
        return redirect("supervision:detail", pk=pk)
    name = f"{letter.number} {letter.get_kind_display()}.pdf"
    return send_file(request, letter.pdf, name, "application/pdf", gone="文件已不在存储中，请联系县安委办重新生成。")


@require_safe
def pdf_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the part of the page that waits for the PDF; asked again and again by script until it is there."""
    letter = get_letter_for(request.user, pk)
    if not getattr(request, "htmx", False):
        return redirect("supervision:detail", pk=pk)
    return render(request, "supervision/_pdf.html", _file_context(request, letter))


@require_POST
def render_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the PDF made anew."""
    try:
        issuing.render_again(actor=request.user, letter_id=pk)  # type: ignore[arg-type]
    except NotAllowed:
        raise
    except UserError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "已安排重新生成 PDF。")
    return redirect("supervision:detail", pk=pk)
