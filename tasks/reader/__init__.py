"""The plan reader: a work-points document (工作要点) in, its sections, items, targets, deadlines and units out.

Pure Python without Django: the web upload, the ``import_plan`` and ``read_plan`` commands and the API call the same
functions. It writes nothing anywhere.
"""

from __future__ import annotations

from pathlib import Path

from tasks.reader.model import (
    DeadlineReading,
    FlagReading,
    ItemReading,
    NoiseReading,
    Reading,
    ReadingError,
    SectionReading,
    SubtopicReading,
    TargetReading,
    UnitReading,
)

__all__ = [
    "DeadlineReading",
    "FlagReading",
    "ItemReading",
    "NoiseReading",
    "Reading",
    "ReadingError",
    "SectionReading",
    "SubtopicReading",
    "TargetReading",
    "UnitReading",
    "read_bytes",
    "read_path",
    "read_text",
]


def read_text(text: str, *, plan_year: int | None = None, flood_season_start: str = "05-01") -> Reading:
    """Read pasted or decoded text.

    ``plan_year`` overrides the year found in the text; ``flood_season_start`` is the county's first day of the flood
    season as ``MM-DD``. Raises :class:`ReadingError` when there is nothing to read.
    """
    raise NotImplementedError


def read_bytes(
    data: bytes, *, filename: str, plan_year: int | None = None, flood_season_start: str = "05-01"
) -> Reading:
    """Read a file's bytes; the kind is chosen by content, then by ``filename``. Raises :class:`ReadingError`."""
    raise NotImplementedError


def read_path(path: Path, *, plan_year: int | None = None, flood_season_start: str = "05-01") -> Reading:
    """Read the file at ``path``; see :func:`read_bytes`."""
    raise NotImplementedError
