"""Numbers in texts people write: which of them are none of the section's own."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from documents.letter import paragraphs_from_text
from reports.content import Content, Section
from tasks.reader.numerals import chinese_number

_ARABIC = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?\s?%?")
# Small Chinese numerals are everyday words (一项长期工作); from ten on, before a measure word, they count something.
_NUMERAL = "[零〇一二两三四五六七八九十百千]"
_CHINESE = re.compile(rf"({_NUMERAL}+)(?=[个项条份起场次处家户名人件类])")
_PERCENT = re.compile(rf"百分之({_NUMERAL}+)")
_SMALLEST = 10


def _plain(token: str) -> str:
    """Return an Arabic number in one spelling: no separators, no closing zeros, its percent sign kept."""
    digits = token.replace(",", "").replace(" ", "")
    value = Decimal(digits.rstrip("%")).normalize()
    return f"{value:f}" + ("%" if digits.endswith("%") else "")


def numbers_in(text: str) -> dict[str, str]:
    """Return the numbers of a text: in one spelling → as written. Full-width digits count as well."""
    text = unicodedata.normalize("NFKC", text)
    found = {_plain(match.group()): match.group().strip() for match in _ARABIC.finditer(text)}
    for match in _PERCENT.finditer(text):
        value = chinese_number(match[1])
        if value is not None:
            found[f"{value}%"] = match.group()
    for match in _CHINESE.finditer(_PERCENT.sub("", text)):
        value = chinese_number(match[1])
        if value is not None and value >= _SMALLEST:
            found.setdefault(str(value), match.group())
    return found


def own_numbers(content: Content, section: Section) -> set[str]:
    """Return the numbers a text of the section may use: those of its figures, sentences and tables, and its dates."""
    texts = [content.text_of(section), f"{content.start:%Y}", section.title]
    for table in section.tables:
        texts += [*table.heads, table.caption, table.note]
        texts += [content.shown(cell) for row in table.rows for cell in row]
    for figure in content.figures_of(section):
        counted = (figure.numerator, figure.denominator)
        texts += [figure.number, figure.magnitude, figure.label, *(str(part) for part in counted if part is not None)]
    for day in (content.start, content.as_of):
        texts.append(f"{day.year}年{day.month}月{day.day}日")
    return {number for text in texts for number in numbers_in(text)}


def stray_numbers(content: Content, section: Section, text: str) -> list[str]:
    """Return the numbers of an edited text, as written, that are none of the section's own.

    The ordinals of paragraphs (一、 （一） 1. （1）) are no figures.
    """
    allowed = own_numbers(content, section)
    return [written for number, written in _said(text) if number not in allowed]


def _said(text: str) -> Iterable[tuple[str, str]]:
    found: dict[str, str] = {}
    for paragraph in paragraphs_from_text(text):
        found |= numbers_in(f"{paragraph.lead} {paragraph.text}")
    return found.items()
