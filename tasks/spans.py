"""Sets of spans of a text: joined, taken off one another, and what they leave over. Offsets count code points, end
exclusive. Pure functions.
"""

import re
from collections.abc import Iterable, Sequence

Span = tuple[int, int]
_WORD = re.compile(r"\w")


def says_something(text: str) -> bool:
    """Whether a stretch of text holds a letter, a digit or a Chinese character."""
    return _WORD.search(text) is not None


def union(text: str, *sets: Iterable[Span]) -> list[Span]:
    """Return the spans of all sets in order, those that touch or have only blanks between them as one."""
    joined: list[Span] = []
    for start, end in sorted(span for spans in sets for span in spans):
        if joined and (start <= joined[-1][1] or not text[joined[-1][1] : start].strip()):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def minus(text: str, spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """Return what is left of `spans` without `taken`: trimmed, and without pieces that say nothing."""
    left: list[Span] = []
    gone = sorted(taken)
    for start, end in sorted(spans):
        place = start
        for from_, to in gone:
            if to <= place or from_ >= end:
                continue
            left.append((place, from_))
            place = max(place, to)
        left.append((place, end))
    trimmed = (trim(text, *span) for span in left if span[0] < span[1])
    return [span for span in trimmed if says_something(text[span[0] : span[1]])]


def trim(text: str, start: int, end: int) -> Span:
    """Return the span without the blanks at its ends."""
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    return start + lead, max(start + lead, end - (len(piece) - len(piece.rstrip())))


def within(inner: Sequence[Span], outer: Sequence[Span]) -> bool:
    """Whether every span of `inner` lies in one of `outer`."""
    return all(any(start <= one and other <= end for start, end in outer) for one, other in inner)


def overlap(one: Iterable[Span], other: Iterable[Span]) -> bool:
    """Whether two sets share a code point."""
    others = list(other)
    return any(start < to and from_ < end for start, end in one for from_, to in others)


def holds(spans: Iterable[Span], offset: int) -> bool:
    """Whether a code point lies in one of the spans."""
    return any(start <= offset < end for start, end in spans)


def words(text: str, spans: Iterable[Span]) -> str:
    """Return the words of the spans, each set of them on lines of its own."""
    return "\n".join(text[start:end] for start, end in sorted(spans))
