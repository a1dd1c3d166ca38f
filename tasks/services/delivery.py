"""Delivery: a round says which milestones and occurrences it delivers; they count once the office passes it."""

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING

from core.models import bump
from tasks.models import ProgressReport, Task, TaskChange, TaskNode
from tasks.progress import HUNDRED, TENTH, milestone_percent
from tasks.services.changes import note_change
from tasks.services.nodes import words

if TYPE_CHECKING:
    from accounts.models import User


def claim_nodes(report: ProgressReport, task: Task, node_ids: Collection[int] | None) -> None:
    """Keep which nodes the draft delivers; None leaves that as it is. What was cancelled meanwhile falls away.

    Args:
        report: a draft round, locked.
        task: its task, locked.
        node_ids: keys of nodes ticked on the form.
    """
    if node_ids is not None:
        report.nodes.set(task.nodes.undelivered().filter(pk__in=list(node_ids)))


def percent_by_nodes(report: ProgressReport, task: Task, computed: Decimal | None) -> Decimal | None:
    """Return the progress that follows from the task's nodes beside what follows from its targets.

    A task with amount targets is measured by them. One without, but with milestones, is as far as the shares of its
    delivered milestones and of those this round delivers. Either way, while a node is open the task is not done: the
    figure stays below 100.

    Args:
        report: the round.
        task: its task.
        computed: what follows from the amount targets; None where there are none.

    Returns:
        Percent 0–100, or None where nothing follows and the unit states its own figure.
    """
    ticked = set(report.nodes.values_list("pk", flat=True))
    nodes = list(task.nodes.live().order_by("due_on", "number"))
    if computed is None:
        computed = milestone_percent(
            (node.share, node.done_on is not None or node.pk in ticked) for node in nodes if node.share is not None
        )
    open_nodes = any(node.done_on is None and node.pk not in ticked for node in nodes)
    return min(computed, HUNDRED - TENTH) if computed is not None and open_nodes else computed


def lacking_nodes(report: ProgressReport, task: Task) -> str:
    """Say which nodes a round that states 100 % does not deliver; empty where it may be handed in."""
    if report.percent is None or report.percent < HUNDRED:
        return ""
    left = list(task.nodes.undelivered().exclude(pk__in=report.nodes.values("pk"))[:4])
    if not left:
        return ""
    named = "、".join(f"“{node.title}”" for node in left[:3]) + ("等" if len(left) > 3 else "")
    return f"总体进度填了 100%，但节点、期次{named}还没有勾选完成。请勾选本次完成的节点、期次，或修改总体进度。"


def deliver_nodes(report: ProgressReport, task: Task, *, actor: "User") -> None:
    """Mark what a passed round delivered: done on the day the round was submitted.

    Args:
        report: the round the office passes.
        task: its task, locked; `submitted_on` is the day of the round.
        actor: who passes it.
    """
    claimed = TaskNode.objects.filter(claims=report).undelivered().select_for_update(of=("self",))
    for node in claimed.order_by("pk"):
        node.task = task
        node.done_on, node.delivered_by = task.submitted_on, report
        bump(node, "done_on", "delivered_by")
        done = f"完成（{node.done_on:%Y-%m-%d}）"
        note_change(task, TaskChange.Field.NODE, words(node), done, actor=actor, reason="审定", node=node)
