"""Which sentences of a draft's document are in no item: each is shown to the office, none is lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tasks.models import Plan, PlanItem, PlanSection
from tasks.reader import sentences
from tasks.spans import Span, minus, says_something, union

BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A sentence that is in no item, no heading and not set aside.

    Attributes:
        start, end: code points of the document.
        text: its words.
        head: it is the document's title, number, issuer or date, which are kept elsewhere.
    """

    start: int
    end: int
    text: str
    head: bool

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.start}-{self.end}"


def uncovered_spans(text: str, covered: Iterable[Span]) -> list[Span]:
    """Return the sentences, or parts of sentences, of `text` that no span covers and that hold words."""
    taken = union(text, covered)
    found: list[Span] = []
    borders = [(0, 0), *taken, (len(text), len(text))]
    gaps = [(before[1], after[0]) for before, after in pairwise(borders) if before[1] < after[0]]
    place = 0
    whole = sentences(text)
    for start, end in gaps:
        while place < len(whole) and whole[place][1] <= start:
            place += 1
        inside = []
        for index in range(place, len(whole)):
            if whole[index][0] >= end:
                break
            inside.append((max(start, whole[index][0]), min(end, whole[index][1])))
        found += minus(text, inside, ())
    return [span for span in found if says_something(text[span[0] : span[1]])]


def covered_spans(plan: Plan, items: Iterable[PlanItem], sections: Iterable[PlanSection]) -> list[Span]:
    """Return what items, headings and what is set aside cover."""
    spans = [span for item in items for span in item.spans]
    spans += [(section.start, section.end) for section in sections]
    return spans + [(row["start"], row["end"]) for row in plan.noise]


def uncovered(plan: Plan, items: Sequence[PlanItem], sections: Sequence[PlanSection]) -> list[Uncovered]:
    """Return the sentences of a draft that are in no item."""
    text = plan.source_text
    facts = [_compact(fact) for fact in (plan.title, plan.doc_number, plan.issuer) if fact]
    if plan.issued_on is not None:
        facts.append(f"{plan.issued_on:%Y}年{plan.issued_on.month}月{plan.issued_on.day}日")
    return [
        Uncovered(start, end, text[start:end], any(_compact(text[start:end]) in fact for fact in facts))
        for start, end in uncovered_spans(text, covered_spans(plan, items, sections))
    ]


def _compact(words: str) -> str:
    return "".join(words.split()).strip("《》（）()")
