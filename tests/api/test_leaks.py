"""Nothing of another unit comes through: not by filters, order, search or what is nested in an answer."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Q
from django.urls import reverse

from responsibility.models import Membership, Role
from supervision.models import Letter
from tasks.models import ProgressReport, Task
from tests.api.calls import Api, send, undone
from tests.api.table import ROLES, TABLE
from tests.api.test_lists import LISTS, listed, rows
from tests.county import make_task

pytestmark = pytest.mark.django_db
OWN = "住建局自己的任务"
OUTSIDERS = ("other_editor", "administrator", "enterprise", "stranger")


@pytest.fixture(autouse=True)
def _own_task(api: Api) -> Iterator[None]:
    """Give the other department a task of its own, so that its lists are not simply empty."""
    with undone():
        make_task(api.scene.plan, api.scene.county.units["ZJ"], 900, title=OWN)
        yield


def theirs(api: Api, person: str) -> set[str]:
    """Codes of the tasks that person may see: what 县住建局 leads and what it supports, nothing for the others."""
    if person != "other_editor":
        return set()
    unit = api.scene.county.units["ZJ"]
    return set(Task.objects.filter(Q(lead=unit) | Q(supports__unit=unit)).values_list("code", flat=True))


def strings(value: Any) -> Iterator[str]:
    """Yield every text in an answer, however deep."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def secrets(api: Api) -> set[str]:
    """Texts that only those who see 县应急管理局's work may read; it asks 县住建局 to support one task of the scene."""
    found: set[str] = {f"逾期{number}" for number in range(21, 30)}
    found |= set(ProgressReport.objects.values_list("actions_taken", flat=True))
    found |= set(Letter.objects.values_list("title", flat=True)) | set(Letter.objects.values_list("contact", flat=True))
    shared = theirs(api, "other_editor")
    assert len(shared) == 2
    found |= {task.code for task in Task.objects.exclude(code__in=shared)}
    return found - {""}


def codes(api: Api, person: str, **query: Any) -> set[str]:
    """Codes of the tasks on that person's list; none where there is no list for them."""
    answer = listed(api, "tasks", person, **query)
    return set() if answer.status_code == 404 else {row["code"] for row in rows(answer)["results"]}


def test_an_outsiders_lists_hold_their_own_rows_only(api: Api) -> None:
    hidden = secrets(api)
    for person in OUTSIDERS:
        for name in LISTS:
            answer = listed(api, name, person, page_size=100)
            if answer.status_code == 404:
                continue
            texts = set(strings(rows(answer)))
            if name not in ("plan-items", "plans"):
                assert texts & hidden == set(), (person, name)
    for person in OUTSIDERS:
        assert codes(api, person) == theirs(api, person), person


def test_the_ledgers_of_another_unit_are_empty(api: Api) -> None:
    """All of the scene's hazards, drills and records are 县应急管理局's."""
    for name in ("hazards", "drills", "fulfilments"):
        assert rows(listed(api, name, "editor"))["count"] > 0
        for person in ("other_editor", "administrator", "stranger"):
            answer = listed(api, name, person)
            assert answer.status_code == 404 or rows(answer)["count"] == 0, (name, person)


def test_search_and_filters_find_nothing_of_others(api: Api) -> None:
    unit, plan = api.scene.county.units["YJ"].pk, api.scene.plan
    section = plan.sections.get().pk
    queries: dict[str, tuple[dict[str, Any], ...]] = {
        "tasks": (
            {"q": "逾期"}, {"q": "2026-01"}, {"q": "应急"}, {"lead": unit}, {"lamp": "red", "state": "active"},
            {"queue": "returned"}, {"queue": "support"}, {"part": "lead", "q": "逾期"}, {"overdue": 1},
            {"unreported": 1, "lead": unit}, {"section": section, "state": "returned"}, {"due_to": "2026-05-01"},
        ),
        "letters": ({"q": "关于"}, {"q": "清安办函"}, {"state": "issued"}, {"kind": "urging"}),
        "reports": ({"q": "2026"}, {"state": "submitted"}, {"lead": unit}),
        "task-requests": ({"kind": "extend"}, {"state": "open"}),
        "obstacles": ({"solved": 0},),
        "task-nodes": ({"q": "季度"}, {"kind": "occurrence"}, {"standing": "open"}, {"lead": unit}),
    }  # fmt: skip
    for name, known in queries.items():
        for query in known:
            assert rows(listed(api, name, "office", **query))["count"] > 0 or "queue" in query or "part" in query, query
            for person in OUTSIDERS:
                answer = rows(listed(api, name, person, **query))
                known_to = theirs(api, person) if name == "tasks" else set()
                assert {row.get("code", row["id"]) for row in answer["results"]} <= known_to, (person, name, query)
                assert answer["count"] == len(answer["results"])


def test_the_key_of_something_hidden_is_no_better_than_one_that_is_none(api: Api) -> None:
    scene = api.scene
    keys = (
        ("reports", "task", scene.tasks["active"].pk),
        ("task-requests", "task", scene.tasks["active"].pk),
        ("obstacles", "task", scene.tasks["active"].pk),
        ("task-nodes", "task", scene.tasks["active"].pk),
        ("letters", "unit", scene.county.units["YJ"].pk),
        ("plan-items", "plan", scene.samples["plan draft"]["pk"]),
    )
    for name, parameter, key in keys:
        for person in OUTSIDERS:
            ways = [listed(api, name, person, **{parameter: each}) for each in (key, 10**9)]
            assert ways[0].status_code == ways[1].status_code, (name, person)
            assert ways[0].content == ways[1].content, (name, person)


def test_order_tells_nothing(api: Api) -> None:
    for person in OUTSIDERS:
        for key in ("lead", "due_on", "-verified_percent", "submitted_on"):
            assert codes(api, person, ordering=key) == theirs(api, person), (person, key)


def test_an_item_names_its_task_to_those_who_see_it(api: Api) -> None:
    address = reverse("api:plan-item", args=[api.scene.tasks["assigned"].item_id])
    found = {person: json.loads(send(api.scene, person, "GET", address).content)["task"] for person in ROLES[:6]}
    task = api.scene.tasks["assigned"].pk
    assert found == dict.fromkeys(ROLES[:6], task) | {"other_editor": None}


def test_a_supporting_unit_sees_the_task_but_no_draft(api: Api) -> None:
    editor = api.scene.county.other_editor
    Membership.objects.create(user=editor, unit=api.scene.county.units["Z1"], role=Role.EDITOR)
    task = api.scene.tasks["active"]
    shown = json.loads(send(api.scene, "other_editor", "GET", reverse("api:task", args=[task.pk])).content)
    assert (shown["code"], shown["open_report"]) == (task.code, None)
    draft = task.reports.get(state="draft")
    assert send(api.scene, "other_editor", "GET", reverse("api:report", args=[draft.pk])).status_code == 404
    assert draft.pk not in [row["id"] for row in rows(listed(api, "reports", "other_editor"))["results"]]


def test_a_stranger_is_shown_no_object_at_all(api: Api) -> None:
    for method, name, sample, _ in TABLE:
        if method != "GET" or name in ("docs", "schema", "index", "me", "metrics", "metric"):
            continue
        answer = api.call("stranger", "GET", name, sample)
        if answer.status_code == 200:
            assert rows(answer)["results"] == [], name
        else:
            assert answer.status_code == 404, name
