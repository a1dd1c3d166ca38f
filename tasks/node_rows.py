"""A task's nodes as its pages show them, and what the person may do about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core import clock
from responsibility.authority import authority_of
from tasks.models import ProgressReport, Task, TaskNode
from tasks.services.nodes import is_fixed
from tasks.services.recurrence import SETTLED

# Offered on the report form without being asked for: due by then or earlier.
SOON_DAYS = 31


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One node; `editable`: the person may change or cancel this occurrence now."""

    node: TaskNode
    editable: bool


@dataclass(frozen=True, slots=True)
class NodeRows:
    """The nodes of a task by what they are."""

    milestones: list[NodeRow]
    occurrences: list[NodeRow]
    cancelled: list[TaskNode]

    def __bool__(self) -> bool:
        return bool(self.milestones or self.occurrences or self.cancelled)


def node_rows(task: Task, user: Any) -> NodeRows:
    """Return a task's nodes by day; one query."""
    nodes = list(task.nodes.with_claims().select_related("delivered_by").order_by("due_on", "number"))
    decides = authority_of(user).is_office and task.state not in SETTLED
    today = clock.today()
    live = [node for node in nodes if node.cancelled_on is None]
    rows = [
        NodeRow(node, decides and node.is_occurrence and node.due_on >= today and not is_fixed(node)) for node in live
    ]
    return NodeRows(
        milestones=[row for row in rows if not row.node.is_occurrence],
        occurrences=[row for row in rows if row.node.is_occurrence],
        cancelled=[node for node in nodes if node.cancelled_on is not None],
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """Nodes to tick on the report form: those due by now or soon first, all others folded away."""

    now: list[TaskNode]
    later: list[TaskNode]
    ticked: frozenset[int]


def offered_nodes(task: Task, report: ProgressReport | None, typed: Sequence[int] | None = None) -> Offer:
    """Return what a report on the task may deliver.

    Args:
        task: the task.
        report: the draft or the returned round whose ticks the form opens with.
        typed: what is ticked on a form that comes back; None for one that is opened.
    """
    nodes = list(task.nodes.undelivered().order_by("due_on", "number"))
    if typed is None:
        typed = list(report.nodes.values_list("pk", flat=True)) if report is not None and nodes else []
    soon, ticked = clock.today().toordinal() + SOON_DAYS, frozenset(typed)
    near = [node for node in nodes if node.due_on.toordinal() <= soon or node.pk in ticked]
    return Offer(near, [node for node in nodes if node not in near], ticked)
