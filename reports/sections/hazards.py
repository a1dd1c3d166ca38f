"""重大隐患整治: what was found and closed this year, what fell due in the quarter and was done on time, what is left.

Counted by the ledger's own definitions (`hazards.metrics`), so that report, ledger and dashboard say the same.
"""

from datetime import date

from core.metrics import metrics, rate
from hazards.metrics import DENOMINATOR, NUMERATOR, counted_standings
from hazards.models import Standing
from reports.building import Builder
from reports.content import Content
from reports.facts import Facts
from reports.rows import HAZARD, keep_hazards

KEY = "hazards"
CLOSED, ON_TIME = "hazards.major_closed_rate", "hazards.major_on_time_rate"
STOCK, OVERDUE, ALL_ON_TIME = "hazards.major_open_stock", "hazards.major_overdue_open", "hazards.on_time_rate"
# name of the count → metric, its part, whether it is counted from the beginning of the year, label
_COUNTS: tuple[tuple[str, str, str, bool, str], ...] = (
    ("found", CLOSED, DENOMINATOR, True, "今年累计发现重大隐患"),
    ("closed", CLOSED, NUMERATOR, True, "其中已销号"),
    ("due", ON_TIME, DENOMINATOR, False, "本季度到期应整改重大隐患"),
    ("on_time", ON_TIME, NUMERATOR, False, "其中按期整改"),
    ("stock", STOCK, NUMERATOR, False, "重大隐患存量"),
    ("overdue", OVERDUE, NUMERATOR, False, "重大隐患超期未整改"),
    ("all_due", ALL_ON_TIME, DENOMINATOR, False, "本季度到期应整改全部隐患"),
    ("all_on_time", ALL_ON_TIME, NUMERATOR, False, "其中按期整改"),
)
# name of the rate → numerator, denominator, metric, label
_RATES: tuple[tuple[str, str, str, str, str], ...] = (
    ("closed_rate", "closed", "found", CLOSED, "重大隐患整改率（今年累计）"),
    ("on_time_rate", "on_time", "due", ON_TIME, "重大隐患按期整改率（本季度）"),
    ("all_on_time_rate", "all_on_time", "all_due", ALL_ON_TIME, "全部隐患按期整改率（本季度）"),
)


def _formula(key: str) -> str:
    metric = metrics.get(key)
    return metric.formula if metric is not None else ""


def add(facts: Facts, content: Content) -> None:
    """Count the ledger as of the last day; one query for all figures and the rows behind them."""
    build = Builder(content, KEY, "重大隐患整治")
    year = date(facts.plan.year, 1, 1)
    parts = {name: (key, part, year if yearly else facts.start) for name, key, part, yearly, _ in _COUNTS}
    standings = counted_standings(parts, facts.as_of)
    keep_hazards(content, (row for row, _ in standings))
    for name, key, _, _, label in _COUNTS:
        rows = [row.hazard_id for row, counted in standings if name in counted]
        build.count(name, label, rows, kind=HAZARD, unit="条", formula=_formula(key))
    extended = [row for row, counted in standings if "due" in counted and row.due_on != row.hazard.original_due_on]
    for name, part, whole, key, label in _RATES:
        build.share(name, label, part, whole, formula=_formula(key), divide=rate)
    if not standings:
        build.done(empty="本年度没有登记重大隐患，本季度没有到期的隐患。")
        return
    _say(build, extended)
    build.done()


def _say(build: Builder, extended: list[Standing]) -> None:
    build.say(build.said("今年以来，全县累计发现重大隐患{found}条，已销号{closed}条，整改率{closed_rate}。"))
    due = "本季度到期应整改重大隐患{due}条，按期整改{on_time}条，按期整改率{on_time_rate}"
    if extended:
        due += f"，其中{len(extended)}条经批准延期，按批准后的期限计算"
    build.say(
        build.said(due + "。"),
        build.said("全部隐患到期应整改{all_due}条，按期整改{all_on_time}条，按期整改率{all_on_time_rate}。"),
    )
    reached = not build.figure("overdue").rows
    words = "实现超期隐患动态清零。" if reached else "未实现动态清零。"
    build.say(build.said("至统计日，重大隐患存量{stock}条，其中超期未整改{overdue}条，"), words)
