"""A task's targets as its pages show them: where the figure comes from and what the ledger says now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.metrics import Metric, Reading, metrics
from responsibility.authority import authority_of
from tasks.feeding import offered, read_ledger, suggested
from tasks.models import Task, TaskTarget


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target.

    Attributes:
        target: the row itself.
        metric, reading: the ledger that feeds it and what it says today; None where people fill it in.
        choices: metrics the person may have it fed by; empty for whoever may not decide.
        suggestion: the metric its words name, offered first.
    """

    target: TaskTarget
    metric: Metric | None
    reading: Reading | None
    choices: Sequence[Metric]
    suggestion: Metric | None


def target_rows(task: Task, user: Any) -> list[TargetRow]:
    """Return the task's targets; the office may choose the source of each while the task is open."""
    decides = authority_of(user).is_office and task.state != Task.State.CLOSED
    return [target_row(target, task, decides=decides) for target in task.targets.all()]


def target_row(target: TaskTarget, task: Task, *, decides: bool = False) -> TargetRow:
    """Return one target's row; `decides` offers the sources to choose from."""
    return TargetRow(
        target=target,
        metric=metrics.get(target.ledger) if target.ledger else None,
        reading=read_ledger(target, task),
        choices=offered(target) if decides else (),
        suggestion=suggested(target) if decides else None,
    )
