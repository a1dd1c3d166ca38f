"""Each row of the drill record's transition table over the interface; who took part, problems and their end."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from accounts.tokens import create_token
from audit.models import Entry
from drills.models import Drill
from drills.permissions import allowed_transitions
from drills.transitions import EDIT, Transition
from tests.api.calls import Api, problem_of, send, tag, undone
from tests.drills.conftest import Players, players
from tests.drills.test_moves import KINDS, OWNERS, READERS, REASON, ROWS, WRONG, actor_of, may, record_in

__all__ = ["players"]

pytestmark = pytest.mark.django_db
S = Drill.State


def name_of(value: Any) -> str:
    return getattr(value, "action", str(value))


@pytest.fixture
def desk(players: Players) -> Any:
    """Give each of the players a token when they first need one."""

    class Tokens(dict[str, str]):
        def __missing__(self, person: str) -> str:
            self[person] = create_token(actor=players.people[person], name="脚本", days=30).secret
            return self[person]

    return SimpleNamespace(tokens=Tokens())


def make(desk: Any, row: Transition, drill: Drill, person: str, *, etag: str = "", **data: Any) -> HttpResponse:
    """Make the move as this person, with all it asks for."""
    etag = etag or tag(drill)
    if row == EDIT:
        address = reverse("api:drill", args=[drill.pk])
        return send(desk, person, "PATCH", address, {"title": "改过的名称"}, If_Match=etag)
    address = reverse("api:drill-act", kwargs={"pk": drill.pk, "action": row.action})
    sent = ({"reason": REASON} if row.needs_reason else {}) | data
    return send(desk, person, "POST", address, sent, If_Match=etag)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_the_right_person_makes_the_move(players: Players, desk: Any, row: Transition, source: str, kind: str) -> None:
    drill, person = record_in(players, kind, source), actor_of(kind, row)
    answer = make(desk, row, drill, person)
    after = Drill.objects.get(pk=drill.pk)
    assert (after.state, after.version) == (row.target or source, drill.version + 1)
    entry = Entry.objects.filter(object_type="drills.drill", object_id=str(drill.pk)).latest("pk")
    assert (entry.action, entry.actor) == (f"drill.{row.action}", players.people[person])
    assert entry.reason == (REASON if row.needs_reason else "")
    if after.state == S.DRAFT and person not in OWNERS[kind]:
        assert answer.status_code == 204, "a draft is its writers' own"
        return
    assert answer.status_code == 200, answer.content.decode()
    found = json.loads(answer.content)
    assert (found["state"], found["version"]) == (after.state, after.version)
    allowed = {each.action for each in allowed_transitions(players.people[person], after)}
    assert {each["action"] for each in found["actions"]} == allowed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_nobody_else_may(players: Players, desk: Any, row: Transition, source: str, kind: str) -> None:
    drill = record_in(players, kind, source)
    hidden = source in (S.DRAFT, S.VOID)
    for person in players.people.keys() - may(kind, row):
        answer = make(desk, row, drill, person)
        expected = 403 if person in (OWNERS[kind] if hidden else READERS[kind]) else 404
        assert answer.status_code == expected, person
        problem_of(answer)
    after = Drill.objects.get(pk=drill.pk)
    assert (after.state, after.version) == (source, drill.version)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("row", "state"), WRONG, ids=name_of)
def test_not_from_another_state(players: Players, desk: Any, row: Transition, state: str, kind: str) -> None:
    drill, person = record_in(players, kind, state), actor_of(kind, row)
    answer = make(desk, row, drill, person)
    if state in (S.DRAFT, S.VOID) and person not in OWNERS[kind]:
        assert answer.status_code == 404
    else:
        assert answer.status_code == 409
        assert f"记录当前为“{drill.get_state_display()}”" in problem_of(answer)["detail"]
    assert Drill.objects.get(pk=drill.pk).version == drill.version


@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_not_overtaken_nor_without_its_reason(players: Players, desk: Any, row: Transition, source: str) -> None:
    drill, person = record_in(players, "unit", source), actor_of("unit", row)
    answer = make(desk, row, drill, person, etag=f'"{drill.version + 1}"')
    assert answer.status_code == 412
    assert problem_of(answer)["current"]["etag"] == tag(drill)
    if row.needs_reason:
        assert make(desk, row, drill, person, reason=" ").status_code == 422
    assert Drill.objects.get(pk=drill.pk).version == drill.version


def test_who_took_part_and_what_was_found_are_kept_as_sent(api: Api) -> None:
    drill = Drill.objects.get(pk=api.samples["drill edit"].kwargs["pk"])
    address, units = reverse("api:drill", args=[drill.pk]), api.scene.county.units
    with undone():
        problems = [{"text": "电台不通", "responsible": "王工"}, {"text": "预案未更新", "due_on": "2026-06-01"}]
        sent = {"participants": [units["Z1"].pk, units["XF"].pk], "problems": problems}
        answer = send(api.scene, "editor", "PATCH", address, sent, If_Match=tag(drill))
        found = json.loads(answer.content)
        assert answer.status_code == 200, answer.content.decode()
        assert {row["id"] for row in found["participants"]} == {units["Z1"].pk, units["XF"].pk}
        assert [(row.order, row.text) for row in drill.problems.all()] == [(1, "电台不通"), (2, "预案未更新")]
        assert [row["responsible"] for row in found["problems"]] == ["王工", ""]
        # Left out they stay, sent empty they go.
        send(api.scene, "editor", "PATCH", address, {"place": "广场"}, If_Match=tag(drill))
        assert (drill.problems.count(), drill.participants.count()) == (2, 2)
        send(api.scene, "editor", "PATCH", address, {"problems": []}, If_Match=tag(drill))
        assert (drill.problems.count(), drill.participants.count()) == (0, 2)
        wrong = send(api.scene, "editor", "PATCH", address, {"participants": [10**8]}, If_Match=tag(drill))
        assert (wrong.status_code, problem_of(wrong)["errors"][0]["field"]) == (400, "participants.0")


def test_a_problem_is_put_right_once_by_its_own_version(api: Api) -> None:
    sample = api.samples["drill problem"]
    row: Any = sample.row
    with undone():
        answer = api.call("editor", "POST", "drill-finish", "drill problem")
        row.refresh_from_db()
        assert (answer.status_code, str(row.done_on), row.result) == (200, "2026-05-12", "已更换")
        assert answer.headers["ETag"].startswith(f'"{row.version}-')
        stale = api.call("head", "POST", "drill-finish", "drill problem", If_Match=f'"{row.version - 1}"')
        assert stale.status_code == 412
        assert problem_of(stale)["current"]["version"] == row.version
    address = reverse("api:drill-finish", kwargs=sample.kwargs | {"problem_id": 10**8})
    assert send(api.scene, "editor", "POST", address, sample.data, If_Match='"1"').status_code == 404
