"""Parts of a document that a person cuts out or joins: its sentences, the name of a part, what is read in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tasks.reader.deadlines import Setting, read_deadlines
from tasks.reader.markers import leading_mark
from tasks.reader.model import DeadlineReading, TargetReading, UnitReading
from tasks.reader.page import Page, Span
from tasks.reader.subtopics import subtopic_titles
from tasks.reader.targets import read_targets
from tasks.reader.units import mentioned_units, read_roles, role_brackets, role_lines
from tasks.reader.unwrap import unwrap

_SENTENCE = re.compile(r"[^。！？!?；;\n]*(?:[。！？!?；;]+[”’」』）)】]*|\n|$)")
_LONG_TITLE = 40
_SHORT_CLAUSE = 6
_END_MARKS = " \t\u3000。；;：:，,、*#"


@dataclass(frozen=True, slots=True)
class PartReading:
    """What is read in a part of a document."""

    targets: list[TargetReading]
    deadlines: list[DeadlineReading]
    units: list[UnitReading]


def sentences(text: str) -> list[Span]:
    """Return the sentences of a document in order, trimmed: up to a full stop, semicolon or line end.

    In a text whose lines are broken at a width a line end inside a sentence ends nothing.
    """
    return list(_sentences(text))


@lru_cache(maxsize=16)
def _sentences(text: str) -> tuple[Span, ...]:
    """The sentences; a page asks for those of its document several times."""
    joined, offsets = unwrap(text)
    found: list[Span] = []
    for match in _SENTENCE.finditer(joined):
        start, end = match.span()
        while start < end and joined[start].isspace():
            start += 1
        while end > start and joined[end - 1].isspace():
            end -= 1
        if start < end:
            found.append((start, end) if offsets is None else (offsets[start], offsets[end - 1] + 1))
    return tuple(found)


def title_of(text: str) -> str:
    """Return a name for a piece of text: its first sentence without the number, of a long one the first clause."""
    first = next((text[start:end] for start, end in sentences(text)), "")
    words = first[leading_mark(first) :]
    topic = next(iter(subtopic_titles(words)), "")
    if topic:
        return topic
    words = re.sub(r"\s+", "" if not words.isascii() else " ", words).strip(_END_MARKS)
    if len(words) > _LONG_TITLE:
        clause = re.split(r"[，,：:]", words, maxsplit=1)[0]
        words = clause if len(clause) >= _SHORT_CLAUSE else words
    return words


def read_part(
    text: str, spans: Sequence[Span], *, plan_year: int | None = None, flood_season_start: str = "05-01"
) -> PartReading:
    """Read targets, deadlines and units in some spans of a document; offsets are those of the document."""
    page = Page(text)
    masked = page.without([])
    month, day = flood_season_start.split("-")
    setting = Setting(plan_year, (int(month), int(day)))
    roles: list[Span] = []
    for start, end in spans:
        brackets = role_brackets(masked, start, end)
        roles += [*brackets, *role_lines(masked, start, end, brackets)]
    units: list[UnitReading] = []
    slots: list[Span] = []
    for start, end in roles:
        named, asked = read_roles(page, masked, start, end)
        units += named
        slots += asked
    running = page.without(roles)
    names = {unit.name for unit in units}
    mentioned = mentioned_units(page, running, spans, [(unit.start, unit.end) for unit in units])
    deadlines = [
        *read_deadlines(page, running, spans, (), setting),
        *read_deadlines(page, masked, (), slots, setting),
    ]
    return PartReading(
        targets=read_targets(page, running, spans),
        deadlines=sorted(deadlines, key=lambda row: row.start),
        units=[*units, *(unit for unit in mentioned if unit.name not in names)],
    )
