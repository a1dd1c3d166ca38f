"""附表: the figures, how they were computed, and every row behind them, as an Excel file. Reads frozen data only."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from reports.content import Content, RowSet
from reports.models import Report
from reports.rows import DATE, NUMBER
from spreadsheets.export import Column, Sheet, workbook

_WIDE = ("任务", "标题", "指标", "存在问题", "章节", "隐患名称", "演练名称")


def report_workbook(report: Report) -> bytes:
    """Return the file: the figures first, then one sheet for each kind of rows."""
    content = report.content
    checked = f"内容校验 {report.content_sha256}" if report.content_sha256 else "草稿，未签发"
    note = f"数据截至{report.as_of:%Y-%m-%d}；{checked}"
    figures = Sheet(
        name="数字",
        title=f"{report.name}：数字",
        note=note,
        columns=(
            Column("章节", 14),
            Column("名称", 34),
            Column("数值", 12),
            Column("单位", 8),
            Column("计算方法", 60),
            Column("分子", 10),
            Column("分母", 10),
            Column("截止日期", 14),
            Column("明细表", 14),
            Column("明细行数", 10),
            Column("说明", 40),
        ),
        rows=_figures(content),
    )
    sheets = [_rows(report, rows, note) for rows in content.rows.values() if rows.rows]
    return workbook([figures, *sheets])


def _figures(content: Content) -> Iterator[list[Any]]:
    titles = {section.key: section.title for section in content.sections}
    for key, figure in content.figures.items():
        yield [
            titles.get(key.partition(".")[0], ""),
            figure.label,
            figure.value,
            figure.unit,
            figure.formula,
            figure.numerator,
            figure.denominator,
            figure.as_of,
            content.rows[figure.kind].title if figure.kind else "",
            len(figure.rows) if figure.kind else None,
            figure.note,
        ]


def _rows(report: Report, rows: RowSet, note: str) -> Sheet:
    columns = [Column(head, 40 if head in _WIDE else 14) for head, _ in rows.heads]
    return Sheet(
        name=rows.title,
        title=f"{report.name}：{rows.title}",
        note=note,
        columns=columns,
        rows=(
            [cell_value(cell, kind) for cell, (_, kind) in zip(row.cells, rows.heads, strict=True)]
            for row in rows.rows.values()
        ),
    )


def cell_value(cell: Any, kind: str) -> Any:
    """Return a frozen cell as the value it stands for."""
    if cell is None or cell == "":
        return None
    if kind == DATE:
        return date.fromisoformat(cell)
    return Decimal(str(cell)) if kind == NUMBER else cell
