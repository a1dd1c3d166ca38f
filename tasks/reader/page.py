"""The text of one document, with a same-length plain form that the rules match on.

The plain form replaces each code point by exactly one other (full-width digits, letters and punctuation by half-width,
Kangxi radicals by the characters they look like), so an offset found in it holds in the text as read.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from tasks.reader.model import NoiseReading

Span = tuple[int, int]

_BRACKETS = {"(": ")", "[": "]", "【": "】", "〔": "〕"}
_QUOTED = re.compile(r"“[^”\n]{0,60}”|\"[^\"\n]{1,40}\"|「[^」\n]{0,60}」|‘[^’\n]{0,40}’")
_TITLED = re.compile(r"《[^》\n]{1,80}》")


def _plain_table() -> dict[int, str]:
    """Map every code point that has a one-character compatible form used in Chinese office text."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for low, high in ((0x2E80, 0x2FDF), (0xF900, 0xFAFF)):  # radicals and compatibility ideographs out of PDF copies
        for code in range(low, high):
            form = unicodedata.normalize("NFKC", chr(code))
            if len(form) == 1:
                table[code] = form
    for blank in "\u00a0\u2002\u2003\u2009\u3000\u200b\ufeff":
        table[ord(blank)] = " "
    table.update({ord("﹝"): "〔", ord("﹞"): "〕", ord("﹪"): "%", ord("·"): "·", ord("•"): "·", ord("∶"): ":"})
    return table


_PLAIN = _plain_table()


@dataclass(frozen=True, slots=True)
class Line:
    """One non-blank line without its outer blanks; a line with tabs inside keeps them."""

    start: int
    end: int
    text: str  # plain form


class Page:
    """The text as read (``text``), its plain form (``plain``) and its lines.

    ``furniture`` are lines the file itself shows to be none of the plan's; ``lines`` leaves them out.
    """

    def __init__(self, text: str, furniture: Sequence[NoiseReading] = ()) -> None:
        self.text = text
        self.plain = text.translate(_PLAIN)
        self.furniture = furniture

    @cached_property
    def lines(self) -> list[Line]:
        """The non-blank lines in order."""
        found = []
        aside = {row.start for row in self.furniture}
        for match in re.finditer(r"[^\n]+", self.plain):
            span = self.trim(match.start(), match.end())
            if span is None or span[0] in aside:
                continue
            if "\t" in self.plain[span[0] : span[1]]:  # a table row: its outer tabs part empty cells
                span = match.span()
            found.append(Line(*span, self.plain[span[0] : span[1]]))
        return found

    @cached_property
    def quoted(self) -> list[Span]:
        """Spans in quotation marks, the marks included."""
        return [match.span() for match in _QUOTED.finditer(self.plain)]

    def in_quotes(self, start: int, end: int) -> bool:
        """Whether a span lies between two quotation marks."""
        index = bisect_left(self.quoted, (start, 0)) - 1
        return index >= 0 and self.quoted[index][1] > end

    def trim(self, start: int, end: int) -> Span | None:
        """Shrink a span to its non-blank part, or None when it is blank."""
        while start < end and self.plain[start].isspace():
            start += 1
        while end > start and self.plain[end - 1].isspace():
            end -= 1
        return (start, end) if start < end else None

    def raw(self, start: int, end: int) -> str:
        """The text as read between two offsets."""
        return self.text[start:end]

    def without(self, spans: Iterable[Span]) -> str:
        """The plain form with ``spans`` and the titles in 《》 blanked out, for rules that must not read them."""
        characters = list(self.plain)
        for start, end in spans:
            for index in range(start, end):
                if characters[index] != "\n":
                    characters[index] = " "
        for match in _TITLED.finditer(self.plain):
            characters[match.start() + 1 : match.end() - 1] = "□" * (match.end() - match.start() - 2)
        return "".join(characters)


def closing_bracket(plain: str, opening: int, limit: int) -> int | None:
    """Return the offset of the bracket that closes the one at ``opening``, nested ones skipped; None if none does."""
    depth: list[str] = []
    for index in range(opening, limit):
        character = plain[index]
        if character in _BRACKETS:
            depth.append(_BRACKETS[character])
        elif depth and character == depth[-1]:
            depth.pop()
            if not depth:
                return index
    return None


class Taken:
    """Spans that a rule has claimed; they never overlap, so that one look-up answers for all of them."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans: list[Span] = sorted(spans)

    def add(self, start: int, end: int) -> None:
        """Claim a span."""
        insort(self._spans, (start, end))

    def touches(self, start: int, end: int) -> bool:
        """Whether the span shares a code point with a claimed one."""
        index = bisect_left(self._spans, (end, 0))
        return index > 0 and self._spans[index - 1][1] > start


def overlaps(start: int, end: int, spans: Iterable[Span]) -> bool:
    """Whether the span shares a code point with any of ``spans``."""
    return any(start < other_end and other_start < end for other_start, other_end in spans)
