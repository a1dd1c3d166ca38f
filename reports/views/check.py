"""The check list of a draft with the form that issues it, and the moves of a report."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.errors import NotAllowed, UserError
from reports.checks import check_list
from reports.forms import ActionForm
from reports.models import Report
from reports.permissions import allowed_transitions, get_report_for
from reports.services import drafting, freezing
from reports.transitions import BY_ACTION, FREEZE, RECALCULATE
from reports.views.detail import detail_context
from responsibility.authority import authority_of
from supervision.selectors import last_signatory

# Moves made on the check page; the others on the report's own.
ON_CHECK_PAGE = (FREEZE.action, RECALCULATE.action)


@require_safe
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is to be checked before a draft is issued, what its figures would change to, and the form for it."""
    report = get_report_for(request.user, pk)
    if not report.is_draft:
        messages.info(request, f"报告当前为“{report.get_state_display()}”，无需核对。")
        return redirect("reports:detail", pk=pk)
    return _check_page(request, report)


def _check_page(request: HttpRequest, report: Report, **typed: Any) -> HttpResponse:
    moves = allowed_transitions(request.user, report)
    leader = authority_of(request.user).is_leader
    context = {
        "report": report,
        "found": check_list(report, clock.today()),
        "may_recalculate": RECALCULATE in moves,
        "freeze": FREEZE if FREEZE in moves else None,
        "recalculate": RECALCULATE,
        "signatory": str(request.user) if leader else last_signatory(),
    }
    return render(request, "reports/check.html", context | typed, status=409 if typed.get("error") else 200)


def _recalculate(*, actor: Any, pk: int, data: dict[str, Any]) -> str:
    changes = drafting.recalculate(actor=actor, report_id=pk, expected_version=data["version"])
    return f"已重新计算，{len(changes)} 处有变化，见办理记录。" if changes else "已重新计算，数字没有变化。"


def _freeze(*, actor: Any, pk: int, data: dict[str, Any]) -> str:
    report = freezing.freeze_report(
        actor=actor,
        report_id=pk,
        signatory=data["signatory"],
        number=data["number"],
        acknowledged=data["acknowledged"],
        expected_version=data["version"],
    )
    return f"已签发：{report}。PDF 和附表正在生成。"


def _discard(*, actor: Any, pk: int, data: dict[str, Any]) -> str:
    report = drafting.discard(actor=actor, report_id=pk, reason=data["reason"], expected_version=data["version"])
    return f"{report.name}草稿已作废。"


def _number(*, actor: Any, pk: int, data: dict[str, Any]) -> str:
    report = freezing.give_number(actor=actor, report_id=pk, number=data["number"], expected_version=data["version"])
    return f"已登记发文字号{report.doc_number}，PDF 重新生成。"


def _render(*, actor: Any, pk: int, data: dict[str, Any]) -> str:
    freezing.render_again(actor=actor, report_id=pk)
    return "已安排重新生成 PDF 和附表。"


SERVICES: dict[str, Callable[..., str]] = {
    "recalculate": _recalculate,
    "freeze": _freeze,
    "discard": _discard,
    "number": _number,
    "render": _render,
}


@require_POST
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Carry out one move of the transition table and show the report again; a correction opens its new draft."""
    if action not in SERVICES and action != "correct":
        raise Http404("没有这个操作。")
    form = ActionForm(request.POST)
    if not form.is_valid():
        return _refused(request, pk, action, "页面已失效，请刷新后重新操作。")
    data = form.cleaned_data
    try:
        if action == "correct":
            draft = freezing.correct_report(
                actor=request.user,  # type: ignore[arg-type]
                report_id=pk,
                reason=data["reason"],
                expected_version=data["version"],
            )
            messages.success(request, f"已起草{draft.name}，请核对后签发；签发前原报告继续有效。")
            return redirect("reports:detail", pk=draft.pk)
        messages.success(request, SERVICES[action](actor=request.user, pk=pk, data=data))
    except NotAllowed:
        raise
    except UserError as refused:
        return _refused(request, pk, action, refused.message)
    if action == RECALCULATE.action:
        return redirect("reports:check", pk=pk)
    return redirect("reports:detail", pk=pk)


def _refused(request: HttpRequest, pk: int, action: str, error: str) -> HttpResponse:
    """Show the page again with the reason and what was typed; where the report has moved on the form is gone."""
    report: Report = get_report_for(request.user, pk)
    typed = {name: request.POST.get(name, "") for name in ("reason", "signatory", "number")}
    typed["acknowledged"] = "1" if request.POST.get("acknowledged") else ""
    if action in ON_CHECK_PAGE and report.is_draft:
        return _check_page(request, report, error=error, failed=action, **typed)
    context = detail_context(request, report)
    open_moves = {row.action for row in context["moves"]}
    lost = "" if action in open_moves else typed["reason"] or typed["number"] or typed["signatory"]
    context |= {"error": error, "failed": action, "lost": lost, "label": BY_ACTION[action].label, **typed}
    return render(request, "reports/detail.html", context, status=409)
