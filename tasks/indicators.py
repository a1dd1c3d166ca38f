"""量化指标 of the year: the value that counts, how it stands against the target, and where it is heading."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Case, CharField, DecimalField, F, Prefetch, Q, QuerySet, Value, When

from core.metrics import metrics
from tasks.models import Operator, ReportValue, Task, TaskChange, TaskTarget
from tasks.progress import HUNDRED, is_amount, is_limit

# After fewer days a rate says nothing about the year.
FORECAST_AFTER_DAYS = 30
CENT = Decimal("0.01")

MET, BROKEN, SHORT, SILENT = "met", "broken", "short", "silent"
STANDINGS = ((MET, "已达到"), (SHORT, "未达到"), (BROKEN, "突破限值"), (SILENT, "未填报"))
STANDING_TONES = {MET: "green", SHORT: "grey", BROKEN: "red", SILENT: "yellow"}
HAND = "hand"
# Filter value for targets fed by any ledger.
ANY_LEDGER = "ledger"


def visible_indicators(user: Any) -> "QuerySet[TaskTarget]":
    """Return the targets of the tasks the person may see, each with its `current` value and its `standing`.

    The current value is the reported one while the report waits for the office, else the verified one, as for the
    task's own progress. The standing is one of MET, SHORT, BROKEN, SILENT.
    """
    waiting = Q(task__state__in=[Task.State.REPORTED, Task.State.CLOSING])
    current = Case(
        When(waiting & Q(reported_value__isnull=False), then=F("reported_value")),
        default=F("verified_value"),
        output_field=DecimalField(max_digits=16, decimal_places=2, null=True),
    )
    limit = Q(operator=Operator.AT_MOST) | Q(value=0)
    standing = Case(
        When(current__isnull=True, then=Value(SILENT)),
        When(limit & Q(current__gt=F("value")), then=Value(BROKEN)),
        When(limit, then=Value(MET)),
        When(current__gte=F("value"), then=Value(MET)),
        default=Value(SHORT),
        output_field=CharField(),
    )
    rows = TaskTarget.objects.filter(task__in=Task.objects.visible_to(user).values("pk"))
    fed = ReportValue.objects.filter(as_of__isnull=False, report__submitted_at__isnull=False).order_by("report__round")
    return (
        rows.annotate(current=current)
        .annotate(standing=standing)
        .select_related("task__plan", "task__lead", "task__section")
        .prefetch_related(Prefetch("reported", fed, to_attr="fed"))
        .order_by("-task__plan__year", "task__code", "pk")
    )


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where an indicator is heading.

    Attributes:
        value: what it will be at the deadline at the rate so far, in the target's unit; None where nothing can be said.
        reaches: whether that meets the target; None where nothing can be said.
        words: the sentence that explains it.
    """

    value: Decimal | None
    reaches: bool | None
    words: str


def outlook(target: TaskTarget, current: Decimal | None, today: date) -> Outlook:
    """Return the forecast of a target at the present rate: what was reached so far, carried on to the deadline.

    Only an amount for the year adds up; a rate, a limit or a figure met anew in each period is expected to stay.

    Args:
        target: with its task.
        current: the value that counts today.
        today: the day to forecast from.
    """
    task = target.task
    if current is None:
        return Outlook(None, None, "尚无数据，不作预测")
    if not is_amount(target) or "%" in target.unit:
        holds = current <= target.value if is_limit(target) else current >= target.value
        return Outlook(current, holds, "按现值保持推算")
    if task.closed_on or task.completed_on or today >= task.due_on:
        return Outlook(current, current >= target.value, "已到时限或已完成，以现值为准")
    elapsed, span = (today - task.starts_on).days + 1, (task.due_on - task.starts_on).days + 1
    if elapsed < FORECAST_AFTER_DAYS:
        return Outlook(None, None, f"开始不足 {FORECAST_AFTER_DAYS} 天，不作预测")
    # Whole things are expected whole.
    whole = current == int(current) and target.value == int(target.value)
    value = (current * span / elapsed).quantize(Decimal(1) if whole else CENT, ROUND_DOWN if whole else ROUND_HALF_UP)
    return Outlook(value, value >= target.value, f"按已过 {elapsed} 天的速度推算至时限（共 {span} 天）")


def planned_value(target: TaskTarget, today: date) -> Decimal | None:
    """Return what an amount should have reached by today as its task is planned; None for anything else."""
    if not is_amount(target) or "%" in target.unit:
        return None
    planned = target.task.planned_on(today)
    return (target.value * planned / HUNDRED).quantize(CENT, ROUND_HALF_UP)


def source_of(target: TaskTarget) -> str:
    """Say where the figure comes from: a ledger's metric by its name, or people."""
    metric = metrics.get(target.ledger) if target.ledger else None
    return f"台账：{metric.label}" if metric is not None else "人工填报"


def basis_of(target: TaskTarget) -> str:
    """Say how a ledger came to the value last handed in; empty for a figure filled in by hand."""
    # From the prefetch of `visible_indicators`, oldest round first.
    fed: list[ReportValue] = target.fed  # type: ignore[attr-defined]
    return fed[-1].basis if target.ledger and fed else ""


@dataclass(frozen=True, slots=True)
class Month:
    """What an indicator stood at on the last day of a month, or today."""

    day: date
    value: Decimal | None
    planned: Decimal | None

    @property
    def gap(self) -> Decimal | None:
        """By how much the value is ahead of the plan (negative: behind it)."""
        return None if self.value is None or self.planned is None else self.value - self.planned


def monthly_values(target: TaskTarget, today: date) -> list[Month]:
    """Return the verified value at the end of each month of the plan's year that has begun, oldest first.

    Told from the dated rows: a later correction never shows in an earlier month.
    """
    year = target.task.plan.year
    verified = TaskChange.Field.VALUE
    rows = list(target.changes.filter(field=verified, reason__startswith="审定").order_by("at", "pk"))
    found = []
    for month in range(1, 13):
        if date(year, month, 1) > today:
            break
        day = min(_last_day(year, month), today)
        words = next((row.old for row in rows if row.on > day), None)
        value = target.verified_value if words is None else Decimal(words) if words else None
        found.append(Month(day, value, planned_value(target, day)))
    return found


def _last_day(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
