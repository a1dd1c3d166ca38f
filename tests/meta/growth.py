"""Thirty more of everything in the scene, for tests that ask what a page does when there is much to show."""

from importlib import import_module

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
from tests.supervision.letters import letter_in

MORE = 30


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
