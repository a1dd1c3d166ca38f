"""Which nodes of a task are missed: due, and neither delivered nor reported in time. The rule the lamps look at."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Prefetch

from tasks.models import Task, TaskNode


def lamp_nodes() -> "Prefetch[Any, Any, Any]":
    """Return the prefetch that lets the lamps of many tasks be judged without a query for each."""
    return Prefetch("nodes", TaskNode.objects.undelivered().with_claims())


def missed_nodes(task: Task, nodes: Sequence[TaskNode], day: date) -> list[TaskNode]:
    """Return the missed nodes on `day`, the longest overdue first; `TaskNode.objects.missed_on` says the same.

    Args:
        task: the task, for the day of the report that waits.
        nodes: the task's nodes, read with `with_claims`.
        day: the day judged.
    """
    reported = task.submitted_on
    found = [
        node
        for node in nodes
        if node.cancelled_on is None
        and node.done_on is None
        and node.due_on < day
        and not (node.is_claimed_now and reported is not None and reported <= node.due_on)
    ]
    return sorted(found, key=lambda node: node.due_on)
