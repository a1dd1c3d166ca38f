"""Metrics: figures computed from ledgers (drills counted, hazards rectified on time), each with the rows behind it.

An app that keeps a ledger registers its metrics; the plan's targets, the dashboard and the quarterly report read them
here and never count a ledger themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.registry import Registry


@dataclass(frozen=True, slots=True)
class Reading:
    """What a metric says on a day.

    Attributes:
        value: the figure in the metric's unit; None where there is nothing to measure (a rate over no rows).
        numerator, denominator: what the figure was divided from; the denominator is None for a plain count.
        start, as_of: the span counted, both ends included.
        numerator_path, denominator_path: list pages that show exactly the rows counted.
        note: what a reader must know beside the figure, such as extensions granted; may be empty.
    """

    value: Decimal | None
    numerator: int
    denominator: int | None
    start: date
    as_of: date
    numerator_path: str
    denominator_path: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure.

    Attributes:
        key: stable name, such as `hazards.on_time_rate`.
        label: its name in the office's words.
        unit: unit of its value: %, 场次, 条.
        formula: how it is computed, one sentence shown under the figure.
        read: (first day, last day, person who asks or None for the whole county) → its reading.
        words: words that make a target of a plan look like this metric, all of one of the groups.
    """

    key: str
    label: str
    unit: str
    formula: str
    read: Callable[[date, date, Any | None], Reading]
    words: tuple[tuple[str, ...], ...] = ()


metrics: Registry[Metric] = Registry("metrics")


def rate(numerator: int, denominator: int) -> Decimal | None:
    """Return numerator ÷ denominator in percent with two places; None over nothing."""
    if not denominator:
        return None
    return (Decimal(numerator) * 100 / denominator).quantize(Decimal("0.01"))


def metric_for(phrase: str) -> Metric | None:
    """Return the metric that the words of a target name: the one with the most of them, if there is just one."""
    named: dict[str, int] = {}
    for metric in metrics.all():
        fitting = [group for group in metric.words if all(word in phrase for word in group)]
        if fitting:
            named[metric.key] = max(sum(map(len, group)) for group in fitting)
    most = [key for key, length in named.items() if length == max(named.values())]
    return metrics.get(most[0]) if len(most) == 1 else None
