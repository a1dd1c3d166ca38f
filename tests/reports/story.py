"""Half a year of a small county, lived through by the services; every figure of its reports was counted by hand.

At the end of March 2026: five tasks, of which one is closed, one green (reported on the last day, waiting), one grey,
one yellow and one overdue. In April the overdue one is done and closed, which must never show in the first quarter.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from evidence.services import attach_file
from reports.models import Report
from reports.quarters import Quarter
from reports.services.drafting import make_report
from reports.services.freezing import freeze_report
from responsibility.models import Role, Unit
from supervision.models import Letter
from supervision.services.replying import close_letter, receive_letter
from tasks.models import Plan, PlanSection, Task
from tasks.services.changes import recompute_lamps
from tasks.services.moves import close_task, request_close, sign_task
from tasks.services.reporting import ReportDraft, pass_report, save_draft, submit_report
from tests.county import County, make_task, make_user
from tests.supervision.letters import answer, cover, draft_of, issue

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)
PROBLEM = "缺少资金，设备未到位。"


def on(month: int, day: int, hour: int = 2) -> Any:
    """Freeze the clock in 2026 (10 o'clock in the county)."""
    return time_machine.travel(datetime(2026, month, day, hour, tzinfo=UTC), tick=False)


def report(
    editor: User, task: Task, value: str = "", percent: str = "", problems: str = "", results: str = "有成效"
) -> None:
    """Report progress as the unit's editor, with one piece of evidence."""
    values = {target.pk: Decimal(value) for target in task.targets.all()} if value else {}
    texts = {"actions_taken": "组织实施", "results": results, "problems": problems}
    written = ReportDraft(values=values, percent=Decimal(percent) if percent else None, texts=texts)
    draft = save_draft(actor=editor, task_id=task.pk, draft=written)
    attach_file(actor=editor, owner=draft, upload=SimpleUploadedFile("a.pdf", PDF + str(draft.pk).encode()))
    submit_report(actor=editor, task_id=task.pk)


@dataclass
class Story:
    """The county, its tasks by number and its letters by the unit they went to."""

    county: County
    plan: Plan
    tasks: dict[int, Task]
    fire: User
    letters: dict[str, Letter]

    @property
    def units(self) -> dict[str, Unit]:
        """Units by code."""
        return self.county.units


def _tasks(county: County, plan: Plan) -> dict[int, Task]:
    unit = county.units
    second = PlanSection.objects.create(
        plan=plan, number=2, marker="二、", title="整治隐患，守住底线", start=20, end=40
    )
    made = {
        1: make_task(plan, unit["YJ"], 1, title="修订预案", due_on=date(2026, 3, 31)),
        2: make_task(plan, unit["YJ"], 2, title="开展演练"),
        3: make_task(plan, unit["ZJ"], 3, title="整治燃气", due_on=date(2026, 3, 15), target=None),
        4: make_task(
            plan,
            unit["ZJ"],
            4,
            title="排查房屋",
            starts_on=date(2026, 3, 25),
            due_on=date(2026, 6, 30),
            target=("死亡人数", "<=", "0", "人"),
        ),
        5: make_task(plan, unit["XF"], 5, title="巡查小场所", target=None),
    }
    for number in (3, 4, 5):
        made[number].section = second
        made[number].save(update_fields=["section"])
    return made


def _letter(county: County, task: Task, due: date, day: tuple[int, int]) -> Letter:
    with on(*day):
        letter = draft_of(county, [task], kind=Letter.Kind.REMINDER, cover=cover(reply_due_on=due))
        return issue(letter, county.leader)


def make_story(county: County, plan: Plan) -> Story:
    """Live through January to March; `live_on` goes on to June."""
    plan.published_at = datetime(2026, 1, 5, 1, tzinfo=UTC)
    plan.save(update_fields=["published_at"])
    fire = make_user("fire", "消小防", county.units["XF"], Role.EDITOR)
    editors = {1: county.editor, 2: county.editor, 3: county.other_editor, 4: county.other_editor, 5: fire}
    with on(1, 5):
        tasks = _tasks(county, plan)
    with on(2, 1):
        for number in (1, 2, 3, 5):
            sign_task(actor=editors[number], task_id=tasks[number].pk)
    with on(3, 10):
        report(fire, tasks[5], percent="10", problems=PROBLEM)
    letters = {"YJ": _letter(county, tasks[2], date(2026, 3, 20), (3, 10))}
    with on(3, 11):
        pass_report(actor=county.office, task_id=tasks[5].pk)
        receive_letter(actor=county.editor, letter_id=letters["YJ"].pk)
    with on(3, 12):
        answer(letters["YJ"], county.editor)
    with on(3, 13):
        close_letter(actor=county.office, letter_id=letters["YJ"].pk, comment="同意")
    letters["ZJ"] = _letter(county, tasks[3], date(2026, 3, 25), (3, 18))
    with on(3, 19):
        receive_letter(actor=county.other_editor, letter_id=letters["ZJ"].pk)
    with on(3, 20):
        report(county.editor, tasks[1], "400", problems="无。")
    with on(3, 21):
        pass_report(actor=county.office, task_id=tasks[1].pk)
        request_close(actor=county.editor, task_id=tasks[1].pk, reason="完成")
    with on(3, 25):
        close_task(actor=county.office, task_id=tasks[1].pk, reason="同意")
    with on(3, 31, 1):
        recompute_lamps()
    with on(3, 31):
        report(county.editor, tasks[2], "100")
    return Story(county, plan, tasks, fire, letters)


def live_on(story: Story) -> None:
    """What happens from April to June: none of it may show in the report of the first quarter."""
    county, tasks = story.county, story.tasks
    with on(4, 1, 1):
        recompute_lamps()
    with on(4, 2):
        pass_report(actor=county.office, task_id=tasks[2].pk)
    with on(4, 3):
        answer(story.letters["ZJ"], county.other_editor)
    with on(4, 10):
        report(county.other_editor, tasks[3], percent="100", problems="已整改，仍需巩固。")
    with on(4, 11):
        pass_report(actor=county.office, task_id=tasks[3].pk)
        request_close(actor=county.other_editor, task_id=tasks[3].pk, reason="完成")
    with on(4, 20):
        close_task(actor=county.office, task_id=tasks[3].pk, reason="同意")
    with on(6, 30, 1):
        recompute_lamps()


@pytest.fixture
def story(county: County, plan: Plan) -> Story:
    """The county at the end of March 2026."""
    return make_story(county, plan)


@pytest.fixture
def later(story: Story) -> Story:
    """The county at the end of June 2026."""
    live_on(story)
    return story


def drafted(story: Story, quarter: Quarter = Q1, day: tuple[int, int] = (4, 7)) -> Report:
    """Draft a report as the office."""
    with on(*day):
        return make_report(actor=story.county.office, quarter=quarter)[0]


def frozen(story: Story, quarter: Quarter = Q1, day: tuple[int, int] = (4, 8), **extra: Any) -> Report:
    """Draft a report and have the leader issue it."""
    made = drafted(story, quarter, day)
    with on(*day):
        return freeze_report(
            actor=story.county.leader, report_id=made.pk, signatory="冀立夏", acknowledged=True, **extra
        )
