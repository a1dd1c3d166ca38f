"""Two clerks at one draft in the same moment: every pair of steps ends as if one had come after the other."""

import threading
from collections.abc import Callable
from itertools import count, pairwise
from typing import Any

import pytest
from django.db import connection, models
from django.http import Http404

from core.errors import StaleObject, UserError
from tasks import plan_permissions
from tasks.coverage import covered_spans
from tasks.models import Plan, PlanItem
from tasks.outline import Outline
from tasks.services import item_structure
from tasks.services.item_editing import ItemDraft, drop_item, edit_item
from tasks.services.item_structure import merge_items, split_item
from tasks.services.steps import undo_step
from tests.concurrency.race import SOMEBODY_WAITS_FOR_ME, committed, race, truncatable
from tests.county import County
from tests.tasks.outlines import TEXT, item, outline_draft

__all__ = ["truncatable"]


def both(*acts: Callable[[], Any]) -> list[str]:
    """Do two things at once; return for each in its order "" or what it was refused with."""
    turns, answers = count(), ["", ""]

    def act() -> None:
        turn = next(turns)
        try:
            acts[turn]()
        except (UserError, Http404) as error:
            answers[turn] = type(error).__name__

    race(2, act)
    return answers


def whole(plan: Plan) -> bool:
    """Tell whether the items fit together and no sentence stands in two of them."""
    plan = Plan.objects.get(pk=plan.pk)
    rows = [row for row in plan.items.all() if row.parent_id is None]
    spans = sorted(covered_spans(plan, rows, []))
    return not list(Outline.of(plan).faults()) and all(one[1] <= other[0] for one, other in pairwise(spans))


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold whoever has read the item to be cut until the other one has read it too, or waits for the lock."""
    both_here, arrived = threading.Event(), []
    parts = item_structure._parts

    def parts_when_both_are_on_their_way(*args: Any) -> Any:
        arrived.append(args)
        if len(arrived) == 2:
            both_here.set()
        for _ in range(20_000):
            with connection.cursor() as cursor:
                cursor.execute(SOMEBODY_WAITS_FOR_ME)
                if cursor.fetchone()[1] or both_here.is_set():
                    break
        else:
            raise AssertionError("the two never met")
        return parts(*args)

    monkeypatch.setattr(item_structure, "_parts", parts_when_both_are_on_their_way)


def split_twice(county: County) -> tuple[Plan, list[str]]:
    plan = outline_draft(county.office)
    row = item(plan, "整治隐患")

    def split(actor: Any, phrase: str) -> Callable[[], Any]:
        return lambda: split_item(actor=actor, item_id=row.pk, at=TEXT.index(phrase), expected_version=row.version)

    return plan, both(split(county.office, "燃气领域"), split(county.second_office, "重大隐患整改率"))


@committed
@pytest.mark.usefixtures("meeting")
def test_of_two_cuts_of_an_item_one_is_made_and_the_other_told(county: County) -> None:
    plan, answers = split_twice(county)
    assert sorted(answers) == ["", "StaleObject"]
    assert (plan.items.count(), plan.steps.count()) == (7, 1)
    assert whole(plan)


@committed
@pytest.mark.usefixtures("meeting")
def test_without_the_locks_both_cuts_would_be_made(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the same meeting, plan and item read without their locks, and the outline not looked over."""

    def read(rows: "models.QuerySet[Any]", pk: int, expected_version: int | None = None) -> Any:
        return rows.get(pk=pk)

    monkeypatch.setattr(plan_permissions, "lock_row", read)
    monkeypatch.setattr(Outline, "faults", lambda self: iter(()))
    plan, answers = split_twice(county)
    assert (answers, plan.items.count(), whole(plan)) == (["", ""], 8, False)


@committed
def test_a_step_is_taken_back_or_built_upon_never_both(county: County) -> None:
    plan = outline_draft(county.office)
    row = item(plan, "健全清单")

    def edit(title: str, version: int) -> None:
        draft = ItemDraft(title=title, starts_on=row.starts_on, due_on=row.due_on, lead=row.lead)
        edit_item(actor=county.office, item_id=row.pk, draft=draft, expected_version=version)

    edit("甲", row.version)
    step, version = plan.steps.get(), row.version + 1
    undo, change = both(
        lambda: undo_step(actor=county.second_office, plan_id=plan.pk, step_id=step.pk), lambda: edit("乙", version)
    )
    row.refresh_from_db()
    assert (undo, change, row.title) in {("", "StaleObject", "健全清单"), ("UserError", "", "乙")}
    assert plan.steps.live().count() == (2 if change == "" else 0)


@committed
def test_an_item_is_merged_away_or_left_out_never_both(county: County) -> None:
    plan = outline_draft(county.office)
    first, second = item(plan, "健全清单"), item(plan, "组织演练")
    expected = {first.pk: first.version, second.pk: second.version}
    merge, drop = both(
        lambda: merge_items(actor=county.office, plan_id=plan.pk, item_ids=[first.pk, second.pk], expected=expected),
        lambda: drop_item(
            actor=county.second_office, item_id=second.pk, reason="不做", expected_version=second.version
        ),
    )
    dropped = PlanItem.objects.filter(pk=second.pk, dropped=True).exists()
    assert (merge, drop, dropped) in {
        ("", "StaleObject", False),
        ("", "Http404", False),
        (StaleObject.__name__, "", True),
    }
    assert whole(plan)
    assert plan.steps.count() == 1
