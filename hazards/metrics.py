"""Figures of the hazard ledger, each for all hazards and for major ones, as they stood at the end of any day.

All are counted from the dated standings, never from today's state, so that a past day gives the figure it gave then.
按期整改率 and 整改率 are different things; 动态清零 has two readings, 超期未整改 and 存量, and both are shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial, reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse

from core import clock
from core.metrics import Metric, Reading, metrics, rate
from hazards.models import Extension, Hazard, Standing, StandingQuerySet
from hazards.models.tracked import Level, State, in_time, open_stock, overdue_on, rectified_on_time
from hazards.recurrence import WORDS, recurs

NUMERATOR, DENOMINATOR = "numerator", "denominator"
# (first day, last day) → which of the standings in force on the last day are counted.
Choice = Callable[[date, date], Q]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure before it is narrowed to a level.

    Attributes:
        key, label, unit, formula: as in `core.metrics.Metric`; the label follows the name of the level.
        numerator: what is counted; where there is a denominator, among its rows.
        denominator: what it is divided by; None for a plain count.
        words: words of a plan's target that name it, all of one of the groups, for all hazards and for major ones.
    """

    key: str
    label: str
    unit: str
    formula: str
    numerator: Choice
    denominator: Choice | None
    words: tuple[tuple[str, ...], ...]
    major_words: tuple[tuple[str, ...], ...]


def _due_within(first: date, last: date) -> Q:
    return ~Q(state=State.VOID) & Q(due_on__range=(first, last))


def _found_within(first: date, last: date) -> Q:
    return ~Q(state=State.VOID) & Q(hazard__found_on__range=(first, last))


FIGURES = (
    Figure(
        "on_time_rate",
        "按期整改率",
        "%",
        "按期整改数 ÷ 到期应整改数 × 100%。到期应整改数：整改期限（经批准延期的按批准后的期限）在统计期内的{what}，"
        "未到期和已作废的不计；按期整改数：其中在期限当日或之前申请验收、且该次复查合格的，"
        "逾期完成、重新打开过的始终不计。",
        lambda first, last: rectified_on_time(),
        _due_within,
        (("隐患按期整改率",), ("隐患", "按期整改率")),
        (("重大隐患按期整改率",), ("重大", "隐患", "按期整改率")),
    ),
    Figure(
        "closed_rate",
        "整改率",
        "%",
        "已销号数 ÷ 累计发现数 × 100%。累计发现数：发现日期在统计期内的{what}，已作废的不计；"
        "已销号数：其中截至统计日已销号的。不看是否按期，与按期整改率不是一回事。",
        lambda first, last: Q(state=State.CLOSED),
        _found_within,
        (("隐患整改率",), ("隐患整改完成率",), ("隐患销号率",)),
        (
            ("重大", "隐患整改率"),
            ("重大", "隐患整改完成率"),
            ("重大", "隐患销号率"),
        ),
    ),
    Figure(
        "recurrence_rate",
        "重复率",
        "%",
        "重复隐患数 ÷ 累计发现数 × 100%。累计发现数：发现日期在统计期内的{what}，已作废的不计；"
        f"重复隐患数：其中{WORDS}的。",
        lambda first, last: recurs("hazard__"),
        _found_within,
        (("隐患重复率",), ("重复隐患率",), ("隐患复发率",)),
        (("重大", "隐患重复率"), ("重复重大", "隐患率"), ("重大", "隐患复发率")),
    ),
    Figure(
        "overdue_open",
        "超期未整改数",
        "条",
        "截至统计日，期限已过而未整改的{what}。期限内已申请验收、等待复查的不计；复查合格、等待销号的不计。"
        "为 0 即动态清零：没有超期，不等于没有存量。",
        lambda first, last: overdue_on(last),
        None,
        # The reader of plans calls a target of 清零 未销号…数; what it asks for is 动态清零.
        (("隐患", "动态清零"), ("隐患", "未销号", "动态清零"), ("隐患", "超期未整改"), ("隐患", "逾期未整改")),
        (
            ("重大", "隐患", "动态清零"),
            ("重大", "隐患", "未销号", "动态清零"),
            ("重大", "隐患", "超期未整改"),
            ("重大", "隐患", "逾期未整改"),
        ),
    ),
    Figure(
        "open_stock",
        "存量（未销号数）",
        "条",
        "截至统计日，已登记而未销号的{what}，含待复查和待销号的；已作废的不计。",
        lambda first, last: open_stock(),
        None,
        (("未销号隐患数",), ("隐患存量",)),
        (("未销号重大隐患数",), ("未销号重大事故隐患数",), ("重大隐患存量",), ("重大事故隐患存量",)),
    ),
)
LEVELS: tuple[tuple[str, str, str], ...] = (("major_", "重大事故隐患", Level.MAJOR), ("", "隐患", ""))


def _chosen(figure: Figure, level: str, part: str, first: date, last: date) -> Q:
    """Return which of the standings in force on the last day a part of the figure counts."""
    chosen = Q(level=level) if level else Q()
    if figure.denominator is not None:
        chosen &= figure.denominator(first, last)
    return chosen & figure.numerator(first, last) if part == NUMERATOR else chosen


def _standings(last: date, user: Any | None) -> StandingQuerySet:
    rows = Standing.objects.in_force_on(last)
    return rows if user is None else rows.filter(hazard__in=Hazard.objects.visible_to(user))


def span_of(first: date | None, last: date | None) -> tuple[date, date]:
    """Return the span to count: without a last day up to today, without a first one from the beginning of its year."""
    last = last or clock.today()
    return first or date(last.year, 1, 1), last


def rows_behind(key: str, part: str, first: date, last: date) -> "QuerySet[Hazard]":
    """Return the hazards a part (`NUMERATOR` or `DENOMINATOR`) of a metric counts.

    Args:
        key: key of the metric, such as `hazards.major_on_time_rate`.
        part: a plain count has no denominator; its rows are those of the numerator.
        first, last: the span, both ends included; everything is as it stood at the end of `last`.

    Raises:
        KeyError: there is no such metric.
    """
    figure, level = _KEYS[key]
    if figure.denominator is None:
        part = NUMERATOR
    counted = Standing.objects.in_force_on(last).filter(_chosen(figure, level, part, first, last))
    return Hazard.objects.filter(pk__in=counted.values("hazard_id"))


def counted_standings(parts: Mapping[str, tuple[str, str, date]], last: date) -> list[tuple[Standing, frozenset[str]]]:
    """Return how hazards stood at the end of `last`, by number, each with the parts that count it; one query.

    Args:
        parts: name → (key of the metric, `NUMERATOR` or `DENOMINATOR`, first day of the span).
        last: last day of every span.
    """
    chosen = {}
    for name, (key, part, first) in parts.items():
        figure, level = _KEYS[key]
        chosen[name] = _chosen(figure, level, part, first, last)
    flags = {
        f"in_{name}": Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())
        for name, condition in chosen.items()
    }
    rows = (
        Standing.objects.in_force_on(last)
        .filter(reduce(or_, chosen.values()))
        .annotate(**flags)
        .select_related("hazard__enterprise", "hazard__sector", "hazard__supervisor", "hazard__township")
        .order_by("hazard__code")
    )
    return [(row, frozenset(name for name in parts if getattr(row, f"in_{name}"))) for row in rows]


def rows_path(key: str, part: str, first: date, last: date) -> str:
    """Return the address of the ledger that shows exactly those rows."""
    query = {"metric": key, "part": part, "since": first.isoformat(), "until": last.isoformat()}
    return f"{reverse('hazards:list')}?{urlencode(query)}"


def _read(key: str, first: date, last: date, user: Any | None) -> Reading:
    """Count a metric in one query.

    Args:
        key: key of the metric.
        first, last: the span, both ends included; what is counted is how things stood at the end of `last`.
        user: whose hazards are counted; None for the whole county.
    """
    figure, level = _KEYS[key]
    extended = Extension.objects.filter(hazard=OuterRef("hazard"), decision="granted", decided_on__lte=last)
    whole = _chosen(figure, level, DENOMINATOR, first, last)
    found = (
        _standings(last, user)
        .filter(whole)
        .aggregate(
            denominator=Count("pk"),
            numerator=Count("pk", filter=figure.numerator(first, last)),
            extended=Count("pk", filter=Exists(extended)),
            waiting=Count("pk", filter=Q(state=State.APPLIED) & in_time()),
            reopened=Count("pk", filter=Q(reopened=True)),
            open=Count("pk", filter=open_stock()),
        )
    )
    numerator, rated, today = found["numerator"], figure.denominator is not None, last >= clock.today()
    return Reading(
        value=rate(numerator, found["denominator"]) if rated else Decimal(numerator),
        numerator=numerator,
        denominator=found["denominator"] if rated else None,
        start=first,
        as_of=last,
        numerator_path=rows_path(key, NUMERATOR, first, last),
        denominator_path=rows_path(key, DENOMINATOR, first, last) if rated else "",
        note=_note(figure.key, found, _unplanned(user) if figure.key == "overdue_open" and today else 0),
    )


def _unplanned(user: Any | None) -> int:
    """Count the open major hazards that lack a part of 五落实 today; of past days that is not kept."""
    rows = Hazard.objects.without_plan()
    return (rows if user is None else rows.visible_to(user)).count()


def _note(kind: str, found: dict[str, int], unplanned: int) -> str:
    """Say what a reader must know beside the figure; empty where there is nothing."""
    words = []
    if kind == "on_time_rate":
        if found["extended"]:
            words.append(f"其中 {found['extended']} 条经批准延期，按批准后的期限计算")
        if found["waiting"]:
            words.append(f"{found['waiting']} 条已按期申请验收、待复查，复查合格后计入")
        if found["reopened"]:
            words.append(f"{found['reopened']} 条曾重新打开，不计入按期")
    elif kind == "overdue_open":
        words.append("已实现动态清零" if not found["numerator"] else "未实现动态清零")
        words.append(f"存量 {found['open']} 条")
        if unplanned:
            words.append(f"另有 {unplanned} 条未销号重大隐患五落实不全")
    return "；".join(words) + "。" if words else ""


_KEYS: dict[str, tuple[Figure, str]] = {
    f"hazards.{prefix}{figure.key}": (figure, level) for prefix, _, level in LEVELS for figure in FIGURES
}
HAZARD_METRICS = tuple(
    Metric(
        key=f"hazards.{prefix}{figure.key}",
        label=name + figure.label,
        unit=figure.unit,
        formula=figure.formula.format(what=name),
        read=partial(_read, f"hazards.{prefix}{figure.key}"),
        words=figure.major_words if level else figure.words,
    )
    for prefix, name, level in LEVELS
    for figure in FIGURES
)


def register_metrics() -> None:
    """Put the ledger's figures where the plan's targets, dashboard and reports find them."""
    for metric in HAZARD_METRICS:
        metrics.register(metric.key, metric)
