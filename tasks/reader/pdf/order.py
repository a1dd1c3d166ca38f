"""The order in which a page's lines are read: columns from left to right, each from top to bottom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from tasks.reader.pdf.lines import Line
from tasks.reader.pdf.tables import Table

_LEAST_LINES = 4  # of each column
_LEAST_WIDTH = 8  # characters of a column's lines; narrower pieces side by side are cells, not columns
_ALIGNED = 1.0
_LEAST_TABULAR = 3


@dataclass(slots=True)
class Row:
    """What stands on one baseline of a column: one line, or the cells of a table without ruled lines."""

    pieces: list[Line]
    column: int = 0
    tabular: bool = False

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.pieces[0].x0

    @property
    def x1(self) -> float:
        """Right edge."""
        return self.pieces[-1].x1

    @property
    def y(self) -> float:
        """Baseline."""
        return self.pieces[0].y

    @property
    def size(self) -> float:
        """Size of its first piece."""
        return self.pieces[0].size

    @property
    def text(self) -> str:
        """The words; cells are parted by tabs, other pieces by a blank."""
        return ("\t" if self.tabular else " ").join(piece.text.strip() for piece in self.pieces)


Placed = Line | Table
Block = Row | Table


def reading_order(placed: Sequence[Placed], body_size: float) -> list[Block]:
    """Return a page's rows and tables in their order, those of columns side by side one column after the other."""
    blocks = _ordered(sorted(placed, key=lambda one: (one.y, one.x0)), body_size, 0)
    for _, group in groupby(blocks, key=lambda block: block.column if isinstance(block, Row) else -1):
        _mark_tabular([block for block in group if isinstance(block, Row)])
    return blocks


def _ordered(placed: Sequence[Placed], body_size: float, column: int) -> list[Block]:
    gutter = _gutter(placed, body_size)
    if gutter is None:
        return _rows(placed, column)
    found: list[Block] = []
    for crosses, group in groupby(placed, key=lambda one: one.x0 < gutter < one.x1):
        run = list(group)
        left = [one for one in run if one.x1 <= gutter]
        right = [one for one in run if one.x0 >= gutter]
        if crosses or not _side_by_side(left, right):
            found += _rows(run, column)
        else:
            found += _ordered(left, body_size, column) + _ordered(right, body_size, column + 1)
    return found


def _gutter(placed: Sequence[Placed], body_size: float) -> float | None:
    """Return where the gap between two columns is: many long lines end left of it, many begin right of it."""
    wide = [one for one in placed if one.x1 - one.x0 >= _LEAST_WIDTH * body_size]
    best: tuple[int, float] | None = None
    for place in sorted({round(one.x0 - 0.5 * body_size) for one in wide}):
        left = [one for one in wide if one.x1 <= place]
        right = [one for one in wide if one.x0 >= place]
        across = len(wide) - len(left) - len(right)
        both = min(len(left), len(right))
        if both < _LEAST_LINES or across > both or not _side_by_side(left, right):
            continue
        if best is None or both > best[0]:
            best = both, float(place)
    return best[1] if best else None


def _side_by_side(left: Sequence[Placed], right: Sequence[Placed]) -> bool:
    """Whether two sets of lines stand beside each other, not one below the other."""
    if len(left) < _LEAST_LINES - 1 or len(right) < _LEAST_LINES - 1:
        return False
    top, bottom = max(left[0].y, right[0].y), min(left[-1].y, right[-1].y)
    return bottom - top > 0.5 * min(left[-1].y - left[0].y, right[-1].y - right[0].y)


def _rows(placed: Iterable[Placed], column: int) -> list[Block]:
    """Put pieces of one baseline together."""
    blocks: list[Block] = []
    for one in placed:
        last = blocks[-1] if blocks else None
        if isinstance(one, Table):
            blocks.append(one)
        elif isinstance(last, Row) and abs(one.y - last.y) <= 0.4 * min(one.size, last.size):
            last.pieces.append(one)
        else:
            blocks.append(Row([one], column))
    for block in blocks:
        if isinstance(block, Row):
            block.pieces.sort(key=lambda piece: piece.x0)
    return blocks


def _mark_tabular(rows: Sequence[Row]) -> None:
    """Mark runs of rows whose pieces are aligned below one another."""
    run: list[Row] = []
    for row in [*rows, Row([])]:
        pieces = row.pieces
        if len(pieces) > 1 and (not run or abs(pieces[1].x0 - run[-1].pieces[1].x0) <= _ALIGNED * pieces[1].size):
            run.append(row)
            continue
        if len(run) >= _LEAST_TABULAR:
            for member in run:
                member.tabular = True
        run = [row] if len(pieces) > 1 else []
