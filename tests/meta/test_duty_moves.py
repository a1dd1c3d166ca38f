"""The duty list's table of moves over HTTP: who may, who may not, from where, and what is left behind."""

from typing import Any

import pytest
from django.urls import reverse

from audit.models import Entry
from responsibility.duty_permissions import allowed_transitions
from responsibility.models import DutyList
from responsibility.transitions import (
    BY_ACTION,
    DUTY_TRANSITIONS,
    EDIT,
    NEXT_STEP,
    OFFICE,
    REVISE,
    STEPS,
    UNIT,
    Transition,
)
from responsibility.views.duties import SERVICES
from tests.meta.page_forms import PageForm, forms_of
from tests.meta.scene import Scene

pytestmark = pytest.mark.django_db
S = DutyList.State
PLAYERS = {OFFICE: {"office", "second_office"}, UNIT: {"editor", "second_editor", "head"}}
# Who sees a list that is not published: the county's readers and the unit's own people.
INSIDERS = PLAYERS[OFFICE] | PLAYERS[UNIT] | {"leader", "auditor"}
READERS = INSIDERS | {"other_editor", "administrator"}
PUBLIC = set(DutyList.PUBLIC)
REASON = "岗位职责没有写明频次。"
MOVES = [row for row in DUTY_TRANSITIONS if row != EDIT]
ROWS = [(row, source) for row in MOVES for source in row.sources]
WRONG = [(row, state) for row in MOVES for state in S.values if state not in row.sources]


def name_of(value: Any) -> str:
    return value.action if isinstance(value, Transition) else str(value)


def of(scene: Scene, state: str) -> DutyList:
    return DutyList.objects.get(pk=scene.samples[f"duties {state}"]["pk"])


def address_of(row: Transition, duty_list: DutyList) -> str:
    return reverse("duties:act", args=[duty_list.pk, row.action])


def drawn(scene: Scene, row: Transition, duty_list: DutyList, person: str) -> list[PageForm]:
    """Return the forms on the list's page that make this move."""
    page = scene.client(person).get(reverse("duties:detail", args=[duty_list.pk]))
    return [form for form in forms_of(page.content.decode()) if form.action == address_of(row, duty_list)]


def make(scene: Scene, row: Transition, duty_list: DutyList, person: str, **changes: str) -> Any:
    """Send the form of the move, drawn or not."""
    data = {"version": str(duty_list.version), "reason": REASON}
    return scene.client(person).post(address_of(row, duty_list), data | changes)


def free_year(scene: Scene, row: Transition, duty_list: DutyList) -> None:
    """A new edition is begun where no other is being worked on; the scene has one year for each state."""
    assert row != REVISE or not DutyList.objects.filter(year=duty_list.year, state__in=DutyList.OPEN).exists()


def test_every_move_is_wired() -> None:
    assert set(SERVICES) | {"edit", "revise"} == set(BY_ACTION)
    assert len(BY_ACTION) == len(DUTY_TRANSITIONS)
    reached = {S.DRAFT, *(row.target for row in DUTY_TRANSITIONS if row.target)}
    assert reached | {S.SUPERSEDED} == set(S.values), "a list is superseded by the publishing of another"
    assert all(step < len(STEPS) for step in NEXT_STEP.values())


@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_the_right_person_presses_the_button_and_it_is_recorded(scene: Scene, row: Transition, source: str) -> None:
    duty_list = of(scene, source)
    free_year(scene, row, duty_list)
    for part in row.who:
        for person in PLAYERS[part]:
            assert drawn(scene, row, duty_list, person), f"{person} is not shown the button"
    person = sorted(PLAYERS[row.who[-1]])[0]
    form = drawn(scene, row, duty_list, person)[0]
    typed = {name: REASON for name in form.fields if name == "reason"}
    answer = scene.client(person).post(address_of(row, duty_list), form.filled(**typed))
    assert answer.status_code == 302, answer.content.decode()
    after = DutyList.objects.get(pk=duty_list.pk)
    assert after.state == (row.target or source)
    target = after if row != REVISE else DutyList.objects.get(year=after.year, edition=after.edition + 1)
    entry = Entry.objects.filter(action=f"duties.{row.action}", object_id=str(target.pk)).latest("pk")
    assert entry.actor == scene.county.people[person]
    assert entry.reason == (REASON if row.needs == "reason" else "")


@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_nobody_else_may(scene: Scene, row: Transition, source: str) -> None:
    duty_list = of(scene, source)
    players = set().union(*(PLAYERS[part] for part in row.who))
    for person in scene.county.people.keys() - players:
        assert drawn(scene, row, duty_list, person) == [], f"{person} is shown the button"
        readers = READERS if source in PUBLIC else INSIDERS
        assert make(scene, row, duty_list, person).status_code == (403 if person in readers else 404), person
    assert DutyList.objects.get(pk=duty_list.pk).version == duty_list.version


@pytest.mark.parametrize(("row", "state"), WRONG, ids=name_of)
def test_not_from_another_state(scene: Scene, row: Transition, state: str) -> None:
    duty_list = of(scene, state)
    person = sorted(PLAYERS[row.who[0]])[0]
    assert drawn(scene, row, duty_list, person) == []
    answer = make(scene, row, duty_list, person)
    assert answer.status_code == 409
    assert f"当前为“{S(state).label}”" in answer.content.decode(), "says where the list stands"
    if row.needs == "reason":
        assert REASON in answer.content.decode(), "what was typed is lost"
    assert DutyList.objects.get(pk=duty_list.pk).version == duty_list.version


@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_not_with_a_page_somebody_else_has_overtaken(scene: Scene, row: Transition, source: str) -> None:
    duty_list = of(scene, source)
    for version in (str(duty_list.version + 1), "", "x"):
        answer = make(scene, row, duty_list, sorted(PLAYERS[row.who[0]])[0], version=version)
        assert answer.status_code == 409, version
        if row.needs == "reason":
            assert REASON in answer.content.decode(), "what was typed is lost"
    assert DutyList.objects.get(pk=duty_list.pk).version == duty_list.version
    assert DutyList.objects.filter(year=duty_list.year).count() == (2 if source == S.SUPERSEDED else 1)


@pytest.mark.parametrize(("row", "source"), [pair for pair in ROWS if pair[0].needs], ids=name_of)
def test_not_without_the_reason_it_asks_for(scene: Scene, row: Transition, source: str) -> None:
    duty_list = of(scene, source)
    answer = make(scene, row, duty_list, sorted(PLAYERS[row.who[0]])[0], reason="  ")
    assert answer.status_code == 409
    assert DutyList.objects.get(pk=duty_list.pk).state == source


def test_the_buttons_are_what_the_table_allows(scene: Scene) -> None:
    for person, user in scene.county.people.items():
        for state in S.values:
            duty_list = of(scene, state)
            seen = DutyList.objects.visible_to(user).filter(pk=duty_list.pk).exists()
            allowed = {row.action for row in allowed_transitions(user, duty_list)} - {"edit"} if seen else set()
            shown = {row.action for row in MOVES if drawn(scene, row, duty_list, person)}
            assert shown == allowed, (person, state)


def test_who_submitted_neither_publishes_nor_returns(scene: Scene) -> None:
    """A clerk may draft and submit for a unit; another one judges."""
    duty_list = of(scene, S.DRAFT)
    office = "office"
    assert make(scene, BY_ACTION["submit"], duty_list, office).status_code == 302
    duty_list.refresh_from_db()
    for action in ("publish", "return"):
        row = BY_ACTION[action]
        assert drawn(scene, row, duty_list, office) == []
        assert make(scene, row, duty_list, office).status_code == 403
        assert drawn(scene, row, duty_list, "second_office")
    page = scene.client(office).get(reverse("duties:detail", args=[duty_list.pk])).content.decode()
    assert "须由另一位工作人员审核发布" in page
    assert make(scene, BY_ACTION["publish"], duty_list, "second_office").status_code == 302


def test_an_unknown_move_is_not_found(scene: Scene) -> None:
    duty_list = of(scene, S.DRAFT)
    for action in ("edit", "burn"):
        assert scene.client("office").post(reverse("duties:act", args=[duty_list.pk, action])).status_code == 404
