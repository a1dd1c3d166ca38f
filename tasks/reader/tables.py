"""Task tables inside a text: rows with tabs, rows with pipes, or one cell on each line.

A table is read as tasks only when a row of column names is recognised; each later row is one item. What the names
mean is decided by :func:`column_role`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tasks.reader.numerals import whole_number
from tasks.reader.page import Line, Span

Role = Literal[
    "number",
    "group",
    "topic",
    "target",
    "measure",
    "lead",
    "responsible",
    "cooperate",
    "implement",
    "deadline",
    "aside",
]

# Column names of task tables (重点任务分解表, 演练计划表, 整治安排表), most telling first.
_COLUMNS: tuple[tuple[Role, str], ...] = (
    ("number", r"序号|编号|序|项号|No\.?"),
    (
        "aside",
        r".*(?:领导|责任人|负责人|联系人|电话|备注|情景.*|背景|现状|依据|存在问题|完成情况|进展.*|说明|参演人数|地点|分值|得分)",
    ),
    (
        "deadline",
        r".*(?:时限.*|完成时间|时间(?:安排|要求|节点|进度)?|完成日期|期限|进度(?:安排|要求)|完成节点|月份|日期)",
    ),
    ("lead", r"(?:.*牵头|总牵头|主办|主管|主责|组织).{0,4}(?:单位|部门|科室|机构)(?:及责任人)?"),
    ("cooperate", r".*(?:配合|协办|协同|协作|参与|参加|参演|协助).{0,4}(?:单位|部门|科室)?"),
    ("implement", r".*(?:落实|实施|执行).{0,2}(?:单位|部门|主体)"),
    ("responsible", r".*(?:责任|承办|负责|整治|承担).{0,3}(?:单位|部门|科室|主体|站所)|单位|部门"),
    ("target", r".*(?:指标.*|量化.*|目标(?:要求|值|任务)?|任务目标|预期目标|年度目标)"),
    (
        "topic",
        r".*(?:任务|事项|项目|科目|名称|主题|重点工作|工作要点|要点|行业领域|整治行业|整治重点|演练内容|培训内容|工作内容|"
        r"主要工作|工作|内容)(?:名称)?",
    ),
    ("group", r".*(?:类别|类型|领域|板块|方面|分类|行业|模块)"),
    ("measure", r".*(?:措施|举措|要求|做法|内容|标准|方式|安排|步骤)"),
)
_COMPILED = [(role, re.compile(pattern)) for role, pattern in _COLUMNS]
_MEASURE = re.compile(r".*(?:措施|举措|要求|做法|方式|标准|具体内容|任务内容)")
_RULE = re.compile(r"[\s|:-]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell's trimmed text and span; an empty cell has an empty span."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: its cells with the roles of their columns."""

    start: int
    end: int
    cells: tuple[tuple[Role, Cell], ...]
    order: int  # its place in the table, from 1
    number: int
    marker: str
    spanning: bool  # one cell across the whole table, without a topic of its own

    @property
    def topic(self) -> Cell | None:
        """The cell that names the task."""
        if self.spanning:
            return None
        for wanted in ("topic", "group", "measure", "target"):
            for role, cell in self.cells:
                if role == wanted and cell.text:
                    return cell
        return None

    def spans(self, *roles: Role) -> list[Span]:
        """Spans of the non-empty cells in columns of ``roles``."""
        return [(cell.start, cell.end) for role, cell in self.cells if role in roles and cell.text]


@dataclass(frozen=True, slots=True)
class Table:
    """A table's span, its column names, the data rows, and the spans of the rows of column names."""

    start: int
    end: int
    header: tuple[Cell, ...]
    rows: tuple[Row, ...]
    header_spans: tuple[Span, ...]


def column_role(name: str) -> Role | None:
    """What a column of this name holds, or None for an unknown name."""
    compact = re.sub(r"\s", "", name).strip("*:")
    if not compact or len(compact) > 14:
        return None
    for role, pattern in _COMPILED:
        if pattern.fullmatch(compact):
            if role == "topic" and _MEASURE.fullmatch(compact):
                return "measure"
            return role
    return None


def find_tables(lines: Sequence[Line]) -> list[Table]:
    """Return the task tables among ``lines``."""
    tables: list[Table] = []
    index = 0
    while index < len(lines):
        separator = _separator(lines[index].text)
        if separator is None:
            index += 1
            continue
        end = index
        while end < len(lines) and _separator(lines[end].text) == separator:
            end += 1
        table = _table([_cells(line, separator) for line in lines[index:end] if not _RULE.fullmatch(line.text)])
        if table is not None:
            tables.append(table)
        index = end
    return tables


def _separator(text: str) -> str | None:
    if "\t" in text:
        return "\t"
    return "|" if "|" in text else None


def _cells(line: Line, separator: str) -> list[Cell]:
    """Split a line at its separators."""
    cells: list[Cell] = []
    position = line.start
    for piece in line.text.split(separator):
        stripped = piece.strip()
        start = position + (len(piece) - len(piece.lstrip()) if stripped else 0)
        cells.append(Cell(start, start + len(stripped), stripped))
        position += len(piece) + 1
    return cells


def _fit(cells: list[Cell], width: int) -> list[Cell]:
    """Drop the empty cells outside leading and trailing pipes, as far as the row is wider than ``width``."""
    if len(cells) > width and not cells[-1].text:
        cells = cells[:-1]
    if len(cells) > width and not cells[0].text:
        cells = cells[1:]
    return cells


def _table(grid: list[list[Cell]]) -> Table | None:
    grid = [row for row in grid if row]
    if len(grid) < 2:
        return None
    if all(len(_fit(row, 1)) == 1 for row in grid):
        return _one_cell_a_line([_fit(row, 1)[0] for row in grid])
    for index, cells in enumerate(grid[:4]):
        row = _fit(cells, 1)
        roles = [column_role(cell.text) for cell in row]
        if sum(role is not None for role in roles) >= 2:
            return _build(row, [_fit(other, len(row)) for other in grid[index + 1 :]])
    return None


def _one_cell_a_line(cells: list[Cell]) -> Table | None:
    """Rebuild a table whose cells came out one on each line: the first run of column names sets the width."""
    known = [column_role(cell.text) is not None for cell in cells[:12]]
    width = 0
    for index, named in enumerate(known):
        if named:
            width = index + 1
        elif index - width >= 1:  # two unknown names in a row: the data has begun
            break
    if sum(known[:width]) < 2 or width < 2:
        return None
    body = cells[width:]
    return _build(cells[:width], [body[at : at + width] for at in range(0, len(body), width)])


def _build(header: list[Cell], grid: list[list[Cell]]) -> Table | None:
    roles: list[Role] = [column_role(cell.text) or "measure" for cell in header]
    if "topic" not in roles and "group" not in roles:  # the first column that is no number names the task
        for index, role in enumerate(roles):
            if role == "measure":
                roles[index] = "topic"
                break
    rows: list[Row] = []
    names = [cell.text for cell in header]
    header_spans = [(header[0].start, header[-1].end)]
    for cells in grid:
        filled = [cell for cell in cells if cell.text]
        if not filled:
            continue
        if [cell.text for cell in cells] == names:  # repeated at the head of each printed page
            header_spans.append((filled[0].start, filled[-1].end))
            continue
        rows.append(_row(roles, cells, filled, len(rows) + 1))
    end = grid[-1][-1].end if grid else header[-1].end
    return Table(header[0].start, end, tuple(header), tuple(rows), tuple(header_spans))


def _row(roles: list[Role], cells: list[Cell], filled: list[Cell], order: int) -> Row:
    spanning = len(filled) == 1 and len(roles) > 2
    numbered = next((cell for role, cell in zip(roles, cells, strict=False) if role == "number" and cell.text), None)
    number = whole_number(numbered.text.strip("().、")) if numbered and not spanning else None
    marker = numbered.text if numbered and number is not None else ""
    paired: tuple[tuple[Role, Cell], ...] = (
        (("measure", filled[0]),) if spanning else tuple(zip(roles, cells, strict=False))
    )
    return Row(filled[0].start, filled[-1].end, paired, order, order if number is None else number, marker, spanning)
