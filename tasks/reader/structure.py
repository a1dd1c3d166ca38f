"""From marks, paragraphs and table rows to sections and items.

Rules, in the order they apply:

1. *Nesting*: a mark belongs under the nearest mark before it whose style stands higher (章 > 节 > 条 > 一、 > (一) >
   1. > (1) > ① > 一是).
2. *Section*: marks of one style, standing under sections only, are headings when enough of them are bare headings with
   numbered points or table rows below. A bare heading among such marks is a section even when nothing follows it.
3. *Item*: every other mark, and every table row. Marks under an item are items with a parent.
4. *Paragraph*: text after an item belongs to it; text under a section without an item stands loose.
5. *Title*: the text from the mark to the first sentence end, the end of its line or the bracket that names the units.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tasks.reader.markers import Mark
from tasks.reader.page import Line, Page, Span
from tasks.reader.tables import Row, Table
from tasks.reader.units import ROLE_BRACKET

_HEADING_LIMIT = 60
_COLON_TITLE = 22
_SHORTEST_PARAGRAPH = 8  # a shorter line of a text without numbering is no task
_ALWAYS_SECTION = frozenset({"chapter", "part", "heading"})
_NEVER_SECTION = frozenset({"article", "circled", "spoken", "half_paren", "bullet"})
_TAIL_BRACKET = re.compile(rf"[。;]\s*({ROLE_BRACKET.pattern}[^\n]*)$")
_SENTENCE_END = re.compile(r"[。!?;\n]")
_TITLE_TRIM = " \t。;:,.、*#_"


@dataclass(slots=True)
class Block:
    """A mark with its heading text and what stands under it."""

    mark: Mark
    end: int  # end of the marked piece of text
    parent: Block | None = None
    paragraphs: list[Span] = field(default_factory=list)
    children: list[Block] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    section: bool = False

    def bare(self, page: Page) -> bool:
        """Whether the marked text is a heading only: short, one sentence at most, no bracket naming units."""
        text = page.plain[self.mark.end : self.end].rstrip("。;:! ")
        return 0 < len(text) <= _HEADING_LIMIT and not _SENTENCE_END.search(text) and not ROLE_BRACKET.search(text)


@dataclass(frozen=True, slots=True)
class Tail:
    """A bracket naming units behind the last point counted inside a line: it holds for the whole line."""

    start: int
    end: int


Piece = Block | Row | Tail | Span


@dataclass(slots=True)
class Point:
    """An item to be: a marked block or a table row, with the section and the item above it."""

    section: Block | None
    parent: Point | None
    block: Block | None
    row: Row | None
    start: int
    end: int
    title: str
    body_start: int  # where the text after the title begins; where the title begins when it is all there is
    own: list[Span] = field(default_factory=list)  # its text without that of nested points


@dataclass(frozen=True, slots=True)
class Structure:
    """Sections in order, points in order, and the paragraphs that belong to neither."""

    sections: list[Block]
    points: list[Point]
    preamble: list[Span]
    loose: list[Span]


def find_structure(
    page: Page, lines: Sequence[Line], marks: Sequence[Mark], tables: Sequence[Table], title_end: int
) -> Structure:
    """Build sections and points out of ``lines`` (without noise and title), ``marks`` and ``tables``.

    A text without any numbering is read by paragraphs, those behind the title (which ends at ``title_end``).
    """
    roots, preamble, loose, root_rows = _nest(lines, marks, tables)
    _classify(page, roots)
    builder = _Builder(page, loose)
    for row in root_rows:
        if not roots or row.start < roots[0].mark.start:
            builder.add_row(row, None)
    for block in roots:
        builder.add(block, None, None)
    builder.points.sort(key=lambda point: point.start)
    if not builder.points and not builder.sections:
        builder.add_paragraphs([span for span in preamble if span[0] >= title_end])
        preamble = [span for span in preamble if span[0] < title_end]
    return Structure(builder.sections, builder.points, preamble, sorted(loose))


def _nest(
    lines: Sequence[Line], marks: Sequence[Mark], tables: Sequence[Table]
) -> tuple[list[Block], list[Span], list[Span], list[Row]]:
    """Put marks, rows and paragraphs under one another (rule 1)."""
    roots: list[Block] = []
    preamble: list[Span] = []
    loose: list[Span] = []
    root_rows: list[Row] = []
    stack: list[Block] = []
    after_table = False
    for piece in _pieces(lines, marks, tables):
        if isinstance(piece, Row):
            (stack[-1].rows if stack else root_rows).append(piece)
            after_table = True
        elif isinstance(piece, Block):
            while stack and stack[-1].mark.rank >= piece.mark.rank:
                stack.pop()
            piece.parent = stack[-1] if stack else None
            (piece.parent.children if piece.parent else roots).append(piece)
            stack.append(piece)
            after_table = False
        elif isinstance(piece, Tail):
            holder = next((block for block in reversed(stack) if block.mark.heads_line), stack[0])
            holder.paragraphs.append((piece.start, piece.end))
        elif after_table:
            loose.append(piece)
        else:
            (stack[-1].paragraphs if stack else preamble).append(piece)
    return roots, preamble, loose, root_rows


def _pieces(lines: Sequence[Line], marks: Sequence[Mark], tables: Sequence[Table]) -> list[Piece]:
    """Cut the text into marked pieces, table rows and unmarked paragraphs, in order."""
    pieces: list[tuple[int, Piece]] = [(row.start, row) for table in tables for row in table.rows]
    by_line: dict[int, list[Mark]] = {}
    position = 0
    for line in lines:
        while position < len(marks) and marks[position].start < line.end:
            by_line.setdefault(line.start, []).append(marks[position])
            position += 1
    for line in lines:
        own = by_line.get(line.start, [])
        if not own:
            pieces.append((line.start, (line.start, line.end)))
            continue
        head = line.text[: own[0].start - line.start]
        if head.strip(" #*_->+"):
            pieces.append((line.start, (line.start, line.start + len(head.rstrip()))))
        for index, mark in enumerate(own):
            end = own[index + 1].start if index + 1 < len(own) else line.end
            text = line.text[mark.start - line.start : end - line.start]
            tail = _TAIL_BRACKET.search(text) if not mark.heads_line and end == line.end else None
            if tail:
                pieces.append((mark.start + tail.start(1), Tail(mark.start + tail.start(1), line.end)))
                text = text[: tail.start(1)]
            pieces.append((mark.start, Block(mark, mark.start + len(text.rstrip()))))
    pieces.sort(key=lambda pair: pair[0])
    return [piece for _, piece in pieces]


def _classify(page: Page, roots: Sequence[Block]) -> None:
    """Decide which blocks are sections (rule 2), level by level."""
    group = list(roots)
    depth = 0
    while group:
        below: list[Block] = []
        for style in {block.mark.style for block in group}:
            members = [block for block in group if block.mark.style == style]
            if not _is_heading_style(page, members, top=depth == 0):
                continue
            for block in members:
                block.section = block.bare(page) or style in _ALWAYS_SECTION
                if block.section:
                    below.extend(block.children)
        group = below
        depth += 1


def _is_heading_style(page: Page, members: Sequence[Block], *, top: bool) -> bool:
    style = members[0].mark.style
    if style in _ALWAYS_SECTION:
        return True
    if style in _NEVER_SECTION:
        return False
    bare = [block for block in members if block.bare(page)]
    filled = [block for block in bare if block.rows or any(c.mark.style != "spoken" for c in block.children)]
    if top:
        return bool(filled) and len(bare) * 2 >= len(members)
    return bool(filled) and len(filled) * 2 >= len(members)


class _Builder:
    """Walks the nested blocks and collects sections, points and loose paragraphs."""

    def __init__(self, page: Page, loose: list[Span]) -> None:
        self.page = page
        self.loose = loose
        self.sections: list[Block] = []
        self.points: list[Point] = []
        self.last_named: Point | None = None  # the table row that later rows without a topic belong to

    def add(self, block: Block, section: Block | None, parent: Point | None) -> None:
        """Add a block and all below it."""
        if block.section:
            self.sections.append(block)
            self.loose.extend(block.paragraphs)
            self.last_named = None
            for row in block.rows:
                self.add_row(row, block)
            for child in block.children:
                self.add(child, block, None)
            return
        title, body_start = self._title(block)
        end = max([block.end, *(span[1] for span in block.paragraphs), *(row.end for row in block.rows)])
        index = len(self.points)
        own = [(body_start, block.end), *block.paragraphs]
        point = Point(section, parent, block, None, block.mark.start, end, title, body_start, own)
        self.points.append(point)
        for row in block.rows:
            self.add_row(row, section, point)
        for child in block.children:
            self.add(child, section, point)
        point.end = max(below.end for below in self.points[index:])

    def add_row(self, row: Row, section: Block | None, parent: Point | None = None) -> None:
        """Add a table row as a point; a row without a topic of its own stands under the row that has one."""
        topic = row.topic
        named = any(role in {"topic", "group", "number"} and cell.text for role, cell in row.cells)
        if named or row.spanning:
            self.last_named = None
        elif self.last_named is not None:
            parent = self.last_named
        title = topic.text.strip(_TITLE_TRIM) if topic else ""
        own = row.spans("measure", "target")
        if named and topic and len(own) > 1:  # the topic names the task; the other cells say what is to be done
            own = [span for span in own if span[0] != topic.start]
        body = own[0][0] if own else row.start
        point = Point(section, parent, None, row, row.start, row.end, title, body, own)
        self.points.append(point)
        if named:
            self.last_named = point

    def add_paragraphs(self, paragraphs: Sequence[Span]) -> None:
        """Make each paragraph of a text without any numbering a point."""
        for start, end in paragraphs:
            if end - start < _SHORTEST_PARAGRAPH or self.page.plain[end - 1] == ":":
                self.loose.append((start, end))
                continue
            title, _ = self._cut(start, end)
            self.points.append(Point(None, None, None, None, start, end, title, start, [(start, end)]))

    def _title(self, block: Block) -> tuple[str, int]:
        """Return the title and where the body begins (rule 5); the body is everything when the title is."""
        title, end = self._cut(block.mark.end, block.end)
        rest = self.page.plain[end : block.end].strip(_TITLE_TRIM)
        has_body = bool(rest and not ROLE_BRACKET.match(rest)) or bool(block.paragraphs)
        return title, end if has_body else block.mark.end

    def _cut(self, start: int, end: int) -> tuple[str, int]:
        text = self.page.plain[start:end]
        stop = _SENTENCE_END.search(text)
        cut = stop.start() if stop else len(text)
        bracket = ROLE_BRACKET.search(text, 0, cut)
        if bracket:
            cut = bracket.start()
        colon = text.find(":", 0, min(cut, _COLON_TITLE))
        blank = re.search(r"[ \t]", text[:_COLON_TITLE].rstrip())
        if colon > 0 and not re.search(r"[,、]", text[:colon]) and cut - colon > 1:
            cut = colon
        elif blank and blank.start() >= 4 and cut > 2 * _COLON_TITLE and not re.search(r"[,]", text[: blank.start()]):
            cut = blank.start()
        raw = self.page.text[start : start + cut]
        return _tidy_title(raw), start + cut


def _tidy_title(raw: str) -> str:
    """Drop outer marks and the blanks between Chinese characters."""
    title = re.sub(r"(?<=[\u4e00-\u9fff,、,。“”])[ \u3000]+(?=[\u4e00-\u9fff“”])", "", raw)
    return title.strip(_TITLE_TRIM + "\u3000,;:。")
