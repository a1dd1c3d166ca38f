"""A county's years of work as rows: plans, tasks, reports, changes, audit entries, files and messages.

The rows are written in bulk and look as the services would have left them; nothing here is meant to be read by people.
"""

from datetime import date, timedelta
from decimal import Decimal

from accounts.models import User
from benchmarks.rounds import write_rounds
from core import clock
from responsibility.models import Unit
from safetyplan.demo.county import People
from tasks.models import Plan, PlanItem, PlanSection, Task, TaskSupport, TaskTarget
from tasks.services.changes import recompute_lamps

BATCH = 2_000
SECTIONS = 8
S = Task.State
STATES = (S.ACTIVE, S.REPORTED, S.RETURNED, S.ASSIGNED, S.ACTIVE, S.CLOSING, S.ENDORSING, S.ACTIVE)
TEXT = "组织开展隐患排查，对重点单位逐一检查，督促问题整改到位，完成年度检查任务不少于一百家次。"
PLACES = [
    "消防",
    "燃气",
    "道路交通",
    "建筑施工",
    "危险化学品",
    "矿山",
    "森林防火",
    "防汛",
    "地质灾害",
    "校园",
    "医院",
    "养老机构",
]
WORKS = ["隐患排查整治", "应急演练", "宣传培训", "执法检查", "预案修订", "物资储备", "值班值守", "专项督查"]


def fill_year(people: People, year: int, tasks: int, *, reports: bool = True) -> list[Task]:
    """Write one published year.

    Args:
        people: the county.
        year: of the plan; everything of a past year is closed.
        tasks: how many.
        reports: also the monthly reports and everything that comes with them; else tasks only.
    """
    office = User.objects.get(username="anwei")
    units = [unit for unit in people.units.values() if unit.kind in (Unit.Kind.GOVERNMENT, Unit.Kind.TOWNSHIP)]
    rows = _write_tasks(_plan(year, office), units, tasks, past=year < clock.today().year)
    if reports:
        write_rounds(rows, office)
        _write_supports(rows, units)
    recompute_lamps([task.pk for task in rows if task.state != Task.State.CLOSED])
    return rows


def _plan(year: int, office: User) -> Plan:
    plan = Plan.objects.create(
        year=year,
        title=f"{year}年全县安全生产和防灾减灾救灾工作要点",
        state=Plan.State.PUBLISHED,
        report_every=Plan.Every.MONTH,
        source_text=TEXT,
        created_by=office,
        published_by=office,
        published_at=clock.now(),
        issued_on=date(year, 1, 5),
    )
    for number in range(1, SECTIONS + 1):
        PlanSection.objects.create(
            plan=plan, number=number, marker=f"第{number}章", title=PLACES[number], start=0, end=5
        )
    return plan


def _write_tasks(plan: Plan, units: list[Unit], count: int, *, past: bool) -> list[Task]:
    sections = list(plan.sections.all())
    items = PlanItem.objects.bulk_create(
        (
            PlanItem(
                plan=plan,
                section=sections[number % SECTIONS],
                place=f"{number:06d}",
                number=number % 30_000 + 1,
                marker=f"{number}.",
                title=_title(number),
                start=0,
                end=len(TEXT),
            )
            for number in range(count)
        ),
        batch_size=BATCH,
    )
    first, tasks = date(plan.year, 1, 1), []
    last_month = clock.today() - timedelta(days=30)
    for number, item in enumerate(items):
        due_on = first + timedelta(days=59 + number % 306)
        tasks.append(
            Task(
                plan=plan,
                item=item,
                section=item.section,
                code=f"{plan.year}-{number + 1:03d}",
                title=item.title,
                source_text=TEXT,
                lead=units[number % len(units)],
                starts_on=first,
                due_on=due_on,
                original_due_on=due_on,
                # So that every unit has tasks in every state.
                state=Task.State.CLOSED if past else STATES[number // len(units) % len(STATES)],
                closed_on=due_on if past else None,
                completed_on=due_on if past else None,
                verified_percent=Decimal(100 if past else number % 100),
                reported_percent=Decimal(100 if past else number % 100),
                submitted_on=due_on if past else last_month,
                lamp=Task.Lamp.BLUE if past else Task.Lamp.GREY,
                lamp_reason=f"已于{due_on:%Y-%m-%d}销号。",
                lamp_on=due_on,
            )
        )
    rows = Task.objects.bulk_create(tasks, batch_size=BATCH)
    TaskTarget.objects.bulk_create(
        (
            TaskTarget(task=task, phrase="不少于一百家次", metric="检查家次", operator=">=", value=100, unit="家次")
            for task in rows
        ),
        batch_size=BATCH,
    )
    return rows


def _title(number: int) -> str:
    return f"开展{PLACES[number % len(PLACES)]}{WORKS[number // len(PLACES) % len(WORKS)]}（第{number + 1}项）"


def _write_supports(tasks: list[Task], units: list[Unit]) -> None:
    TaskSupport.objects.bulk_create(
        (
            TaskSupport(task=task, unit=units[(number + step) % len(units)])
            for number, task in enumerate(tasks)
            for step in (1, 7)
        ),
        batch_size=BATCH,
    )
