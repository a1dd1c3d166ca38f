"""The order and nesting of a plan's items: sections in the order of the document, in each its items by their places,
below each item the points inside it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tasks.models import Plan, PlanItem
from tasks.places import between
from tasks.spans import Span, minus, overlap, says_something, within, words

DEEPEST = 3


def in_order(items: Iterable[PlanItem]) -> list[PlanItem]:
    """Return items as they stand on screen; `section` is read of each. An item whose parent is not among them stands
    in its section.
    """
    rows = list(items)
    known = {row.pk for row in rows}
    below: dict[int | None, list[PlanItem]] = {}
    for row in sorted(rows, key=lambda one: (one.place, one.start, one.pk)):
        below.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    top = sorted(below.get(None, []), key=lambda one: one.section.start if one.section else -1)
    found: list[PlanItem] = []
    stack = list(reversed(top))
    while stack:
        row = stack.pop()
        found.append(row)
        stack += reversed(below.get(row.pk, []))
    return found


@dataclass(slots=True)
class Outline:
    """The items of a locked draft, for cutting, joining and moving them. Nothing is saved here."""

    plan: Plan
    items: list[PlanItem]

    @classmethod
    def of(cls, plan: Plan) -> "Outline":
        """Read the items of a plan, in order, `section` with them."""
        items = in_order(plan.items.select_related("section"))
        for item in items:
            item.plan = plan
        return cls(plan, items)

    def get(self, pk: int) -> PlanItem:
        """Return an item.

        Raises:
            KeyError: it is not in this plan.
        """
        for item in self.items:
            if item.pk == pk:
                return item
        raise KeyError(pk)

    def children(self, item: PlanItem) -> list[PlanItem]:
        """Return the points directly inside an item, in order."""
        return [row for row in self.items if row.parent_id == item.pk]

    def below(self, item: PlanItem) -> list[PlanItem]:
        """Return everything inside an item, at any depth, in order."""
        found: list[PlanItem] = []
        for child in self.children(item):
            found += [child, *self.below(child)]
        return found

    def above(self, item: PlanItem) -> list[PlanItem]:
        """Return the items around an item, the nearest first."""
        found = []
        while item.parent_id is not None:
            item = self.get(item.parent_id)
            found.append(item)
        return found

    def siblings(self, item: PlanItem) -> list[PlanItem]:
        """Return the items side by side with an item, itself among them, in order."""
        return self.group(item.section_id, item.parent_id)

    def group(self, section_id: int | None, parent_id: int | None) -> list[PlanItem]:
        """Return the items that stand directly in a section or inside an item."""
        if parent_id is not None:
            return [row for row in self.items if row.parent_id == parent_id]
        return [row for row in self.items if row.parent_id is None and row.section_id == section_id]

    def place_after(self, group: Sequence[PlanItem], index: int) -> str:
        """Return a place behind the first `index` rows of a group of neighbours."""
        low = group[index - 1].place if index else ""
        high = group[index].place if index < len(group) else ""
        # Places given before there was an order may be alike; the next greater one does as well.
        while high and low >= high:
            index += 1
            high = group[index].place if index < len(group) else ""
        return between(low, high)

    def own_spans(self, item: PlanItem) -> list[Span]:
        """Return an item's text without that of the points inside it."""
        inner = [span for child in self.children(item) for span in child.spans]
        return minus(self.plan.source_text, item.spans, inner)

    def depth(self, item: PlanItem) -> int:
        """Return how deep an item stands, 1 for one that is in none."""
        return 1 + len(self.above(item))

    def height(self, item: PlanItem) -> int:
        """Return how many levels an item and what is inside it take, 1 for an item without points."""
        return 1 + max((self.height(child) for child in self.children(item)), default=0)

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with the outline as it stands, in words; nothing when it is sound."""
        source = self.plan.source_text
        noise = [(row["start"], row["end"]) for row in self.plan.noise]
        groups: dict[int | None, list[PlanItem]] = {}
        for item in self.items:
            groups.setdefault(item.parent_id, []).append(item)
            if not says_something(words(source, minus(source, item.spans, noise))):
                yield f"“{item}”没有文字"
            parent = next((row for row in self.items if row.pk == item.parent_id), None)
            if item.parent_id is not None and parent is None:
                yield f"“{item}”的上级条目已经不在"
            elif parent is not None and (not within(item.spans, parent.spans) or item.section_id != parent.section_id):
                yield f"“{item}”已不在“{parent}”之内"
        for rows in groups.values():
            for index, one in enumerate(rows):
                for other in rows[index + 1 :]:
                    if overlap(one.spans, other.spans):
                        yield f"“{one}”与“{other}”的原文重复"
