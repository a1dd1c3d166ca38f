"""The list of enterprises as an Excel sheet."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from core import clock
from responsibility.models import Enterprise
from spreadsheets.export import Column, Sheet

COLUMNS = (
    Column("名称", 32),
    Column("统一社会信用代码", 22),
    Column("行业领域", 20),
    Column("属地", 12),
    Column("监管部门", 16),
    Column("地址", 32),
    Column("安全负责人", 12),
    Column("联系电话", 16),
    Column("从业人数", 10),
    Column("高危企业", 10),
    Column("风险等级", 12),
    Column("经营状态", 12),
    Column("停业注销日期", 14),
)


def _rows(found: "QuerySet[Enterprise]") -> Iterator[tuple[Any, ...]]:
    for row in found.iterator(chunk_size=500):
        yield (
            row.name,
            row.credit_code,
            row.sector.name,
            row.township.short_name,
            row.supervisor.short_name,
            row.address,
            row.contact,
            row.phone,
            row.staff,
            row.high_risk,
            row.get_risk_display(),
            "已停业注销" if row.closed_on else "在营",
            row.closed_on,
        )


def enterprise_sheet(found: "QuerySet[Enterprise]", conditions: str) -> Sheet:
    """Return the sheet of these enterprises; `conditions` says in words how they were chosen."""
    note = f"导出日期：{clock.today():%Y-%m-%d}。筛选条件：{conditions or '无'}"
    return Sheet("生产经营单位", COLUMNS, _rows(found), title="生产经营单位台账", note=note)
