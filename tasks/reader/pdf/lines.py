"""Characters to lines: those on one baseline, parted where a gap is too wide to be a word's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from tasks.reader.pdf.glyphs import Glyph

_SAME_BASELINE = 0.4  # of the smaller size
_WIDE_GAP = 1.8  # a gap of so many characters parts columns or cells
_SPREAD_GAP = 1.2  # … and of so many is written as a blank, unless the whole line is spread out
_WORD_GAP = 0.2  # … as is this much more than usual between Latin words
_CHINESE_GAP = 0.18  # … and between Chinese characters
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")


@dataclass(slots=True)
class Line:
    """Characters on one baseline without a wide gap."""

    glyphs: list[Glyph]

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.glyphs[0].x0

    @property
    def x1(self) -> float:
        """Right edge."""
        return self.glyphs[-1].x1

    @property
    def y(self) -> float:
        """Baseline."""
        return self.glyphs[0].y

    @property
    def size(self) -> float:
        """Size of most of its characters."""
        return median(glyph.size for glyph in self.glyphs)

    @property
    def text(self) -> str:
        """The words, with the blanks of the file and those only the gaps tell of."""
        gaps = [after.x0 - before.x1 for before, after in pairwise(self.glyphs)]
        usual = median(gaps) if gaps else 0.0
        pieces = [self.glyphs[0].text]
        for gap, (before, after) in zip(gaps, pairwise(self.glyphs), strict=True):
            pieces.append(after.blank or (" " if _is_blank(gap, usual, before, after) else ""))
            pieces.append(after.text)
        return "".join(pieces)


def _is_blank(gap: float, usual: float, before: Glyph, after: Glyph) -> bool:
    """Whether a gap stands for a blank the file does not hold. Between Chinese and Latin a gap is none: layout
    programs set those apart by themselves.
    """
    size = min(before.size, after.size)
    both = before.text + after.text
    if _CHINESE.fullmatch(both):
        return gap - usual > _CHINESE_GAP * size
    if both.isascii() and both.isalnum():
        return gap - max(usual, 0.0) > _WORD_GAP * size
    return gap > _SPREAD_GAP * size and gap > 3 * usual


def find_lines(glyphs: Iterable[Glyph]) -> list[Line]:
    """Return the lines from top to bottom, pieces of one baseline from left to right."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda one: one.y):
        row = rows[-1] if rows else None
        if row is not None and glyph.y - row[-1].y <= _SAME_BASELINE * min(glyph.size, row[-1].size):
            row.append(glyph)
        else:
            rows.append([glyph])
    return [line for row in rows for line in _parted(sorted(row, key=lambda one: one.x0))]


def _parted(row: Sequence[Glyph]) -> list[Line]:
    """Part a row at its wide gaps; a row spread out evenly (a red head, a title of two characters) stays whole."""
    gaps = [after.x0 - before.x1 for before, after in pairwise(row)]
    wide = [index for index, gap in enumerate(gaps) if gap > _WIDE_GAP * min(row[index].size, row[index + 1].size)]
    if gaps and min(gaps) > 0.5 * max(gaps):
        wide = []
    cuts = [0, *(index + 1 for index in wide), len(row)]
    return [Line(list(row[start:end])) for start, end in pairwise(cuts)]
