"""Database queries of every page: never more than recorded, however many rows there are.

`RECORD_QUERY_COUNTS=1 pytest tests/meta/test_query_counts.py` writes query_counts.json anew after a page was meant to
change; a list may cost twelve queries, any other page twenty.
"""

import json
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from audit import trail
from core import clock
from notifications.services import notify
from reminders.models import Reminder, ReminderRule
from responsibility.models import KeywordRule, Membership, Role, Unit, UnitAlias
from supervision.models import LetterItem
from tasks.models import Plan, PlanItem, ProgressReport, ReportValue, Task
from tests.county import make_task
from tests.meta.scene import LETTER_STATES, PARTS, Scene, task_in
from tests.meta.walk import pages
from tests.supervision.letters import letter_in

pytestmark = pytest.mark.django_db
RECORD = Path(__file__).with_name("query_counts.json")
RECORDED: dict[str, int] = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
PAGES = [row for row in pages() if row.name != "evidence:download"]
LISTS = {
    "notifications:list",
    "plans:list",
    "reminders:list",
    "responsibility:audit",
    "responsibility:people",
    "responsibility:rules",
    "responsibility:units",
    "supervision:list",
    "tasks:list",
}
MORE = 30
# Other faces of the same pages: who looks, the address, and what is asked of it.
FACES = {
    "tasks:work of a unit": ("editor", "tasks:work", ""),
    "tasks:list of a unit": ("editor", "tasks:list", "per_page=100&queue=active"),
    "tasks:list filtered": ("office", "tasks:list", "per_page=100&q=开展&lamp=red&lamp=grey&state=active&lead={unit}"),
    "dashboards:overview of a unit": ("editor", "dashboards:overview", ""),
    "supervision:list filtered": ("office", "supervision:list", "per_page=100&q=关于&unit={unit}"),
    "supervision:compose of many": ("office", "supervision:compose", "{tasks}"),
    "plans:detail source": ("office", "plans:detail", "tab=source"),
    "plans:detail history": ("office", "plans:detail", "tab=history"),
}


def count(scene: Scene, person: str, address: str) -> int:
    client = scene.client(person)
    # The first request of a session may cost more; what is counted is what every further one costs.
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return len(queries)


def measure(scene: Scene) -> dict[str, int]:
    """Count the queries of every page and of its other faces."""
    found = {}
    for row in PAGES:
        query = "?per_page=100" if row.name in LISTS else ""
        address = reverse(row.name, kwargs=scene.samples[row.sample]) + query
        found[str(row)] = count(scene, row.permitted(), address)
    late = Task.objects.filter(due_on__lt=clock.today()).values_list("pk", flat=True)
    words = {"unit": scene.county.units["YJ"].pk, "tasks": "&".join(f"task={pk}" for pk in late)}
    for face, (person, name, query) in FACES.items():
        kwargs = scene.samples["plan"] if name == "plans:detail" else {}
        found[face] = count(scene, person, f"{reverse(name, kwargs=kwargs)}?{query.format(**words)}")
    return found


def grow(scene: Scene) -> None:
    """Add thirty of everything, and thirty lines to what the sample pages show."""
    county, plan = scene.county, scene.plan
    unit, editor = county.units["YJ"], county.editor
    states = [*Task.State.values] * 5
    for number, state in enumerate(states, 100):
        task_in(state, county, plan, number)
    for number in range(200, 200 + MORE):
        task = make_task(plan, unit, number, title=f"滞后{number}", due_on=scene.letters["draft"].items.get().due_on)
        letter_in(LETTER_STATES[number % len(LETTER_STATES)], county, [task])
    for number in range(MORE):
        other = Unit.objects.create(
            code=f"X{number}", name=f"县第{number}局", short_name=f"{number}局", kind=Unit.Kind.GOVERNMENT
        )
        UnitAlias.objects.create(unit=unit, name=f"别名{number}")
        person = User.objects.create(username=f"person{number}", display_name=f"人员{number}")
        Membership.objects.create(user=person, unit=unit, role=Role.EDITOR)
        Membership.objects.create(user=editor, unit=other, role=Role.AUDITOR)
        KeywordRule.objects.create(keywords=f"词{number}", unit=other, reason="依据")
        Plan.objects.create(year=2001 + number % 20, title=f"要点{number}", source_text="一", created_by=county.office)
        notify(recipients=county.people.values(), title=f"消息{number}", path="/tasks/", key=f"more-{number}")
        for target in (editor, unit, plan, *scene.tasks.values(), *scene.letters.values()):
            trail.record(actor=editor, action="test.note", target=target, summary=f"记录{number}")
    scene_rule = ReminderRule.objects.earliest("pk")
    Reminder.objects.bulk_create(
        Reminder(rule=scene_rule, task=task, due_on=task.due_on, recipient=county.second_editor)
        for task in Task.objects.all()
    )
    _lengthen(scene)
    for part in PARTS:
        import_module(f"tests.meta.scene_{part}").grow(scene)


def _lengthen(scene: Scene) -> None:
    """Thirty rounds of reports for a task, thirty items for letters and for the draft of a plan."""
    county = scene.county
    for state in ("active", "closed"):
        task = scene.tasks[state]
        for number in range(10, 10 + MORE):
            report = ProgressReport.objects.create(
                task=task,
                round=number,
                state=ProgressReport.State.PASSED,
                created_by=county.editor,
                submitted_by=county.second_editor,
                reviewed_by=county.office,
                submitted_at=clock.now(),
                percent=10,
            )
            for target in task.targets.all():
                ReportValue.objects.create(report=report, target=target, value=number)
    others = list(Task.objects.exclude(pk__in=[task.pk for task in scene.tasks.values()])[:MORE])
    for letter in scene.letters.values():
        LetterItem.objects.bulk_create(
            LetterItem(
                letter=letter,
                task=task,
                order=order,
                title=task.title,
                due_on=task.due_on,
                days_overdue=1,
                percent=0,
                situation="滞后",
                requirement="抓紧",
            )
            for order, task in enumerate(others, 10)
        )
    draft = Plan.objects.get(pk=scene.samples["plan draft"]["pk"])
    first = draft.items.order_by("start")[0]
    for number in range(100, 100 + MORE):
        PlanItem.objects.create(
            plan=draft,
            section=first.section,
            number=number,
            marker=f"{number}.",
            title="一条",
            start=first.start,
            end=first.end,
            lead=first.lead,
            due_on=first.due_on,
        )


@pytest.fixture(scope="module")
def counts(scene: Scene) -> Iterator[dict[str, tuple[int, int]]]:
    """Queries of each page with few rows and with thirty more."""
    few = measure(scene)
    with transaction.atomic():
        grow(scene)
        many = measure(scene)
        if os.environ.get("RECORD_QUERY_COUNTS"):
            most = {name: max(few[name], many[name]) for name in sorted(few)}
            RECORD.write_text(json.dumps(most, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            RECORDED.clear()
            RECORDED.update(most)
        yield {name: (few[name], many[name]) for name in few}
        transaction.set_rollback(True)


@pytest.mark.parametrize("page", [*map(str, PAGES), *FACES])
def test_a_page_costs_no_more_than_recorded(counts: dict[str, tuple[int, int]], page: str) -> None:
    few, many = counts[page]
    assert few <= RECORDED[page]
    assert many <= RECORDED[page]
    name = page.removeprefix("GET ").partition(" ")[0]
    assert RECORDED[page] <= (12 if name in LISTS else 20)


def test_the_record_holds_the_pages_there_are() -> None:
    assert set(RECORDED) == {str(row) for row in PAGES} | set(FACES)
    assert {row.name for row in PAGES if row.name.endswith(":list")} <= LISTS
