"""重大隐患与按期整改率, 应急演练: what the ledgers' own metrics say of the quarter."""

from core.metrics import Metric, metrics
from reports.building import Builder
from reports.content import Content, Line
from reports.facts import Facts

HAZARDS, DRILLS = "hazards", "drills"


def add_hazards(facts: Facts, content: Content) -> None:
    """Take over the figures of the hazard ledger."""
    _add(facts, content, HAZARDS, "重大隐患整治", "系统中没有隐患台账的数据。")


def add_drills(facts: Facts, content: Content) -> None:
    """Take over the figures of the drill ledger."""
    _add(facts, content, DRILLS, "应急演练", "系统中没有演练台账的数据。")


def _add(facts: Facts, content: Content, key: str, title: str, empty: str) -> None:
    build = Builder(content, key, title)
    own = [metric for metric in metrics.all() if metric.key.startswith(f"{key}.")]
    for metric in own:
        _figure(facts, build, metric)
    if own:
        parts = [piece for metric in own for piece in (_said(build, metric), "；")][:-1]
        build.say("本季度，", *parts, "。")
    build.done(empty="" if own else empty)


def _name(metric: Metric) -> str:
    return metric.key.partition(".")[2]


def _figure(facts: Facts, build: Builder, metric: Metric) -> None:
    reading = metric.read(facts.start, facts.as_of, None)
    build.measure(
        _name(metric),
        metric.label,
        reading.value,
        unit=metric.unit,
        formula=metric.formula,
        numerator=reading.numerator,
        denominator=reading.denominator,
        note=reading.note,
    )


def _said(build: Builder, metric: Metric) -> Line:
    figure = build.figure(_name(metric))
    unit = "" if metric.unit == "%" else metric.unit
    counted = f"（{figure.numerator}÷{figure.denominator}）" if figure.denominator is not None else ""
    return build.said(f"{{label}}{{{_name(metric)}}}{unit}{counted}", label=metric.label)
