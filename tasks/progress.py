"""Figures of progress: how far a target and a task have come. Pure functions, percent 0–100."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

Points = Sequence[tuple[date, Decimal]]
HUNDRED = Decimal(100)
TENTH = Decimal("0.1")


class Measured(Protocol):
    """Anything with an operator, a target value and the span the value holds for."""

    operator: str
    value: Decimal
    period: str


# A target for the year is reached once; one for a shorter span has to be met again and again.
WHOLE_YEAR = ("", "year")


def is_limit(target: Measured) -> bool:
    """Say whether the target is a limit to keep (不超过…, 清零) rather than an amount to reach."""
    return target.operator == "<=" or target.value == 0


def is_amount(target: Measured) -> bool:
    """Say whether the target is an amount to reach in the course of the year, which progress can be computed from."""
    return not is_limit(target) and target.period in WHOLE_YEAR


def limit_broken(target: Measured, value: Decimal | None) -> bool:
    """Say whether a limit target is exceeded by the reported value."""
    return is_limit(target) and value is not None and value > target.value


def target_percent(target: Measured, value: Decimal | None) -> Decimal | None:
    """Return how far an amount target has come, capped at 100; None for what is kept or met anew in each period."""
    if not is_amount(target):
        return None
    if value is None:
        return Decimal(0)
    share = (value / target.value * HUNDRED).quantize(TENTH, ROUND_HALF_UP)
    # 99.96 % is not yet the target, whatever rounding says.
    if value < target.value:
        share = min(share, HUNDRED - TENTH)
    return max(Decimal(0), min(HUNDRED, share))


def computed_percent(pairs: Iterable[tuple[Measured, Decimal | None]]) -> Decimal | None:
    """Return the mean over a task's amount targets, or None where it has none and the unit states its own figure."""
    shares = [share for target, value in pairs if (share := target_percent(target, value)) is not None]
    if not shares:
        return None
    mean = (sum(shares, Decimal(0)) / len(shares)).quantize(TENTH, ROUND_HALF_UP)
    return mean if min(shares) == HUNDRED else min(mean, HUNDRED - TENTH)


def planned_percent(starts_on: date, due_on: date, day: date) -> Decimal:
    """Return the planned progress at the end of `day` on a straight line from start to deadline."""
    if day >= due_on:
        return HUNDRED
    if day < starts_on:
        return Decimal(0)
    span = (due_on - starts_on).days + 1
    return (HUNDRED * ((day - starts_on).days + 1) / span).quantize(TENTH, ROUND_HALF_UP)


def milestone_plan(points: Points, due_on: date, day: date) -> Decimal:
    """Return the planned progress on `day` of a task planned by milestones.

    A step for each: what a milestone adds is expected once its day has passed, not on that day, just as a deadline is
    not missed before its day is over (docs/adr). Once the task's own deadline has passed everything is expected.

    Args:
        points: days and cumulative shares of the milestones.
        due_on: the task's deadline.
        day: the day asked about.
    """
    if day > due_on:
        return HUNDRED
    return max((share for on, share in points if on < day), default=Decimal(0))


class Planned(Protocol):
    """Anything that runs from a start to a deadline, evenly or by milestones."""

    starts_on: date
    due_on: date

    @property
    def points(self) -> Points:
        """Days and shares of the milestones; empty where progress is even."""
        ...


def planned_of(task: Planned, day: date) -> Decimal:
    """Return the planned progress in percent at the end of `day`, by the task's own curve."""
    points = task.points
    if points:
        return milestone_plan(points, task.due_on, day)
    return planned_percent(task.starts_on, task.due_on, day)


def milestone_percent(shares: Iterable[tuple[Decimal, bool]]) -> Decimal | None:
    """Return how far a task has come by its milestones: the sum of what each delivered one adds.

    A milestone adds the difference between its share and that of the one before it. Begun is not done: a delivered
    启动 gives its own small share and nothing of 建成, and 100 is reached only when every milestone is delivered.

    Args:
        shares: cumulative share of each milestone by day, and whether it is delivered.

    Returns:
        Percent 0–100, or None where the task has no milestones.
    """
    total, before, found = Decimal(0), Decimal(0), False
    for share, delivered in shares:
        found = True
        total += share - before if delivered else 0
        before = share
    return total if found else None
