"""Each row of the hazard's transition table over the interface, and the writing of a round by two at once."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from audit.models import Entry
from hazards.api import RectificationViews
from hazards.models import Hazard, Rectification
from hazards.models.tracked import State
from hazards.permissions import allowed_transitions
from hazards.transitions import APPLY, EDIT, PLAN, Transition
from tests.api.calls import Api, problem_of, send, tag, undone
from tests.hazards.ledger import draft, picture
from tests.hazards.test_moves import LATER, READERS, REASON, hazard_for, moves, name_of, players

pytestmark = pytest.mark.django_db
RIGHT, WRONG = moves(right=True), moves(right=False)
# Written by PATCH, everything else is a move.
PATCHED: dict[Transition, tuple[str, dict[str, Any]]] = {
    EDIT: ("hazard", {"title": "新的名称"}),
    PLAN: ("hazard-plan", {"rectifier": "李主任"}),
}
TYPED = {"reason": REASON, "progress": "已订货", "due_on": LATER}


def make(api: Api, row: Transition, hazard: Hazard, person: str, *, etag: str = "", **data: Any) -> HttpResponse:
    """Make the move as this person, with all it asks for."""
    etag = etag or tag(hazard)
    if row in PATCHED:
        name, body = PATCHED[row]
        return send(api.scene, person, "PATCH", reverse(f"api:{name}", args=[hazard.pk]), body, If_Match=etag)
    address = reverse("api:hazard-act", kwargs={"pk": hazard.pk, "action": row.action})
    sent = {name: TYPED[name] for name in row.needs} | data
    return send(api.scene, person, "POST", address, sent, If_Match=etag)


@pytest.mark.parametrize(("row", "level", "state"), RIGHT, ids=name_of)
def test_the_right_person_makes_the_move(api: Api, row: Transition, level: str, state: str) -> None:
    hazard = hazard_for(api.scene, row, level, state)
    for person in sorted(players(row, level)):
        with undone():
            if row == APPLY:
                draft(hazard, api.scene.county.people[person])
            answer = make(api, row, hazard, person)
            assert answer.status_code == 200, answer.content.decode()
            found, after = json.loads(answer.content), Hazard.objects.get(pk=hazard.pk)
            assert found["state"] == after.state == (row.target or state)
            assert found["version"] == after.version == hazard.version + 1
            allowed = {each.action for each in allowed_transitions(api.scene.county.people[person], after)}
            assert {each["action"] for each in found["actions"]} == allowed
            entry = Entry.objects.filter(action=f"hazard.{row.action}", object_id=str(hazard.pk)).latest("pk")
            assert (entry.actor, entry.reason) == (
                api.scene.county.people[person],
                REASON if "reason" in row.needs else "",
            )


@pytest.mark.parametrize(("row", "level", "state"), RIGHT, ids=name_of)
def test_nobody_else_may(api: Api, row: Transition, level: str, state: str) -> None:
    hazard = hazard_for(api.scene, row, level, state)
    for person in api.scene.county.people.keys() - players(row, level):
        with undone():
            answer = make(api, row, hazard, person)
        assert answer.status_code == (403 if person in READERS else 404), person
        problem_of(answer)
    assert Hazard.objects.get(pk=hazard.pk).version == hazard.version


@pytest.mark.parametrize(("row", "level", "state"), WRONG, ids=name_of)
def test_not_from_another_state_or_level(api: Api, row: Transition, level: str, state: str) -> None:
    hazard = hazard_for(api.scene, row, level, state)
    answer = make(api, row, hazard, sorted(players(row, level))[0])
    assert answer.status_code == 409
    assert State(state).label in problem_of(answer)["detail"]
    assert Hazard.objects.get(pk=hazard.pk).version == hazard.version


@pytest.mark.parametrize(("row", "level", "state"), RIGHT, ids=name_of)
def test_not_overtaken_nor_without_what_it_asks_for(api: Api, row: Transition, level: str, state: str) -> None:
    hazard, person = hazard_for(api.scene, row, level, state), sorted(players(row, level))[0]
    answer = make(api, row, hazard, person, etag=f'"{hazard.version + 1}"')
    assert answer.status_code == 412
    assert problem_of(answer)["current"]["etag"] == tag(hazard)
    for name in row.needs:
        missing: dict[str, Any] = {name: None if name == "due_on" else "  "}
        refused = make(api, row, hazard, person, **missing)
        assert refused.status_code == 422, name
        problem_of(refused)
    assert Hazard.objects.get(pk=hazard.pk).version == hazard.version


def test_the_moves_offered_are_those_the_table_allows(api: Api) -> None:
    for person, user in api.scene.county.people.items():
        for hazard in Hazard.objects.all():
            answer = send(api.scene, person, "GET", reverse("api:hazard", args=[hazard.pk]))
            seen = Hazard.objects.visible_to(user).filter(pk=hazard.pk).exists()
            assert answer.status_code == (200 if seen else 404)
            if seen:
                offered = {row["action"] for row in json.loads(answer.content)["actions"]}
                assert offered == {row.action for row in allowed_transitions(user, hazard)}, (person, hazard)


def rectification(api: Api) -> tuple[str, Rectification]:
    sample = api.samples["hazard rectify"].row
    assert sample is not None
    row = Rectification.objects.get(pk=sample.pk)
    return reverse("api:hazard-rectify", args=[row.hazard_id]), row


def test_two_who_write_a_round_do_not_overwrite_each_other(api: Api) -> None:
    address, row = rectification(api)
    before = send(api.scene, "enterprise", "GET", address).headers["ETag"]
    with undone():
        theirs = send(api.scene, "editor", "PATCH", address, {"measures": "监管部门代填"}, If_Match=before)
        assert theirs.status_code == 200
        assert json.loads(theirs.content)["measures"] == "监管部门代填"
        mine = send(api.scene, "enterprise", "PATCH", address, {"measures": "企业自己填"}, If_Match=before)
        assert mine.status_code == 412
        found = problem_of(mine)
        row.refresh_from_db()
        assert row.measures == "监管部门代填"
        assert found["current"] == {"version": row.version, "etag": f'"{row.version}"'}
        assert mine.headers["ETag"] == found["current"]["etag"]
        # With what it was told the other may go on; what is left out stays.
        again = send(
            api.scene, "enterprise", "PATCH", address, {"done_on": "2026-05-12"}, If_Match=mine.headers["ETag"]
        )
        assert (again.status_code, json.loads(again.content)["measures"]) == (200, "监管部门代填")
        assert again.headers["ETag"] != mine.headers["ETag"]


def test_the_version_of_the_hazard_is_not_that_of_the_round(api: Api) -> None:
    address, row = rectification(api)
    for header, status in (("", 428), ("*", 428), (f'"{row.version + 7}"', 412), ("7", 400)):
        answer = send(api.scene, "editor", "PATCH", address, {"measures": "改"}, If_Match=header)
        assert answer.status_code == status, header
    assert Rectification.objects.get(pk=row.pk).measures == row.measures


def test_a_round_nobody_has_begun_has_version_0(api: Api) -> None:
    hazard = Hazard.objects.get(pk=api.scene.samples["hazard general asked"]["pk"])
    address = reverse("api:hazard-rectify", args=[hazard.pk])
    files = reverse("api:hazard-rectify-files", args=[hazard.pk])
    with undone():
        first = send(api.scene, "enterprise", "GET", address)
        assert (json.loads(first.content)["id"], json.loads(first.content)["version"]) == (None, 0)
        early = send(api.scene, "enterprise", "POST", files, {"file": picture()}, form=True)
        assert early.status_code == 409
        made = send(api.scene, "enterprise", "PATCH", address, {"measures": "已清理"}, If_Match=first.headers["ETag"])
        assert made.status_code == 200, made.content.decode()
        # A colleague who saw that there was none is told that there is one now.
        late = send(api.scene, "editor", "PATCH", address, {"measures": "另写"}, If_Match=first.headers["ETag"])
        assert late.status_code == 412
        assert problem_of(late)["current"]["version"] == 1
        assert hazard.rounds.get(outcome="draft").measures == "已清理"
        assert send(api.scene, "editor", "POST", files, {"file": picture()}, form=True).status_code == 201


def test_a_round_begun_between_look_and_lock_is_not_overwritten(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service compares under the lock, and the answer tells of what it found."""
    hazard = Hazard.objects.get(pk=api.scene.samples["hazard general asked"]["pk"])
    look = RectificationViews.expected_version

    def somebody_is_quicker(view: RectificationViews) -> int:
        version = look(view)
        Rectification.objects.create(hazard=hazard, round=1, measures="同事先写", version=3)
        return version

    monkeypatch.setattr(RectificationViews, "expected_version", somebody_is_quicker)
    with undone():
        address = reverse("api:hazard-rectify", args=[hazard.pk])
        answer = send(api.scene, "enterprise", "PATCH", address, {"measures": "另写"}, If_Match='"0"')
        assert answer.status_code == 412
        assert problem_of(answer)["current"]["version"] == 3
        assert hazard.rounds.get().measures == "同事先写"


def test_a_round_being_written_is_shown_to_who_rectifies_only(api: Api) -> None:
    address, row = rectification(api)
    shown = {}
    for person in ("enterprise", "editor", "head", "office", "leader", "auditor"):
        found = json.loads(send(api.scene, person, "GET", reverse("api:hazard", args=[row.hazard_id])).content)
        shown[person] = [each["measures"] for each in found["rounds"]]
    mine: list[str] = [row.measures]
    assert shown == {"enterprise": mine, "editor": mine, "head": [], "office": [], "leader": [], "auditor": []}
    for person, status in (("head", 403), ("office", 403), ("other_editor", 404)):
        assert send(api.scene, person, "GET", address).status_code == status


def test_photos_are_shown_with_what_they_show(api: Api) -> None:
    hazard = Hazard.objects.get(pk=api.samples["hazard file"].kwargs["pk"])
    with undone():
        for name in ("hazard-files", "hazard-rectify-files"):
            upload = SimpleUploadedFile(f"{name}.png", picture().read())
            address = reverse(f"api:{name}", args=[hazard.pk])
            assert send(api.scene, "editor", "POST", address, {"file": upload}, form=True).status_code == 201
        found = json.loads(send(api.scene, "editor", "GET", reverse("api:hazard", args=[hazard.pk])).content)
        assert "hazard-files.png" in [file["name"] for file in found["files"]]
        assert [file["name"] for file in found["rounds"][0]["files"]] == ["hazard-rectify-files.png"]


def test_what_an_edit_leaves_out_stays_and_only_the_office_moves_it_elsewhere(api: Api) -> None:
    hazard = Hazard.objects.get(pk=api.samples["hazard edit"].kwargs["pk"])
    address, other = reverse("api:hazard", args=[hazard.pk]), api.scene.county.units["ZJ"].pk
    with undone():
        answer = send(api.scene, "editor", "PATCH", address, {"place": "二层"}, If_Match=tag(hazard))
        after = Hazard.objects.get(pk=hazard.pk)
        assert answer.status_code == 200
        assert (after.place, after.title, after.finder, after.clause) == (
            "二层",
            hazard.title,
            hazard.finder,
            hazard.clause,
        )
        moved = {"supervisor": other}
        assert send(api.scene, "editor", "PATCH", address, moved, If_Match=tag(hazard)).status_code == 403
        assert send(api.scene, "office", "PATCH", address, moved, If_Match=tag(hazard)).status_code == 200
        assert Hazard.objects.get(pk=hazard.pk).supervisor_id == other
        level = send(api.scene, "office", "PATCH", address, {"level": "major"}, If_Match=tag(hazard))
        assert level.status_code == 422, "another level wants the standard it is judged by"
