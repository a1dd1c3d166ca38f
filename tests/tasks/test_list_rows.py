"""Rows of lists: drawn as the library would draw them, counted without being loaded, chosen from what was read once."""

from typing import Any

import pytest
from django.db import connection
from django.template import Context
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.html import conditional_escape

from core import clock
from core.tables import drawn_rows
from core.ui import turn_page
from responsibility.models import Unit
from tasks.filters import TaskFilter
from tasks.models import Plan, Task
from tasks.tables import TaskTable
from tests.county import AsPerson, County, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]


def table_of(rows: Any, query: str = "show=section&show=lead&show=due_on&show=starts_on&show=state&show=lamp") -> Any:
    """Return the table of tasks, opened at the page the address names."""
    request = RequestFactory().get(f"/tasks/?{query}")
    make: Any = TaskTable
    table = make(rows)
    turn_page(request, table)
    table.context = Context({"request": request, "today": clock.today()})
    return table


def test_a_row_is_drawn_as_the_library_draws_it(county: County, plan: Plan) -> None:
    make_task(plan, county.units["YJ"], 1, title="<b>演练</b>&", state=Task.State.RETURNED)
    make_task(plan, county.units["ZJ"], 2, title="整治")
    Task.objects.filter(code__endswith="02").update(section=None)
    Unit.objects.filter(code="YJ").update(short_name="<i>应急</i>")
    table = table_of(Task.objects.select_related("lead", "section").order_by("code"))
    for drawn, row in zip(drawn_rows(table), table.paginated_rows, strict=True):
        for column in table.columns:
            assert f">{conditional_escape(row.get_cell(column.name))}</td>" in drawn, column.name
    assert "&lt;b&gt;演练&lt;/b&gt;&amp;" in next(drawn_rows(table))
    assert "&lt;i&gt;应急&lt;/i&gt;" in next(drawn_rows(table))
    assert "退回待改" in next(drawn_rows(table))


def test_a_list_counts_its_rows_without_loading_them(county: County, plan: Plan) -> None:
    for number in range(1, 26):
        make_task(plan, county.units["YJ"], number)
    with CaptureQueriesContext(connection) as queries:
        table = table_of(Task.objects.select_related("lead").order_by("code"), "per_page=20&page=2")
        rows = list(drawn_rows(table))
    assert len(rows) == 5
    sent = [query["sql"] for query in queries if 'FROM "tasks_task"' in query["sql"]]
    assert len(sent) == 2
    assert "COUNT(*)" in sent[0]
    assert "LIMIT 5" in sent[1]


@pytest.mark.parametrize(("lead", "valid"), [("own", True), ("999999", False), ("abc", False), ("\x00", False)])
def test_a_unit_is_chosen_from_what_was_read_once(county: County, plan: Plan, lead: str, valid: bool) -> None:
    task = make_task(plan, county.units["YJ"])
    request = RequestFactory().get("/tasks/")
    request.user = county.office
    chosen = str(task.lead_id) if lead == "own" else lead
    with CaptureQueriesContext(connection) as queries:
        filters: Any = TaskFilter({"lead": chosen}, Task.objects.all(), request=request)
        assert filters.is_valid() is valid
        assert task.lead.name in str(filters.form["lead"])
    assert sum('FROM "responsibility_unit"' in query["sql"] for query in queries) == 1
    assert not valid or list(filters.qs) == [task]


def test_a_unit_that_is_not_offered_finds_nothing(as_person: AsPerson, task: Task) -> None:
    page = as_person("office").get("/tasks/?lead=999999").content.decode()
    assert task.title not in page
