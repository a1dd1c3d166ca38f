"""The text of a document as its file gave it, with what the file itself shows to be no part of the plan."""

from __future__ import annotations

from dataclasses import dataclass, field

from tasks.reader.model import FlagReading, NoiseReading


@dataclass(frozen=True, slots=True)
class Source:
    """Text ready for reading.

    ``furniture`` are whole lines set aside by their place on the page, ``flags`` places somebody has to look at.
    ``flowing`` says that every line end ends a paragraph, so that no broken lines are to be joined.
    """

    text: str
    furniture: list[NoiseReading] = field(default_factory=list)
    flags: list[FlagReading] = field(default_factory=list)
    flowing: bool = False
