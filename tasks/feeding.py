"""Targets fed by a ledger: the figure comes from `core.metrics`, not from a person's hand; never from both."""

from datetime import date
from decimal import Decimal
from typing import Any

from core import clock
from core.metrics import Metric, Reading, metric_for, metrics
from tasks.models import Task, TaskTarget
from tasks.progress import HUNDRED


def same_kind(target: TaskTarget, metric: Metric) -> bool:
    """Say whether target and metric are both rates, or both counts: one cannot be compared with the other."""
    return ("%" in target.unit) == ("%" in metric.unit)


def offered(target: TaskTarget) -> list[Metric]:
    """Return the metrics the target may be fed by."""
    return [metric for metric in metrics.all() if same_kind(target, metric)]


def suggested(target: TaskTarget) -> Metric | None:
    """Return the metric that the target's own words name, if it is not fed yet and there is just one."""
    if target.ledger:
        return None
    found = metric_for(f"{target.metric} {target.phrase}")
    return found if found is not None and same_kind(target, found) else None


def read_ledger(target: TaskTarget, task: Task, user: Any | None = None) -> Reading | None:
    """Return what the target's ledger says for the plan's year up to today; None for a target fed by hand.

    Args:
        target: the target.
        task: its task, with `plan`.
        user: whose view to count; None for the whole county, which is what the target is about.
    """
    metric = metrics.get(target.ledger) if target.ledger else None
    if metric is None:
        return None
    first, last = date(task.plan.year, 1, 1), date(task.plan.year, 12, 31)
    return metric.read(first, max(first, min(clock.today(), last)), user)


def standing_in(target: TaskTarget, task: Task) -> Decimal:
    """Return the value that counts while a rate has nothing to measure yet: what the plan wants by today, never all.

    Nothing due is neither a failure nor the year's work done.
    """
    planned = min(task.planned_on(clock.today()), HUNDRED - Decimal("0.1"))
    return target.value * planned / HUNDRED
