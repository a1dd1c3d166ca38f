"""A task's page and its moves."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.errors import NotAllowed, UserError
from core.panels import task_panels
from evidence.models import File
from evidence.selectors import files_of_many
from responsibility.authority import authority_of
from tasks.forms.tasks import ReasonForm
from tasks.models import ProgressReport, Task
from tasks.permissions import allowed_transitions, get_task_for, plays
from tasks.selectors import history_with_reports
from tasks.services import moves, reporting
from tasks.target_rows import target_rows
from tasks.transitions import BY_ACTION, LEAD, SUBMIT

HISTORY_SHOWN = 100


def _reports(task: Task, user: Any) -> list[tuple[ProgressReport, list[File]]]:
    """Return the rounds the person may see, newest first, each with its files."""
    rounds = task.reports.select_related("submitted_by", "reviewed_by").prefetch_related("values__target")
    if task.lead_id not in authority_of(user).units:
        rounds = rounds.exclude(state=ProgressReport.State.DRAFT)
    found = list(rounds)
    files = files_of_many(found)
    return [(report, files.get(report.pk, [])) for report in found]


def detail_context(request: HttpRequest, task: Task) -> dict[str, Any]:
    """Gather what the task's page shows to this person."""
    may_report = plays(request.user, LEAD, task) and task.state in SUBMIT.sources
    allowed = allowed_transitions(request.user, task)
    return {
        "task": task,
        "today": clock.today(),
        "targets": target_rows(task, request.user),
        "supports": task.supports.select_related("unit"),
        "reports": _reports(task, request.user),
        # Reports are submitted on their form and reviewed on the review page.
        "moves": [row for row in allowed if row.action not in ("submit", "pass", "return")],
        "closing_moves": ("request_close", "close_directly"),
        "obstacle": moves.obstacle_to_closing(task),
        "may_report": may_report,
        "may_review": any(row.action in ("pass", "refuse_close") for row in allowed),
        "history": history_with_reports(task)[:HISTORY_SHOWN],
        "panels": [panel(request.user, task.pk) for panel in task_panels.all()],
    }


@require_safe
def task_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one task: its words in the plan, targets, rounds with evidence, history and what to do next."""
    task = get_task_for(request.user, pk)
    return render(request, "tasks/detail.html", detail_context(request, task))


def _sign(*, actor: Any, task_id: int, reason: str, expected_version: int) -> Any:
    return moves.sign_task(actor=actor, task_id=task_id, expected_version=expected_version)


def _pass(*, actor: Any, task_id: int, reason: str, expected_version: int) -> Any:
    return reporting.pass_report(actor=actor, task_id=task_id, comment=reason, expected_version=expected_version)


SERVICES: dict[str, Callable[..., Any]] = {
    "sign": _sign,
    "withdraw": reporting.withdraw_report,
    "pass": _pass,
    "return": reporting.return_report,
    "request_close": moves.request_close,
    "close": moves.close_task,
    "close_directly": moves.close_directly,
    "refuse_close": moves.refuse_close,
    "reopen": moves.reopen_task,
}


def carry_out_move(request: HttpRequest, pk: int, action: str) -> str:
    """Do what the pressed button says.

    Returns:
        An error sentence to show beside the typed reason, or an empty string when it is done.

    Raises:
        Http404, NotAllowed: as the service.
    """
    if action not in SERVICES:
        raise Http404("没有这个操作。")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        # The version is ours, not typed: without it the form was not drawn by this page.
        unsaveable = "理由过长或含有无法保存的字符，请修改后重新提交。"
        return "页面已失效，请刷新后重新操作。" if "version" in form.errors else unsaveable
    data = form.cleaned_data
    try:
        SERVICES[action](actor=request.user, task_id=pk, reason=data["reason"], expected_version=data["version"])
    except NotAllowed:
        raise
    except UserError as error:
        return error.message
    messages.success(request, f"已{BY_ACTION[action].done}。")
    return ""


@require_POST
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Carry out one move of the transition table and show the task again."""
    error = carry_out_move(request, pk, action)
    if not error:
        if action == "sign" and "then_report" in request.POST:
            return redirect("tasks:report", pk=pk)
        return redirect("tasks:detail", pk=pk)
    task = get_task_for(request.user, pk)
    context = detail_context(request, task)
    typed = request.POST.get("reason", "")[:2000]
    drawn = {row.action for row in context["moves"]}
    if context["obstacle"]:
        drawn -= set(context["closing_moves"])
    context |= {
        "failed": action,
        "error": error,
        "typed_reason": typed,
        # The task has moved on and its form is gone: what was typed is shown with the error.
        "lost_reason": "" if action in drawn else typed,
    }
    return render(request, "tasks/detail.html", context, status=409)
