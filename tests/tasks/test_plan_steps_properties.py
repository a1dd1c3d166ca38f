"""Whatever is done to a draft in whatever order, every sentence of the document is in an item, set aside or listed.

The services are driven by random sequences and compared with a model that knows nothing of them: sets of characters.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from core.errors import UserError
from tasks.coverage import uncovered
from tasks.models import ItemDeadline, ItemTarget, Plan, PlanItem
from tasks.outline import Outline, in_order
from tasks.reader import sentences
from tasks.services.item_editing import ItemDraft, check_items, drop_item, edit_item, restore_item
from tasks.services.item_moves import lift_item, move_item, move_to_section, nest_item
from tasks.services.item_structure import merge_items, split_item
from tasks.services.leftovers import add_item, set_aside, take_back
from tasks.services.steps import redo_step, undo_step
from tests.county import County
from tests.tasks.outlines import TEXT, outline_draft

pytestmark = pytest.mark.django_db

WORDS = frozenset(match.start() for match in re.finditer(r"\w", TEXT))
Characters = frozenset[int]
Numbers = tuple[int, int, int]


class RolledBack(Exception):
    """Ends an example; nothing of it stays."""


def characters(spans: Any) -> Characters:
    return frozenset(place for start, end in spans for place in range(start, end)) & WORDS


class Model:
    """What must be where: the characters of each item, its parent, and what is set aside."""

    def __init__(self, plan: Plan) -> None:
        self.items: dict[int, Characters] = {row.pk: characters(row.spans) for row in plan.items.all()}
        self.parents: dict[int, int | None] = dict(plan.items.values_list("pk", "parent"))
        self.aside = characters((row["start"], row["end"]) for row in plan.noise)

    def copy(self) -> "Model":
        twin = Model.__new__(Model)
        twin.items, twin.parents, twin.aside = dict(self.items), dict(self.parents), self.aside
        return twin

    def above(self, pk: int) -> list[int]:
        found = []
        parent = self.parents[pk]
        while parent is not None:
            found.append(parent)
            parent = self.parents[parent]
        return found

    def same(self, other: "Model") -> bool:
        return (self.items, self.parents, self.aside) == (other.items, other.parents, other.aside)


class Driver:
    """Does to the draft and to the model what three numbers say; a refusal changes neither."""

    def __init__(self, county: County) -> None:
        self.people = [county.office, county.second_office]
        self.plan = outline_draft(county.office)
        self.model = Model(self.plan)
        self.past: list[Model] = []
        self.turn = 0

    def items(self) -> list[PlanItem]:
        return in_order(self.plan.items.select_related("section"))

    def item(self, number: int) -> PlanItem:
        rows = self.items()
        return rows[number % len(rows)]

    def split(self, a: int, b: int, c: int) -> Model:
        row = self.item(a)
        places = sorted(place for start, end in row.spans for place in range(start, end))
        at = places[b % len(places)]
        if c % 2:  # mostly where a sentence begins
            starts = [start for start, _ in sentences(TEXT) if start in set(places)]
            at = starts[b % len(starts)] if starts else at
        children = [pk for pk, parent in self.model.parents.items() if parent == row.pk]
        new = split_item(actor=self.actor, item_id=row.pk, at=at)
        model = self.model.copy()
        model.items[new.pk] = frozenset(place for place in model.items[row.pk] if place >= at)
        model.items[row.pk] -= model.items[new.pk]
        model.parents[new.pk] = model.parents[row.pk]
        for child in children:
            if min(model.items[child]) >= at:
                model.parents[child] = new.pk
        return model

    def merge(self, a: int, b: int, c: int) -> Model:
        rows = self.items()
        chosen = [rows[number % len(rows)].pk for number in (a, b, c)[: 2 + a % 2]]
        merge_items(actor=self.actor, plan_id=self.plan.pk, item_ids=chosen)
        first, *others = [row.pk for row in rows if row.pk in chosen]
        model = self.model.copy()
        for pk in others:
            text = model.items[pk]
            if first not in model.above(pk):
                kept = {first, *model.above(first)}
                for around in model.above(pk):
                    if around not in kept:
                        model.items[around] -= text
                for around in kept:
                    model.items[around] |= text
            for child, parent in model.parents.items():
                if parent == pk:
                    model.parents[child] = first
            del model.items[pk], model.parents[pk]
        return model

    def move(self, a: int, b: int, c: int) -> Model:
        move_item(actor=self.actor, item_id=self.item(a).pk, direction="up" if b % 2 else "down")
        return self.model.copy()

    def section(self, a: int, b: int, c: int) -> Model:
        row, sections = self.item(a), list(self.plan.sections.all())
        move_to_section(actor=self.actor, item_id=row.pk, section_id=sections[b % len(sections)].pk)
        model = self.model.copy()
        for around in model.above(row.pk):
            model.items[around] -= model.items[row.pk]
        model.parents[row.pk] = None
        return model

    def nest(self, a: int, b: int, c: int) -> Model:
        row = self.item(a)
        nest_item(actor=self.actor, item_id=row.pk)
        model = self.model.copy()
        siblings = Outline.of(self.plan).get(row.pk).parent_id
        model.parents[row.pk] = siblings
        for around in model.above(row.pk):
            model.items[around] |= model.items[row.pk]
        return model

    def lift(self, a: int, b: int, c: int) -> Model:
        row = self.item(a)
        lift_item(actor=self.actor, item_id=row.pk)
        model = self.model.copy()
        parent = model.parents[row.pk]
        assert parent is not None
        model.items[parent] -= model.items[row.pk]
        model.parents[row.pk] = model.parents[parent]
        return model

    def leftover(self, a: int, b: int) -> list[tuple[int, int]]:
        self.plan.refresh_from_db()
        rows = uncovered(self.plan, list(self.plan.items.all()), list(self.plan.sections.all()))
        return [(row.start, row.end) for row in (rows[a % len(rows)], rows[b % len(rows)])] if rows else []

    def add(self, a: int, b: int, c: int) -> Model:
        spans = self.leftover(a, b)
        new = add_item(actor=self.actor, plan_id=self.plan.pk, spans=spans)
        model = self.model.copy()
        model.items[new.pk], model.parents[new.pk] = characters(spans), None
        return model

    def aside(self, a: int, b: int, c: int) -> Model:
        spans = self.leftover(a, b)
        set_aside(actor=self.actor, plan_id=self.plan.pk, spans=spans)
        model = self.model.copy()
        model.aside |= characters(spans)
        return model

    def back(self, a: int, b: int, c: int) -> Model:
        self.plan.refresh_from_db()
        rows = self.plan.noise
        if not rows:
            return self.model
        row = rows[a % len(rows)]
        take_back(actor=self.actor, plan_id=self.plan.pk, span=(row["start"], row["end"]))
        model = self.model.copy()
        model.aside -= characters([(row["start"], row["end"])])
        return model

    def edit(self, a: int, b: int, c: int) -> Model:
        row = self.item(a)
        if c % 3 == 0:
            check_items(actor=self.actor, plan_id=self.plan.pk, item_ids=[row.pk], checked=bool(b % 2))
        elif c % 3 == 1 and b % 2:
            drop_item(actor=self.actor, item_id=row.pk, reason="不做")
        elif c % 3 == 1:
            restore_item(actor=self.actor, item_id=row.pk)
        else:
            draft = ItemDraft(f"名称{b}", row.starts_on, row.due_on, row.lead)
            edit_item(actor=self.actor, item_id=row.pk, draft=draft, expected_version=row.version)
        return self.model.copy()

    def undo(self, a: int, b: int, c: int) -> Model:
        steps = list(self.plan.steps.live())
        if not steps:
            return self.model
        # Mostly the newest; any other where nothing builds on it.
        step = steps[0] if c % 2 else steps[b % len(steps)]
        undo_step(actor=self.actor, plan_id=self.plan.pk, step_id=step.pk)
        return self.found() if step is not steps[0] else self.before(step.touched)

    def redo(self, a: int, b: int, c: int) -> Model:
        steps = list(self.plan.steps.filter(undone_at__isnull=False))
        if not steps:
            return self.model
        redo_step(actor=self.actor, plan_id=self.plan.pk, step_id=steps[b % len(steps)].pk)
        return self.found()

    def found(self) -> Model:
        """What stands now, where no model tells it; that nothing is lost is checked all the same."""
        return Model(Plan.objects.get(pk=self.plan.pk))

    def before(self, touched: int) -> Model:
        """What stood before the newest step, if it was the last thing done."""
        self.plan.refresh_from_db()
        return self.past[-1] if touched == self.plan.changes - 1 and self.past else self.found()

    @property
    def actor(self) -> Any:
        return self.people[self.turn % 2]

    def run(self, name: str, numbers: Numbers) -> None:
        self.turn += 1
        operation: Callable[[int, int, int], Model] = getattr(self, name)
        changes = Plan.objects.get(pk=self.plan.pk).changes
        try:
            model, refusal = operation(*numbers), "。"
        except UserError as error:
            model, refusal = self.model, error.message
        assert refusal.endswith("。")
        if Plan.objects.get(pk=self.plan.pk).changes != changes:
            self.past.append(self.model)
        self.model = model
        self.check(name)

    def check(self, name: str) -> None:
        plan = Plan.objects.get(pk=self.plan.pk)
        assert Model(plan).same(self.model), name
        rows, sections = list(plan.items.all()), list(plan.sections.all())
        listed = characters((row.start, row.end) for row in uncovered(plan, rows, sections))
        headings = characters((row.start, row.end) for row in sections)
        covered = frozenset().union(*self.model.items.values(), self.model.aside, headings, listed)
        assert covered == WORDS, name
        assert not list(Outline.of(plan).faults())
        assert len(in_order(plan.items.select_related("section"))) == len(rows)
        for row in rows:
            assert characters(row.spans) == self.model.items[row.pk]
            assert row.version <= plan.changes + 1
            parts: list[ItemTarget | ItemDeadline] = [*row.targets.all(), *row.deadlines.all()]
            for part in parts:
                assert part.start is not None
                assert part.end is not None
                assert TEXT[part.start : part.end] == part.phrase
                assert characters([(part.start, part.start + 1)]) <= self.model.items[row.pk]


OPERATIONS = st.sampled_from(
    [*["split"] * 2, "merge", "move", "section", "nest", "lift", "add", "aside", "back", "edit", *["undo"] * 2, "redo"]
)
NUMBERS = st.tuples(*[st.integers(0, 200)] * 3)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(st.lists(st.tuples(OPERATIONS, NUMBERS), min_size=4, max_size=14))
def test_no_character_is_lost_whatever_is_done(county: County, sequence: list[tuple[str, Numbers]]) -> None:
    with pytest.raises(RolledBack), transaction.atomic():
        driver = Driver(county)
        driver.check("import")
        for name, numbers in sequence:
            note(f"{name}{numbers}")
            driver.run(name, numbers)
        raise RolledBack
