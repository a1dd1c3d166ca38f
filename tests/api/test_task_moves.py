"""Each row of the task's transition table over the interface: who may, who may not, from which states."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from audit.models import Entry
from tasks.models import Task
from tasks.permissions import allowed_transitions
from tasks.transitions import BY_ACTION, REPORT_FOR, SUBMIT, TASK_TRANSITIONS, TO_HEAD, Transition
from tests.api.calls import Api, problem_of, send, tag, undone
from tests.meta.scene import draft_report, enter_for_unit
from tests.meta.test_task_moves import (
    BY_REPORT,
    PLAYERS,
    READERS,
    REASON,
    ROWS,
    WRONG,
    actor_of,
    name_of,
    prepare,
    task_for,
    typed_into,
)

pytestmark = pytest.mark.django_db
S = Task.State


def act(api: Api, person: str, task: Task, action: str, **data: Any) -> HttpResponse:
    address = reverse("api:task-act", kwargs={"pk": task.pk, "action": action})
    return send(api.scene, person, "POST", address, data, If_Match=tag(task))


def make(api: Api, row: Transition, task: Task, person: str, **data: Any) -> HttpResponse:
    """Make the move as this person, with all it asks for; what is asked of the unit is left undone by the caller."""
    prepare(api.scene, row)
    if row == REPORT_FOR and task.state in row.sources:
        enter_for_unit(api.scene.county, task)
    elif row in BY_REPORT and task.state in row.sources and not task.reports.filter(state="draft").exists():
        draft_report(api.scene.county, task, "40")
    typed = {name: int(value) for name, value in typed_into(api.scene, row).items()}
    return act(api, person, task, row.action, **{"reason": REASON, **typed, **data})


@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_the_right_person_makes_the_move(api: Api, row: Transition, source: str) -> None:
    task, person = task_for(api.scene, row, source), actor_of(row)
    with undone():
        version = int(tag(task).strip('"'))
        answer = make(api, row, task, person)
        assert answer.status_code == 200, answer.content.decode()
        found = json.loads(answer.content)
        after = Task.objects.get(pk=task.pk)
        assert found["state"] == after.state == row.target
        assert found["version"] == after.version == version + 1
        allowed = {each.action for each in allowed_transitions(api.scene.county.people[person], after)}
        assert {each["action"] for each in found["actions"]} == allowed
        entry = Entry.objects.filter(action=f"task.{row.action}", object_id=str(task.pk)).latest("pk")
        assert entry.actor == api.scene.county.people[person]
        assert not row.needs_reason or entry.reason == REASON


@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_nobody_else_may(api: Api, row: Transition, source: str) -> None:
    task = task_for(api.scene, row, source)
    for person in api.scene.county.people.keys() - PLAYERS[row.who]:
        with undone():
            answer = make(api, row, task, person)
        assert answer.status_code == (403 if person in READERS else 404), person
        problem_of(answer)
    assert Task.objects.get(pk=task.pk).version == task.version


@pytest.mark.parametrize(("row", "state"), WRONG, ids=name_of)
def test_not_from_another_state(api: Api, row: Transition, state: str) -> None:
    task = task_for(api.scene, row, state)
    with undone():
        answer = make(api, row, task, actor_of(row))
    assert answer.status_code == 409
    assert f"任务当前为“{S(state).label}”" in problem_of(answer)["detail"]
    assert Task.objects.get(pk=task.pk).state == state


@pytest.mark.parametrize(("row", "source"), [pair for pair in ROWS if pair[0].needs_reason], ids=name_of)
def test_not_without_the_reason_it_asks_for(api: Api, row: Transition, source: str) -> None:
    task = task_for(api.scene, row, source)
    for reason in ("", "  \n "):
        answer = make(api, row, task, actor_of(row), reason=reason)
        assert answer.status_code == 422
        assert "须填写理由" in problem_of(answer)["detail"]
    assert Task.objects.get(pk=task.pk).state == source


def test_the_moves_offered_are_those_the_table_allows(api: Api) -> None:
    for person, user in api.scene.county.people.items():
        for state, task in api.scene.tasks.items():
            answer = send(api.scene, person, "GET", reverse("api:task", args=[task.pk]))
            if answer.status_code == 404:
                continue
            offered = {row["action"] for row in json.loads(answer.content)["actions"]}
            assert offered == {row.action for row in allowed_transitions(user, task)}, (person, state)


def test_the_description_names_every_move() -> None:
    assert {row.action for row in TASK_TRANSITIONS} == set(BY_ACTION)


def test_a_report_changed_meanwhile_is_not_submitted(api: Api) -> None:
    task = api.scene.tasks["active"]
    report = task.reports.get(state="draft")
    with undone():
        answer = act(api, "editor", task, "submit", report_version=report.version + 1)
        assert answer.status_code == 412
        assert act(api, "editor", task, "submit", report_version=report.version).status_code == 200


@pytest.mark.parametrize(("row", "other"), [(SUBMIT, TO_HEAD), (TO_HEAD, SUBMIT)], ids=name_of)
def test_a_report_goes_the_way_its_unit_has_chosen(api: Api, row: Transition, other: Transition) -> None:
    task = api.scene.tasks["active"]
    with undone():
        prepare(api.scene, other)
        for person, status in (("editor", 409), ("office", 403), ("other_editor", 404)):
            assert act(api, person, task, row.action).status_code == status, person
        assert act(api, "editor", task, other.action).status_code == 200


def test_a_field_that_a_move_does_not_read_is_refused(api: Api) -> None:
    task = api.scene.tasks["assigned"]
    answer = act(api, "editor", task, "sign", lead=1)
    assert answer.status_code == 400
    assert problem_of(answer)["errors"] == [{"field": "lead", "message": "这项操作不用填写此项。"}]


@pytest.mark.parametrize(
    "data",
    [
        {"reason": 1.5e400},
        {"reason": None},
        {"reason": ["a"]},
        {"reason": "\x00"},
        {"reason": "\ud800"},
        {"reason": "长" * 8001},
        {"reason": "长" * 2001},
        {"version": 1},
        {"report_version": 10**30},
        {"report_version": "x"},
        ["reason"],
        "reason",
        None,
    ],
    ids=str,
)
def test_a_body_that_means_nothing_is_refused(api: Api, data: Any) -> None:
    task = api.scene.tasks["reported"]
    address = reverse("api:task-act", kwargs={"pk": task.pk, "action": "return"})
    body = json.dumps(data)
    answer = send(api.scene, "office", "POST", address, body, If_Match=tag(task))
    assert answer.status_code in (400, 422), answer.content.decode()
    problem_of(answer)
