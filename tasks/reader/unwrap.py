"""Texts whose lines are broken at a fixed width: the broken lines are joined for reading, offsets kept.

A break is taken out only where the whole text is set that way and the line is full, ends inside a sentence, and the
next one neither is indented nor begins with a mark. Everything read on the joined text is put back to the text as it
stands by :func:`relocate`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from tasks.reader.markers import begins_with_mark
from tasks.reader.model import Reading

_NARROWEST, _WIDEST = 32, 120  # columns of a full line; a Chinese character takes two
_SLACK = 6  # columns a full line may fall short, for a mark or a number that did not fit
_LEAST_BROKEN = 3
_ENDS = re.compile(r"[。;；:：!！?？…)）】|]\s*$")
_INDENT = re.compile(r"[ \t]{2,}|[\u3000\t]")
T = TypeVar("T")


def unwrap(text: str) -> tuple[str, list[int] | None]:
    """Return the joined text and, for each of its characters and its end, the offset in ``text``.

    Returns the text itself and None when its lines are not broken at a width.
    """
    lines = text.split("\n")
    width = _width(lines)
    if width is None:
        return text, None
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else None
        joins = following is not None and _joins(line, following, width)
        kept = line.rstrip() if joins else line + ("\n" if following is not None else "")
        pieces.append(kept)
        offsets.extend(range(position, position + len(kept)))
        position += len(line) + 1
    offsets.append(len(text))
    return "".join(pieces), offsets


def _columns(line: str) -> int:
    return sum(2 if character > "\u2e7f" else 1 for character in line.rstrip())


def _width(lines: Sequence[str]) -> int | None:
    """The columns at which the text's lines are broken, or None when they are not: the lines that end inside a
    sentence must nearly all be as long as the longest line.
    """
    columns = [_columns(line) for line in lines]
    width = max(columns)
    if not _NARROWEST <= width <= _WIDEST:
        return None
    open_ended = [
        columns[index] for index in range(len(lines) - 1) if columns[index] and _runs_on(lines[index], lines[index + 1])
    ]
    full = [length for length in open_ended if length >= width - _SLACK]
    return width if len(full) >= _LEAST_BROKEN and len(full) * 10 >= len(open_ended) * 7 else None


def _runs_on(line: str, following: str) -> bool:
    """Whether a line ends inside a sentence and the next one neither is blank or indented nor begins with a mark."""
    if _ENDS.search(line) or "\t" in line or not following.strip():
        return False
    return not _INDENT.match(following) and not begins_with_mark(following)


def _joins(line: str, following: str, width: int) -> bool:
    return _columns(line) >= width - _SLACK and _runs_on(line, following)


def relocate(reading: Reading, text: str, offsets: Sequence[int]) -> Reading:
    """Put every span of a reading of the joined text back to ``text``, phrases included."""
    return replace(_moved(reading, text, offsets), text=text)


def _moved(value: T, text: str, offsets: Sequence[int]) -> T:
    if isinstance(value, list):
        return [_moved(row, text, offsets) for row in value]  # type: ignore[return-value]
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes: dict[str, Any] = {
        field.name: _moved(getattr(value, field.name), text, offsets)
        for field in fields(value)
        if isinstance(getattr(value, field.name), list)
    }
    if hasattr(value, "start") and hasattr(value, "end"):
        start = offsets[value.start]
        end = offsets[value.end - 1] + 1 if value.end > value.start else start
        changes |= {"start": start, "end": end}
        changes |= {name: text[start:end] for name in ("phrase", "text") if hasattr(value, name)}
    return replace(value, **changes)
