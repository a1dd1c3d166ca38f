"""How the chosen item can be cut, joined and moved: its sentences, its neighbours, the sections it can go to."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.models import PlanItem, PlanSection
from tasks.outline import Outline
from tasks.reader import sentences
from tasks.spans import Span, holds


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an item; the item can be cut in front of every one but the first."""

    start: int
    text: str
    first: bool


@dataclass(frozen=True, slots=True)
class Shaping:
    """What can be done with an item's outline.

    Attributes:
        sentences: of its own text, that of inner points left out.
        text: that text, its stretches on lines of their own.
        spans: the stretches, as [start, end] of the document.
        above, below: the items it can be joined with; `above` takes it in, it takes `below` in.
        inside_above: `above` is the item it stands in.
        parent: the item it stands in.
        before: the neighbour it can become a point of.
        can_rise, can_sink: there is a neighbour or another section above, below.
        sections: those it can go to.
    """

    sentences: list[Sentence]
    text: str
    spans: list[Span]
    above: PlanItem | None
    below: PlanItem | None
    inside_above: bool
    parent: PlanItem | None
    before: PlanItem | None
    can_rise: bool
    can_sink: bool
    sections: list[PlanSection]


def shaping_of(outline: Outline, item: PlanItem, sections: Sequence[PlanSection]) -> Shaping:
    """Return what can be done with an item."""
    source = outline.plan.source_text
    own = outline.own_spans(item)
    siblings = outline.siblings(item)
    index = siblings.index(item)
    parent = next((row for row in outline.items if row.pk == item.parent_id), None)
    before = siblings[index - 1] if index else None
    after = siblings[index + 1] if index + 1 < len(siblings) else None
    children = outline.children(item)
    place = outline.items.index(item)
    tops = [row for row in outline.items if row.parent_id is None]
    earlier = next((row for row in reversed(outline.items[:place]) if row.parent_id is None), None)
    later = next((row for row in outline.items[place + 1 :] if row.parent_id is None), None)
    top = item.parent_id is None
    return Shaping(
        sentences=_sentences(source, own),
        text="\n".join(source[start:end] for start, end in own),
        spans=own,
        above=before or parent or (earlier if top else None),
        below=after or (children[0] if children else None) or (later if top else None),
        inside_above=before is None and parent is not None,
        parent=parent,
        before=before,
        can_rise=index > 0 or (top and _has_place(item, sections, tops, up=True)),
        can_sink=after is not None or (top and _has_place(item, sections, tops, up=False)),
        sections=[row for row in sections if row.pk != item.section_id or not top],
    )


def _has_place(item: PlanItem, sections: Sequence[PlanSection], tops: Sequence[PlanItem], *, up: bool) -> bool:
    """Whether there is a section before (behind) the item's own."""
    keys: list[int | None] = [row.pk for row in sections]
    if any(row.section_id is None for row in tops):
        keys.insert(0, None)
    index = keys.index(item.section_id) if item.section_id in keys else 0
    return index > 0 if up else index + 1 < len(keys)


def _sentences(source: str, own: Sequence[Span]) -> list[Sentence]:
    """Return the sentences of an item's own text; one that is cut short by a border of it counts from there."""
    found: list[Sentence] = []
    for start, end in own:
        starts = sorted({start, *(begin for begin, _ in sentences(source) if holds([(start, end)], begin))})
        for begin, stop in zip(starts, [*starts[1:], end], strict=True):
            found.append(Sentence(begin, source[begin:stop].strip(), not found))
    return found
