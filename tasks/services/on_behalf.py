"""代报: the office enters a report for a unit that cannot, from the unit's stamped paper; another clerk reviews it."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from audit import trail
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from tasks.models import ProgressReport, Task
from tasks.permissions import lock_task_for, plays
from tasks.services.moves import check_reason
from tasks.services.reporting import ReportDraft, fill_draft, hand_in, new_round
from tasks.transitions import OFFICE, REPORT_FOR

if TYPE_CHECKING:
    from accounts.models import User

R = ProgressReport.State
TAKEN_OVER = "牵头单位已转为自行填报，您填写的代报内容没有保存。确需继续代报的，请再次保存。"


def entered_draft(task: Task) -> ProgressReport | None:
    """Return the draft the office is entering for the unit, if any."""
    return task.reports.filter(state=R.DRAFT).exclude(on_behalf="").first()


def own_draft(task: Task) -> ProgressReport | None:
    """Return the draft of the unit's own, if any; what stands in it is the unit's business."""
    return task.reports.filter(state=R.DRAFT, on_behalf="").first()


def _lock_for_entering(actor: "User", task_id: int) -> Task:
    try:
        task = lock_row(Task.objects.visible_to(actor).select_related("plan"), task_id)
    except Task.DoesNotExist:
        raise Http404("没有这项任务。") from None
    if not plays(actor, OFFICE, task):
        raise NotAllowed("只有县安委办工作人员可以代报进展。")
    if task.state not in REPORT_FOR.sources:
        raise WrongState(f"任务当前为“{task.get_state_display()}”，不能代报。请刷新页面查看。")
    return task


@transaction.atomic
def save_draft_for_unit(
    *, actor: "User", task_id: int, draft: ReportDraft, reason: str, expected_version: int | None = None
) -> ProgressReport:
    """Keep what the office has typed so far for the unit; a draft of the unit's own makes way and is kept aside.

    Args:
        actor: clerk of the office.
        task_id: a task under way or returned.
        draft: the form.
        reason: why the unit cannot report itself.
        expected_version: version of the office's draft the form was opened with; None before there was one.

    Raises:
        StaleObject: a colleague saved the draft meanwhile.
        UserError: no reason, a figure out of range, or the unit has taken over meanwhile.
        Http404, NotAllowed, WrongState: see `tasks.permissions`.
    """
    task = _lock_for_entering(actor, task_id)
    reason = check_reason(REPORT_FOR, reason)
    entered = entered_draft(task)
    if entered is not None:
        entered = lock_row(ProgressReport.objects.all(), entered.pk, expected_version or 0)
        entered.on_behalf = reason
    elif expected_version:
        raise UserError(TAKEN_OVER)
    else:
        entered = new_round(task, actor, on_behalf=reason, set_aside=_set_aside(task, actor))
    fill_draft(entered, task, draft, "on_behalf")
    return entered


def _set_aside(task: Task, actor: "User") -> ProgressReport | None:
    """Take the unit's own draft out of the way, whole: one round is open at a time."""
    own = own_draft(task)
    if own is not None:
        own = lock_row(ProgressReport.objects.all(), own.pk)
        own.state = R.DROPPED
        bump(own, "state")
        trail.record(
            actor=actor,
            action="task.set_aside",
            target=task,
            summary=f"开始代报，搁置{task.lead.short_name}未上报的草稿（{task.title}）",
        )
    return own


@transaction.atomic
def submit_for_unit(*, actor: "User", task_id: int, reason: str, expected_version: int | None = None) -> ProgressReport:
    """代报进展并送审: hand in for the unit what the office has entered; the unit's head has signed on the paper.

    Args:
        actor: clerk of the office; neither they nor who began the draft may review it.
        task_id: a task under way or returned.
        reason: why the unit cannot report itself, kept on the round and in the history.
        expected_version: version of the office's draft last seen.

    Raises:
        UserError: no reason, nothing entered yet, or something is missing; the stamped paper always is evidence.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.permissions`.
    """
    task = lock_task_for(actor, task_id, REPORT_FOR)
    reason = check_reason(REPORT_FOR, reason)
    entered = entered_draft(task)
    if entered is None:
        raise UserError("还没有填写代报的内容，请先填写并保存。")
    report = lock_row(ProgressReport.objects.select_related("task"), entered.pk, expected_version)
    report.on_behalf, report.submitted_by, report.head_comment = reason, actor, ""
    report.submitted_as = f"{actor}（代{task.lead.short_name}报）"
    return hand_in(task, report, REPORT_FOR, actor=actor, reason=reason)
