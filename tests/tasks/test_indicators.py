"""量化指标: each figure stands as its task says, is forecast by its kind, and its list counts exactly what it opens."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core import clock
from tasks.indicators import monthly_values, outlook, visible_indicators
from tasks.models import Plan, Task, TaskChange, TaskTarget
from tests.county import AsPerson, County, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
LIST = reverse("tasks:indicators")


def indicator(
    plan: Plan, county: County, number: int, target: tuple[str, str, str, str], unit: str = "YJ", **values: object
) -> TaskTarget:
    """Make a task with one target holding these values."""
    task = make_task(plan, county.units[unit], number, title=f"任务{number}", target=target)
    TaskTarget.objects.filter(task=task).update(**values)
    return task.targets.get()


@pytest.fixture
def four(plan: Plan, county: County) -> dict[str, TaskTarget]:
    """Return one indicator of each standing; the met one is only reported and waits for the office."""
    met = indicator(plan, county, 1, ("排查家数", ">=", "100", "家"), reported_value=120, verified_value=50)
    Task.objects.filter(pk=met.task_id).update(state=Task.State.REPORTED, submitted_on=date(2026, 5, 10))
    return {
        "met": met,
        "short": indicator(plan, county, 2, ("演练场次", ">=", "400", "场次"), reported_value=300, verified_value=120),
        "broken": indicator(plan, county, 3, ("亡人事故起数", "<=", "0", "起"), "ZJ", verified_value=1),
        "silent": indicator(plan, county, 4, ("整改率", "=", "100", "%"), "ZJ"),
    }


def test_a_figure_stands_as_its_task_does(county: County, four: dict[str, TaskTarget]) -> None:
    found: dict[int, Any] = {target.pk: target for target in visible_indicators(county.office)}
    assert {key: found[target.pk].standing for key, target in four.items()} == {key: key for key in four}
    # Reported and waiting counts; reported before and not passed does not.
    assert found[four["met"].pk].current == 120
    assert found[four["short"].pk].current == 120


def test_the_counts_open_exactly_their_rows(as_person: AsPerson, four: dict[str, TaskTarget]) -> None:
    page = as_person("office").get(LIST)
    assert {row.label: row.count for row in page.context["standings"]} == {
        "已达到": 1, "未达到": 1, "突破限值": 1, "未填报": 1,
    }  # fmt: skip
    for row in page.context["standings"]:
        assert as_person("office").get(row.path).context["count"] == row.count
    assert as_person("office").get(LIST + "?standing=short&standing=broken").context["count"] == 2
    assert as_person("office").get(LIST + "?q=演练").context["count"] == 1
    assert as_person("office").get(LIST + "?source=ledger").context["count"] == 0
    assert as_person("office").get(LIST + "?standing=nothing").context["count"] == 0


def test_a_unit_sees_its_own_and_a_stranger_none(as_person: AsPerson, four: dict[str, TaskTarget]) -> None:
    assert as_person("editor").get(LIST).context["count"] == 2
    assert as_person("other_editor").get(LIST).context["count"] == 2
    assert as_person("stranger").get(LIST).context["count"] == 0
    theirs = reverse("tasks:indicator", args=[four["broken"].pk])
    assert as_person("editor").get(theirs).status_code == 404
    assert as_person("leader").get(theirs).status_code == 200


def test_an_amount_is_carried_on_and_a_rate_or_limit_stays(four: dict[str, TaskTarget]) -> None:
    today = date(2026, 5, 12)
    amount = outlook(four["short"], Decimal(120), today)
    # 120 in 132 of 365 days.
    assert (amount.value, amount.reaches) == (Decimal(331), False)
    assert "132 天" in amount.words
    assert outlook(four["short"], Decimal(150), today).reaches
    # What is counted in parts is forecast in parts.
    assert outlook(four["short"], Decimal("120.5"), today).value == Decimal("333.20")
    assert outlook(four["short"], Decimal(3), date(2026, 1, 20)).value is None
    assert outlook(four["short"], Decimal(390), date(2027, 1, 5)).value == 390
    rate = outlook(four["silent"], Decimal("98.5"), today)
    assert (rate.value, rate.reaches) == (Decimal("98.5"), False)
    assert not outlook(four["broken"], Decimal(1), today).reaches
    assert outlook(four["broken"], Decimal(0), today).reaches
    assert outlook(four["silent"], None, today).reaches is None


def test_the_months_are_told_from_the_dated_rows(as_person: AsPerson, four: dict[str, TaskTarget]) -> None:
    target = four["short"]
    for day, old, new in ((date(2026, 2, 10), "", "40"), (date(2026, 4, 8), "40", "120")):
        TaskChange.objects.create(
            task=target.task, target=target, field="value", old=old, new=new, on=day, reason="审定第1次填报",
            at=datetime(day.year, day.month, day.day, 2, tzinfo=UTC),
        )  # fmt: skip
    months = monthly_values(target, clock.today())
    assert [(month.day, month.value) for month in months] == [
        (date(2026, 1, 31), None),
        (date(2026, 2, 28), 40),
        (date(2026, 3, 31), 40),
        (date(2026, 4, 30), 120),
        (date(2026, 5, 12), 120),
    ]
    assert months[3].planned == Decimal("131.60")
    assert months[3].gap == Decimal("-11.60")
    page = as_person("editor").get(reverse("tasks:indicator", args=[target.pk])).content.decode()
    assert "2026-04-30" in page
    assert "预计达不到" in page


def test_the_sheet_holds_what_the_list_shows(as_person: AsPerson, four: dict[str, TaskTarget]) -> None:
    answer = as_person("office").get(reverse("tasks:indicators_export") + "?standing=short")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    lines = [[cell for cell in line if cell is not None] for line in sheet.iter_rows(values_only=True)]
    assert [line for line in lines if line and line[0] == "演练场次"]
    assert not [line for line in lines if line and line[0] in ("整改率", "排查家数", "亡人事故起数")]
    assert any("完成情况：未达到" in str(line) for line in lines)


def test_the_task_list_goes_out_as_it_is_filtered(as_person: AsPerson, four: dict[str, TaskTarget]) -> None:
    def codes(person: str, query: str = "") -> list[str]:
        answer = as_person(person).get(reverse("tasks:export") + query)
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        return [str(line[0]) for line in sheet.iter_rows(values_only=True) if str(line[0]).startswith("2026-")]

    assert codes("office") == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert codes("office", "?state=reported") == ["2026-01"]
    assert codes("editor") == ["2026-01", "2026-02"]
    assert codes("stranger") == []
