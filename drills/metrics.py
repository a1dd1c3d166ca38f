"""Figures of the drills that plans, dashboards and reports read: 场次 held, and how much of what is owed was held.

A record counts as of a day where it was held by that day and counted at its end, also where it was taken back since.
"""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from core.metrics import Metric, Reading, metrics, rate
from drills.duties import Question, tallies
from drills.models import Drill, DrillRule
from drills.models.rules import ENTERPRISE_SUBJECTS

S = DrillRule.Subject


def counted_drills(start: date, as_of: date, user: Any | None, kind: str = "") -> "QuerySet[Drill]":
    """Return the records that count.

    Args:
        start, as_of: first and last day on which they were held; they counted at the end of the last.
        user: whose view; None for the whole county.
        kind: one of `Drill.Kind`, empty for all.
    """
    rows = Drill.objects.all() if user is None else Drill.objects.visible_to(user)
    rows = rows.counted_by(as_of).filter(held_on__gte=start, held_on__lte=as_of)
    return rows.filter(kind=kind) if kind else rows


def counted_path(start: date, as_of: date, **more: object) -> str:
    """Return the list page of the records that `counted_drills` counts, narrowed by further filters."""
    params = {"held_from": start, "held_to": as_of, "counted_by": as_of} | more
    return f"{reverse('drills:list')}?{urlencode(params, doseq=True)}"


def duties_path(as_of: date, **more: object) -> str:
    """Return the list page of the duties of the year as of a day."""
    return f"{reverse('drills:duties')}?{urlencode({'year': as_of.year, 'as_of': as_of} | more, doseq=True)}"


def read_held(start: date, as_of: date, user: Any | None, *, kind: str = "") -> Reading:
    """Count the records held in the span that count: 演练场次."""
    found = counted_drills(start, as_of, user, kind).count()
    more = {"kind": kind} if kind else {}
    return Reading(Decimal(found), found, None, start, as_of, counted_path(start, as_of, **more))


def read_coverage(start: date, as_of: date, user: Any | None, *, subjects: tuple[str, ...]) -> Reading:
    """Divide the duties fulfilled by those owed, of the periods of the year of `as_of` that have begun by then.

    What is owed runs from the beginning of the year, so that `start` does not matter.
    """
    found = tallies(Question(as_of.year, as_of, user, subjects=subjects))
    met, owed = sum(row.met for row in found), sum(row.owed for row in found)
    path = partial(duties_path, as_of, who=list(subjects))
    parts = [f"{row.rule.get_subject_display()}{row.period.label}{row.met}/{row.owed}" for row in found if row.owed]
    return Reading(
        rate(met, owed),
        met,
        owed,
        date(as_of.year, 1, 1),
        as_of,
        path(met="1"),
        path(),
        "；".join(parts),
    )


METRICS = (
    Metric(
        "drills.held",
        "演练场次",
        "场次",
        "期内举行、截至当日审核计入的演练，联合演练计组织单位一场，同一组织单位同日同科目计一场",
        read_held,
        (("演练", "场次"),),
    ),
    Metric(
        "drills.comprehensive",
        "综合演练场次",
        "场次",
        "期内举行、截至当日审核计入的综合演练，联合演练计组织单位一场，同一组织单位同日同科目计一场",
        partial(read_held, kind=Drill.Kind.COMPREHENSIVE),
        (("综合", "演练"), ("综合", "演练", "场次")),
    ),
    Metric(
        "drills.enterprise_coverage",
        "企业演练完成率",
        "%",
        "企业已完成的应练任务÷本年度已开始的应练任务，一家企业一期为一项，高危企业上、下半年各一项",
        partial(read_coverage, subjects=tuple(ENTERPRISE_SUBJECTS)),
        (("企业", "演练", "覆盖"), ("企业", "演练", "完成率")),
    ),
    Metric(
        "drills.township_coverage",
        "乡镇演练完成率",
        "%",
        "乡镇（街道、园区）已完成的应练任务÷本年度已开始的应练任务，一个单位一期为一项",
        partial(read_coverage, subjects=(S.TOWNSHIP,)),
        (("乡镇", "演练", "覆盖"), ("乡镇", "演练", "完成率")),
    ),
)


def register() -> None:
    """Add the figures to the registry that plans, dashboards and reports read."""
    for metric in METRICS:
        metrics.register(metric.key, metric)
