"""Sample objects for tests that walk over all pages: plans, tasks and letters in their states, made by the services."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from audit.models import Entry
from core import clock
from evidence.models import File
from evidence.previews import make_preview
from evidence.services import attach_file
from notifications.models import OutboxMail
from notifications.services import notify
from reminders.models import Reminder, ReminderRule
from responsibility.models import KeywordRule, Unit
from supervision.models import Letter
from tasks.models import Plan, Task
from tasks.services.moves import close_task, request_close, sign_task
from tasks.services.obstacles import ObstacleDraft, raise_obstacle
from tasks.services.on_behalf import entered_draft, save_draft_for_unit
from tasks.services.printing import ask_for_form
from tasks.services.reporting import ReportDraft, pass_report, return_report, save_draft, submit_report
from tasks.services.requests import ask_extension, propose_adjustment
from tests.county import County, client_of, make_county, make_plan, make_task
from tests.evidence.hostile import picture
from tests.plan_drafts import assigned_draft
from tests.supervision.letters import letter_in

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NOON = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
LETTER_STATES = [state for state in Letter.State.values if state != Letter.State.VOID]
# A task under way whose figures are all in, for the moves that close it.
COMPLETE = "complete"
ANONYMOUS = "anonymous"
# Each has a module of its own, scene_<part>.py.
PARTS = ("consultations", "api", "responsibility", "hazards", "drills", "directives", "reports", "nodes")
S = Task.State


@dataclass
class Scene:
    """The county and one object of each kind and state, by the names used in `url_roles.py`."""

    county: County
    plan: Plan
    tasks: dict[str, Task] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)
    # Arguments of the address, and what is posted there, by sample.
    samples: dict[str, dict[str, Any]] = field(default_factory=dict)
    posted: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Session keys and tokens by person.
    sessions: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        """Return a client with the session of the person, or an anonymous one; errors of views become 500."""
        client = Client(raise_request_exception=False)
        if name != ANONYMOUS:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[name]
        return client


# Alike for the permissions: one of each pair stands in the tables.
TWINS = {"second_office": "office", "second_editor": "editor"}


def draft_report(county: County, task: Task, value: str) -> None:
    """Sign if needed, and draft a report with one piece of evidence."""
    if task.state == S.ASSIGNED:
        sign_task(actor=county.editor, task_id=task.pk)
    values = {target.pk: Decimal(value) for target in task.targets.all()}
    texts = {"actions_taken": "组织演练"}
    draft = save_draft(actor=county.editor, task_id=task.pk, draft=ReportDraft(values=values, texts=texts))
    upload = SimpleUploadedFile("演练.pdf", PDF + f"{task.pk} {value}".encode())
    attach_file(actor=county.editor, owner=draft, upload=upload)


def enter_for_unit(county: County, task: Task, value: str = "40") -> None:
    """Have the office draft a report for the unit, with its stamped paper."""
    if entered_draft(task):
        return
    draft = ReportDraft({target.pk: Decimal(value) for target in task.targets.all()}, texts={"actions_taken": "演练"})
    report = save_draft_for_unit(actor=county.office, task_id=task.pk, draft=draft, reason="网络中断，已送纸质表")
    paper = SimpleUploadedFile("盖章报送表.pdf", PDF + f"{task.pk} {value} paper".encode())
    attach_file(actor=county.office, owner=report, upload=paper)


def _report(county: County, task: Task, value: str) -> None:
    draft_report(county, task, value)
    submit_report(actor=county.editor, task_id=task.pk)


def _with_head(unit: Unit, act: Callable[[], None]) -> None:
    """Act while the unit wants its head to agree before a report leaves it."""
    Unit.objects.filter(pk=unit.pk).update(head_reviews=True)
    act()
    Unit.objects.filter(pk=unit.pk).update(head_reviews=False)


def task_in(state: str, county: County, plan: Plan, number: int, **extra: Any) -> Task:
    """Return a task of 县应急管理局, supported by 河口镇, brought to `state`."""
    task = make_task(plan, county.units["YJ"], number, supports=(county.units["Z1"],), **extra)
    if state in (S.REPORTED, S.RETURNED, S.CLOSING, S.CLOSED, COMPLETE):
        _report(county, task, "100" if state in (S.REPORTED, S.RETURNED) else "400")
    elif state == S.ACTIVE:
        sign_task(actor=county.editor, task_id=task.pk)
    elif state == S.ADJUSTING:
        propose_adjustment(actor=county.editor, task_id=task.pk, reason="不属本单位职责")
    elif state == S.ENDORSING:
        _with_head(county.units["YJ"], lambda: _report(county, task, "100"))
    if state == S.RETURNED:
        return_report(actor=county.office, task_id=task.pk, reason="材料不全")
    if state in (S.CLOSING, S.CLOSED, COMPLETE):
        pass_report(actor=county.office, task_id=task.pk)
    if state in (S.CLOSING, S.CLOSED):
        request_close(actor=county.editor, task_id=task.pk, reason="全部完成")
    if state == S.CLOSED:
        close_task(actor=county.office, task_id=task.pk, reason="同意")
    task.refresh_from_db()
    return task


def make_scene() -> Scene:
    """Create everything at the frozen moment."""
    county = make_county()
    scene = Scene(county, make_plan(county))
    for number, state in enumerate([*S.values, COMPLETE], 1):
        scene.tasks[state] = task_in(state, county, scene.plan, number)
    late = date(2026, 4, 30)
    for number, state in enumerate(LETTER_STATES, 21):
        task = make_task(scene.plan, county.units["YJ"], number, title=f"逾期{number}", due_on=late, target=None)
        scene.letters[state] = letter_in(state, county, [task])
    draft = assigned_draft(county.office, county.units["YJ"])
    rule = KeywordRule.objects.create(keywords="燃气", unit=county.units["ZJ"], reason="主管部门")
    notify(recipients=county.people.values(), title="请知悉", path="/tasks/work/", key="scene")
    file = scene.tasks[S.REPORTED].reports.get().pk
    item = draft.items.order_by("start").first()
    assert item is not None
    unit, post = county.units["YJ"], county.editor.memberships.get()
    alias = unit.aliases.get()
    group = Unit.objects.create(code="QT", name="各镇", short_name="各镇", kind=Unit.Kind.GROUP)
    scene.samples = {
        "": {},
        "supported": {"pk": _supported(scene).pk},
        "heic": {"uid": _telephone_picture(scene)},
        "printed": {"pk": ask_for_form(actor=county.editor, task_id=scene.tasks[S.ACTIVE].pk, filled=False).pk},
        "file": {"uid": _file_uid(file)},
        "plan": {"pk": scene.plan.pk},
        "plan draft": {"pk": draft.pk},
        "item": {"pk": draft.pk, "item_pk": item.pk},
        "plan section": {"pk": draft.pk, "section_pk": draft.sections.order_by("pk")[0].pk},
        "message": {"pk": county.editor.notifications.get(key="scene").pk},
        "unit": {"pk": unit.pk},
        "group": {"pk": group.pk},
        "alias": {"pk": unit.pk, "alias_id": alias.pk},
        "mail": {"pk": OutboxMail.objects.latest("pk").pk},
        "entry": {"pk": Entry.objects.latest("pk").pk},
        "reminder rule": {"pk": ReminderRule.objects.earliest("pk").pk},
        "reminder": {"pk": _remind(scene).pk},
        "person": {"pk": county.editor.pk},
        "post": {"pk": post.pk},
        "rule": {"pk": rule.pk},
        "review": {"pk": scene.tasks[S.REPORTED].pk, "action": "pass"},
        "bulk": {"key": "deadline"},
        "indicator": {"pk": scene.tasks[S.ACTIVE].targets.get().pk},
        "target": {"target_pk": scene.tasks[S.ACTIVE].targets.get().pk},
        "move": {"pk": scene.tasks[S.ASSIGNED].pk, "action": "sign"},
        "letter move": {"pk": scene.letters[Letter.State.ISSUED].pk, "action": "receive"},
    }
    scene.posted = {
        "review": {"version": scene.tasks[S.REPORTED].version, "reason": "同意"},
        "bulk": {"task": f"{scene.tasks[S.ACTIVE].pk}:{scene.tasks[S.ACTIVE].version}"},
        "target": {"version": scene.tasks[S.ACTIVE].version, "ledger": "", "reason": "仍由人工填报"},
        "move": {"version": scene.tasks[S.ASSIGNED].version},
        "letter move": {"version": scene.letters[Letter.State.ISSUED].version},
        "flag": {"resolve": draft.flags.first().pk},  # type: ignore[union-attr]
    }
    for name, person in county.people.items():
        scene.sessions[name] = client_of(person).cookies[settings.SESSION_COOKIE_NAME].value
    _ask_for_things(scene)
    scene.samples["flag"] = {"pk": draft.pk}
    scene.samples |= {f"task {state}": {"pk": task.pk} for state, task in scene.tasks.items()}
    scene.samples |= {f"letter {state}": {"pk": letter.pk} for state, letter in scene.letters.items()}
    for part in PARTS:
        import_module(f"tests.meta.scene_{part}").add_to(scene)
    return scene


def _ask_for_things(scene: Scene) -> None:
    """An extension and an obstacle that wait for the office, on tasks of their own."""
    county, day = scene.county, date(2027, 1, 31)
    late, stuck = (task_in(S.ACTIVE, county, scene.plan, number) for number in (41, 42))
    request = ask_extension(
        actor=county.editor, task_id=late.pk, reason="材料未到", progress="已过半", proposed_due_on=day
    )
    draft = ObstacleDraft("资金未到位", "已多次衔接", "县财政局", date(2026, 6, 1))
    obstacle = raise_obstacle(actor=county.editor, task_id=stuck.pk, draft=draft)
    scene.samples |= {"extension": {"pk": request.pk}, "obstacle": {"pk": obstacle.pk}}


def _remind(scene: Scene) -> Reminder:
    row = scene.tasks[S.ACTIVE]
    return Reminder.objects.create(
        rule=ReminderRule.objects.earliest("pk"),
        task=row,
        recipient=scene.county.editor,
        due_on=row.due_on,
        sent_on=clock.today(),
    )


def _supported(scene: Scene) -> Task:
    """A task under way in which 县住建局 has a matter of its own."""
    task = task_in(S.ACTIVE, scene.county, scene.plan, 44)
    task.supports.create(unit=scene.county.units["ZJ"], role="提供在建工地名单")
    return task


def _telephone_picture(scene: Scene) -> Any:
    """A picture of a telephone in a draft of a task of its own, shown by its preview."""
    county, task = scene.county, task_in(S.ACTIVE, scene.county, scene.plan, 43)
    draft = save_draft(actor=county.editor, task_id=task.pk, draft=ReportDraft(texts={"actions_taken": "补充照片"}))
    upload = SimpleUploadedFile("IMG_1.HEIC", picture("HEIF"))
    row = attach_file(actor=county.editor, owner=draft, upload=upload)
    make_preview(row.pk)
    return row.uid


def _file_uid(report_id: int) -> Any:
    return File.objects.get(owner_type="tasks.progressreport", owner_id=report_id).uid


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any, valkey: None) -> Iterator[Scene]:
    """Make the scene once for a module; tests undo their own changes (mark them `django_db`), the module the scene."""
    with django_db_blocker.unblock(), time_machine.travel(NOON, tick=False), transaction.atomic():
        yield make_scene()
        transaction.set_rollback(True)
