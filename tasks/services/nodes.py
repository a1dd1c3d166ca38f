"""Nodes of a task as every service handles them: made, moved with the deadline, put aside, and kept on record."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Max

from core import clock
from core.models import bump
from tasks.models import Task, TaskChange, TaskNode
from tasks.occurrences import Due, occurrences
from tasks.services.changes import note_change

if TYPE_CHECKING:
    from accounts.models import User

# Why nodes are put aside when their task is closed, and how they are known again when it is reopened.
CLOSED_REASON = "任务已销号"
SHORTENED_REASON = "完成时限提前，不再要求"


def new_occurrences(task: Task, day: date, number: int) -> list[TaskNode]:
    """Return the occurrences of a task from `day` on, not stored.

    What fell due before that day is left out: nobody can be late for what they were not told in time.

    Args:
        task: with its recurrence, start and deadline.
        day: the day on which the unit learns of them.
        number: number of the first.
    """
    rows = occurrences(task.recurrence, task.recurrence_months, task.starts_on, task.due_on)
    return [occurrence(task, row, number + place) for place, row in enumerate(r for r in rows if r.due_on >= day)]


def occurrence(task: Task, row: Due, number: int) -> TaskNode:
    """Return one occurrence of a task, not stored."""
    return TaskNode(
        task=task,
        kind=TaskNode.Kind.OCCURRENCE,
        number=number,
        title=row.title,
        cycle=row.cycle,
        starts_on=row.starts_on,
        due_on=row.due_on,
        original_due_on=row.due_on,
    )


def next_number(task: Task) -> int:
    """Return the number of the task's next node."""
    return int(task.nodes.aggregate(last=Max("number"))["last"] or 0) + 1


def lock_nodes(task: Task) -> list[TaskNode]:
    """Lock the live nodes of a locked task and return them by day, knowing what waits for the office."""
    ids = list(task.nodes.live().select_for_update(of=("self",)).values_list("pk", flat=True))
    nodes = list(task.nodes.filter(pk__in=ids).with_claims().order_by("due_on", "number"))
    for node in nodes:
        node.task = task
    return nodes


def is_fixed(node: TaskNode) -> bool:
    """Say whether the node is delivered or reported as delivered, so that it stays as it is."""
    return node.done_on is not None or node.is_claimed_now


def add_nodes(nodes: Sequence[TaskNode], *, actor: "User", reason: str) -> None:
    """Store new nodes with their dated rows."""
    TaskNode.objects.bulk_create(nodes)
    TaskChange.objects.bulk_create(
        TaskChange(
            task=node.task,
            node=node,
            field=TaskChange.Field.NODE,
            new=words(node),
            at=clock.now(),
            on=clock.today(),
            actor=actor,
            reason=reason[:300],
        )
        for node in nodes
    )


def words(node: TaskNode) -> str:
    """Put a node into words, as it stands in the history."""
    share = "" if node.share is None else f"，累计{node.share.normalize():f}%"
    return f"{node.title}（{node.due_on:%Y-%m-%d}{share}）"


def change_node(node: TaskNode, old: str, *fields: str, actor: "User", reason: str) -> list[tuple[str, str, str]]:
    """Store what was changed of a locked node, with its dated row; return the change in words."""
    if old == words(node):
        return []
    bump(node, *fields)
    note_change(node.task, TaskChange.Field.NODE, old, words(node), actor=actor, reason=reason, node=node)
    return [(str(node.get_kind_display()), old, words(node))]


def cancel(nodes: Iterable[TaskNode], *, actor: "User", reason: str) -> list[tuple[str, str, str]]:
    """Put locked, undelivered nodes aside; return the changes in words."""
    changes = []
    for node in nodes:
        node.cancelled_on, node.cancelled_reason = clock.today(), reason[:200]
        bump(node, "cancelled_on", "cancelled_reason")
        note_change(node.task, TaskChange.Field.NODE, words(node), "取消", actor=actor, reason=reason, node=node)
        changes.append((str(node.get_kind_display()), words(node), "取消"))
    return changes


def store_points(task: Task) -> None:
    """Keep the days and shares of the task's milestones on the task itself, for the planned progress of lists."""
    rows = task.nodes.live().milestones().order_by("due_on", "number").values_list("due_on", "share")
    task.curve_points = [[day.isoformat(), f"{share}"] for day, share in rows if share is not None]
    if not task.curve_points:
        task.curve = Task.Curve.STRAIGHT
    task.save(update_fields=["curve", "curve_points"])


def renew_occurrences(task: Task, *, actor: "User", reason: str) -> list[tuple[str, str, str]]:
    """Bring the future, undelivered occurrences of a locked task in line with its recurrence, start and deadline.

    Delivered, reported and past ones stay as they are, and so does what was changed by hand of those that stay.

    Returns:
        The changes in words.
    """
    today = clock.today()
    present = [node for node in lock_nodes(task) if node.is_occurrence]
    wanted = {
        (row.cycle, row.starts_on): row
        for row in occurrences(task.recurrence, task.recurrence_months, task.starts_on, task.due_on)
        if row.due_on >= today
    }
    gone = [
        node
        for node in present
        if node.due_on >= today and not is_fixed(node) and (node.cycle, node.starts_on) not in wanted
    ]
    changes = cancel(gone, actor=actor, reason=reason)
    known = {(node.cycle, node.starts_on) for node in present}
    first = next_number(task)
    missing = [row for key, row in wanted.items() if key not in known]
    made = [occurrence(task, row, first + place) for place, row in enumerate(missing)]
    add_nodes(made, actor=actor, reason=reason)
    return changes + [("期次", "", words(node)) for node in made]


def follow_deadline(task: Task, old_due: date, *, actor: "User", reason: str) -> None:
    """Let the nodes follow a deadline that was moved on a locked task.

    What was due on the old deadline is due on the new one; what would be due after the new one is due on it. A later
    deadline brings the occurrences of the time gained, an earlier one puts aside those that begin after it.
    """
    for node in lock_nodes(task):
        if is_fixed(node) or not (node.due_on == old_due or node.due_on > task.due_on):
            continue
        gained = node.is_occurrence and task.due_on > old_due
        due = _span_end(task, node) if gained else task.due_on
        old = words(node)
        if node.starts_on is not None and node.starts_on > due:
            cancel([node], actor=actor, reason=SHORTENED_REASON)
        else:
            node.due_on = due
            change_node(node, old, "due_on", actor=actor, reason=reason)
    if task.recurrence:
        renew_occurrences(task, actor=actor, reason=reason)
    store_points(task)


def _span_end(task: Task, node: TaskNode) -> date:
    """Return the day an occurrence is due under the task's present deadline."""
    rows = occurrences(task.recurrence, task.recurrence_months, task.starts_on, task.due_on)
    return next((row.due_on for row in rows if (row.cycle, row.starts_on) == (node.cycle, node.starts_on)), node.due_on)


def put_aside_at_closing(task: Task, *, actor: "User") -> None:
    """Cancel what a closed task has not delivered: nothing is waited for any more."""
    cancel([node for node in lock_nodes(task) if node.done_on is None], actor=actor, reason=CLOSED_REASON)


def bring_back(task: Task, *, actor: "User") -> None:
    """Bring back what was put aside when the task was closed."""
    rows = task.nodes.filter(cancelled_reason=CLOSED_REASON).select_for_update(of=("self",))
    for node in rows:
        node.task = task
        node.cancelled_on, node.cancelled_reason = None, ""
        bump(node, "cancelled_on", "cancelled_reason")
        note_change(task, TaskChange.Field.NODE, "取消", words(node), actor=actor, reason="任务重新打开", node=node)
