"""What PDFium finds on a page: characters, ruled lines, pictures; the page turned so that its text stands upright.

Lengths are points (1/72 inch); the origin is the upper left corner, ``y`` grows downwards.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tasks.reader.pdf.engine import raw

_MOST_OBJECTS = 20_000  # drawn objects of one page; a map or chart with more has no table worth finding
_DEEPEST_FORM = 3
_THIN = 3.0  # a filled rectangle this thin is a ruled line
_SHORTEST_RULE = 6.0
_PICTURE_SHARE = 0.3  # a picture that fills this share of the page may hold the page's text
_BLANKS = frozenset("\u0020\u00a0\u3000\u2002\u2003\u2009\t")

Point = tuple[float, float]


@dataclass(slots=True)
class Glyph:
    """One character: its text, left and right edge, baseline and size; ``blank`` is the blank in front of it."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    blank: str = ""

    @property
    def top(self) -> float:
        """Upper edge of the character's square."""
        return self.y - 0.88 * self.size

    @property
    def middle(self) -> float:
        """Half the character's height."""
        return self.y - 0.38 * self.size


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruled line: ``at`` is its place across, ``low`` and ``high`` its ends along."""

    upright: bool
    at: float
    low: float
    high: float


@dataclass(slots=True)
class Sheet:
    """One page: its characters in the file's order, its ruled lines, what is set aslant, whether a picture fills it."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    slanted: str = ""
    picture: bool = False
    unreadable: int = 0  # characters whose code no table of the file translates


def read_sheet(document: Any, index: int, most_characters: int) -> Sheet | None:
    """Read one page; None when it holds more than ``most_characters`` characters."""
    page = document[index]
    text_page = page.get_textpage()
    try:
        if text_page.count_chars() > most_characters:
            return None
        return _sheet(page, text_page, index + 1)
    finally:
        text_page.close()
        page.close()


def _sheet(page: Any, text_page: Any, number: int) -> Sheet:
    marks = list(_marks(text_page))
    turn = _dominant_turn(marks)
    width, height = _raw_size(page)
    place = _placing(turn, width, height)
    sheet = Sheet(number, *((height, width) if turn in (90, 270) else (width, height)))
    slanted: list[str] = []
    blank = ""
    for mark in marks:
        if mark.text in _BLANKS:
            blank += mark.text
            continue
        if mark.turn != turn:
            slanted.append(mark.text)
            continue
        ends = sorted(
            place(x, mark.origin[1])[0] if turn in (0, 180) else place(mark.origin[0], x)[0] for x in mark.ends
        )
        glyph = Glyph(mark.text, ends[0], ends[1], place(*mark.origin)[1], mark.size, blank)
        blank = ""
        if sheet.glyphs and _is_double(sheet.glyphs[-1], glyph):
            continue
        sheet.glyphs.append(glyph)
        sheet.unreadable += mark.unreadable
    sheet.slanted = "".join(slanted)
    _read_drawn(page, sheet, place)
    return sheet


def _raw_size(page: Any) -> tuple[float, float]:
    """Width and height of the page as its coordinates have it, before any turn for display."""
    width, height = page.get_size()
    return (height, width) if page.get_rotation() in (90, 270) else (width, height)


def _is_double(one: Glyph, other: Glyph) -> bool:
    """Whether a character is printed twice, a little aside, to look bold."""
    near = abs(one.x0 - other.x0) < 0.2 * one.size and abs(one.y - other.y) < 0.2 * one.size
    return one.text == other.text and near


@dataclass(frozen=True, slots=True)
class _Mark:
    """A character as PDFium gives it: origin on its baseline, the two ends along its writing direction."""

    text: str
    origin: Point
    ends: Point
    size: float
    turn: int  # of its writing direction, in degrees against the clock; -1 when it is no right angle
    unreadable: bool


def _marks(text_page: Any) -> Iterator[_Mark]:
    """The page's own characters, without those PDFium adds between words and lines."""
    handle = text_page.raw
    x, y, box, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF(), raw.FS_MATRIX()
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        if raw.FPDFText_IsGenerated(handle, index) == 1 or code in (0, 10, 13):
            continue
        text = "-" if code in (2, 0xAD) else chr(code) if code < 0x110000 else "\ufffd"
        if not raw.FPDFText_GetLooseCharBox(handle, index, box) or not raw.FPDFText_GetCharOrigin(handle, index, x, y):
            continue
        turn = _right_angle(math.degrees(raw.FPDFText_GetCharAngle(handle, index)))
        ends = (box.bottom, box.top) if turn in (90, 270) else (box.left, box.right)
        size = wide = raw.FPDFText_GetFontSize(handle, index)
        if raw.FPDFText_GetMatrix(handle, index, matrix):
            wide *= math.hypot(matrix.a, matrix.b)
            size *= math.hypot(matrix.c, matrix.d) or 1.0
        if (
            text > "\u2e7f"
        ):  # of some fonts PDFium knows no widths and gives the ink; a Chinese character fills its square
            ends = _square(ends, y.value if turn in (90, 270) else x.value, wide, back=turn in (180, 270))
        unreadable = raw.FPDFText_HasUnicodeMapError(handle, index) == 1 or 0xE000 <= code <= 0xF8FF or code == 0xFFFD
        yield _Mark(text, (x.value, y.value), ends, size, turn, unreadable)


def _square(ends: Point, origin: float, wide: float, *, back: bool) -> Point:
    """Widen the ink of a character to the width of its square, which begins at its origin."""
    other = origin - wide if back else origin + wide
    return min(*ends, origin, other), max(*ends, origin, other)


def _right_angle(degrees: float) -> int:
    nearest = round(degrees / 90) * 90
    return nearest % 360 if abs(degrees - nearest) < 5 else -1


def _dominant_turn(marks: list[_Mark]) -> int:
    """The writing direction of most of the page's characters."""
    counts = Counter(mark.turn for mark in marks if mark.turn >= 0)
    return counts.most_common(1)[0][0] if counts else 0


def _placing(turn: int, width: float, height: float) -> Callable[[float, float], Point]:
    """How a point of the page is placed when text written in direction ``turn`` is to stand upright."""
    if turn == 90:
        return lambda x, y: (y, x)
    if turn == 180:
        return lambda x, y: (width - x, y)
    if turn == 270:
        return lambda x, y: (height - y, width - x)
    return lambda x, y: (x, height - y)


def _read_drawn(page: Any, sheet: Sheet, place: Callable[[float, float], Point]) -> None:
    """Ruled lines and large pictures."""
    area = sheet.width * sheet.height
    wanted = [raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE]
    for count, drawn in enumerate(page.get_objects(filter=wanted, max_depth=_DEEPEST_FORM)):
        if count >= _MOST_OBJECTS:
            sheet.rules.clear()
            return
        if drawn.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = drawn.get_bounds()
            sheet.picture |= (right - left) * (top - bottom) >= _PICTURE_SHARE * area
        elif drawn.level == 0:
            sheet.rules.extend(_rules(drawn, place))


def _rules(drawn: Any, place: Callable[[float, float], Point]) -> Iterator[Rule]:
    """The ruled lines of one path: its straight strokes, or the path itself where it is a thin filled bar."""
    points = list(_points(drawn))
    if len(points) < 2:
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(drawn.raw, fill, stroke)
    placed = [(begins, place(*point)) for begins, point in points]
    xs, ys = [point[0] for _, point in placed], [point[1] for _, point in placed]
    if min(max(xs) - min(xs), max(ys) - min(ys)) <= _THIN:
        yield from _rule((min(xs), min(ys)), (max(xs), max(ys)))
    elif stroke.value:
        for (_, start), (begins, end) in pairwise(placed):
            if not begins:
                yield from _rule(start, end)


def _rule(start: Point, end: Point) -> Iterator[Rule]:
    across, down = abs(start[0] - end[0]), abs(start[1] - end[1])
    if down <= _THIN and across >= _SHORTEST_RULE:
        yield Rule(False, (start[1] + end[1]) / 2, min(start[0], end[0]), max(start[0], end[0]))
    elif across <= _THIN and down >= _SHORTEST_RULE:
        yield Rule(True, (start[0] + end[0]) / 2, min(start[1], end[1]), max(start[1], end[1]))


def _points(drawn: Any) -> Iterator[tuple[bool, Point]]:
    """Corners of a path in page coordinates, each with whether a new piece begins there; closed pieces come round."""
    matrix = drawn.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    first: Point | None = None
    for index in range(min(raw.FPDFPath_CountSegments(drawn.raw), _MOST_OBJECTS)):
        segment = raw.FPDFPath_GetPathSegment(drawn.raw, index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        begins = raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO
        first = point if begins or first is None else first
        yield begins, point
        if raw.FPDFPathSegment_GetClose(segment):
            yield False, first
