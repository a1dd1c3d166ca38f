"""What an official letter (函) says, free of how it is typeset.

The parts and their order follow GB/T 9704-2012, clause 10.1 (letter format). All texts are plain text: they are
escaped when the letter is rendered, so nothing a person types can become markup, an address or a file path.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Level = Literal[0, 1, 2, 3, 4]


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the body.

    Attributes:
        text: the words, without the ordinal of the level.
        level: 0 body text; 1 一、; 2 （一）; 3 1.; 4 （1） (GB/T 9704-2012, 7.3.3).
        lead: heading sentence run in before `text`, set in the level's typeface while `text` stays in 仿宋. A
            paragraph of level 1 or 2 without lead is a heading as a whole.
        ordinal: printed instead of the counted ordinal, for numbers a person has typed; None counts, "" prints none.
    """

    text: str
    level: Level = 0
    lead: str = ""
    ordinal: str | None = None


@dataclass(frozen=True)
class LetterTable:
    """A table within the body; its head is repeated on every page.

    Attributes:
        headers: column heads, without the column of numbers.
        rows: cells of each row, as many as `headers`.
        widths: relative widths of the columns; empty fits them to their texts.
        caption: heading above the table; empty prints none.
        numbered: put a column of numbers first.
        compact: set it smaller (五号) and closer, for a table of many rows.

    Raises:
        ValueError: if a row or `widths` has not one entry for each head, or a width is not positive.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()
    caption: str = ""
    numbered: bool = True
    compact: bool = False

    def __post_init__(self) -> None:
        columns = len(self.headers)
        if not columns:
            raise ValueError("a table needs at least one column")
        if any(len(row) != columns for row in self.rows):
            raise ValueError("every row needs one cell for each head")
        if self.widths and (len(self.widths) != columns or min(self.widths) <= 0):
            raise ValueError("widths needs one positive number for each head")


Block = Paragraph | LetterTable


@dataclass(frozen=True)
class OfficialLetter:
    """A letter (函) from one office.

    Attributes:
        issuer: 发文机关标志, the full name in red at the top of the first page.
        doc_number: 发文字号 such as 东安办函〔2026〕5号; empty while the letter is a draft.
        title: 标题; a line break in it is kept, otherwise long titles are divided by meaning.
        addressee: 主送机关, without the colon.
        blocks: the body.
        annex_names: names of the annexes (附件说明), without 书名号 and closing punctuation.
        signer: 发文机关署名; usually the same as `issuer`.
        issued_on: 成文日期; None leaves the place for the date empty.
        contact_note: 附注, printed in brackets under the date.
        copies_to: 抄送机关.
        urgency: 特急 or 加急; empty prints none.
        sealed: leave the place for the seal (7.3.5.1); otherwise set the signature without one (7.3.5.2).
    """

    issuer: str
    title: str
    addressee: str
    blocks: Sequence[Block]
    signer: str
    doc_number: str = ""
    issued_on: date | None = None
    annex_names: Sequence[str] = ()
    contact_note: str = ""
    copies_to: Sequence[str] = ()
    urgency: str = ""
    sealed: bool = True


_HAN = "一二三四五六七八九十"
# What a person types before a paragraph, by level; half-width brackets count as well.
_TYPED_ORDINALS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    (1, re.compile(rf"[{_HAN}]{{1,3}}、")),
    (2, re.compile(rf"[（(][{_HAN}]{{1,3}}[）)]")),
    (3, re.compile(r"\d{1,2}[.．](?!\d)")),
    (4, re.compile(r"[（(]\d{1,2}[）)]")),
)


def paragraphs_from_text(text: str) -> tuple[Paragraph, ...]:
    """Read a text typed in a form, one paragraph a line, into paragraphs.

    一、 （一） 1. （1） at the beginning of a line give its level and are printed as typed, never renumbered. Of a
    line of level 1 or 2 with several sentences the first is its heading.
    """
    return tuple(_read_paragraph(line.strip()) for line in text.splitlines() if line.strip())


def _read_paragraph(line: str) -> Paragraph:
    for level, pattern in _TYPED_ORDINALS:
        if match := pattern.match(line):
            ordinal, rest = match.group(), line[match.end() :].strip()
            ordinal = ordinal.replace("(", "（").replace(")", "）").replace("．", ".")
            heading, stop, body = rest.partition("。")
            if level <= 2 and body.strip():
                return Paragraph(body.strip(), level, heading + stop, ordinal)
            return Paragraph(rest, level, "", ordinal)
    return Paragraph(line)
