"""The list of reminders and the panel on the task's page."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from reminders.models import Reminder
from reminders.panels import task_panel
from reminders.services import scan
from tasks.models import Plan, Task
from tests.county import County, make_task

pytestmark = pytest.mark.django_db

LIST = "/reminders/"
DUE = date(2026, 6, 30)


@pytest.fixture
def tasks(county: County, plan: Plan) -> list[Task]:
    """One task of 县应急管理局 and one of 县住建局, reminded of on the day they are due; the first was sent."""
    made = [
        make_task(plan, county.units["YJ"], 1, title="开展演练", due_on=DUE),
        make_task(plan, county.units["ZJ"], 2, title="整治隐患", due_on=DUE),
    ]
    scan(DUE)
    Reminder.objects.filter(task=made[0], superseded=False).update(sent_on=DUE)
    return made


@pytest.mark.parametrize(
    ("who", "count"), [("office", 14), ("leader", 14), ("editor", 10), ("other_editor", 4), ("enterprise", None)]
)
def test_who_sees_which(client: Client, county: County, tasks: list[Task], who: str, count: int | None) -> None:
    client.force_login(getattr(county, who))
    response = client.get(LIST)
    if count is None:
        assert response.status_code == 404
    else:
        assert response.context["count"] == count


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?state=sent", 3),
        ("?state=waiting", 1),
        ("?state=superseded", 10),
        ("?q=隐患", 4),
        ("?q=应局长", 2),
        ("?sent_after=2026-06-30", 3),
        ("?sent_before=2026-06-29", 0),
        ("?q=没有", 0),
    ],
)
def test_filters(client: Client, county: County, tasks: list[Task], query: str, count: int) -> None:
    client.force_login(county.office)
    assert client.get(LIST + query).context["count"] == count
    assert client.get(f"{LIST}?task={tasks[1].pk}").context["count"] == 4
    assert client.post(LIST).status_code == 405


@pytest.mark.parametrize("many", [3, 30])
def test_list_takes_few_queries(
    client: Client, county: County, plan: Plan, many: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, many + 1):
        make_task(plan, county.units["ZJ"], number, due_on=DUE, target=None)
    scan(DUE)
    client.force_login(county.office)
    with django_assert_max_num_queries(12):
        assert client.get(LIST + "?per_page=50").status_code == 200


def test_panel_says_what_was_sent_to_whom(county: County, tasks: list[Task]) -> None:
    (row,) = task_panel(county.office, tasks[0].pk).rows
    assert (row.title, row.note) == ("2026-06-30 到期当天提醒", "已提醒应小急、应二急、应局长")
    assert row.path == f"{LIST}?task={tasks[0].pk}"
    nothing = task_panel(county.office, tasks[1].pk)
    assert not nothing.rows
    assert "还没有发出提醒" in nothing.empty
