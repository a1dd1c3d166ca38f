"""期次: what the office changes of a published task's recurrence and of its occurrences; the past stays as it was."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from responsibility.authority import authority_of
from tasks.models import Recurrence, Task, TaskChange, TaskNode
from tasks.models.recurrence import recurrence_words
from tasks.occurrences import check_recurrence
from tasks.services.changes import note_change, relight
from tasks.services.nodes import cancel, change_node, is_fixed, lock_nodes, renew_occurrences, store_points, words

if TYPE_CHECKING:
    from accounts.models import User

# A task that is closed or waits to be has no future.
SETTLED = (Task.State.CLOSING, Task.State.CLOSED)


@transaction.atomic
def set_recurrence(
    *,
    actor: "User",
    task_id: int,
    recurrence: str,
    months: Iterable[int] = (),
    reason: str,
    expected_version: int | None = None,
) -> Task:
    """Change how often a task is due: future occurrences that are not delivered give way to the new ones.

    Args:
        actor: clerk of the office.
        task_id: an open task.
        recurrence: a value of `Recurrence`.
        months: months 1–12, for 指定月份.
        reason: why, kept in the history.
        expected_version: version of the task last seen.

    Raises:
        UserError: no reason, no change, or no months.
        Http404, NotAllowed, WrongState, StaleObject: as for every change of a task.
    """
    task = _lock(actor, task_id, expected_version)
    reason = check_reason(reason)
    wanted = check_recurrence(recurrence, months)
    if wanted == (task.recurrence, task.recurrence_months):
        raise UserError("期次的频次没有变化，无需保存。")
    old = task.recurrence_words or str(Recurrence.ONCE.label)
    task.recurrence, task.recurrence_months = wanted
    new = recurrence_words(*wanted) or str(Recurrence.ONCE.label)
    bump(task, "recurrence", "recurrence_months")
    note_change(task, TaskChange.Field.RECURRENCE, old, new, actor=actor, reason=reason)
    changes = renew_occurrences(task, actor=actor, reason=f"频次改为{new}：{reason}")
    trail.record(
        actor=actor,
        action="task.set_recurrence",
        target=task,
        summary=f"调整期次频次（{task.title}）",
        reason=reason,
        changes=[("频次", old, new), *changes],
    )
    relight(task, actor=actor)
    return task


@transaction.atomic
def edit_occurrence(
    *, actor: "User", node_id: int, title: str, due_on: date, reason: str, expected_version: int | None = None
) -> TaskNode:
    """Change the name or the day of one future occurrence that is not delivered.

    Args:
        actor: clerk of the office.
        node_id: the occurrence.
        title: its name.
        due_on: the day it is due, not in the past and within the task's span.
        reason: why, kept in the history.
        expected_version: version of the occurrence last seen.

    Raises:
        UserError: no name, no reason, a day out of range, no change, or it is past or delivered.
        Http404, NotAllowed, WrongState, StaleObject: as for every change of a task.
    """
    task, node = _lock_node(actor, node_id, expected_version)
    reason = check_reason(reason)
    title = " ".join(title.split())
    if not node.is_occurrence:
        raise UserError("节点请在“编辑节点”中修改。")
    if not title or len(title) > 200:
        raise UserError("请填写期次名称（不超过 200 字）。")
    _check_future(node)
    if not max(clock.today(), task.starts_on) <= due_on <= task.due_on:
        raise UserError(f"期次的时限应在今天至任务完成时限{task.due_on:%Y-%m-%d}之间，请重新填写。")
    old = words(node)
    node.title, node.due_on = title, due_on
    changes = change_node(node, old, "title", "due_on", actor=actor, reason=reason)
    if not changes:
        raise UserError("期次没有变化，无需保存。")
    return _finish(task, node, actor, "task.edit_occurrence", "修改期次", reason, changes)


@transaction.atomic
def cancel_node(*, actor: "User", node_id: int, reason: str, expected_version: int | None = None) -> TaskNode:
    """取消 a future occurrence that is not delivered; it stays on record with the reason.

    Raises:
        As `edit_occurrence`.
    """
    task, node = _lock_node(actor, node_id, expected_version)
    reason = check_reason(reason, 200)
    if not node.is_occurrence:
        raise UserError("节点请在“编辑节点”中删除。")
    _check_future(node)
    changes = cancel([node], actor=actor, reason=reason)
    return _finish(task, node, actor, "task.cancel_node", "取消期次", reason, changes)


def _finish(
    task: Task,
    node: TaskNode,
    actor: "User",
    action: str,
    what: str,
    reason: str,
    changes: list[tuple[str, str, str]],
) -> TaskNode:
    bump(task)
    store_points(task)
    summary = f"{what}“{node.title}”（{task.title}）"
    trail.record(actor=actor, action=action, target=task, summary=summary, reason=reason, changes=changes)
    relight(task, actor=actor)
    return node


def check_reason(reason: str, longest: int = 300) -> str:
    """Return the trimmed reason.

    Raises:
        UserError: none given, or too long.
    """
    reason = reason.replace("\r\n", "\n").strip()
    if not reason:
        raise UserError("请填写理由。")
    if len(reason) > longest:
        raise UserError(f"理由请控制在 {longest} 字以内。")
    return reason


def _check_future(node: TaskNode) -> None:
    if node.cancelled_on is not None:
        raise WrongState("该期次已取消，请刷新页面查看。")
    if is_fixed(node):
        raise UserError("该期次已完成或已上报待审，不能再改。")
    if node.due_on < clock.today():
        raise UserError("该期次已过时限，不能再改；请由牵头单位补报。")


def _lock(actor: "User", task_id: int, expected_version: int | None) -> Task:
    try:
        task = lock_row(Task.objects.visible_to(actor).select_related("plan", "lead"), task_id, expected_version)
    except Task.DoesNotExist:
        raise Http404("没有这项任务。") from None
    if not authority_of(actor).is_office:
        raise NotAllowed("只有县安委办可以调整期次。")
    if task.state in SETTLED:
        raise WrongState(f"任务当前为“{task.get_state_display()}”，不能调整期次。")
    return task


def _lock_node(actor: "User", node_id: int, expected_version: int | None) -> tuple[Task, TaskNode]:
    task_id = TaskNode.objects.visible_to(actor).filter(pk=node_id).values_list("task_id", flat=True).first()
    if task_id is None:
        raise Http404("没有这个期次。")
    task = _lock(actor, task_id, None)
    lock_row(TaskNode.objects.filter(task=task), node_id, expected_version)
    node = next((row for row in lock_nodes(task) if row.pk == node_id), None)
    if node is None:
        raise WrongState("该期次已取消，请刷新页面查看。")
    return task, node
