"""应急演练: what was held and counted in the quarter and this year, against the year's target.

Counted by the ledger's own definitions (`drills.metrics`), so that report, ledger and dashboard say the same.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.metrics import metrics
from drills.metrics import counted_drills
from drills.models import Drill, DrillTarget
from reports.building import Builder, share_of
from reports.content import Content, Line
from reports.facts import Facts
from reports.rows import DRILL, keep_drills

KEY = "drills"
HELD = "drills.held"


def _ids(rows: Sequence[Drill]) -> list[int]:
    return [row.pk for row in rows]


def add(facts: Facts, content: Content) -> None:
    """Count the year's records once, and pick the quarter's out of them; two queries."""
    build = Builder(content, KEY, "应急演练")
    first = date(facts.plan.year, 1, 1)
    rows = counted_drills(first, facts.as_of, None)
    year = list(rows.select_related("organiser", "enterprise", "township").order_by("held_on", "pk"))
    target = DrillTarget.objects.filter(year=facts.plan.year).first()
    if not year and target is None:
        build.done(empty="本年度没有计入场次的演练，也没有下达演练目标。")
        return
    keep_drills(content, year)
    now = [row for row in year if row.held_on is not None and row.held_on >= facts.start]
    metric = metrics.get(HELD)
    formula = metric.formula if metric is not None else ""
    for name, label, counted in (
        ("held", "本季度演练", now),
        ("comprehensive", "其中综合演练", [row for row in now if row.kind == Drill.Kind.COMPREHENSIVE]),
        ("year", "今年累计演练", year),
    ):
        build.count(name, label, _ids(counted), kind=DRILL, unit="场次", formula=f"{formula}。")
    people = sum(row.headcount or 0 for row in now)
    build.measure(
        "people",
        "本季度参演人次",
        Decimal(people),
        unit="人次",
        formula="本季度计入场次的演练填报的参演人数之和。",
        kind=DRILL,
        rows=tuple(_ids(now)),
    )
    sentence = "本季度开展应急演练{held}场次，其中综合演练{comprehensive}场次，参演{people}人次；今年累计{year}场次。"
    build.say(build.said(sentence), *([] if target is None else [_against(build, target, year)]))
    build.done()


def _against(build: Builder, target: DrillTarget, year: Sequence[Drill]) -> Line:
    """Return the sentence on the year's target, which may count one kind of drill alone."""
    counted = [row for row in year if not target.kind or row.kind == target.kind]
    build.count(
        "toward",
        f"计入年度目标的{target.kind_words}",
        _ids(counted),
        kind=DRILL,
        unit="场次",
        formula=f"今年计入场次的{target.kind_words}。",
    )
    build.measure(
        "target", "年度演练目标", Decimal(target.value), unit="场次", formula=target.basis or "本年度下达的演练目标。"
    )
    build.measure(
        "target_share",
        "年度演练目标完成率",
        share_of(len(counted), target.value),
        unit="%",
        formula=f"今年计入场次的{target.kind_words} ÷ 年度目标 × 100%，保留一位小数。",
        kind=DRILL,
        rows=tuple(_ids(counted)),
        numerator=len(counted),
        denominator=target.value,
    )
    words = f"对照全年{target.kind_words}"
    return build.said("{words}{target}场次的目标，已完成{toward}场次（{target_share}）。", words=words)
