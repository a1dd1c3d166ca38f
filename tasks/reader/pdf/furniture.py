"""Page numbers, running heads and feet, watermarks, lines of a table of contents: found by place and repetition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasks.reader.pdf.lines import Line

_DASHED = re.compile(
    r"[-—–―－~·]+\s*(\d{1,4})\s*[-—–―－~·]+|第\s*(\d{1,4})\s*页(?:\s*[,，/]?\s*共\s*\d{1,4}\s*页)?|(\d{1,4})\s*/\s*\d{1,4}"
)
_BARE = re.compile(r"(\d{1,4})")
_CONTENTS = re.compile(r".{2,80}?[.．·…⋯﹒]{4,}\s*[-—(（]?\s*\d{1,4}\s*[-—)）]?")
_CONTENTS_HEAD = re.compile(r"目\s*录")
_EDGE_LINES = 2
_SAME_PLACE = 4.0
_APART = 1.35  # a running head stands so many lines' distance from the text, or is set in another size
_LEAST_SHARE = 0.4
_MARGIN = 0.08  # of the page's height
_SMALL = 0.8  # of the text's size


@dataclass(frozen=True, slots=True)
class PageLines:
    """The lines of one page outside its tables, from top to bottom, its height, where its tables begin and end."""

    height: float
    lines: Sequence[Line]
    table_top: float
    table_bottom: float


def find_furniture(pages: Sequence[PageLines], body_size: float) -> dict[int, str]:
    """Return what each line that is furniture is, by the line's id."""
    found: dict[int, str] = {}
    found.update(_page_numbers(pages, body_size))
    found.update(_running_heads(pages, body_size, found))
    found.update(_small_print(pages, body_size, found))
    found.update(_contents(pages))
    return found


def _edges(page: PageLines) -> Iterator[tuple[bool, Line, Line | None]]:
    """The outermost lines: whether at the head, the line, and its neighbour toward the text."""
    lines = page.lines
    for index, line in enumerate(lines[:_EDGE_LINES]):
        if line.y <= page.table_top:
            yield True, line, lines[index + 1] if index + 1 < len(lines) else None
    for place in range(len(lines) - 1, max(len(lines) - 1 - _EDGE_LINES, -1), -1):
        if lines[place].y >= page.table_bottom:
            yield False, lines[place], lines[place - 1] if place else None


def _stands_apart(line: Line, neighbour: Line | None, body_size: float) -> bool:
    """Whether a line is further from its neighbour than lines of the text are, or set smaller or larger."""
    if neighbour is None:
        return True
    distance = abs(line.y - neighbour.y)
    return distance > _APART * 1.9 * max(line.size, body_size) or abs(line.size - body_size) > 0.12 * body_size


def _page_numbers(pages: Sequence[PageLines], body_size: float) -> dict[int, str]:
    """Numbers at the edge that say themselves what they are, and bare ones that count with the pages."""
    found: dict[int, str] = {}
    bare: list[tuple[int, Line, bool]] = []
    for index, page in enumerate(pages):
        for _, line, neighbour in _edges(page):
            text = line.text.strip()
            if _DASHED.fullmatch(text):
                found[id(line)] = "page_number"
            elif match := _BARE.fullmatch(text):
                bare.append((int(match[1]) - index, line, _stands_apart(line, neighbour, body_size)))
    shifts = Counter(shift for shift, _, _ in bare)
    for shift, line, apart in bare:
        if shifts[shift] >= 2 or (apart and len(pages) == 1 and shift == 1):
            found[id(line)] = "page_number"
    return found


def _running_heads(pages: Sequence[PageLines], body_size: float, numbers: dict[int, str]) -> dict[int, str]:
    """The same words at the same place at the edge of many pages; page numbers among them do not matter."""
    groups: dict[tuple[bool, str], list[Line]] = {}
    for page in pages:
        for head, line, neighbour in _edges(_without(page, numbers)):
            if _stands_apart(line, neighbour, body_size):
                groups.setdefault((head, re.sub(r"[\d\s]+", "#", line.text)), []).append(line)
    found: dict[int, str] = {}
    for (head, _), lines in groups.items():
        usual = sorted(line.y for line in lines)[len(lines) // 2]
        same = [line for line in lines if abs(line.y - usual) <= _SAME_PLACE]
        if len(same) >= 2 and len(same) >= _LEAST_SHARE * (len(pages) - 1):
            found.update({id(line): "running_head" if head else "running_foot" for line in same})
    return found


def _small_print(pages: Sequence[PageLines], body_size: float, known: dict[int, str]) -> dict[int, str]:
    """Small print in the margin, far from the text; in a document of one page nothing repeats."""
    found: dict[int, str] = {}
    for page in pages:
        for head, line, _ in _edges(_without(page, known)):
            outside = line.y < _MARGIN * page.height if head else line.y > (1 - _MARGIN) * page.height
            if outside and line.size <= _SMALL * body_size:
                found[id(line)] = "running_head" if head else "running_foot"
    return found


def _without(page: PageLines, dropped: dict[int, str]) -> PageLines:
    kept = [line for line in page.lines if id(line) not in dropped]
    return PageLines(page.height, kept, page.table_top, page.table_bottom)


def _contents(pages: Sequence[PageLines]) -> dict[int, str]:
    """Lines of a table of contents: a heading, dots, a page number. They repeat headings of the text."""
    found: dict[int, str] = {}
    head: Line | None = None
    for page in pages:
        for line in page.lines:
            text = line.text.strip()
            if _CONTENTS_HEAD.fullmatch(text):
                head = line
            elif _CONTENTS.fullmatch(text):
                found[id(line)] = "contents"
                if head is not None:
                    found[id(head)] = "contents"
    return found
