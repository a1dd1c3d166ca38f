"""Ruled tables: lines drawn across and down make a grid, each cell's words come out in one piece.

A cell that reaches over several rows is given once, in its first row; a row that goes on behind a page break is put
together again where its table has a column of numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tasks.reader.pdf.glyphs import Glyph, Rule, Sheet
from tasks.reader.pdf.lines import find_lines

_TOUCH = 2.5  # ends of ruled lines nearer than this meet
_LEAST_CELL = 5.0
_MOST_CELLS = 20_000


@dataclass(slots=True)
class Table:
    """A table of one page: where it stands, and its rows of cells, each cell's text joined."""

    x0: float
    x1: float
    top: float
    bottom: float
    rows: list[list[str]] = field(default_factory=list)

    @property
    def y(self) -> float:
        """Where it begins, for the order of the page."""
        return self.top


@dataclass(slots=True)
class _Grid:
    """The ruled lines of one table. A side without a line (open tables, a row cut by a page's end) is where the lines
    across it end.
    """

    across: list[Rule]
    down: list[Rule]

    @property
    def rows(self) -> list[float]:
        """The places of the lines that part its rows, from top to bottom."""
        ends = [rule.low for rule in self.down] + [rule.high for rule in self.down]
        return _places([*(rule.at for rule in self.across), min(ends), max(ends)])

    @property
    def columns(self) -> list[float]:
        """The places of the lines that part its columns, from left to right."""
        ends = [rule.low for rule in self.across] + [rule.high for rule in self.across]
        return _places([*(rule.at for rule in self.down), min(ends), max(ends)])


def find_tables(sheet: Sheet) -> tuple[list[Table], list[Glyph]]:
    """Return the tables of a page and the characters that stand in none."""
    left = sheet.glyphs
    tables = []
    for grid in _grids(sheet.rules):
        rows, columns = grid.rows, grid.columns
        inside = [glyph for glyph in left if _within(glyph, rows, columns)]
        table = _table(grid, rows, columns, inside) if inside else None
        if table is not None:
            tables.append(table)
            taken = {id(glyph) for glyph in inside}
            left = [glyph for glyph in left if id(glyph) not in taken]
    return tables, left


def _within(glyph: Glyph, rows: Sequence[float], columns: Sequence[float]) -> bool:
    centre = (glyph.x0 + glyph.x1) / 2
    return columns[0] - 1 <= centre <= columns[-1] + 1 and rows[0] - 1 <= glyph.middle <= rows[-1] + 1


def _grids(rules: Sequence[Rule]) -> list[_Grid]:
    """Ruled lines that meet, directly or through others, make one grid; a frame or an underline is none."""
    parents = list(range(len(rules)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    upright = sorted((rule.at, index) for index, rule in enumerate(rules) if rule.upright)
    for index, rule in enumerate(rules):
        if rule.upright:
            continue
        for at, other in upright:
            if at < rule.low - _TOUCH:
                continue
            if at > rule.high + _TOUCH:
                break
            if rules[other].low - _TOUCH <= rule.at <= rules[other].high + _TOUCH:
                parents[root(other)] = root(index)
    groups: dict[int, _Grid] = {}
    for index, rule in enumerate(rules):
        grid = groups.setdefault(root(index), _Grid([], []))
        (grid.down if rule.upright else grid.across).append(rule)
    found = [grid for grid in groups.values() if grid.across and grid.down]
    return sorted(
        (grid for grid in found if len(grid.rows) >= 2 and len(grid.columns) >= 3), key=lambda grid: grid.rows[0]
    )


def _places(ends: Iterable[float]) -> list[float]:
    """The distinct places of ruled lines, those of one drawn in pieces or twice taken together."""
    places: list[float] = []
    for at in sorted(ends):
        if not places or at - places[-1] > _LEAST_CELL:
            places.append(at)
    return places


def _table(grid: _Grid, rows: Sequence[float], columns: Sequence[float], glyphs: Sequence[Glyph]) -> Table | None:
    """Put the characters into the grid's cells."""
    if (len(rows) - 1) * (len(columns) - 1) > _MOST_CELLS:
        return None
    owner = _merged(grid, rows, columns)
    cells: dict[tuple[int, int], list[Glyph]] = {}
    for glyph in glyphs:
        row = _band(rows, glyph.middle)
        column = _band(columns, (glyph.x0 + glyph.x1) / 2)
        cells.setdefault(owner(row, column), []).append(glyph)
    right = {place: columns[min(place[1] + 1, len(columns) - 1)] for place in cells}
    table = Table(columns[0], columns[-1], rows[0], rows[-1])
    for row in range(len(rows) - 1):
        texts = [cell_text(cells.get((row, c), ()), right.get((row, c), 0.0)) for c in range(len(columns) - 1)]
        if any(texts):
            table.rows.append(texts)
    return table


def _band(places: Sequence[float], at: float) -> int:
    """Between which two places something stands; what stands outside belongs to the first or last band."""
    return sum(1 for place in places[1:-1] if place <= at)


def _merged(grid: _Grid, rows: Sequence[float], columns: Sequence[float]) -> Callable[[int, int], tuple[int, int]]:
    """Return how a place of the grid finds the first place of the cell it is part of."""

    def drawn(rules: Iterable[Rule], at: float, middle: float) -> bool:
        near = (rule for rule in rules if abs(rule.at - at) <= _LEAST_CELL)
        return any(rule.low - 1 <= middle <= rule.high + 1 for rule in near)

    known: dict[tuple[int, int], tuple[int, int]] = {}

    def owner(row: int, column: int) -> tuple[int, int]:
        if (row, column) not in known:
            found = (row, column)
            across = (rows[row] + rows[row + 1]) / 2
            down = (columns[column] + columns[column + 1]) / 2
            if column and not drawn(grid.down, columns[column], across):
                found = owner(row, column - 1)
            elif row and not drawn(grid.across, rows[row], down):
                found = owner(row - 1, column)
            known[row, column] = found
        return known[row, column]

    return owner


def cell_text(glyphs: Iterable[Glyph], right: float) -> str:
    """The words of a cell: a full line goes on in the next one, after a short one a blank parts them."""
    lines = find_lines(glyphs)
    if not lines:
        return ""
    edge = max([line.x1 for line in lines])
    pieces = [lines[0].text.strip()]
    for before, after in pairwise(lines):
        same_row = abs(before.y - after.y) <= 0.4 * before.size
        full = not same_row and before.x1 >= edge - 1.2 * before.size and edge >= right - 3.5 * before.size
        parted = not full or after.glyphs[0].blank or (before.glyphs[-1].text + after.glyphs[0].text).isascii()
        pieces.append(" " if parted else "")
        pieces.append(after.text.strip())
    return "".join(pieces).replace("\t", " ")
