"""Reminder rows: which steps are reached, for whom, once each, and nothing lost over a gap."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from reminders.models import Reminder, ReminderRule
from reminders.services import scan
from responsibility.models import Membership, Role
from tasks.models import Plan, Task
from tests.county import County, make_task, make_user

pytestmark = pytest.mark.django_db

DUE = date(2026, 6, 30)


@pytest.fixture
def due_task(county: County, plan: Plan) -> Task:
    """Due on 30 June, led by 县应急管理局 with two editors and a head."""
    return make_task(plan, county.units["YJ"], due_on=DUE, state=Task.State.ACTIVE)


def day(offset: int) -> date:
    return DUE + timedelta(days=offset)


def rows(**where: Any) -> set[tuple[str, int, bool]]:
    """Recipient, step and whether it was overtaken."""
    found = Reminder.objects.filter(**where).select_related("recipient", "rule")
    return {(row.recipient.username, row.rule.offset_days, row.superseded) for row in found}


def test_nothing_before_the_first_step(due_task: Task) -> None:
    assert scan(day(-31)) == 0


@pytest.mark.parametrize(
    ("offset", "people"),
    [(-30, {"editor", "editor2"}), (-10, {"editor", "editor2"}), (-3, {"editor", "editor2", "head"})],
)
def test_each_step_reaches_the_people_of_its_rule(due_task: Task, offset: int, people: set[str]) -> None:
    scan(day(offset - 1))
    before = Reminder.objects.count()
    scan(day(offset))
    new = {row.recipient.username for row in Reminder.objects.filter(rule__offset_days=offset)}
    assert new == people
    assert Reminder.objects.count() == before + len(people)


def test_a_second_scan_finds_nothing(due_task: Task) -> None:
    assert scan(day(-3)) == 7
    assert scan(day(-3)) == 0
    assert Reminder.objects.count() == 7


def test_after_a_gap_only_the_latest_step_is_to_be_sent(due_task: Task) -> None:
    scan(day(2))
    assert rows(recipient__username="editor") == {
        ("editor", -30, True),
        ("editor", -10, True),
        ("editor", -3, True),
        ("editor", 0, True),
        ("editor", 1, False),
    }
    assert rows(recipient__username="head") == {("head", -3, True), ("head", 0, True), ("head", 1, False)}


def test_a_step_not_sent_is_overtaken_by_the_next(due_task: Task) -> None:
    scan(day(-10))
    scan(day(-3))
    assert rows(recipient__username="editor") == {
        ("editor", -30, True),
        ("editor", -10, True),
        ("editor", -3, False),
    }


def test_a_sent_step_is_left_as_it_was(due_task: Task) -> None:
    scan(day(-10))
    Reminder.objects.filter(superseded=False).update(sent_on=day(-10))
    scan(day(-3))
    assert rows(sent_on=day(-10)) == {("editor", -10, False), ("editor2", -10, False)}


def test_a_changed_deadline_starts_anew(due_task: Task) -> None:
    scan(day(1))
    Task.objects.update(due_on=DUE + timedelta(days=30))
    assert scan(day(1)) == 2
    assert rows(due_on=DUE + timedelta(days=30)) == {("editor", -30, False), ("editor2", -30, False)}


def test_a_step_may_be_reached_on_any_later_day(due_task: Task) -> None:
    """A scan on the exact day may be missed: the comparison is ≤, never =."""
    scan(day(-31))
    scan(day(-28))
    assert rows() == {("editor", -30, False), ("editor2", -30, False)}


@pytest.mark.parametrize(
    "fields",
    [
        {"state": Task.State.CLOSED, "closed_on": date(2026, 6, 1)},
        {"state": Task.State.CLOSING, "completed_on": date(2026, 6, 1), "submitted_on": date(2026, 6, 1)},
        {"state": Task.State.ACTIVE, "completed_on": date(2026, 6, 1), "verified_percent": Decimal(100)},
        {"state": Task.State.REPORTED, "submitted_on": DUE},
    ],
    ids=["closed", "asked to close", "complete", "reported in time"],
)
def test_a_task_that_waits_for_nobody_in_the_unit_is_left_alone(due_task: Task, fields: dict[str, Any]) -> None:
    Task.objects.update(**fields)
    assert scan(day(7)) == 0


def test_a_report_after_the_deadline_does_not_stop_reminders(due_task: Task) -> None:
    Task.objects.update(state=Task.State.REPORTED, submitted_on=day(1))
    scan(day(1))
    assert ("editor", 1, False) in rows()


def test_returned_after_the_deadline_catches_up_with_the_latest_step(due_task: Task) -> None:
    Task.objects.update(state=Task.State.REPORTED, submitted_on=day(-20))
    scan(day(1))
    Task.objects.update(state=Task.State.RETURNED)
    scan(day(2))
    assert {row for row in rows() if not row[2]} == {("editor", 1, False), ("editor2", 1, False), ("head", 1, False)}


def test_only_people_in_office_on_the_day_are_reminded(county: County, due_task: Task) -> None:
    Membership.objects.filter(user=county.second_editor).update(valid_to=day(-31))
    county.head.is_active = False
    county.head.save()
    deputy = make_user("deputy", "代小代")
    Membership.objects.create(
        user=deputy,
        unit=county.units["YJ"],
        role=Role.EDITOR,
        deputy_for=county.editor,
        valid_from=day(-40),
        valid_to=day(0),
    )
    scan(day(-3))
    assert {row[0] for row in rows()} == {"editor", "deputy"}
    Reminder.objects.all().delete()
    scan(day(1))
    assert {row[0] for row in rows()} == {"editor"}


def test_a_new_colleague_is_reminded_of_where_things_stand(county: County, due_task: Task) -> None:
    scan(day(-10))
    make_user("new", "新来的", county.units["YJ"], Role.EDITOR)
    scan(day(-8))
    assert rows(recipient__username="new") == {("new", -30, True), ("new", -10, False)}


def test_a_rule_switched_off_writes_nothing(due_task: Task) -> None:
    ReminderRule.objects.exclude(offset_days=1).update(active=False)
    assert scan(day(0)) == 0
    assert scan(day(1)) == 3
    ReminderRule.objects.update(active=False)
    assert scan(day(7)) == 0


@pytest.mark.parametrize("tasks", [3, 30])
def test_queries_do_not_grow_with_tasks(
    county: County, plan: Plan, tasks: int, django_assert_max_num_queries: Any
) -> None:
    units = list(county.units.values())
    for number in range(1, tasks + 1):
        make_task(plan, units[number % len(units)], number, due_on=DUE, target=None)
    with django_assert_max_num_queries(8):
        assert scan(day(-10)) > 0
