"""Rows to paragraphs: a full row goes on in the next one unless that is indented, centred or set in another size."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from tasks.reader.markers import begins_with_mark
from tasks.reader.pdf.order import Block, Row

_SAME_SIZE = 0.08
_FLUSH = 0.8  # of a character
_FARTHEST = 1.6  # times the usual distance of lines
_HIGH_MARK = re.compile(
    r"(?:第[一二三四五六七八九十百\d]{1,4}[章节条编]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])"
)
_STOPS = re.compile(r"[。；;：:！!？?…）)”]\s*$")
# What no line break divides: a word or number, the marks that cling to it, and what quotation marks tie on.
_CORE = r"(?:[A-Za-z0-9.%‰+/-]+|.)"
_TOKEN = re.compile(rf"[（《“‘〔【「(]*{_CORE}(?:[、，。；：！？）》”’〉」』】〕%,.;:!?)]|[“‘]{_CORE})*")
_TITLE_SIZE = 1.12
_ROWS_TO_TELL = 3
_LAST_PART = 0.2

Place = tuple[bool, int]  # odd or even page, column


@dataclass(frozen=True, slots=True)
class Margins:
    """Where the rows of a column begin and end; ``start`` is where rows begin that carry a paragraph on."""

    start: float
    left: float
    right: float
    indented: bool  # paragraphs begin further in than their other rows


class Setting:
    """How the text of a document is set: its size, distance of lines, and the margins of each kind of column."""

    def __init__(self, pages: Sequence[Sequence[Block]], body_size: float) -> None:
        """Measure the rows of all pages."""
        self.body_size = body_size
        self.pitch = _pitch(pages, body_size)
        rows: dict[Place, list[tuple[Row, Row | None]]] = {}
        for number, page in enumerate(_only_rows(pages)):
            for before, row in pairwise([None, *page]):
                if row is not None and not row.tabular and abs(row.size - body_size) <= _SAME_SIZE * body_size:
                    rows.setdefault((number % 2 == 1, row.column), []).append((row, before))
        self._margins: dict[Place, Margins] = {}
        for place in list(rows):
            own, other = rows[place], rows.get((not place[0], place[1]), [])
            alike = not other or not _are_mirrored(own, other, body_size)
            self._margins[place] = _margins([*own, *other] if alike else own, body_size)

    def margins(self, page: int, row: Row) -> Margins | None:
        """Return the margins that hold for a row of a page, counted from 0."""
        return self._margins.get((page % 2 == 1, row.column))


def _only_rows(pages: Sequence[Sequence[Block]]) -> list[list[Row]]:
    return [[block for block in page if isinstance(block, Row)] for page in pages]


def _pitch(pages: Sequence[Sequence[Block]], body_size: float) -> float:
    steps = [
        after.y - before.y
        for page in _only_rows(pages)
        for before, after in pairwise(page)
        if 0 < after.y - before.y < 4 * body_size and abs(after.size - body_size) <= _SAME_SIZE * body_size
    ]
    return median(steps) if steps else 1.8 * body_size


def _are_mirrored(odd: Sequence[tuple[Row, Row | None]], even: Sequence[tuple[Row, Row | None]], size: float) -> bool:
    """Whether odd and even pages have margins of their own: both edges lie further to the same side."""
    if min(len(odd), len(even)) < _ROWS_TO_TELL:
        return False
    left = min(row.x0 for row, _ in odd) - min(row.x0 for row, _ in even)
    right = max(row.x1 for row, _ in odd) - max(row.x1 for row, _ in even)
    return abs(left) > _FLUSH * size and left * right > 0 and abs(left - right) < 1.5 * size


def _margins(rows: Sequence[tuple[Row, Row | None]], size: float) -> Margins:
    right = _outermost([row.x1 for row, _ in rows], size, least=False)
    carried = [row.x0 for row, before in rows if before is not None and before.x1 >= right - 1.5 * size]
    left = min([_outermost([row.x0 for row, _ in rows], size, least=True), *carried])
    start = left
    if carried:
        usual, times = Counter(map(round, carried)).most_common(1)[0]
        at_left = sum(1 for place in carried if abs(place - left) <= _FLUSH * size)
        start = float(usual) if times > 2 * at_left else left
    inner = sum(1 for row, _ in rows if 1.3 * size <= row.x0 - start <= 2.8 * size)
    return Margins(start, left, right, inner >= 3 or inner * 6 >= len(rows))


def _outermost(places: Sequence[float], size: float, *, least: bool) -> float:
    """The outermost place at which two rows begin (or end); one alone may hang out."""
    ordered = sorted(places, reverse=not least)
    for one, other in pairwise(ordered):
        if abs(one - other) <= 0.7 * size:
            return one
    return ordered[0]


def carries_on(setting: Setting, before: Row, before_page: int, after: Row, after_page: int) -> bool:
    """Whether a row carries on the paragraph of the row before it."""
    if before.tabular or after.tabular or len(before.pieces) + len(after.pieces) > 2:
        return False
    if abs(before.size - after.size) > _SAME_SIZE * before.size:
        return False
    turned = before_page != after_page or after.y < before.y
    if not turned and after.y - before.y > _FARTHEST * _usual_distance(setting, before):
        return False
    if before.size > _TITLE_SIZE * setting.body_size:
        return not turned and _is_centred(setting, before, before_page) and _is_centred(setting, after, after_page)
    own, next_ = setting.margins(before_page, before), setting.margins(after_page, after)
    if own is None or next_ is None or abs(after.x0 - next_.start) > _FLUSH * after.size:
        return False
    ended = _STOPS.search(before.text) is not None
    if not _is_full(before, after, own) and (ended or not next_.indented or not _is_nearly_full(before, own)):
        return False
    if next_.indented:
        return not (ended and _HIGH_MARK.match(after.text))
    return not begins_with_mark(after.text)


def _usual_distance(setting: Setting, row: Row) -> float:
    """Distance of lines set in the row's size."""
    return setting.pitch if row.size <= _TITLE_SIZE * setting.body_size else max(setting.pitch, 1.7 * row.size)


def _is_full(before: Row, after: Row, margins: Margins) -> bool:
    """Whether the next row's first word would not have fitted at the end of this one."""
    match = _TOKEN.match(after.text)
    glyphs = after.pieces[0].glyphs[: max(len(match[0]) if match else 1, 1)]
    width = glyphs[-1].x1 - glyphs[0].x0
    return margins.right - before.x1 < width + 0.3 * before.size


def _is_nearly_full(before: Row, margins: Margins) -> bool:
    """Whether a row ends in the last part of the line: something that cannot be divided may not have fitted."""
    return margins.right - before.x1 < _LAST_PART * (margins.right - margins.left)


def _is_centred(setting: Setting, row: Row, page: int) -> bool:
    margins = setting.margins(page, row)
    if margins is None:
        return True
    return abs((row.x0 - margins.left) - (margins.right - row.x1)) <= 2.5 * row.size


def joined(before: str, after: str) -> str:
    """Put the text of two rows of a paragraph together; Latin words keep a blank between them."""
    before, after = before.rstrip(), after.lstrip()
    if re.search(r"[A-Za-z,.;]$", before) and re.match(r"[A-Za-z]", after):
        return f"{before} {after}"
    return before + after
