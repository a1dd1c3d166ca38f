"""量化指标: what the plan asks for in numbers and how far it has come, from the ledgers or as units reported."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.metrics import Metric, Reading, metrics
from reports.building import Builder
from reports.content import Content, Segment
from reports.facts import Facts
from reports.rows import TARGET, keep_target, wanted_words
from tasks.as_of import TargetSnapshot, TaskSnapshot
from tasks.models import Operator
from tasks.progress import is_limit, target_percent

KEY = "targets"
MET, UNMET, BROKEN, UNKNOWN = "已达到", "推进中", "未守住", "未报送"
KEPT = "符合要求"
# Rows the table prints; of a longer list what is not reached.
PRINTED = 30


@dataclass(frozen=True, slots=True)
class Judged:
    """A target on the day: its task, value, share of the amount in percent, standing and source in words."""

    row: TargetSnapshot
    task: TaskSnapshot
    value: Decimal | None
    share: Decimal | None
    standing: str
    source: str
    reading: Reading | None
    metric: Metric | None


def _standing(row: TargetSnapshot, value: Decimal | None) -> str:
    target = row.target
    if value is None:
        return UNKNOWN
    if is_limit(target):
        return KEPT if value <= target.value else BROKEN
    if target.operator == Operator.EQUAL:
        return MET if value == target.value else UNMET
    return MET if value >= target.value else UNMET


def _judged(facts: Facts) -> list[Judged]:
    found = []
    read: dict[str, Reading] = {}
    for task in facts.tasks:
        for row in facts.targets.get(task.task.pk, ()):
            metric = metrics.get(row.target.ledger) if row.target.ledger else None
            reading = None
            if metric is not None:
                if metric.key not in read:
                    read[metric.key] = metric.read(date(facts.plan.year, 1, 1), facts.as_of, None)
                reading = read[metric.key]
            value = reading.value if reading is not None else row.value
            source = f"台账：{metric.label}" if metric else "单位上报，待审核" if row.waiting else "单位上报，已审定"
            share = target_percent(row.target, value) if value is not None else None
            found.append(Judged(row, task, value, share, _standing(row, value), source, reading, metric))
    return found


def add(facts: Facts, content: Content) -> None:
    """List every target with its value; a target that is met anew in each period or is a limit has no share."""
    build = Builder(content, KEY, "量化指标")
    judged = _judged(facts)
    for each in judged:
        keep_target(content, each.row, each.task, judged=(each.value, each.share, each.standing, each.source))
        _figures(build, each)
    if not judged:
        build.done(empty="本年度工作要点没有量化指标。")
        return
    _counts(build, judged)
    twice = {name for name, times in Counter(each.row.target.metric for each in judged).items() if times > 1}
    shown = judged if len(judged) <= PRINTED else [each for each in judged if each.standing in (UNMET, BROKEN)]
    rows = [_row(build, each, each.row.target.metric in twice) for each in shown[:PRINTED]]
    caption = f"尚未达到目标的指标（{len(rows)}项）" if len(judged) > len(rows) else ""
    build.table(
        ("指标", "牵头单位", "目标", "完成值", "完成率", "情况"),
        rows,
        widths=(10.2, 6.3, 6.6, 3.5, 3.4, 4),
        caption=caption,
    )
    build.done()


def _figures(build: Builder, each: Judged) -> None:
    target, name = each.row.target, f"t{each.row.target.pk}"
    if each.reading is not None and each.metric is not None:
        formula, note = each.metric.formula, each.reading.note
    else:
        formula, note = "牵头单位上报的累计值；统计日待审核的按上报值，其余按审定值。", ""
    build.measure(
        f"{name}_value",
        f"{target.metric}：完成值",
        each.value,
        unit=target.unit,
        formula=formula,
        kind=TARGET,
        rows=(target.pk,),
        numerator=each.reading.numerator if each.reading else None,
        denominator=each.reading.denominator if each.reading else None,
        note=note,
    )
    build.measure(
        f"{name}_share",
        f"{target.metric}：完成率",
        each.share,
        unit="%",
        formula="完成值 ÷ 目标值 × 100%，最高计100%；上限类、清零类和按期重复考核的指标不计完成率。",
        kind=TARGET,
        rows=(target.pk,),
    )


def _counts(build: Builder, judged: Sequence[Judged]) -> None:
    def count(name: str, label: str, standings: Sequence[str], formula: str) -> None:
        rows = [each.row.target.pk for each in judged if each.standing in standings]
        build.count(name, label, rows, kind=TARGET, formula=formula)

    count("all", "量化指标", (MET, KEPT, UNMET, BROKEN, UNKNOWN), "本年度任务的全部量化指标。")
    count("met", "已达到目标或符合要求", (MET, KEPT), "完成值达到目标，或上限类、清零类指标未被突破。")
    count("unmet", "尚在推进", (UNMET,), "已有完成值、尚未达到目标的指标。")
    count("broken", "突破上限或未清零", (BROKEN,), "完成值超过上限类、清零类指标要求的。")
    count("unknown", "尚无数据", (UNKNOWN,), "统计日还没有完成值的指标。")
    build.share("met_share", "达到比例", "met", "all", formula="已达到目标或符合要求的指标数 ÷ 全部指标数 × 100%。")
    sentence = "全部{all}项量化指标中，已达到目标或符合要求{met}项（{met_share}），尚在推进{unmet}项"
    if build.figure("broken").rows:
        sentence += "，突破上限或未清零{broken}项"
    if build.figure("unknown").rows:
        sentence += "，尚无数据{unknown}项"
    build.say(build.said(sentence + "。"))


def _row(build: Builder, each: Judged, ambiguous: bool) -> list[Segment]:
    """Return a line of the table; a metric named alike in two tasks carries its task's name."""
    name, metric = f"t{each.row.target.pk}", each.row.target.metric
    return [
        f"{metric}（{each.task.task.title}）" if ambiguous else metric,
        each.task.lead.short_name,
        wanted_words(each.row.target),
        build.ref(f"{name}_value"),
        build.ref(f"{name}_share"),
        each.standing,
    ]
