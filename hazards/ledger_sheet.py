"""The ledger as an Excel sheet: the columns of 一患一档."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet

from core import clock
from hazards.models import Hazard
from spreadsheets.export import Column, Sheet

# A hazard as `recurrence.with_recurrence` marks it → the value of a cell.
Cell = Callable[[Any], Any]

COLUMNS: tuple[tuple[Column, Cell], ...] = (
    (Column("隐患编号", 16), lambda row: row.code),
    (Column("隐患单位（场所）", 30), lambda row: row.where),
    (Column("统一社会信用代码", 22), lambda row: row.enterprise.credit_code if row.enterprise else ""),
    (Column("所属乡镇", 12), lambda row: row.township.short_name),
    (Column("行业领域", 18), lambda row: row.sector.name),
    (Column("监管部门", 16), lambda row: row.supervisor.short_name),
    (Column("隐患名称", 30), lambda row: row.title),
    (Column("隐患描述", 44), lambda row: row.description),
    (Column("具体部位", 24), lambda row: row.place),
    (Column("等级", 10), lambda row: row.get_level_display()),
    (Column("判定标准", 30), lambda row: row.standard),
    (Column("判定条款", 24), lambda row: row.clause),
    (Column("来源", 12), lambda row: row.get_source_display()),
    (Column("发现日期", 12), lambda row: row.found_on),
    (Column("发现单位", 16), lambda row: row.finder_unit.short_name if row.finder_unit else ""),
    (Column("发现人", 12), lambda row: row.finder),
    (Column("登记日期", 12), lambda row: clock.date_of(row.registered_at)),
    (Column("状态", 10), lambda row: row.get_state_display()),
    (Column("反复发生", 10), lambda row: row.recurring),
    (Column("整改期限", 12), lambda row: row.due_on),
    (Column("原整改期限", 12), lambda row: row.original_due_on),
    (Column("逾期天数", 10), lambda row: days_overdue(row)),
    (Column("整改责任人", 14), lambda row: row.rectifier),
    (Column("监管责任人", 14), lambda row: row.overseer),
    (Column("管控措施", 30), lambda row: row.controls),
    (Column("责任落实", 24), lambda row: row.plan_duty),
    (Column("措施落实", 24), lambda row: row.plan_measures),
    (Column("资金落实", 16), lambda row: row.plan_funds),
    (Column("时限落实", 20), lambda row: row.plan_schedule),
    (Column("预案落实", 24), lambda row: row.plan_emergency),
    (Column("申请验收日期", 14), lambda row: row.applied_on),
    (Column("复查合格日期", 14), lambda row: row.rechecked_on),
    (Column("销号日期", 12), lambda row: row.closed_on),
)


def days_overdue(hazard: Hazard) -> int | None:
    """Return by how many days a hazard is overdue today, or was when it was handed in; None where it is not."""
    if hazard.state == "void":
        return None
    last = hazard.applied_on or clock.today()
    return (last - hazard.due_on).days if last > hazard.due_on else None


def _rows(found: "QuerySet[Hazard]") -> Iterator[list[Any]]:
    joined = found.select_related("enterprise", "township", "sector", "supervisor", "finder_unit")
    for row in joined.iterator(chunk_size=500):
        yield [cell(row) for _, cell in COLUMNS]


def ledger_sheet(found: "QuerySet[Hazard]", conditions: str) -> Sheet:
    """Return the sheet of these hazards; `conditions` says in words how they were chosen."""
    note = f"导出日期：{clock.today():%Y-%m-%d}。筛选条件：{conditions or '无'}"
    return Sheet("隐患台账", [column for column, _ in COLUMNS], _rows(found), title="隐患台账", note=note)
