"""The document's text cut into pieces with what was read in each, for showing it in colour.

Pure functions: the pieces are plain strings, escaped by the template like everything else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of the text to be shown as something.

    Attributes:
        start, end: code points of the text, end exclusive.
        css: class that colours it.
        note: what it was read as, in words.
    """

    start: int
    end: int
    css: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A span that leads to an item and that the page can scroll to: the item's own number in the text."""

    start: int
    end: int
    item_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under the same marks.

    Attributes:
        text: the words.
        css: classes, empty for plain text.
        note: notes of the marks, for the tooltip.
        item_id: the item this piece leads to, or None.
    """

    text: str
    css: str = ""
    note: str = ""
    item_id: int | None = None


def cut(text: str, marks: Iterable[Mark], anchors: Sequence[Anchor] = ()) -> list[Piece]:
    """Cut `text` at every border of a mark or anchor; the pieces joined give the text back, letter by letter.

    Marks that lie outside the text are ignored; of overlapping ones a piece carries all classes.
    """
    kept = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    leads = {anchor.start: anchor for anchor in anchors if 0 <= anchor.start < anchor.end <= len(text)}
    borders = {0, len(text)} | {place for mark in kept for place in (mark.start, mark.end)}
    borders |= {place for anchor in leads.values() for place in (anchor.start, anchor.end)}
    opening: dict[int, list[Mark]] = {}
    for mark in kept:
        opening.setdefault(mark.start, []).append(mark)
    pieces: list[Piece] = []
    live: list[Mark] = []
    places = sorted(borders)
    for start, end in pairwise(places):
        live = [mark for mark in live if mark.end > start] + opening.get(start, [])
        anchor = leads.get(start)
        notes = dict.fromkeys(mark.note for mark in live if mark.note)
        pieces.append(
            Piece(
                text=text[start:end],
                css=" ".join(dict.fromkeys(mark.css for mark in live)),
                note="；".join(notes) if anchor is None else anchor.title,
                item_id=anchor.item_id if anchor is not None else None,
            )
        )
    return pieces
