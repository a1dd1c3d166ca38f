"""Each row of the letter's transition table over HTTP: who may, who may not, from which states, what is recorded."""

import re
from typing import Any

import pytest
from django.urls import reverse

from audit.models import Entry
from supervision.models import Letter
from supervision.permissions import allowed_transitions
from supervision.transitions import BY_ACTION, EDIT, LEADER, LETTER_TRANSITIONS, OFFICE, REPLY, UNIT, Transition
from supervision.views.detail import SERVICES
from tests.meta.page_forms import PageForm, forms_of
from tests.meta.scene import LETTER_STATES, Scene

pytestmark = pytest.mark.django_db
S = Letter.State
ROWS = [(row, source) for row in LETTER_TRANSITIONS for source in row.sources]
WRONG = [(row, state) for row in LETTER_TRANSITIONS for state in LETTER_STATES if state not in row.sources]
PLAYERS = {
    OFFICE: {"office", "second_office"},
    LEADER: {"leader"},
    UNIT: {"editor", "second_editor", "head"},
}
ACTORS = {OFFICE: "second_office", LEADER: "leader", UNIT: "editor"}
# Drafts are the office's and the leaders' own; what was sent is also read by its unit and by auditors.
INSIDERS = {"office", "second_office", "leader"}
READERS = INSIDERS | PLAYERS[UNIT] | {"auditor"}
REASON = "措施具体，请按期完成。"
PAGES = {"edit": "supervision:edit", "reply": "supervision:reply"}


def name_of(value: Any) -> str:
    return value.action if isinstance(value, Transition) else str(value)


def address_of(row: Transition, letter: Letter) -> str:
    if row.action in PAGES:
        return reverse(PAGES[row.action], args=[letter.pk])
    return reverse("supervision:act", args=[letter.pk, row.action])


def drawn(scene: Scene, row: Transition, letter: Letter, person: str) -> list[PageForm]:
    """Return the form that makes this move, on the letter's page or on its own."""
    client = scene.client(person)
    if row.action in PAGES:
        page = client.get(address_of(row, letter))
        found = forms_of(page.content.decode()) if page.status_code == 200 else []
        return [form for form in found if form.method == "post" and "version" in form.fields]
    page = client.get(reverse("supervision:detail", args=[letter.pk]))
    return [form for form in forms_of(page.content.decode()) if form.action == address_of(row, letter)]


def make(scene: Scene, row: Transition, letter: Letter, person: str, **changes: str) -> Any:
    """Send the form of the move, drawn or not."""
    data = {"version": str(letter.version), "reason": REASON, "signatory": "冀立夏", "submit": "1"}
    data |= {f"reply_{item.pk}": REASON for item in letter.items.all()}
    return scene.client(person).post(address_of(row, letter), data | changes)


def test_every_move_is_wired() -> None:
    assert set(SERVICES) | set(PAGES) == set(BY_ACTION)
    assert len(BY_ACTION) == len(LETTER_TRANSITIONS)
    assert {S.DRAFT, *(row.target for row in LETTER_TRANSITIONS if row.target)} == set(S.values)


@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_the_right_person_presses_the_button_and_it_is_recorded(scene: Scene, row: Transition, source: str) -> None:
    letter = scene.letters[source]
    for part in row.who:
        assert drawn(scene, row, letter, ACTORS[part]), f"{ACTORS[part]} is not shown the button"
    person = ACTORS[row.who[-1]]
    form = drawn(scene, row, letter, person)[0]
    typed = {name: REASON for name in form.fields if name in ("reason", "demand") or re.match(r"reply_\d", name)}
    if row == REPLY:
        typed["submit"] = "1"
    answer = scene.client(person).post(address_of(row, letter), form.filled(**typed))
    assert answer.status_code == 302, answer.content.decode()
    after = Letter.objects.get(pk=letter.pk)
    assert after.state == (row.target or source)
    assert after.version > letter.version
    entry = Entry.objects.filter(action=f"letter.{row.action}", object_id=str(letter.pk)).latest("pk")
    assert entry.actor == scene.county.people[person]
    assert entry.reason == (REASON if row.needs == "reason" else "")


@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_nobody_else_may(scene: Scene, row: Transition, source: str) -> None:
    letter = scene.letters[source]
    players = set().union(*(PLAYERS[part] for part in row.who))
    for person in scene.county.people.keys() - players:
        assert drawn(scene, row, letter, person) == [], f"{person} is shown the button"
        readers = INSIDERS if source == S.DRAFT else READERS
        assert make(scene, row, letter, person).status_code == (403 if person in readers else 404), person
    assert Letter.objects.get(pk=letter.pk).version == letter.version


@pytest.mark.parametrize(("row", "state"), WRONG, ids=name_of)
def test_not_from_another_state(scene: Scene, row: Transition, state: str) -> None:
    letter = scene.letters[state]
    person = ACTORS[row.who[0]]
    answer = make(scene, row, letter, person)
    if state == S.DRAFT and person == ACTORS[UNIT]:
        assert answer.status_code == 404, "the unit does not know of a draft"
        return
    assert drawn(scene, row, letter, person) == []
    assert answer.status_code == 409
    if row != EDIT:
        assert S(state).label in answer.content.decode(), "says where the letter stands"
    if row == REPLY or row.needs == "reason":
        assert REASON in answer.content.decode(), "what was typed is lost"
    assert Letter.objects.get(pk=letter.pk).version == letter.version


@pytest.mark.parametrize(("row", "source"), [pair for pair in ROWS if pair[0] != EDIT], ids=name_of)
def test_not_with_a_page_somebody_else_has_overtaken(scene: Scene, row: Transition, source: str) -> None:
    letter = scene.letters[source]
    for version in (str(letter.version + 1), "", "x"):
        answer = make(scene, row, letter, ACTORS[row.who[0]], version=version)
        assert answer.status_code == 409, version
        if row == REPLY or row.needs == "reason":
            assert REASON in answer.content.decode(), "what was typed is lost"
    assert Letter.objects.get(pk=letter.pk).version == letter.version


@pytest.mark.parametrize(("row", "source"), [pair for pair in ROWS if pair[0].needs], ids=name_of)
def test_not_without_what_it_asks_for(scene: Scene, row: Transition, source: str) -> None:
    letter = scene.letters[source]
    answer = make(scene, row, letter, ACTORS[row.who[0]], **{row.needs: "  "})
    assert answer.status_code == 409
    assert Letter.objects.get(pk=letter.pk).state == source


def test_the_buttons_are_what_the_table_allows(scene: Scene) -> None:
    for person, user in scene.county.people.items():
        for state, letter in scene.letters.items():
            seen = Letter.objects.visible_to(user).filter(pk=letter.pk).exists()
            allowed = {row.action for row in allowed_transitions(user, letter)} if seen else set()
            shown = {row.action for row in LETTER_TRANSITIONS if drawn(scene, row, letter, person)}
            assert shown == allowed, (person, state)
