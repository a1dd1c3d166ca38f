"""Each row of the letter's transition table over the interface, and the writing of letters and replies."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from audit.models import Entry
from supervision.models import Letter
from supervision.permissions import allowed_transitions
from supervision.transitions import EDIT, LETTER_TRANSITIONS, REPLY, Transition
from tests.api.calls import Api, problem_of, send, tag, undone
from tests.meta.test_letter_moves import ACTORS, INSIDERS, PLAYERS, READERS, REASON, ROWS, WRONG, name_of

pytestmark = pytest.mark.django_db
S = Letter.State
MOVES = [pair for pair in ROWS if pair[0] != EDIT]


def make(api: Api, row: Transition, letter: Letter, person: str, **data: Any) -> HttpResponse:
    """Make the move as this person, with all it asks for."""
    if row == REPLY and letter.state in REPLY.sources:
        letter.items.update(reply=REASON)
    address = reverse("api:letter-act", kwargs={"pk": letter.pk, "action": row.action})
    sent = {"reason": REASON} | ({"signatory": "冀立夏"} if row.needs == "signatory" else {}) | data
    return send(api.scene, person, "POST", address, sent, If_Match=tag(letter))


@pytest.mark.parametrize(("row", "source"), MOVES, ids=name_of)
def test_the_right_person_makes_the_move(api: Api, row: Transition, source: str) -> None:
    letter = api.scene.letters[source]
    for part in row.who:
        person = ACTORS[part]
        with undone():
            answer = make(api, row, letter, person)
            assert answer.status_code == 200, answer.content.decode()
            found, after = json.loads(answer.content), Letter.objects.get(pk=letter.pk)
            assert found["state"] == after.state == row.target
            assert found["version"] == after.version > letter.version
            entry = Entry.objects.filter(action=f"letter.{row.action}", object_id=str(letter.pk)).latest("pk")
            assert entry.actor == api.scene.county.people[person]
            assert entry.reason == (REASON if row.needs == "reason" else "")


@pytest.mark.parametrize(("row", "source"), MOVES, ids=name_of)
def test_nobody_else_may(api: Api, row: Transition, source: str) -> None:
    letter = api.scene.letters[source]
    players = set().union(*(PLAYERS[part] for part in row.who))
    readers = INSIDERS if source == S.DRAFT else READERS
    for person in api.scene.county.people.keys() - players:
        with undone():
            answer = make(api, row, letter, person)
        assert answer.status_code == (403 if person in readers else 404), person
        problem_of(answer)
    assert Letter.objects.get(pk=letter.pk).version == letter.version


@pytest.mark.parametrize(("row", "state"), [pair for pair in WRONG if pair[0] != EDIT], ids=name_of)
def test_not_from_another_state(api: Api, row: Transition, state: str) -> None:
    letter, person = api.scene.letters[state], ACTORS[row.who[0]]
    answer = make(api, row, letter, person)
    if state == S.DRAFT and person == "editor":
        assert answer.status_code == 404, "the unit does not know of a draft"
        return
    assert answer.status_code == 409
    assert S(state).label in problem_of(answer)["detail"]
    assert Letter.objects.get(pk=letter.pk).version == letter.version


@pytest.mark.parametrize(("row", "source"), [pair for pair in MOVES if pair[0].needs], ids=name_of)
def test_not_without_what_it_asks_for(api: Api, row: Transition, source: str) -> None:
    letter = api.scene.letters[source]
    answer = make(api, row, letter, ACTORS[row.who[0]], **{row.needs: "  "})
    assert answer.status_code == 422
    problem_of(answer)
    assert Letter.objects.get(pk=letter.pk).state == source


def test_the_moves_offered_are_those_the_table_allows(api: Api) -> None:
    for person, user in api.scene.county.people.items():
        for state, letter in api.scene.letters.items():
            answer = send(api.scene, person, "GET", reverse("api:letter", args=[letter.pk]))
            seen = Letter.objects.visible_to(user).filter(pk=letter.pk).exists()
            assert answer.status_code == (200 if seen else 404)
            if seen:
                offered = {row["action"] for row in json.loads(answer.content)["actions"]}
                assert offered == {row.action for row in allowed_transitions(user, letter)}, (person, state)
    assert len(LETTER_TRANSITIONS) == len({row.action for row in LETTER_TRANSITIONS})


def test_letters_are_drafted_one_for_each_unit(api: Api) -> None:
    with undone():
        answer = api.call("office", "POST", "letters", "compose")
        found = json.loads(answer.content)
        assert answer.status_code == 201
        assert [row["unit"]["short_name"] for row in found["letters"]] == ["县应急局"]
        letter = Letter.objects.get(pk=found["letters"][0]["id"])
        assert (letter.state, letter.created_by, letter.code) == (S.DRAFT, api.scene.county.office, "清安办函")
        assert Entry.objects.filter(action="letter.compose", object_id=str(letter.pk)).exists()
        again = api.call("office", "POST", "letters", "compose")
        assert again.status_code == 422
        assert "仍列入" in problem_of(again)["detail"]


def test_an_edit_changes_what_it_names_and_nothing_else(api: Api) -> None:
    letter = api.scene.letters["draft"]
    item = letter.items.get()
    sent = {"demand": "请逐项说明。", "requirements": [{"item": item.pk, "requirement": "本周内完成。"}]}
    address = reverse("api:letter", args=[letter.pk])
    with undone():
        answer = send(api.scene, "office", "PATCH", address, sent, If_Match=tag(letter))
        assert answer.status_code == 200, answer.content.decode()
        after = Letter.objects.get(pk=letter.pk)
        assert (after.demand, after.title, after.contact) == ("请逐项说明。", letter.title, letter.contact)
        assert after.items.get().requirement == "本周内完成。"
    foreign = api.scene.letters["issued"].items.get().pk
    for wrong in ({"removed": [foreign]}, {"requirements": [{"item": foreign, "requirement": "改"}]}):
        answer = send(api.scene, "office", "PATCH", address, wrong, If_Match=tag(letter))
        assert answer.status_code == 400
        assert problem_of(answer)["errors"][0]["message"] == "不是这份函件的事项。"


def test_a_reply_is_the_units_own_until_it_is_submitted(api: Api) -> None:
    letter = api.scene.letters["received"]
    item, address = letter.items.get(), reverse("api:letter", args=[letter.pk])
    with undone():
        sent = {"items": [{"item": item.pk, "reply": "已排查。", "promised_on": "2026-06-30"}], "summary": "抓紧"}
        answer = send(
            api.scene, "editor", "PATCH", reverse("api:letter-reply", args=[letter.pk]), sent, If_Match=tag(letter)
        )
        found = json.loads(answer.content)
        assert (found["items"][0]["reply"], found["items"][0]["promised_on"]) == ("已排查。", "2026-06-30")
        for person in ("office", "leader", "auditor"):
            shown = json.loads(send(api.scene, person, "GET", address).content)
            assert (shown["items"][0]["reply"], shown["reply_summary"]) == (None, None), person
        # What is left out keeps its content.
        later = {"items": [{"item": item.pk, "promised_on": None}]}
        send(api.scene, "head", "PATCH", reverse("api:letter-reply", args=[letter.pk]), later, If_Match=tag(letter))
        row = Letter.objects.get(pk=letter.pk)
        assert (row.items.get().reply, row.items.get().promised_on, row.reply_summary) == ("已排查。", None, "抓紧")
        address_of_move = reverse("api:letter-act", kwargs={"pk": letter.pk, "action": "reply"})
        assert send(api.scene, "editor", "POST", address_of_move, {}, If_Match=tag(letter)).status_code == 200
        shown = json.loads(send(api.scene, "office", "GET", address).content)
        assert (shown["items"][0]["reply"], shown["reply_summary"]) == ("已排查。", "抓紧")
