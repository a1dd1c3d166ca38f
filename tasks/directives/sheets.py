"""The register as an Excel sheet, as its list is filtered."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from core import clock
from spreadsheets.export import Column, Sheet
from tasks.directives.summary import summary_of
from tasks.models import Directive

COLUMNS = (
    Column("类别", 14),
    Column("文号或编号", 20),
    Column("收到日期", 12),
    Column("批示人、会议或机关", 24),
    Column("县领导", 12),
    Column("事项", 36),
    Column("内容", 60),
    Column("要求时限", 12),
    Column("立项任务", 60),
    Column("进度（%，按权重）", 12),
    Column("办理情况", 12),
    Column("办结日期", 12),
    Column("办结反馈", 40),
)


def directive_sheet(found: "QuerySet[Directive]", conditions: str) -> Sheet:
    """Return the sheet of these entries; `conditions` says in words how they were chosen."""

    def lines() -> Iterator[list[Any]]:
        for row in found.iterator(chunk_size=500):
            summary = summary_of(row)
            became = "；".join(
                f"{task.code} {task.title}（{task.lead.short_name}，{task.get_state_display()}，"
                f"{task.get_lamp_display()}灯，{task.shown_percent}%）"
                for task in summary.tasks
            )
            yield [
                row.get_kind_display(),
                row.number,
                row.received_on,
                row.giver,
                str(row.leader or ""),
                row.title,
                row.text,
                row.due_on,
                became,
                summary.percent if summary.total else None,
                summary.stage.label,
                row.done_on,
                row.outcome,
            ]

    note = f"导出日期：{clock.today():%Y-%m-%d}。筛选条件：{conditions or '无'}"
    return Sheet("交办事项", list(COLUMNS), lines(), title="交办事项登记", note=note)
