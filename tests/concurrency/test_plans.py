"""Two clerks in the same moment: one publication a year, one of two saves of an item, no edit behind a publication."""

from itertools import count

from core.errors import StaleObject, UserError, WrongState
from responsibility.models import Unit
from tasks.models import Plan, Task
from tasks.services.item_editing import ItemDraft, edit_item
from tasks.services.publishing import publish_plan
from tests.concurrency.race import committed, race, truncatable
from tests.county import County
from tests.plan_drafts import assigned_draft

__all__ = ["truncatable"]


@committed
def test_of_two_drafts_of_a_year_one_is_published(county: County) -> None:
    drafts = [assigned_draft(county.office, county.units["ZJ"]).pk for _ in range(2)]
    turns = count()

    def publish() -> str:
        try:
            publish_plan(actor=county.office, plan_id=drafts[next(turns)])
        except UserError as error:
            return error.message
        return "published"

    answers = sorted(race(2, publish), key=len)
    assert answers[0] == "published"
    assert "2026年已有发布的工作要点" in answers[1]
    assert (Plan.objects.filter(state="published").count(), Task.objects.count()) == (1, 3)


@committed
def test_one_draft_is_published_once(county: County) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])

    def publish() -> bool:
        try:
            return bool(publish_plan(actor=county.office, plan_id=plan.pk))
        except WrongState:
            return False

    assert sorted(race(3, publish)) == [False, False, True]
    assert Task.objects.count() == 3


@committed
def test_of_two_saves_of_an_item_one_wins_and_the_other_is_told(county: County) -> None:
    item = assigned_draft(county.office, county.units["ZJ"]).items.get(number=1)
    turns = count()

    def save() -> str:
        title = f"第{next(turns)}人的名称"
        form = ItemDraft(title=title, starts_on=item.starts_on, due_on=item.due_on, lead=item.lead)
        try:
            edit_item(actor=county.office, item_id=item.pk, draft=form, expected_version=item.version)
        except StaleObject:
            return ""
        return title

    answers = race(4, save)
    winner = next(filter(None, answers))
    assert answers.count("") == 3
    version = item.version
    item.refresh_from_db()
    assert (item.title, item.version) == (winner, version + 1)


@committed
def test_an_edit_lands_before_the_publication_or_is_refused(county: County) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])
    item, unit = plan.items.get(number=2), Unit.objects.get(code="XF")
    turns = count()

    def act() -> bool:
        try:
            if next(turns):
                publish_plan(actor=county.office, plan_id=plan.pk)
            else:
                form = ItemDraft(title=item.title, starts_on=item.starts_on, due_on=item.due_on, lead=unit)
                edit_item(actor=county.second_office, item_id=item.pk, draft=form, expected_version=item.version)
        except WrongState:
            return False
        return True

    race(2, act)
    # What the item says and what the task says are the same, whoever came first.
    item.refresh_from_db()
    assert Task.objects.get(item=item).lead_id == item.lead_id
