"""The plan reader: a work-points document (工作要点) in, its sections, items, targets, deadlines and units out.

Pure Python without Django: the web upload, the ``import_plan`` and ``read_plan`` commands and the API call the same
functions. It writes nothing anywhere.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tasks.reader.decoding import normalise_line_ends
from tasks.reader.loading import EMPTY, MOST_BYTES, MOST_CHARACTERS, TOO_LARGE, TOO_LONG, load
from tasks.reader.markers import leading_mark
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
from tasks.reader.page import Page
from tasks.reader.parts import PartReading, read_part, sentences, title_of
from tasks.reader.reading import read_page
from tasks.reader.source import Source
from tasks.reader.unwrap import relocate, unwrap

__all__ = [
    "DeadlineReading",
    "FlagReading",
    "ItemReading",
    "NoiseReading",
    "PartReading",
    "Reading",
    "ReadingError",
    "SectionReading",
    "Source",
    "SubtopicReading",
    "TargetReading",
    "UnitReading",
    "leading_mark",
    "load",
    "pasted",
    "read_bytes",
    "read_part",
    "read_path",
    "read_source",
    "read_text",
    "sentences",
    "title_of",
]


def read_text(text: str, *, plan_year: int | None = None, flood_season_start: str = "05-01") -> Reading:
    """Read pasted or decoded text.

    ``plan_year`` overrides the year found in the text; ``flood_season_start`` is the county's first day of the flood
    season as ``MM-DD``. Raises :class:`ReadingError` when there is nothing to read.
    """
    return read_source(pasted(text), plan_year=plan_year, flood_season_start=flood_season_start)


def pasted(text: str) -> Source:
    """Return pasted or decoded text ready for reading."""
    return Source(normalise_line_ends(text))


def read_source(source: Source, *, plan_year: int | None = None, flood_season_start: str = "05-01") -> Reading:
    """Read a file's text as :func:`load` gave it; reading it for another year loads nothing again."""
    text = source.text
    if len(text) > MOST_CHARACTERS:
        raise ReadingError(TOO_LONG)
    if not text.strip():
        raise ReadingError(EMPTY)
    joined, offsets = (text, None) if source.flowing else unwrap(text)
    page = Page(joined, source.furniture if offsets is None else ())
    reading = read_page(page, plan_year, flood_season_start)
    if offsets is not None:
        reading = relocate(reading, text, offsets)
    flags = sorted([*reading.flags, *source.flags], key=lambda flag: (flag.start, flag.end))
    return replace(reading, flags=flags)


def read_bytes(
    data: bytes, *, filename: str, plan_year: int | None = None, flood_season_start: str = "05-01"
) -> Reading:
    """Read a file's bytes; the kind is chosen by content, then by ``filename``. Raises :class:`ReadingError`."""
    return read_source(load(data, filename), plan_year=plan_year, flood_season_start=flood_season_start)


def read_path(path: Path, *, plan_year: int | None = None, flood_season_start: str = "05-01") -> Reading:
    """Read the file at ``path``; see :func:`read_bytes`."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ReadingError(TOO_LARGE)
        data = path.read_bytes()
    except OSError as error:
        raise ReadingError(f"打不开文件“{path.name}”：请检查路径是否正确、是否有读取权限。") from error
    return read_bytes(data, filename=path.name, plan_year=plan_year, flood_season_start=flood_season_start)
