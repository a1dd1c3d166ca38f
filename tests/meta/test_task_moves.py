"""Each row of the task's transition table over HTTP: who may, who may not, from which states, and what is recorded."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import Entry
from responsibility.models import Unit
from tasks.models import Task, TaskChange
from tasks.permissions import allowed_transitions
from tasks.transitions import BY_ACTION, HEAD, LEAD, OFFICE, REPORT_FOR, SUBMIT, TASK_TRANSITIONS, TO_HEAD, Transition
from tasks.views.detail import SERVICES
from tests.meta.page_forms import PageForm, forms_of
from tests.meta.scene import PDF, Scene

pytestmark = pytest.mark.django_db
S = Task.State
ROWS = [(row, source) for row in TASK_TRANSITIONS for source in row.sources]
WRONG = [(row, state) for row in TASK_TRANSITIONS for state in S.values if state not in row.sources]
PLAYERS = {LEAD: {"editor", "second_editor"}, HEAD: {"head"}, OFFICE: {"office", "second_office"}}
# By the form of the report, in a unit whose head agrees first, and in one that submits by itself.
BY_REPORT = (SUBMIT, TO_HEAD)
# Handed in on a form of their own.
BY_FORM = (*BY_REPORT, REPORT_FOR)
# Who sees the task at all: the county's readers, the lead unit, and nobody of the supporting unit has an account here.
READERS = {"office", "second_office", "leader", "auditor", "editor", "second_editor", "head"}
JUDGED = {"pass", "return"}
COMPLETE = {"request_close", "close_directly"}
REASON = "经核对，情况属实。"


def name_of(value: Any) -> str:
    return value.action if isinstance(value, Transition) else str(value)


def task_for(scene: Scene, row: Transition, state: str) -> Task:
    """Return the task in this state that the move finds in order: closing wants one that is complete."""
    return scene.tasks["complete" if row.action in COMPLETE and state == S.ACTIVE else state]


def actor_of(row: Transition) -> str:
    return {LEAD: "editor", HEAD: "head"}.get(row.who, "second_office")


def typed_into(scene: Scene, row: Transition) -> dict[str, str]:
    """Return what the move's form asks for besides the reason."""
    return {"lead": str(scene.county.units["ZJ"].pk)} if row.asks in ("decision", "lead") else {}


def prepare(scene: Scene, row: Transition) -> None:
    """Let the unit submit the way the move is about."""
    Unit.objects.filter(pk=scene.county.units["YJ"].pk).update(head_reviews=row == TO_HEAD)


def form_page(row: Transition, task: Task) -> str:
    """Return the address of the form on which the task's progress is handed in this way."""
    return reverse("tasks:report_for" if row == REPORT_FOR else "tasks:report", args=[task.pk])


def forms_about(scene: Scene, task: Task, person: str) -> list[PageForm]:
    """Return the forms of the task's page and of the review queue opened at it."""
    client = scene.client(person)
    found = forms_of(client.get(reverse("tasks:detail", args=[task.pk])).content.decode())
    review = client.get(reverse("tasks:reviews"), {"task": task.pk})
    return found + (forms_of(review.content.decode()) if review.status_code == 200 else [])


def drawn(
    scene: Scene, row: Transition, task: Task, person: str, about: list[PageForm] | None = None
) -> list[PageForm]:
    """Return the forms that make this move, on the pages of the task; `about`: its forms, where they were read."""
    client = scene.client(person)
    prepare(scene, row)
    if row in BY_FORM:
        page = client.get(form_page(row, task))
        forms = forms_of(page.content.decode()) if page.status_code == 200 else []
        return [form for form in forms if ("submit", "1") in form.buttons]
    ways = {reverse("tasks:act", args=[task.pk, row.action]), reverse("tasks:review_act", args=[task.pk, row.action])}
    found = forms_about(scene, task, person) if about is None else about
    # The queue's forms carry behind the question mark what comes next in it.
    return [form for form in found if form.action.partition("?")[0] in ways]


def make(scene: Scene, row: Transition, task: Task, person: str, **changes: str) -> Any:
    """Send the form of the move, drawn or not."""
    prepare(scene, row)
    if row in BY_FORM:
        report = task.reports.filter(state="draft").first() if row in BY_REPORT else None
        data = {"version": str(report.version if report else 0), "actions_taken": "组织演练", "percent": "10"}
        data |= {f"value_{target.pk}": "40" for target in task.targets.all()} | {"submit": "1", "reason": REASON}
        address = form_page(row, task)
    else:
        data = {"version": str(task.version), "reason": REASON} | typed_into(scene, row)
        # Reports are judged on the page of reviews, which only the office has.
        page = "tasks:review_act" if row.action in JUDGED and person in PLAYERS[OFFICE] else "tasks:act"
        address = reverse(page, args=[task.pk, row.action])
    return scene.client(person).post(address, data | changes)


def test_every_move_is_wired() -> None:
    assert set(SERVICES) | {row.action for row in BY_FORM} == set(BY_ACTION)
    assert len(BY_ACTION) == len(TASK_TRANSITIONS)
    reached = {S.ASSIGNED, *(row.target for row in TASK_TRANSITIONS)}
    assert reached == set(S.values), "a state nobody can bring a task to"
    assert all(any(state in row.sources for row in TASK_TRANSITIONS) for state in S.values), "a state without a way out"


@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_the_right_person_presses_the_button_and_all_of_it_is_recorded(
    scene: Scene, row: Transition, source: str
) -> None:
    task, person = task_for(scene, row, source), actor_of(row)
    forms = drawn(scene, row, task, person)
    assert forms, "the button is not drawn"
    form = forms[-1]
    typed = ({"reason": REASON} if row.needs_reason else {}) | typed_into(scene, row)
    if row in BY_FORM:
        typed |= {"submit": "1", "actions_taken": "组织演练"}
        typed |= {name: "0" for name in form.fields if name.startswith("value")}
    before = Entry.objects.count()
    address = form.action or form_page(row, task)
    # What the office enters is proved by the unit's stamped paper.
    proof = {"files": [SimpleUploadedFile("盖章报送表.pdf", PDF)]} if row == REPORT_FOR else {}
    answer = scene.client(person).post(address, form.filled(**typed) | proof)
    assert answer.status_code == 302, answer.content.decode()
    after = Task.objects.get(pk=task.pk)
    assert (after.state, after.version) == (row.target, task.version + 1)
    entry = Entry.objects.filter(action=f"task.{row.action}", object_id=str(task.pk)).latest("pk")
    assert (entry.actor, entry.reason) == (scene.county.people[person], REASON if row.needs_reason else entry.reason)
    assert Entry.objects.count() > before
    field = TaskChange.Field.STATE if source != row.target else TaskChange.Field.LEAD
    changed = TaskChange.objects.filter(task=task, field=field).latest("pk")
    if source != row.target:
        assert (changed.old, changed.new) == (S(source).label, S(row.target).label)
    assert changed.actor == scene.county.people[person]


@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_nobody_else_may(scene: Scene, row: Transition, source: str) -> None:
    task = task_for(scene, row, source)
    for person in scene.county.people.keys() - PLAYERS[row.who]:
        assert drawn(scene, row, task, person) == [], f"{person} is shown the button"
        assert make(scene, row, task, person).status_code == (403 if person in READERS else 404), person
    assert Task.objects.get(pk=task.pk).version == task.version


@pytest.mark.parametrize(("row", "state"), WRONG, ids=name_of)
def test_not_from_another_state(scene: Scene, row: Transition, state: str) -> None:
    task = task_for(scene, row, state)
    assert drawn(scene, row, task, actor_of(row)) == []
    answer = make(scene, row, task, actor_of(row))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert f"任务当前为“{S(state).label}”" in text, "says where the task stands"
    assert REASON in text or not row.needs_reason, "what was typed is lost"
    assert (Task.objects.get(pk=task.pk).state, Task.objects.get(pk=task.pk).version) == (state, task.version)


@pytest.mark.parametrize(("row", "source"), [pair for pair in ROWS if pair[0] not in BY_FORM], ids=name_of)
def test_not_with_a_page_somebody_else_has_overtaken(scene: Scene, row: Transition, source: str) -> None:
    task = task_for(scene, row, source)
    for version in (str(task.version - 1), "", "x"):
        answer = make(scene, row, task, actor_of(row), version=version)
        assert answer.status_code == 409, version
        kept = REASON in answer.content.decode()
        assert kept or not row.needs_reason, "what was typed is lost"
    assert Task.objects.get(pk=task.pk).version == task.version


@pytest.mark.parametrize(("row", "source"), [pair for pair in ROWS if pair[0].needs_reason], ids=name_of)
def test_not_without_the_reason_it_asks_for(scene: Scene, row: Transition, source: str) -> None:
    task = task_for(scene, row, source)
    for reason in ("", "  \n "):
        answer = make(scene, row, task, actor_of(row), reason=reason)
        assert answer.status_code == 409
        assert "须填写理由" in answer.content.decode()
    assert Task.objects.get(pk=task.pk).state == source


def test_the_buttons_are_what_the_table_allows(scene: Scene) -> None:
    for person, user in scene.county.people.items():
        for state, task in scene.tasks.items():
            allowed = {row.action for row in allowed_transitions(user, task)}
            about = forms_about(scene, task, person)
            moves = [row for row in TASK_TRANSITIONS if row != TO_HEAD]
            shown = {row.action for row in moves if drawn(scene, row, task, person, about)}
            # What is not complete yet shows its closing button greyed out, with the reason.
            blocked = set() if state == "complete" else COMPLETE
            assert shown == allowed - blocked, (person, state)
