"""Moves of a task along its transition table: sign, withdraw, close and the like (reports have their own module)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError
from core.models import bump
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.models import Role
from responsibility.selectors import people_of
from tasks.lamps import plain
from tasks.models import ProgressReport, Task, TaskChange, TaskRequest
from tasks.permissions import lock_task_for
from tasks.progress import HUNDRED, limit_broken
from tasks.services.changes import note_change, relight
from tasks.services.children import count_children, lock_parent_of, open_children
from tasks.services.nodes import bring_back, put_aside_at_closing
from tasks.signals import task_transitioned
from tasks.transitions import (
    CLOSE,
    CLOSE_DIRECTLY,
    HEAD,
    OFFICE,
    REFUSE_CLOSE,
    REOPEN,
    REPORT_FOR,
    REQUEST_CLOSE,
    SIGN,
    Transition,
)

if TYPE_CHECKING:
    from accounts.models import User


def check_reason(move: Transition, reason: str) -> str:
    """Return the trimmed reason.

    Raises:
        UserError: the move asks for a reason and none was given, or it is too long.
    """
    reason = reason.replace("\r\n", "\n").strip()
    if move.needs_reason and not reason:
        raise UserError(f"“{move.label}”须填写理由，请补充后再提交。")
    if len(reason) > 2000:
        raise UserError("理由请控制在 2000 字以内。")
    return reason


def signature_of(actor: "User", task: Task) -> str:
    """Return how the person signs for the lead unit: a deputy as "A（由B代）"."""
    stands_in_for = authority_of(actor).acting_for.get(task.lead_id)
    return f"{stands_in_for}（由{actor}代）" if stands_in_for else str(actor)


def carry_out(task: Task, move: Transition, *, actor: "User", reason: str = "", fields: tuple[str, ...] = ()) -> None:
    """Move a locked task and leave every trace of it: version, dated row, audit entry, lamp, signal.

    Args:
        task: locked, permission checked.
        move: row of the transition table.
        actor: who does it.
        reason: already checked.
        fields: further fields the caller has set on the task.
    """
    old = task.get_state_display()
    task.state = move.target
    bump(task, "state", *fields)
    note_change(task, TaskChange.Field.STATE, old, task.get_state_display(), actor=actor, reason=reason)
    trail.record(
        actor=actor,
        action=f"task.{move.action}",
        target=task,
        summary=f"{move.done}（{task.title}）",
        reason=reason,
        changes=[("状态", old, task.get_state_display())],
    )
    relight(task, actor=actor)
    task_transitioned.send(sender=Task, task=task, transition=move, actor=actor, reason=reason)
    _tell(task, move, actor=actor, reason=reason)


def _tell(task: Task, move: Transition, *, actor: "User", reason: str) -> None:
    """Tell the other side: the office acts → the lead unit learns of it, and the reverse for what waits for review."""
    recipients: Iterable[User]
    if move == REPORT_FOR:
        # Its own people must learn what was said in the unit's name; another clerk is to review it.
        recipients = [*people_of(unit_id=task.lead_id), *people_of(role=Role.OFFICE)]
    elif move.who in (OFFICE, HEAD) and move.target != Task.State.REPORTED:
        recipients = people_of(unit_id=task.lead_id)
    elif move.target in (Task.State.REPORTED, Task.State.CLOSING, Task.State.ADJUSTING):
        recipients = people_of(role=Role.OFFICE)
    elif move.target == Task.State.ENDORSING:
        recipients = people_of(unit_id=task.lead_id, role=Role.HEAD)
    else:
        return
    notify(
        recipients=[person for person in recipients if person.pk != actor.pk],
        title=f"{move.done}：{task.code} {task.title}",
        body=f"代报原因：{reason}。有出入的，可撤回后由本单位重新上报。" if move == REPORT_FOR else reason,
        path=f"/tasks/{task.pk}/",
        key=f"task-{task.pk}-{move.action}-{task.version}",
    )


@transaction.atomic
def sign_task(*, actor: "User", task_id: int, expected_version: int | None = None) -> Task:
    """签收: the lead unit takes the task on.

    Raises:
        Http404, NotAllowed, StaleObject: see `tasks.permissions.lock_task_for`.
    """
    task = lock_task_for(actor, task_id, SIGN, expected_version)
    carry_out(task, SIGN, actor=actor)
    return task


def obstacle_to_closing(task: Task) -> str:
    """Say why the task cannot be closed yet; empty where its verified figures are complete."""
    if left := open_children(task):
        named = "、".join(left[:5]) + (f"等{len(left)}项" if len(left) > 5 else "")
        return f"还有子任务没有销号：{named}。子任务全部销号后，才能销号。"
    for target in task.targets.all():
        if limit_broken(target, target.verified_value):
            return f"“{target.metric}”未达到要求，不能销号。请整改后重新上报。"
    if task.verified_percent < HUNDRED:
        left = list(task.nodes.undelivered().order_by("due_on", "number").values_list("title", flat=True))
        if left:
            return f"还有“{left[0]}”等{len(left)}个节点、期次未完成，不能销号。请先上报完成情况并经审核通过。"
        return f"审定进度为{plain(task.verified_percent)}%，未达到100%，不能销号。请先上报完成情况并经审核通过。"
    if task.completed_on is None:
        # After a refusal or a reopening the old figures prove nothing.
        return "销号申请被退回或任务重新打开后，须重新上报完成情况并经审核通过，才能销号。"
    return ""


def _check_complete(task: Task) -> None:
    obstacle = obstacle_to_closing(task)
    if obstacle:
        raise UserError(obstacle)


@transaction.atomic
def request_close(*, actor: "User", task_id: int, reason: str, expected_version: int | None = None) -> Task:
    """申请销号: the lead unit says the task is done and why.

    Raises:
        UserError: no reason, or the verified progress is not 100 %.
        Http404, NotAllowed, StaleObject: see `tasks.permissions.lock_task_for`.
    """
    task = lock_task_for(actor, task_id, REQUEST_CLOSE, expected_version)
    reason = check_reason(REQUEST_CLOSE, reason)
    _check_complete(task)
    task.close_requested_by, task.close_request = actor, reason
    task.submitted_on = clock.today()
    task.reported_percent = task.verified_percent
    carry_out(
        task,
        REQUEST_CLOSE,
        actor=actor,
        reason=reason,
        fields=("close_requested_by", "close_request", "submitted_on", "reported_percent"),
    )
    return task


@transaction.atomic
def close_task(*, actor: "User", task_id: int, reason: str, expected_version: int | None = None) -> Task:
    """销号: the office agrees to the unit's request and strikes the task's number.

    Raises:
        NotAllowed: the person asked for the closing or made the last report; who did the work does not accept it.
        UserError: no conclusion given.
        Http404, WrongState, StaleObject: see `tasks.permissions.lock_task_for`.
    """
    return _close(CLOSE, actor, task_id, reason, expected_version)


@transaction.atomic
def close_directly(*, actor: "User", task_id: int, reason: str, expected_version: int | None = None) -> Task:
    """直接销号: the office closes a complete task whose unit has not asked for it.

    Raises:
        UserError: the verified figures are not complete.
        As `close_task`.
    """
    return _close(CLOSE_DIRECTLY, actor, task_id, reason, expected_version)


def _close(move: Transition, actor: "User", task_id: int, reason: str, expected_version: int | None) -> Task:
    parent = lock_parent_of(task_id)
    task = lock_task_for(actor, task_id, move, expected_version)
    reason = check_reason(move, reason)
    _check_complete(task)
    last = task.reports.filter(state=ProgressReport.State.PASSED).first()
    if task.close_requested_by_id == actor.pk or (last is not None and actor.pk in last.makers):
        raise NotAllowed("申请销号或上报进展的人不能同时审批销号，请由另一位工作人员办理。")
    task.closed_on = clock.today()
    _let_requests_lapse(task)
    put_aside_at_closing(task, actor=actor)
    carry_out(task, move, actor=actor, reason=reason, fields=("closed_on",))
    if parent is not None:
        count_children(parent, actor=actor)
    return task


def _let_requests_lapse(task: Task) -> None:
    """End what the unit still asks for: nobody moves the deadline of a task that is closed."""
    for request in task.requests.select_for_update().filter(state=TaskRequest.State.OPEN):
        request.state, request.decision = TaskRequest.State.LAPSED, "任务已销号，申请自动失效。"
        bump(request, "state", "decision")


@transaction.atomic
def refuse_close(*, actor: "User", task_id: int, reason: str, expected_version: int | None = None) -> Task:
    """不同意销号: back to the unit with a reason; what was completed counts as open again.

    Raises:
        As `close_task`.
    """
    task = lock_task_for(actor, task_id, REFUSE_CLOSE, expected_version)
    reason = check_reason(REFUSE_CLOSE, reason)
    if task.close_requested_by_id == actor.pk:
        raise NotAllowed("申请销号的人不能同时审批销号，请由另一位工作人员办理。")
    fields = _put_back_to_work(task)
    carry_out(task, REFUSE_CLOSE, actor=actor, reason=reason, fields=fields)
    return task


def _put_back_to_work(task: Task) -> tuple[str, ...]:
    """Forget that the task was complete, and set the day of its last report back to that of the last passed round."""
    last = task.reports.filter(state=ProgressReport.State.PASSED).first()
    task.submitted_on = clock.date_of(last.submitted_at) if last and last.submitted_at else None
    task.closed_on, task.completed_on, task.close_requested_by = None, None, None
    return ("submitted_on", "closed_on", "completed_on", "close_requested_by")


@transaction.atomic
def reopen_task(*, actor: "User", task_id: int, reason: str, expected_version: int | None = None) -> Task:
    """重新打开: a closed task goes back to work, e.g. after a re-check found it undone.

    Raises:
        As `close_task`.
    """
    parent = lock_parent_of(task_id)
    task = lock_task_for(actor, task_id, REOPEN, expected_version)
    reason = check_reason(REOPEN, reason)
    if task.directive is not None and task.directive.done_on is not None:
        raise UserError(f"任务所属的交办事项“{task.directive.title}”已办结。请先撤销办结，再重新打开任务。")
    bring_back(task, actor=actor)
    if parent is not None and parent.state == Task.State.CLOSED:
        raise UserError(f"上级任务{parent.code}已销号。请先重新打开上级任务，再重新打开子任务。")
    carry_out(task, REOPEN, actor=actor, reason=reason, fields=_put_back_to_work(task))
    if parent is not None:
        count_children(parent, actor=actor)
    return task
