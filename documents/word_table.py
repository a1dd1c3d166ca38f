"""A wide table as a Word document: landscape, header row on every page, chapter rows across, official typefaces.

Typefaces are named, not embedded: the machine that opens the file takes its own 方正小标宋 and 仿宋, and where it has
none, the substitute its font table names for the style. Text is only ever written as text.
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# A3 across; the type area is what is left between the margins.
PAGE, MARGIN = (Mm(420), Mm(297)), Mm(20)
# What XML 1.0 does not allow.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Style → (East Asian typeface, Latin typeface, points).
TITLE, NOTE, HEAD, CHAPTER, CELL = "表格标题", "表格说明", "表头", "章节行", "表格正文"
_STYLES = {
    TITLE: ("方正小标宋简体", "Times New Roman", 22),
    NOTE: ("楷体_GB2312", "Times New Roman", 12),
    HEAD: ("黑体", "Times New Roman", 12),
    CHAPTER: ("黑体", "Times New Roman", 12),
    CELL: ("仿宋_GB2312", "Times New Roman", 12),
}
# Typeface → what to take where it is missing, written into the document's font table.
_SUBSTITUTES = {"方正小标宋简体": "宋体", "仿宋_GB2312": "仿宋", "楷体_GB2312": "楷体"}
_CENTRED = frozenset({TITLE, HEAD})


@dataclass(frozen=True, slots=True)
class WordColumn:
    """A column: its header and its share of the width."""

    header: str
    share: int
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """Rows under one chapter; without `title` they stand by themselves."""

    title: str
    rows: Sequence[Sequence[str]]


def word_table(*, title: str, note: str, columns: Sequence[WordColumn], chapters: Iterable[Chapter]) -> bytes:
    """Return a .docx file with the table.

    Args:
        title: above the table.
        note: small line under the title; empty for none.
        columns: headers and widths.
        chapters: the rows; each chapter's title stands in a row of its own across all columns.
    """
    document = Document()
    _set_up(document)
    document.add_paragraph(_text(title), style=TITLE)
    if note:
        document.add_paragraph(_text(note), style=NOTE)
    _table(document, columns, list(chapters))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def word_attachment(content: bytes, name: str) -> HttpResponse:
    """Return a .docx file as a download that no browser keeps."""
    response = HttpResponse(content, content_type=DOCX)
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.docx")
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _text(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _set_up(document: WordDocument) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = PAGE
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    for name, (chinese, latin, points) in _STYLES.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.element.styleId = name
        style.font.name, style.font.size = latin, Pt(points)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), chinese)
        style.paragraph_format.space_after = Pt(12 if name == TITLE else 0)
        style.paragraph_format.space_before = Pt(0)
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER if name in _CENTRED else None
    _name_substitutes(document)


def _name_substitutes(document: WordDocument) -> None:
    """Write into the font table what stands in for a typeface that the reader's machine lacks."""
    for relation in document.part.rels.values():
        if not relation.reltype.endswith("/fontTable"):
            continue
        fonts = "".join(
            f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
            for name, other in _SUBSTITUTES.items()
        )
        part = relation.target_part
        blob = part.blob.decode("utf-8").replace("</w:fonts>", f"{fonts}</w:fonts>")
        part._blob = blob.encode("utf-8")


def _table(document: WordDocument, columns: Sequence[WordColumn], chapters: Sequence[Chapter]) -> None:
    count = 1 + sum(len(chapter.rows) + bool(chapter.title) for chapter in chapters)
    table = document.add_table(count, len(columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    widths = _widths(columns)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    # Asked of the table, each cell would be looked for anew.
    cells = table._cells
    lines = [cells[at : at + len(columns)] for at in range(0, len(cells), len(columns))]
    for cell, column in zip(lines[0], columns, strict=True):
        _write(cell, column.header, HEAD)
    _repeat(table)
    at = 1
    for chapter in chapters:
        if chapter.title:
            _write(lines[at][0].merge(lines[at][-1]), chapter.title, CHAPTER)
            at += 1
        for row in chapter.rows:
            for cell, text, column in zip(lines[at], row, columns, strict=True):
                _write(cell, text, CELL, centred=column.centred)
            at += 1
    for row in table.rows:
        _keep_together(row._tr)


def _widths(columns: Sequence[WordColumn]) -> list[int]:
    whole = PAGE[0] - 2 * MARGIN
    total = sum(column.share for column in columns)
    return [whole * column.share // total for column in columns]


def _write(cell: _Cell, text: str, style: str, *, centred: bool = False) -> None:
    """Put text into a cell; its lines become paragraphs, tabs stay what they are."""
    lines = _text(text).split("\n")
    paragraph = cell.paragraphs[0]
    paragraph.text = lines[0]
    for each in [paragraph, *(cell.add_paragraph(line) for line in lines[1:])]:
        # By its key: asked for by name, the style would be looked up among all of them for every cell.
        each._p.style = style
        if centred:
            each.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _repeat(table: Table) -> None:
    """Let the first row stand on every page."""
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def _keep_together(row: object) -> None:
    """Do not divide a row between two pages."""
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # type: ignore[attr-defined]
