"""A whole document: sheets in, its text with what is furniture out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tasks.reader.pdf.furniture import PageLines, find_furniture
from tasks.reader.pdf.glyphs import Sheet
from tasks.reader.pdf.lines import Line, find_lines
from tasks.reader.pdf.order import Block, Row, reading_order
from tasks.reader.pdf.paragraphs import Setting, carries_on, joined
from tasks.reader.pdf.tables import Table, find_tables

_NUMBERS = re.compile(r"序\s*号|编\s*号|项\s*号|序")
_FEWEST_ON_A_PAGE = 30  # characters; with fewer beside a picture the page is a scan


@dataclass(slots=True)
class Composed:
    """The document's text; ``furniture`` are spans of it with the reason, ``pictures`` spans that stand for a page."""

    text: str = ""
    furniture: list[tuple[int, int, str]] = field(default_factory=list)
    pictures: list[tuple[int, int, int]] = field(default_factory=list)
    scanned_pages: int = 0


@dataclass(slots=True)
class _Piece:
    """One line of the text to be: a paragraph, a table row, or furniture (with its reason)."""

    text: str
    reason: str = ""
    page: int = 0


@dataclass(slots=True)
class _PageParts:
    """A page taken apart."""

    sheet: Sheet
    tables: list[Table]
    lines: list[Line]
    blocks: list[Block] = field(default_factory=list)
    furniture: list[tuple[Line, str]] = field(default_factory=list)


def compose(sheets: Sequence[Sheet]) -> Composed:
    """Put the pages of a document together."""
    pages = [_take_apart(sheet) for sheet in sheets]
    body_size = _body_size(sheets)
    edges = [_edges(page) for page in pages]
    furniture = find_furniture(edges, body_size)
    for page in pages:
        page.furniture = [(line, furniture[id(line)]) for line in page.lines if id(line) in furniture]
        kept = [line for line in page.lines if id(line) not in furniture]
        page.blocks = reading_order([*kept, *page.tables], body_size)
    setting = Setting([page.blocks for page in pages], body_size)
    return _written(list(_pieces(pages, setting)), pages)


def _take_apart(sheet: Sheet) -> _PageParts:
    tables, rest = find_tables(sheet)
    return _PageParts(sheet, tables, find_lines(rest))


def _body_size(sheets: Sequence[Sheet]) -> float:
    sizes = Counter(round(glyph.size * 2) / 2 for sheet in sheets for glyph in sheet.glyphs)
    return sizes.most_common(1)[0][0] if sizes else 12.0


def _edges(page: _PageParts) -> PageLines:
    tops, bottoms = [table.top for table in page.tables], [table.bottom for table in page.tables]
    return PageLines(page.sheet.height, page.lines, min(tops, default=page.sheet.height), max(bottoms, default=0.0))


def _pieces(pages: Sequence[_PageParts], setting: Setting) -> Iterator[_Piece]:
    """Lines of the text in order. What stands between two halves of a paragraph follows behind the whole of it."""
    opened: _Paragraph | _TableRow | None = None
    waiting: list[_Piece] = []
    for number, page in enumerate(pages):
        for part in _page_parts(page, number):
            if isinstance(part, _Piece):
                waiting.append(part)
            elif opened is not None and (held := opened.take(part, setting)) is not None:
                waiting += held
            else:
                yield from _closed(opened, waiting)
                opened, waiting = part, []
    yield from _closed(opened, waiting)


def _closed(opened: _Paragraph | _TableRow | None, waiting: Sequence[_Piece]) -> Iterator[_Piece]:
    if opened is not None:
        yield opened.piece()
    yield from waiting


@dataclass(slots=True)
class _Paragraph:
    """A paragraph that the next row may carry on."""

    text: str
    last: Row
    page: int

    def take(self, part: _Paragraph | _TableRow, setting: Setting) -> list[_Piece] | None:
        """Join what carries this paragraph on; None when a new one begins."""
        if not isinstance(part, _Paragraph) or not carries_on(setting, self.last, self.page, part.last, part.page):
            return None
        self.text, self.last, self.page = joined(self.text, part.text), part.last, part.page
        return []

    def piece(self) -> _Piece:
        """The whole paragraph."""
        return _Piece(self.text, page=self.page)


@dataclass(slots=True)
class _TableRow:
    """A row of a ruled table that may go on behind a page break."""

    cells: list[str]
    page: int
    place: int  # in its table, from 0
    header: list[str]
    repeated: bool = False  # the column names stand again at the head of the next page

    def take(self, part: _Paragraph | _TableRow, setting: Setting) -> list[_Piece] | None:
        """Join the rest of a row: it has no number of its own and words in a few cells only."""
        if not isinstance(part, _TableRow) or part.page == self.page or len(part.cells) != len(self.cells):
            return None
        if part.place == 0 and part.cells == self.header:
            self.repeated = True
            return [part.piece()]
        filled = sum(1 for cell in part.cells if cell)
        if part.place != int(self.repeated) or part.cells[0] or filled * 2 > len(part.cells):
            return None
        if not _NUMBERS.fullmatch(self.header[0]) or not self.cells[0]:
            return None
        self.cells = [joined(own, more) if more else own for own, more in zip(self.cells, part.cells, strict=True)]
        self.page, self.repeated = part.page, False
        return []

    def piece(self) -> _Piece:
        """The row as a line of text."""
        return _Piece("\t".join(re.sub(r"\s+", " ", cell) for cell in self.cells), page=self.page)


def _page_parts(page: _PageParts, number: int) -> Iterator[_Paragraph | _TableRow | _Piece]:
    """What a page holds, from its head to its foot."""
    middle = page.sheet.height / 2
    if page.sheet.slanted.strip():
        yield _Piece(page.sheet.slanted.strip(), "watermark", number)
    for line, reason in page.furniture:
        if line.y < middle or reason == "contents":
            yield _Piece(line.text.strip(), reason, number)
    if _is_picture(page):
        yield _Piece(f"（第{number + 1}页是图片，没有文字）", "page_without_text", number)
    for block in page.blocks:
        if isinstance(block, Row):
            yield _Paragraph(block.text, block, number)
        else:
            for place, cells in enumerate(block.rows):
                yield _TableRow(cells, number, place, block.rows[0])
    for line, reason in page.furniture:
        if line.y >= middle and reason != "contents":
            yield _Piece(line.text.strip(), reason, number)


def _is_picture(page: _PageParts) -> bool:
    """Whether a page shows its text as a picture: a large picture and next to no characters of its own."""
    rows = [block for block in page.blocks if isinstance(block, Row)]
    characters = sum(len(piece.glyphs) for row in rows for piece in row.pieces)
    return page.sheet.picture and characters < _FEWEST_ON_A_PAGE and not page.tables


def _written(pieces: Sequence[_Piece], pages: Sequence[_PageParts]) -> Composed:
    """Write the lines one below the other and note where the furniture stands."""
    found = Composed(scanned_pages=sum(1 for page in pages if _is_picture(page)))
    lines: list[str] = []
    place = 0
    for piece in pieces:
        text = piece.text.strip(" \u3000\u00a0") if "\t" not in piece.text else piece.text
        if not text.strip():
            continue
        start, end = place, place + len(text)
        if piece.reason:
            found.furniture.append((start, end, piece.reason))
        if piece.reason == "page_without_text":
            found.pictures.append((start, end, piece.page + 1))
        lines.append(text)
        place = end + 1
    found.text = "\n".join(lines)
    return found
