"""Each row of the hazard's transition table over HTTP: who may, who may not, from which states, what is recorded."""

from itertools import product
from typing import Any

import pytest
from django.urls import reverse

from audit.models import Entry
from hazards.models import Hazard, Standing
from hazards.models.tracked import TRACKED, Level, State
from hazards.permissions import allowed_transitions
from hazards.transitions import (
    APPLICANT,
    APPLY,
    BY_ACTION,
    DECIDER,
    EDIT,
    ENTERPRISE,
    HAZARD_TRANSITIONS,
    OFFICE,
    PENDING,
    PLAN,
    RECHECKER,
    SUPERVISOR,
    TOWNSHIP,
    Transition,
)
from hazards.views.detail import SERVICES
from notifications.models import Notification
from tests.hazards.ledger import draft
from tests.meta.page_forms import PageForm, forms_of
from tests.meta.scene import Scene, scene

__all__ = ["scene"]

pytestmark = pytest.mark.django_db
EDITORS, CLERKS = {"editor", "second_editor"}, {"office", "second_office"}
# 河口镇 has no editor here.
PLAYERS = {
    ENTERPRISE: {"enterprise"},
    TOWNSHIP: set(),
    SUPERVISOR: EDITORS,
    RECHECKER: EDITORS | {"head"},
    OFFICE: CLERKS,
}
READERS = EDITORS | CLERKS | {"head", "leader", "auditor", "enterprise"}
PAGES = {row.action: row for row in (EDIT, PLAN, APPLY)}
REASON = "经现场核对，情况属实。"
LATER = "2026-08-20"


def exists(level: str, state: str) -> bool:
    return (level, state) != (Level.GENERAL, State.PASSED)


def moves(*, right: bool) -> list[tuple[Transition, str, str]]:
    """Return the moves with each level and state they may, or may not, start from."""
    found = []
    for row, level, state in product(HAZARD_TRANSITIONS, Level.values, State.values):
        fits = level in row.levels and state in row.sources
        # Who asked for more time did so from the first state.
        asked = row.extension == PENDING and state != State.RECTIFYING
        if exists(level, state) and fits == right and not (right and asked):
            found.append((row, level, state))
    return found


def name_of(value: Any) -> str:
    return value.action if isinstance(value, Transition) else str(value)


def hazard_for(scene: Scene, row: Transition, level: str, state: str) -> Hazard:
    asked = row.extension == PENDING and state == State.RECTIFYING
    return Hazard.objects.get(pk=scene.samples[f"hazard {level} {'asked' if asked else state}"]["pk"])


def players(row: Transition, level: str) -> set[str]:
    parts = PLAYERS | {DECIDER: CLERKS | (PLAYERS[RECHECKER] if level == Level.GENERAL else set())}
    found = set().union(*(parts[part] for part in row.who))
    return found & {"enterprise"} if row.only == APPLICANT else found


def drawn(scene: Scene, row: Transition, hazard: Hazard, person: str) -> list[PageForm]:
    """Return the forms that make this move, on the page where it is made."""
    client = scene.client(person)
    if row.action in PAGES:
        address = page_of(row, hazard)
        page = client.get(address)
        forms = forms_of(page.content.decode()) if page.status_code == 200 else []
        return [form for form in forms if form.action == "" and "version" in form.fields]
    found = forms_of(client.get(reverse("hazards:detail", args=[hazard.pk])).content.decode())
    return [form for form in found if form.action == reverse("hazards:act", args=[hazard.pk, row.action])]


def page_of(row: Transition, hazard: Hazard) -> str:
    return reverse(f"hazards:{'rectify' if row == APPLY else row.action}", args=[hazard.pk])


def make(scene: Scene, row: Transition, hazard: Hazard, person: str, **changes: str) -> Any:
    """Send the form of the move, drawn or not."""
    version = hazard.version
    if row in (EDIT, PLAN):
        data = {"version": str(version), "title": REASON, "rectifier": REASON}
    elif row == APPLY:
        data = {"version": "0", "measures": REASON, "done_on": "2026-05-12", "submit": "1"}
    else:
        data = {"version": str(version), "reason": REASON, "progress": "已订货", "due_on": LATER}
    address = page_of(row, hazard) if row.action in PAGES else reverse("hazards:act", args=[hazard.pk, row.action])
    return scene.client(person).post(address, data | changes)


def test_every_move_is_wired_and_every_state_is_reached_and_left() -> None:
    assert set(SERVICES) | set(PAGES) == set(BY_ACTION)
    assert len(BY_ACTION) == len(HAZARD_TRANSITIONS)
    assert {State.RECTIFYING, *(row.target for row in HAZARD_TRANSITIONS if row.target)} == set(State.values)
    left = {state for row in HAZARD_TRANSITIONS for state in row.sources}
    assert set(State.values) - left == {State.VOID}


@pytest.mark.parametrize(("row", "level", "state"), moves(right=True), ids=name_of)
def test_the_right_person_presses_the_button_and_all_of_it_is_recorded(
    scene: Scene, row: Transition, level: str, state: str
) -> None:
    hazard = hazard_for(scene, row, level, state)
    person = sorted(players(row, level))[0]
    if row == APPLY:
        draft(hazard, scene.county.people[person])
    forms = drawn(scene, row, hazard, person)
    assert forms, "the button is not drawn"
    typed: dict[str, str] = {name: REASON for name in row.needs if name != "due_on"}
    typed |= {"due_on": LATER} if "due_on" in row.needs else {}
    typed |= {"submit": "1"} if row == APPLY else {}
    typed |= {EDIT.action: {"title": "新的名称"}, PLAN.action: {"rectifier": "李主任"}}.get(row.action, {})
    address = forms[0].action or page_of(row, hazard)
    answer = scene.client(person).post(address, forms[0].filled(**typed))
    assert answer.status_code == 302, answer.content.decode()
    after = Hazard.objects.get(pk=hazard.pk)
    assert (after.state, after.version) == (row.target or state, hazard.version + 1)
    entry = Entry.objects.filter(action=f"hazard.{row.action}", object_id=str(hazard.pk)).latest("pk")
    assert (entry.actor, entry.reason) == (scene.county.people[person], REASON if "reason" in row.needs else "")
    standing = Standing.objects.get(hazard=hazard, until=None)
    assert {name: getattr(standing, name) for name in TRACKED} == {name: getattr(after, name) for name in TRACKED}
    told = Notification.objects.filter(key=f"hazard-{hazard.pk}-{after.version}")
    assert not told.filter(recipient=scene.county.people[person]).exists()
    # 河口镇 has nobody, and who acts is not told.
    assert told.exists() or not row.tells or row.tells == (RECHECKER,)


@pytest.mark.parametrize(("row", "level", "state"), moves(right=True), ids=name_of)
def test_nobody_else_may(scene: Scene, row: Transition, level: str, state: str) -> None:
    hazard = hazard_for(scene, row, level, state)
    for person in scene.county.people.keys() - players(row, level):
        assert drawn(scene, row, hazard, person) == [], f"{person} is shown the button"
        assert make(scene, row, hazard, person).status_code == (403 if person in READERS else 404), person
    assert Hazard.objects.get(pk=hazard.pk).version == hazard.version


@pytest.mark.parametrize(("row", "level", "state"), moves(right=False), ids=name_of)
def test_not_from_another_state_or_level(scene: Scene, row: Transition, level: str, state: str) -> None:
    hazard = hazard_for(scene, row, level, state)
    person = sorted(players(row, level))[0]
    assert drawn(scene, row, hazard, person) == []
    answer = make(scene, row, hazard, person)
    assert answer.status_code == 409
    assert REASON in answer.content.decode(), "what was typed is lost"
    if row not in (EDIT, PLAN):
        assert State(state).label in answer.content.decode(), "says where the hazard stands"
    assert Hazard.objects.get(pk=hazard.pk).version == hazard.version


@pytest.mark.parametrize(
    ("row", "level", "state"), [each for each in moves(right=True) if each[0].action in SERVICES], ids=name_of
)
def test_not_with_an_overtaken_page_nor_without_what_it_asks_for(
    scene: Scene, row: Transition, level: str, state: str
) -> None:
    hazard = hazard_for(scene, row, level, state)
    person = sorted(players(row, level))[0]
    for wrong in ({"version": str(hazard.version + 1)}, {"version": ""}, {"version": "x"}):
        answer = make(scene, row, hazard, person, **wrong)
        assert answer.status_code == 409, wrong
        assert REASON in answer.content.decode(), "what was typed is lost"
    for name in row.needs:
        assert make(scene, row, hazard, person, **{name: "  "}).status_code == 409, name
    assert Hazard.objects.get(pk=hazard.pk).version == hazard.version


def test_the_buttons_are_what_the_table_allows(scene: Scene) -> None:
    keys = [key for key in scene.samples if key.startswith("hazard ") and "pk" in scene.samples[key]]
    for person, user in scene.county.people.items():
        for key in keys:
            if "action" in scene.samples[key]:
                continue
            hazard = Hazard.objects.get(pk=scene.samples[key]["pk"])
            seen = Hazard.objects.visible_to(user).filter(pk=hazard.pk).exists()
            allowed = {row.action for row in allowed_transitions(user, hazard)} if seen else set()
            page = scene.client(person).get(reverse("hazards:detail", args=[hazard.pk]))
            assert page.status_code == (200 if seen else 404)
            text = page.content.decode() if seen else ""
            shown = {row.action for row in HAZARD_TRANSITIONS if shows(text, row, hazard)}
            assert shown == allowed, (person, key)


def shows(text: str, row: Transition, hazard: Hazard) -> bool:
    if row.action in PAGES:
        return f'href="{page_of(row, hazard)}"' in text
    return f'action="{reverse("hazards:act", args=[hazard.pk, row.action])}"' in text
