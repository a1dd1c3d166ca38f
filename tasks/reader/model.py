"""What one reading of a work-points document (工作要点) gives.

Offsets count Unicode code points in :attr:`Reading.text`, end exclusive, so ``reading.text[x.start:x.end]`` is always
the very phrase a reading rests on. Nothing is corrected in place: a doubtful phrase keeps its raw text and is listed
in :attr:`Reading.flags`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Operator = Literal[">=", "<=", "="]
Period = Literal["year", "half_year", "quarter", "month", "ten_days", "week", "day"]
DeadlineKind = Literal[
    "date",
    "month_end",
    "year_end",
    "plan_year",
    "season",
    "recurring",
    "named_period",
    "relative",
    "ongoing",
]
UnitRole = Literal["lead", "responsible", "cooperate", "implement", "mentioned"]
Confidence = Literal["high", "medium", "low"]


class ReadingError(Exception):
    """The document cannot be read; ``message`` is a Chinese sentence: what is wrong and how to mend it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class TargetReading:
    """A measurable target (量化指标).

    ``period`` is the span the value holds for (``year`` for 每年/全年); ``explicit`` is False where the text says
    清零 or 全覆盖 instead of a number.
    """

    phrase: str
    start: int
    end: int
    metric: str
    operator: Operator
    value: float
    unit: str
    period: Period | None = None
    explicit: bool = True


@dataclass(frozen=True, slots=True)
class DeadlineReading:
    """A time limit (完成时限).

    ``date`` is ISO (``--MM-DD`` when nobody states the year), ``every`` an ISO-8601 duration, ``min_count`` the least
    number of times in each, ``range`` the first and last day of a named period, ``within`` an ISO-8601 duration.
    """

    phrase: str
    start: int
    end: int
    kind: DeadlineKind
    date: str | None = None
    every: str | None = None
    min_count: int | None = None
    season: str | None = None
    range: tuple[str, str] | None = None
    within: str | None = None


@dataclass(frozen=True, slots=True)
class UnitReading:
    """A unit named in an item, as written; the match to the county's table of units is a later step."""

    name: str
    role: UnitRole
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SubtopicReading:
    """An inner block of a long item (危化品领域, 以“网格化”…), which is no item of its own."""

    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SectionReading:
    """A chapter heading; ``start``/``end`` cover the heading only. Sections without items are kept."""

    id: str
    level: int
    marker: str
    number: int
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ItemReading:
    """A work point (条目); ``start``/``end`` run from its marker to the end of its text."""

    id: str
    section: str | None
    parent: str | None
    marker: str
    number: int
    title: str
    start: int
    end: int
    targets: list[TargetReading] = field(default_factory=list)
    deadlines: list[DeadlineReading] = field(default_factory=list)
    units: list[UnitReading] = field(default_factory=list)
    subtopics: list[SubtopicReading] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NoiseReading:
    """Page furniture set aside (word counts, buttons, paywall lines, repeated titles) and why."""

    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class FlagReading:
    """A doubtful phrase for a person to decide; ``suggested`` is a proposal, never applied by itself."""

    start: int
    end: int
    text: str
    kind: str
    suggested: str | None
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Reading:
    """One document, read. Targets, deadlines and units that belong to no item stand at document level."""

    text: str
    title: str
    plan_year: int | None = None
    issuer: str | None = None
    doc_number: str | None = None
    issued: str | None = None
    sections: list[SectionReading] = field(default_factory=list)
    items: list[ItemReading] = field(default_factory=list)
    noise: list[NoiseReading] = field(default_factory=list)
    flags: list[FlagReading] = field(default_factory=list)
    targets: list[TargetReading] = field(default_factory=list)
    deadlines: list[DeadlineReading] = field(default_factory=list)
    units: list[UnitReading] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the reading as plain JSON types, without the text; empty deadline fields are left out."""
        return {
            "title": self.title,
            "plan_year": self.plan_year,
            "issuer": self.issuer,
            "doc_number": self.doc_number,
            "issued": self.issued,
            "sections": [_plain(section) for section in self.sections],
            "items": [_item(item) for item in self.items],
            "noise": [_plain(noise) for noise in self.noise],
            "flags": [_plain(flag) for flag in self.flags],
            "targets": [_plain(target) for target in self.targets],
            "deadlines": [_deadline(deadline) for deadline in self.deadlines],
            "units": [_plain(unit) for unit in self.units],
        }


def _plain(row: object) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}  # type: ignore[attr-defined]


def _deadline(deadline: DeadlineReading) -> dict[str, Any]:
    row = {name: value for name, value in _plain(deadline).items() if value is not None}
    if deadline.range is not None:
        row["range"] = list(deadline.range)
    return row


def _item(item: ItemReading) -> dict[str, Any]:
    row = _plain(item)
    row["targets"] = [_plain(target) for target in item.targets]
    row["deadlines"] = [_deadline(deadline) for deadline in item.deadlines]
    row["units"] = [_plain(unit) for unit in item.units]
    row["subtopics"] = [_plain(subtopic) for subtopic in item.subtopics]
    return row
