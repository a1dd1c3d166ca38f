"""Reads rendered PDFs back: texts, positions in millimetres from the paper's top left corner, lines, fonts."""

import ctypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2

# pypdfium2 carries no types.
reader: Any = pypdfium2
pdfium: Any = pypdfium2.raw
POINTS_PER_MM = 72 / 25.4
CHARACTER = 16 / POINTS_PER_MM
"""Width of one character of 3号 (16 pt) in millimetres."""


@dataclass(frozen=True)
class Glyph:
    """One printed character: its cell (`left`, `right`) and the extent of its ink."""

    text: str
    left: float
    right: float
    ink_top: float
    ink_bottom: float


@dataclass(frozen=True)
class Rule:
    """A drawn line or bar at least 100 mm wide."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Page:
    """One page of a PDF."""

    width: float
    height: float
    text: str
    glyphs: tuple[Glyph, ...]
    rules: tuple[Rule, ...]

    def find(self, words: str) -> list[Glyph]:
        """Return the glyphs of the first place that prints `words` (blanks and line ends left out)."""
        start = "".join(glyph.text for glyph in self.glyphs).index(words)
        return list(self.glyphs[start : start + len(words)])

    def lines(self) -> list[list[Glyph]]:
        """Return all glyphs, line by line."""
        return split_lines(self.glyphs)


def split_lines(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Return `glyphs` line by line in the order of printing; a line ends where the next glyph is not right of it."""
    lines: list[list[Glyph]] = []
    for glyph in glyphs:
        if lines and glyph.left > lines[-1][-1].left:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return lines


def read_pages(pdf: bytes) -> list[Page]:
    """Return all pages of `pdf`."""
    with reader.PdfDocument(pdf) as document:
        return [_read_page(document[index]) for index in range(len(document))]


def _read_page(page: Any) -> Page:
    width, height = page.get_size()
    text_page = page.get_textpage()
    glyphs = []
    for index in range(text_page.count_chars()):
        character = text_page.get_text_range(index, 1)
        if not character.strip():
            continue
        cell, ink = text_page.get_charbox(index, loose=True), text_page.get_charbox(index)
        across = (value / POINTS_PER_MM for value in (cell[0], cell[2]))
        down = ((height - value) / POINTS_PER_MM for value in (ink[3], ink[1]))
        glyphs.append(Glyph(character, *across, *down))
    rules = []
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = item.get_bounds()
        if right - left > 100 * POINTS_PER_MM:
            edges = (left, right, height - top, height - bottom)
            rules.append(Rule(*(value / POINTS_PER_MM for value in edges)))
    text = text_page.get_text_range()
    text_page.close()
    page.close()
    return Page(width, height, text, tuple(glyphs), tuple(rules))


def metadata(pdf: bytes) -> dict[str, str]:
    """Return the document information of `pdf`."""
    with reader.PdfDocument(pdf) as document:
        return dict(document.get_metadata_dict())


def language(pdf: bytes) -> str:
    """Return the language `pdf` says it is written in."""
    buffer = ctypes.create_string_buffer(40)
    with reader.PdfDocument(pdf) as document:
        pdfium.FPDFCatalog_GetLanguage(document.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), len(buffer))
    return buffer.raw.decode("utf-16-le").partition("\0")[0]


def embedded_fonts(pdf: bytes) -> set[str]:
    """Return the names of the fonts that text in `pdf` is set in, every one of which must be an embedded subset."""
    names = set()
    with reader.PdfDocument(pdf) as document:
        for index in range(len(document)):
            page = document[index]
            for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
                font = pdfium.FPDFTextObj_GetFont(item.raw)
                assert pdfium.FPDFFont_GetIsEmbedded(font) == 1
                buffer = ctypes.create_string_buffer(200)
                pdfium.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
                names.add(buffer.value.decode(errors="replace"))
            page.close()
    assert all(re.match(r"[A-Z]{6}\+", name) for name in names), names
    return {name.partition("+")[2] for name in names}
