"""作战图 and 任务日历: what stands in which month and on which day, and who sees it."""

from datetime import date
from typing import Any

import pytest

from core.periods import MONTH, period_of
from tasks.chart import DEADLINE, SIGNS, chart_rows
from tasks.models import Recurrence, Task, TaskNode
from tasks.month import SHOWN, month_of
from tasks.services.moves import sign_task
from tasks.services.recurrence import set_recurrence
from tests.county import AsPerson, County, make_task
from tests.tasks.test_flow import report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
TODAY = date(2026, 5, 12)
S = TaskNode.State


def quarterly(county: County, task: Task) -> Task:
    """Sign the task and let it be due each quarter."""
    sign_task(actor=county.editor, task_id=task.pk)
    set_recurrence(actor=county.office, task_id=task.pk, recurrence=Recurrence.QUARTER, reason="按季推进")
    task.refresh_from_db()
    return task


def rows_of(task: Task, year: int = 2026) -> Any:
    return chart_rows([task], TaskNode.objects.live().filter(task=task).with_claims(), year, TODAY)[0]


def test_a_row_shows_span_nodes_and_deadline_in_their_months(county: County, task: Task) -> None:
    task = quarterly(county, task)
    TaskNode.objects.create(
        task=task,
        kind=TaskNode.Kind.DOCUMENT,
        number=90,
        title="印发方案",
        due_on=date(2026, 4, 20),
        original_due_on=date(2026, 4, 20),
    )
    row = rows_of(task)
    signs = {cell.label: [mark.sign for mark in cell.marks] for cell in row.busy}
    assert signs == {
        "4月": [SIGNS[S.OVERDUE]],
        "6月": [SIGNS[S.OPEN]],
        "9月": [SIGNS[S.OPEN]],
        "12月": [SIGNS[S.OPEN], DEADLINE],
    }
    assert all(cell.planned for cell in row.months)
    assert [cell.label for cell in row.months if cell.now] == ["5月"]
    assert row.months[3].words == "04-20 印发方案（逾期未完成）"
    assert not rows_of(task, 2027).busy
    assert not any(cell.planned for cell in rows_of(task, 2027).months)


def test_what_waits_for_the_office_and_a_missed_deadline_say_so(county: County, task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(due_on=date(2026, 5, 1))
    task.refresh_from_db()
    late = rows_of(task).months[4].marks
    assert [(mark.tone, mark.words) for mark in late] == [("red", "05-01 完成时限（已逾期）")]
    Task.objects.filter(pk=task.pk).update(due_on=date(2026, 5, 30))
    report(county, task)
    task.refresh_from_db()
    assert [mark.tone for mark in rows_of(task).months[4].marks] == ["blue"]


def test_the_chart_shows_what_the_person_sees_of_the_year(as_person: AsPerson, county: County, task: Task) -> None:
    quarterly(county, task)
    other = make_task(task.plan, county.units["ZJ"], 2, title="燃气整治")
    page = as_person("office").get("/tasks/chart/").content.decode()
    assert "2026年重点任务作战图" in page
    assert task.title in page
    assert other.title in page
    assert "12-31 完成时限" in page
    own = as_person("editor").get("/tasks/chart/").content.decode()
    assert other.title not in own
    assert "找到 <b>1</b> 条" in own
    assert other.title not in as_person("office").get(f"/tasks/chart/?lead={task.lead_id}").content.decode()
    assert "没有符合条件的任务" in as_person("office").get("/tasks/chart/?q=无此任务").content.decode()
    # A filter that means nothing finds nothing.
    assert task.title not in as_person("office").get("/tasks/chart/?lead=999999").content.decode()
    assert as_person("office").post("/tasks/chart/").status_code == 405


def test_the_calendar_shows_a_month_and_its_neighbours(as_person: AsPerson, county: County, task: Task) -> None:
    quarterly(county, task)
    make_task(task.plan, county.units["ZJ"], 2, title="燃气整治", due_on=date(2026, 6, 30))
    client = as_person("office")
    page = client.get("/tasks/calendar/?month=2026-06&state=assigned").content.decode()
    assert "2026年6月任务日历" in page
    assert "燃气整治" in page
    assert "month=2026-05" in page
    assert "month=2026-07" in page
    assert "state=assigned" in page
    assert "燃气整治" not in as_person("editor").get("/tasks/calendar/?month=2026-06").content.decode()
    today = client.get("/tasks/calendar/").content.decode()
    assert "2026年5月任务日历" in today
    assert "本月没有到期" in today
    wrong = client.get("/tasks/calendar/?month=2026-13")
    assert wrong.status_code == 200
    assert "2026年5月任务日历" in wrong.content.decode()
    assert "燃气整治" not in client.get("/tasks/calendar/?month=0001-01").content.decode()


def test_a_month_has_its_days_its_rest_days_and_folds_what_is_too_much(county: County, task: Task) -> None:
    tasks = [
        make_task(task.plan, county.units["ZJ"], number, title=f"整治{number}", due_on=date(2026, 6, 30))
        for number in range(2, 4 + SHOWN)
    ]
    month = month_of(period_of(date(2026, 6, 1), MONTH), tasks, [], TODAY)
    days = [day for week in month.weeks for day in week if day]
    assert len(days) == 30
    last = days[-1]
    assert (len(last.shown), len(last.folded), last.works, last.weekday) == (SHOWN, 2, True, "周二")
    # The Dragon Boat Festival of 2026 is a day off.
    assert not days[18].works
    assert (month.previous, month.next, month.count) == ("2026-05", "2026-07", 2 + SHOWN)


def test_the_edge_of_the_calendar_is_no_error(as_person: AsPerson) -> None:
    for month in ("9999-12", "0001-01"):
        assert as_person("office").get(f"/tasks/calendar/?month={month}").status_code == 200
