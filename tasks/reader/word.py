"""Text of a .docx: paragraphs and tables in order, automatic numbering rebuilt, a merged cell given once.

Word keeps automatic numbers out of the text; they are counted again from ``numbering.xml``: each paragraph's list
(``numId``) and level (``ilvl``) give the number format and the text around it (``%1、``, ``（%1）``).
"""

from __future__ import annotations

import io
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn

from tasks.reader.model import ReadingError

_DIGITS = "〇一二三四五六七八九"
_CIRCLED = [chr(0x2460 + index) for index in range(20)]


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list: how its number is written and where it starts."""

    form: str
    text: str
    start: int


def read_word(data: bytes, broken: str) -> str:
    """Return the document's text, one line for each paragraph and table row (cells parted by tabs).

    Raises :class:`ReadingError` with the sentence ``broken`` when the file is no sound .docx.
    """
    try:
        document = Document(io.BytesIO(data))
        numbers = _Numbering(document)
        lines = list(_lines(document.element.body, numbers))
    except (OpcError, SyntaxError, BadZipFile, zlib.error, KeyError, ValueError, AttributeError, OSError) as error:
        raise ReadingError(broken) from error
    return "\n".join(lines)


def _lines(body: Any, numbers: _Numbering) -> Iterator[str]:
    """Lines of the body's paragraphs and tables in their order; content controls are opened."""
    for child in body.iterchildren():
        if child.tag == qn("w:p"):
            yield numbers.prefix(child) + _paragraph_text(child)
        elif child.tag == qn("w:tbl"):
            yield from _table_lines(child, numbers)
        elif child.tag == qn("w:sdt"):
            content = child.find(qn("w:sdtContent"))
            if content is not None:
                yield from _lines(content, numbers)


def _paragraph_text(paragraph: Any) -> str:
    """Text of a paragraph without deleted runs; a line break stays a line break, a tab becomes a blank."""
    parts: list[str] = []
    for node in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:noBreakHyphen")):
        if node.tag == qn("w:t"):
            parts.append(node.text or "")
        elif node.tag in {qn("w:br"), qn("w:cr")}:
            parts.append("\n")
        elif node.tag == qn("w:noBreakHyphen"):
            parts.append("-")
        elif node.getparent().tag == qn("w:r"):
            parts.append(" ")
    return "".join(parts)


def _table_lines(table: Any, numbers: _Numbering) -> Iterator[str]:
    """One line for each row; a cell merged downwards or across is given once, its other places stay empty."""
    for row in table.iterchildren(qn("w:tr")):
        cells: list[str] = []
        for cell in row.iterchildren(qn("w:tc")):
            properties = cell.find(qn("w:tcPr"))
            merged = properties.find(qn("w:vMerge")) if properties is not None else None
            carried_on = merged is not None and merged.get(qn("w:val")) != "restart"
            text = "" if carried_on else " ".join(line for line in _lines(cell, numbers) if line.strip())
            cells.append(re.sub(r"[\t\n]+", " ", text).strip())
            span = properties.find(qn("w:gridSpan")) if properties is not None else None
            cells.extend([""] * (min(int(span.get(qn("w:val"), "1")), 60) - 1 if span is not None else 0))
        yield "\t".join(cells)


class _Numbering:
    """Counts the automatic numbers of a document's paragraphs."""

    def __init__(self, document: Any) -> None:
        self.levels: dict[str, dict[int, _Level]] = {}
        self.abstract_of: dict[str, str] = {}
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        self.style_lists = _style_lists(document)
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        for abstract in root.iterchildren(qn("w:abstractNum")):
            self.levels[abstract.get(qn("w:abstractNumId"))] = _levels(abstract)
        for number in root.iterchildren(qn("w:num")):
            reference = number.find(qn("w:abstractNumId"))
            if reference is not None:
                self.abstract_of[number.get(qn("w:numId"))] = reference.get(qn("w:val"))

    def prefix(self, paragraph: Any) -> str:
        """The automatic number in front of a paragraph, empty when it has none."""
        place = self._place(paragraph)
        if place is None:
            return ""
        number_id, depth = place
        abstract = self.abstract_of.get(number_id, "")
        levels = self.levels.get(abstract, {})
        level = levels.get(depth)
        if level is None or not "".join(node.text or "" for node in paragraph.iter(qn("w:t"))).strip():
            return ""
        counts = self.counts[abstract]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [key for key in counts if key > depth]:
            del counts[deeper]

        def written(match: re.Match[str]) -> str:
            above = int(match[1]) - 1
            shown = levels.get(above, level)
            return _written(counts.get(above, shown.start), shown.form)

        if level.form == "bullet":
            return "• "
        return re.sub(r"%(\d)", written, level.text) if level.form != "none" else ""

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """List and level of a paragraph, from itself or from its style."""
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return None
        place = _number_place(properties)
        style = properties.find(qn("w:pStyle"))
        inherited = self.style_lists.get(style.get(qn("w:val"))) if style is not None else None
        if place is None:
            return inherited
        number_id, depth = place
        if number_id == "0":
            return None
        return (number_id, depth) if number_id else (inherited[0], depth) if inherited else None


def _number_place(properties: Any) -> tuple[str, int] | None:
    numbering = properties.find(qn("w:numPr"))
    if numbering is None:
        return None
    number, depth = numbering.find(qn("w:numId")), numbering.find(qn("w:ilvl"))
    return (
        number.get(qn("w:val"), "") if number is not None else "",
        int(depth.get(qn("w:val"), "0")) if depth is not None else 0,
    )


def _style_lists(document: Any) -> dict[str, tuple[str, int]]:
    """The list and level that paragraph styles bring with them."""
    found: dict[str, tuple[str, int]] = {}
    for style in document.styles.element.iterchildren(qn("w:style")):
        properties = style.find(qn("w:pPr"))
        place = _number_place(properties) if properties is not None else None
        if place is not None and place[0]:
            found[style.get(qn("w:styleId"))] = place
    return found


def _levels(abstract: Any) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for level in abstract.iterchildren(qn("w:lvl")):
        form, text, start = level.find(qn("w:numFmt")), level.find(qn("w:lvlText")), level.find(qn("w:start"))
        levels[int(level.get(qn("w:ilvl"), "0"))] = _Level(
            form=form.get(qn("w:val"), "decimal") if form is not None else "decimal",
            text=text.get(qn("w:val"), "") if text is not None else "",
            start=int(start.get(qn("w:val"), "1")) if start is not None else 1,
        )
    return levels


def _written(number: int, form: str) -> str:
    """A number in one of Word's formats; an unknown format falls back to figures."""
    writer = _FORMS.get(form)
    return writer(number) if writer else str(number)


def _chinese(number: int) -> str:
    """Counting numerals up to 9999: 十二, 二十, 一百零三."""
    if not 0 < number < 10_000:
        return str(number)
    text = ""
    gap = False
    for value, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // value % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + name
            gap = False
        else:
            gap = True
    return text[1:] if 10 <= number < 20 else text


def _circled(number: int) -> str:
    return _CIRCLED[number - 1] if 1 <= number <= len(_CIRCLED) else str(number)


_FORMS: dict[str, Callable[[int], str]] = {
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "chineseLegalSimplified": _chinese,
    "japaneseCounting": _chinese,
    "ideographDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    "taiwaneseCountingThousand": _chinese,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "decimalZero": lambda number: f"{number:02d}",
}
