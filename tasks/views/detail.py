"""A task's page and its moves."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.errors import NotAllowed, UserError
from core.panels import task_panels
from evidence.models import File
from evidence.selectors import files_of_many
from responsibility.authority import authority_of
from tasks.forms.moves import MoveForm
from tasks.models import ProgressReport, ReportValue, Task
from tasks.node_rows import node_rows
from tasks.permissions import allowed_transitions, get_task_for, plays
from tasks.selectors import history_with_reports
from tasks.services import endorsing, handing_over, moves, reporting, requests
from tasks.services.children import children_percent, may_have_children
from tasks.services.milestones import may_set_milestones
from tasks.services.printing import OPEN, may_print
from tasks.side_forms import side_forms
from tasks.supporting import CONTRIBUTING, support_rows, supporting_unit
from tasks.target_rows import target_rows
from tasks.transitions import BY_ACTION, BY_FORM, LEAD, OFFICE, SUBMIT, Transition
from tasks.visible import visible_reports

HISTORY_SHOWN = 100
CLOSING_MOVES = ("request_close", "close_directly")
# Reports are handed in on their form and judged on the page of reviews.
CLOSING_MOVES = ("request_close", "close_directly")
ON_OTHER_PAGES = (*BY_FORM, "pass", "return")


def _reports(task: Task, user: Any) -> list[tuple[ProgressReport, list[File]]]:
    """Return the rounds the person may see, newest first, each with its files."""
    rounds = visible_reports(user).filter(task=task).select_related("created_by", "submitted_by", "reviewed_by")
    found = list(rounds.prefetch_related(Prefetch("values", ReportValue.objects.select_related("target")), "nodes"))
    files = files_of_many(found)
    return [(report, files.get(report.pk, [])) for report in found]


def detail_context(
    request: HttpRequest, task: Task, bound: Mapping[str, Form] | None = None, moved: MoveForm | None = None
) -> dict[str, Any]:
    """Gather what the task's page shows to this person.

    Args:
        request: who asks.
        task: the task.
        bound: forms beside the moves that were refused, by key.
        moved: the form of the move that was refused.
    """
    may_report = plays(request.user, LEAD, task) and task.state in SUBMIT.sources
    allowed = allowed_transitions(request.user, task)
    asked = list(task.requests.select_related("asked_by", "decided_by", "proposed_lead"))
    blocked = list(task.obstacles.select_related("raised_by", "solved_by"))
    waiting = next((row for row in asked if row.state == row.State.OPEN), None)
    open_obstacle = next((row for row in blocked if row.solved_at is None), None)
    sides = side_forms(task, request.user, waiting, open_obstacle, bound or {})
    offered = {side.key for side in sides}
    rounds = _reports(task, request.user)
    submitted = next((report for report, _ in rounds if report.state == report.State.SUBMITTED), None)
    own_unit = supporting_unit(request.user, task)
    supporting = support_rows(task, request.user, submitted)
    return {
        "task": task,
        "today": clock.today(),
        "targets": target_rows(task, request.user),
        "nodes": node_rows(task, request.user),
        "edits_milestones": may_set_milestones(request.user, task),
        **_below(task, request.user),
        "supports": [row.support for row in supporting],
        "reports": rounds,
        "moves": [(row, _form_of(row, moved)) for row in allowed if row.action not in ON_OTHER_PAGES],
        "closing_moves": CLOSING_MOVES,
        "obstacle": moves.obstacle_to_closing(task) if any(row.action in CLOSING_MOVES for row in allowed) else "",
        "may_report": may_report,
        "support_rows": supporting,
        "silent_supports": [row for row in supporting if not row.speaks and row.support.unit != own_unit],
        "submitted": submitted,
        "own_unit": own_unit,
        "may_contribute": own_unit is not None and task.state in CONTRIBUTING,
        "decides_roles": plays(request.user, OFFICE, task) and task.state != Task.State.CLOSED,
        "may_print": may_print(request.user, task),
        "fillable": any(report.state in OPEN for report, _ in rounds),
        "may_report_for": any(row.action == "report_for" for row in allowed),
        "may_review": any(row.action in ("pass", "refuse_close") for row in allowed),
        "history": history_with_reports(task)[:HISTORY_SHOWN],
        "panels": [panel(request.user, task.pk) for panel in task_panels.all()],
        "requests": asked,
        "blocks": blocked,
        "blocked": open_obstacle,
        "waiting_request": waiting,
        "side_forms": sides,
        # Refused, and the task has moved on so that the form is gone: what was typed is shown to be copied.
        "lost_forms": [form for key, form in (bound or {}).items() if key not in offered],
    }


def _below(task: Task, user: Any) -> dict[str, Any]:
    """Return the children of the task, how many are done and what that makes, and whether more may be added."""
    rows: list[Task] = []
    if task.parent_id is None:
        below = Task.objects.visible_to(user).filter(parent=task).select_related("lead")
        # 2026-01-2 before 2026-01-10.
        rows = sorted(below, key=lambda row: (len(row.code), row.code))
    done = sum(1 for row in rows if row.state == Task.State.CLOSED)
    return {
        "children": rows,
        "children_done": done,
        "children_percent": children_percent(task) if rows else None,
        "may_add_children": authority_of(user).is_office and may_have_children(task),
    }


def _form_of(move: Transition, moved: MoveForm | None) -> MoveForm:
    if moved is not None and moved.auto_id == f"{move.action}-%s":
        return moved
    return MoveForm(asks=move.asks, auto_id=f"{move.action}-%s")


@require_safe
def task_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one task: its words in the plan, targets, rounds with evidence, history and what to do next."""
    task = get_task_for(request.user, pk)
    return render(request, "tasks/detail.html", detail_context(request, task))


def _sign(*, actor: Any, task_id: int, reason: str, expected_version: int) -> Any:
    return moves.sign_task(actor=actor, task_id=task_id, expected_version=expected_version)


def _pass(*, actor: Any, task_id: int, reason: str, expected_version: int) -> Any:
    return reporting.pass_report(actor=actor, task_id=task_id, comment=reason, expected_version=expected_version)


def _endorse(*, actor: Any, task_id: int, reason: str, expected_version: int) -> Any:
    return endorsing.endorse_report(actor=actor, task_id=task_id, expected_version=expected_version)


SERVICES: dict[str, Callable[..., Any]] = {
    "sign": _sign,
    "propose": requests.propose_adjustment,
    "take_back": requests.take_back_adjustment,
    "accept_adjustment": requests.accept_adjustment,
    "keep": requests.keep_assignment,
    "transfer": handing_over.transfer_task,
    "endorse": _endorse,
    "decline": endorsing.decline_report,
    "withdraw": reporting.withdraw_report,
    "pass": _pass,
    "return": reporting.return_report,
    "request_close": moves.request_close,
    "close": moves.close_task,
    "close_directly": moves.close_directly,
    "refuse_close": moves.refuse_close,
    "reopen": moves.reopen_task,
}


def carry_out_move(request: HttpRequest, pk: int, action: str) -> tuple[str, MoveForm | None]:
    """Do what the pressed button says.

    Returns:
        An error sentence to show beside what was typed, and the form that was typed into; empty when it is done.

    Raises:
        Http404, NotAllowed: as the service.
    """
    if action not in SERVICES:
        raise Http404("没有这个操作。")
    form = MoveForm(request.POST, asks=BY_ACTION[action].asks, auto_id=f"{action}-%s")
    if not form.is_valid():
        return _mistake(form), form
    data = form.cleaned_data
    try:
        SERVICES[action](
            actor=request.user,
            task_id=pk,
            reason=data["reason"],
            expected_version=data["version"],
            **form.extra(),
        )
    except NotAllowed:
        raise
    except UserError as error:
        return error.message, form
    messages.success(request, f"已{BY_ACTION[action].done}。")
    return "", None


def _mistake(form: MoveForm) -> str:
    """Say what is wrong with a form that could not be read."""
    # The version is ours, not typed: without it the form was not drawn by this page.
    if "version" in form.errors:
        return "页面已失效，请刷新后重新操作。"
    if "reason" in form.errors:
        return "理由过长或含有无法保存的字符，请修改后重新提交。"
    return "请改正下面标出的内容后重新提交。"


@require_POST
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Carry out one move of the transition table and show the task again."""
    error, form = carry_out_move(request, pk, action)
    if not error:
        if action == "sign" and "then_report" in request.POST:
            return redirect("tasks:report", pk=pk)
        return redirect("tasks:detail", pk=pk)
    task = get_task_for(request.user, pk)
    context = detail_context(request, task, moved=form)
    typed = request.POST.get("reason", "")[:2000]
    drawn = {row.action for row, _ in context["moves"]}
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
