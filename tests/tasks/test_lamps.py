"""The lamp table: every condition with its sentence, and the rule for what waits for the office."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from core.periods import MONTH, QUARTER
from tasks.lamps import facts_of, judge, missed_periods
from tasks.models import LampRule, Plan, Task, TaskChange, TaskTarget
from tasks.progress import computed_percent, planned_percent, target_percent
from tasks.services.changes import recompute_lamps
from tests.county import County, make_task

pytestmark = pytest.mark.django_db
S = Task.State


def lamp(task: Task, day: date) -> tuple[str, str]:
    verdict = judge(
        facts_of(task, list(task.targets.all()), (), day, QUARTER), list(LampRule.objects.filter(active=True))
    )
    return verdict.colour, verdict.reason


def set_task(task: Task, **fields: object) -> Task:
    for name, value in fields.items():
        setattr(task, name, value)
    return task


CASES = [
    # fields, day, colour, words
    ({}, date(2026, 1, 10), "grey", "刚开始"),
    ({"starts_on": date(2026, 8, 1)}, date(2026, 7, 1), "grey", "尚未到开始日期"),
    ({}, date(2026, 2, 20), "yellow", "落后14个百分点"),
    ({}, date(2026, 5, 1), "red", "落后33.2个百分点"),
    ({"verified_percent": 45, "submitted_on": date(2026, 4, 1)}, date(2026, 5, 1), "green", "达到或超过计划"),
    ({"verified_percent": 30, "submitted_on": date(2026, 4, 1)}, date(2026, 5, 1), "green", "在正常范围内"),
    ({"verified_percent": 95, "submitted_on": date(2026, 12, 1)}, date(2026, 12, 25), "yellow", "还有6天"),
    ({"verified_percent": 95, "submitted_on": date(2026, 12, 1)}, date(2026, 12, 31), "yellow", "还有0天"),
    ({"verified_percent": 99, "submitted_on": date(2026, 12, 1)}, date(2027, 1, 1), "red", "已逾期1天"),
    ({"verified_percent": 60, "submitted_on": date(2026, 2, 1)}, date(2026, 7, 15), "yellow", "连续1期未报送"),
    ({"completed_on": date(2026, 6, 1), "verified_percent": 100}, date(2027, 2, 1), "green", "按期完成"),
    ({"completed_on": date(2027, 1, 9), "verified_percent": 100}, date(2027, 2, 1), "yellow", "晚9天"),
    ({"state": S.CLOSED, "closed_on": date(2026, 6, 1)}, date(2027, 2, 1), "blue", "已于2026-06-01销号"),
]


@pytest.mark.parametrize(("fields", "day", "colour", "words"), CASES)
def test_each_condition_gives_its_colour_and_sentence(
    task: Task, fields: dict[str, object], day: date, colour: str, words: str
) -> None:
    task.verified_percent = Decimal(0)
    for name, value in fields.items():
        setattr(task, name, Decimal(value) if isinstance(value, int) else value)
    found, reason = lamp(task, day)
    assert (found, words in reason) == (colour, True), reason


@pytest.mark.parametrize("state", [S.REPORTED, S.CLOSING])
def test_what_was_reported_in_time_never_turns_red_while_it_waits(task: Task, state: str) -> None:
    set_task(task, state=state, submitted_on=date(2026, 12, 30), reported_percent=Decimal(100))
    before = lamp(task, date(2026, 12, 30))
    assert before[0] != "red"
    assert lamp(task, date(2027, 3, 1)) == before


def test_what_was_reported_late_stays_red_while_it_waits(task: Task) -> None:
    set_task(task, state=S.REPORTED, submitted_on=date(2027, 1, 5), reported_percent=Decimal(100))
    assert lamp(task, date(2027, 1, 6))[0] == "red"


def test_zero_target_is_judged_by_whether_it_holds(county: County, plan: Plan) -> None:
    task = make_task(plan, county.units["YJ"], 9, target=("超期未整改数", "=", "0", "项"))
    target = task.targets.get()
    set_task(task, verified_percent=Decimal(100))
    TaskTarget.objects.filter(pk=target.pk).update(verified_value=2)
    colour, reason = lamp(task, date(2026, 2, 1))
    assert (colour, "应达到0项，现为2项" in reason) == ("red", True)
    TaskTarget.objects.filter(pk=target.pk).update(verified_value=0)
    assert lamp(task, date(2026, 5, 1))[0] == "green"


def test_nightly_run_turns_lamps_and_leaves_a_dated_row(county: County, plan: Plan) -> None:
    with time_machine.travel(datetime(2026, 1, 5, 2, tzinfo=UTC), tick=False):
        task = make_task(plan, county.units["YJ"], due_on=date(2026, 3, 31))
    version = task.version
    with time_machine.travel(datetime(2026, 3, 31, 17, tzinfo=UTC), tick=False):  # 1 April in the county
        assert recompute_lamps() == 1
        assert recompute_lamps() == 0
    task.refresh_from_db()
    assert (task.lamp, task.version) == ("red", version)
    change = TaskChange.objects.get(task=task, field=TaskChange.Field.LAMP)
    assert (change.old, change.new, change.on) == ("grey", "red", date(2026, 4, 1))
    assert "已逾期1天" in change.reason


def test_the_office_may_change_the_table(task: Task) -> None:
    assert lamp(task, date(2026, 2, 20))[0] == "yellow"
    LampRule.objects.filter(condition="gap_over", threshold=10).update(threshold=20)
    assert lamp(task, date(2026, 2, 20))[0] == "green"
    LampRule.objects.update(active=False)
    assert lamp(task, date(2026, 2, 20)) == ("grey", "亮灯规则表中没有适用的规则。")


def test_planned_percent_is_a_straight_line() -> None:
    start, due = date(2026, 1, 1), date(2026, 1, 10)
    assert planned_percent(start, due, date(2025, 12, 31)) == 0
    assert planned_percent(start, due, start) == 10
    assert planned_percent(start, due, date(2026, 1, 5)) == 50
    assert planned_percent(start, due, due) == 100
    assert planned_percent(start, due, date(2026, 5, 1)) == 100


def test_target_percent_never_rounds_up_to_done() -> None:
    target = TaskTarget(operator=">=", value=Decimal(10000))
    assert target_percent(target, Decimal(9999)) == Decimal("99.9")
    assert target_percent(target, Decimal(10000)) == 100
    assert target_percent(target, Decimal(20000)) == 100
    assert target_percent(TaskTarget(operator="<=", value=Decimal(5)), Decimal(3)) is None
    nearly = TaskTarget(operator="=", value=Decimal(3))
    assert computed_percent([(target, Decimal(10000)), (nearly, Decimal(2))]) == Decimal("83.4")
    assert computed_percent([]) is None


def test_missed_periods_counts_whole_periods_between() -> None:
    assert missed_periods(date(2026, 1, 1), date(2026, 6, 30), QUARTER) == 0
    assert missed_periods(date(2026, 1, 1), date(2026, 7, 1), QUARTER) == 1
    assert missed_periods(date(2025, 12, 31), date(2026, 4, 1), MONTH) == 3


def test_target_of_a_shorter_span_never_completes_the_year() -> None:
    monthly = TaskTarget(operator=">=", value=Decimal(30), period="month")
    assert target_percent(monthly, Decimal(30)) is None
    assert computed_percent([(monthly, Decimal(30))]) is None
    yearly = TaskTarget(operator=">=", value=Decimal(400), period="year")
    assert computed_percent([(monthly, Decimal(30)), (yearly, Decimal(100))]) == 25
