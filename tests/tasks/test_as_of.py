"""Tasks as they stood on a past day: the story of one task by hand, and a random year compared day by day."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import today
from core.errors import UserError
from evidence.services import attach_file
from tasks.as_of import PlanHistory, TaskSnapshot
from tasks.models import Plan, Task, TaskChange
from tasks.services.changes import note_change, recompute_lamps
from tasks.services.moves import close_task, refuse_close, reopen_task, request_close, sign_task
from tasks.services.reporting import (
    ReportDraft,
    open_report,
    pass_report,
    return_report,
    save_draft,
    submit_report,
    withdraw_report,
)
from tests.county import County, make_task

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def on(day: date, hour: int = 2) -> Any:
    """Freeze the clock on the day (10 o'clock in the county)."""
    return time_machine.travel(datetime(day.year, day.month, day.day, hour, tzinfo=UTC), tick=False)


def report(county: County, task: Task, value: str, percent: str = "") -> None:
    values = {target.pk: Decimal(value) for target in task.targets.all()}
    written = ReportDraft(values=values, percent=Decimal(percent or "10"), texts={"actions_taken": "组织"})
    kept = open_report(task)
    draft = save_draft(
        actor=county.editor, task_id=task.pk, draft=written, expected_version=kept.version if kept else None
    )
    if kept is None:
        attach_file(actor=county.editor, owner=draft, upload=SimpleUploadedFile("a.pdf", PDF + str(draft.pk).encode()))
    submit_report(actor=county.editor, task_id=task.pk)


def one(plan: Plan, day: date) -> TaskSnapshot:
    (snapshot,) = PlanHistory(plan).tasks_on(day)
    return snapshot


@pytest.fixture
def story(county: County, plan: Plan) -> Task:
    """A task due on 30 June: reported 100 of 400 in March, passed in April; finished and closed late in July."""
    with on(date(2026, 1, 5)):
        task = make_task(plan, county.units["YJ"], due_on=date(2026, 6, 30))
    with on(date(2026, 2, 1)):
        sign_task(actor=county.editor, task_id=task.pk)
    with on(date(2026, 3, 31)):
        report(county, task, "100")
    with on(date(2026, 4, 2)):
        pass_report(actor=county.office, task_id=task.pk)
    with on(date(2026, 7, 1)):
        recompute_lamps()
    with on(date(2026, 7, 20)):
        report(county, task, "400")
    with on(date(2026, 7, 21)):
        pass_report(actor=county.office, task_id=task.pk)
    with on(date(2026, 7, 22)):
        request_close(actor=county.editor, task_id=task.pk, reason="完成")
    with on(date(2026, 7, 25)):
        close_task(actor=county.office, task_id=task.pk, reason="同意")
    return task


@pytest.mark.parametrize(
    ("day", "state", "lamp", "percent", "overdue", "complete", "value"),
    [
        (date(2026, 1, 31), "assigned", "grey", "0", False, False, None),
        (date(2026, 2, 1), "active", "yellow", "0", False, False, None),
        (date(2026, 3, 30), "active", "yellow", "0", False, False, None),
        # Reported on the quarter's last day, passed in the next quarter.
        (date(2026, 3, 31), "reported", "yellow", "25", False, False, "100"),
        (date(2026, 4, 2), "active", "yellow", "25", False, False, "100"),
        (date(2026, 6, 30), "active", "yellow", "25", False, False, "100"),
        (date(2026, 7, 1), "active", "red", "25", True, False, "100"),
        (date(2026, 7, 20), "reported", "red", "100", True, False, "400"),
        (date(2026, 7, 21), "active", "yellow", "100", False, True, "400"),
        (date(2026, 7, 24), "closing", "yellow", "100", False, True, "400"),
        (date(2026, 7, 25), "closed", "blue", "100", False, True, "400"),
        (date(2026, 12, 31), "closed", "blue", "100", False, True, "400"),
    ],
)
def test_each_day_of_a_task(
    plan: Plan,
    story: Task,
    day: date,
    state: str,
    lamp: str,
    percent: str,
    overdue: bool,
    complete: bool,
    value: str | None,
) -> None:
    found = one(plan, day)
    assert (found.state, found.lamp, found.percent) == (state, lamp, Decimal(percent))
    assert (found.overdue, found.complete) == (overdue, complete)
    (target,) = PlanHistory(plan).targets_on(day)[story.pk]
    assert target.value == (None if value is None else Decimal(value))
    assert target.waiting == (state == "reported")
    assert found.closed_on == (date(2026, 7, 25) if state == "closed" else None)


def test_report_made_in_time_that_waits_is_not_overdue(county: County, plan: Plan) -> None:
    with on(date(2026, 1, 5)):
        task = make_task(plan, county.units["YJ"], due_on=date(2026, 3, 31))
        sign_task(actor=county.editor, task_id=task.pk)
    with on(date(2026, 3, 31)):
        report(county, task, "100")
    with on(date(2026, 4, 8)):
        return_report(actor=county.office, task_id=task.pk, reason="材料不全")
    assert [one(plan, date(2026, 4, day)).overdue for day in (1, 7, 8)] == [False, False, True]
    assert one(plan, date(2026, 4, 7)).submitted_on == date(2026, 3, 31)
    assert one(plan, date(2026, 4, 8)).submitted_on is None


def test_report_taken_back_later_still_counts_on_the_day_it_waited(county: County, plan: Plan) -> None:
    with on(date(2026, 3, 20)):
        task = make_task(plan, county.units["YJ"])
        sign_task(actor=county.editor, task_id=task.pk)
        report(county, task, "200")
    with on(date(2026, 4, 3)):
        withdraw_report(actor=county.editor, task_id=task.pk, reason="数字有误")
    before, after = one(plan, date(2026, 3, 31)), one(plan, date(2026, 4, 3))
    assert (before.state, before.percent, before.waits_for_office) == ("reported", 50, True)
    assert PlanHistory(plan).targets_on(date(2026, 3, 31))[task.pk][0].value == 200
    assert (after.state, after.percent) == ("active", 0)
    assert PlanHistory(plan).targets_on(date(2026, 4, 3))[task.pk][0].value is None


def test_lead_and_deadline_are_those_of_the_day(county: County, plan: Plan) -> None:
    old, new = county.units["YJ"], county.units["ZJ"]
    with on(date(2026, 1, 5)):
        task = make_task(plan, new, due_on=date(2026, 9, 30))
    with on(date(2026, 4, 10)):
        note_change(task, TaskChange.Field.LEAD, old.name, new.name, actor=county.office)
        note_change(task, TaskChange.Field.DUE, "2026-03-31", "2026-09-30", actor=county.office)
    before, after = one(plan, date(2026, 4, 9)), one(plan, date(2026, 4, 10))
    assert (before.lead, before.due_on, before.overdue) == (old, date(2026, 3, 31), True)
    assert (after.lead, after.due_on, after.overdue) == (new, date(2026, 9, 30), False)


def test_nothing_stands_before_the_plan_is_published(county: County, plan: Plan, task: Task) -> None:
    plan.published_at = datetime(2026, 1, 4, 16, tzinfo=UTC)  # 5 January in the county
    plan.save()
    history = PlanHistory(plan)
    assert history.tasks_on(date(2026, 1, 4)) == []
    assert [row.task for row in history.tasks_on(date(2026, 1, 5))] == [task]


def live(task: Task) -> tuple[Any, ...]:
    late = Task.objects.overdue_on(today()).filter(pk=task.pk).exists()
    unfinished = Task.objects.unfinished().filter(pk=task.pk).exists()
    done = task.completed_on is not None
    shown = {
        row.pk: row.reported_value if task.state == "reported" else row.verified_value for row in task.targets.all()
    }
    # What a closing waits for or struck off was not reported anew.
    submitted = task.submitted_on if task.state != "closed" else None
    return (task.state, task.lamp, task.shown_percent, late, unfinished, done, task.closed_on, submitted, shown)


def told(history: PlanHistory, day: date) -> list[tuple[Any, ...]]:
    return [_told(row, history, day) for row in history.tasks_on(day)]


def _told(snapshot: TaskSnapshot, history: PlanHistory, day: date) -> tuple[Any, ...]:
    shown = {row.target.pk: row.value for row in history.targets_on(day)[snapshot.task.pk]}
    submitted = snapshot.submitted_on if snapshot.is_open else None
    return (
        snapshot.state,
        snapshot.lamp,
        snapshot.percent,
        snapshot.overdue,
        snapshot.is_unfinished,
        snapshot.complete,
        snapshot.closed_on,
        submitted,
        shown,
    )


def moves(county: County, task: Task, dice: random.Random) -> list[Callable[[], object]]:
    """Return what people may do in the state the task is in; reports bring it on its way often, and to its end."""
    value, percent = dice.choice([("50", "40"), ("100", "100"), ("150", "100"), ("400", "80"), ("500", "100")])
    pk = task.pk
    by_state: dict[str, list[Callable[[], object]]] = {
        "assigned": [lambda: sign_task(actor=county.editor, task_id=pk)],
        "active": [
            lambda: report(county, task, value, percent),
            lambda: request_close(actor=county.editor, task_id=pk, reason="完成"),
        ],
        "returned": [lambda: report(county, task, value, percent)],
        "reported": [
            lambda: pass_report(actor=county.office, task_id=pk),
            lambda: pass_report(actor=county.office, task_id=pk),
            lambda: return_report(actor=county.office, task_id=pk, reason="不全"),
            lambda: withdraw_report(actor=county.editor, task_id=pk, reason="有误"),
        ],
        "closing": [
            lambda: close_task(actor=county.office, task_id=pk, reason="同意"),
            lambda: refuse_close(actor=county.office, task_id=pk, reason="不同意"),
        ],
        "closed": [lambda: reopen_task(actor=county.office, task_id=pk, reason="复查")],
    }
    return by_state[Task.objects.get(pk=pk).state]


@pytest.mark.parametrize("seed", range(6))
def test_every_day_of_a_random_year_is_told_as_it_was_seen(county: County, plan: Plan, seed: int) -> None:
    dice = random.Random(seed)
    with on(date(2026, 1, 5)):
        targets = [("场次", ">=", "400", "场"), None, ("事故起数", "<=", "100", "起")]
        tasks = [
            make_task(plan, county.units["YJ"], number, due_on=date(2026, 6, 30), target=target)
            for number, target in enumerate(targets, 1)
        ]
    seen: dict[date, list[tuple[Any, ...]]] = {}
    day = date(2026, 1, 6)
    while day < date(2026, 11, 10):
        for hour in (1, 2, 3):
            with on(day, hour):
                if hour == 1:
                    recompute_lamps()
                move = dice.choice(moves(county, dice.choice(tasks), dice))
                try:
                    move()
                except UserError:
                    continue
        with on(day, 10):
            seen[day] = [live(Task.objects.get(pk=task.pk)) for task in tasks]
        day += timedelta(days=dice.choice([1, 2, 5]))
    history = PlanHistory(plan)
    wrong = {day: rows for day, rows in seen.items() if told(history, day) != rows}
    assert wrong == {}
    assert len({row[0] for rows in seen.values() for row in rows}) >= 5, "the year was too dull"


def test_queries_do_not_grow_with_tasks(county: County, plan: Plan, story: Task) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            history = PlanHistory(plan)
            for month in range(1, 13):
                history.tasks_on(date(2026, month, 28))
                history.targets_on(date(2026, month, 28))
        return len(queries)

    few = cost()
    for number in range(10, 40):
        make_task(plan, county.units["YJ"], number)
    assert cost() == few == 5
