"""反复发生: what counts as the same hazard come back, for how long, and where it is shown."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from core import clock
from core.metrics import metrics
from hazards.models import Hazard
from hazards.models.tracked import Level, State
from hazards.services import rechecking
from responsibility.models import Enterprise
from tests.county import AsPerson, County
from tests.enterprises import join_enterprise, make_enterprise, make_sector
from tests.hazards.ledger import hazard_in, register

pytestmark = pytest.mark.django_db
LIST = reverse("hazards:list")
CLOSED_ON = date(2026, 1, 5)


@pytest.fixture
def clock_at(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 1, 5, 4, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def enterprise(county: County, clock_at: time_machine.Traveller) -> Enterprise:
    made = make_enterprise(county)
    join_enterprise(county.enterprise, made)
    return made


@pytest.fixture
def earlier(county: County, enterprise: Enterprise) -> Hazard:
    """A general hazard without a clause, struck off on 5 January."""
    return hazard_in(State.CLOSED, county, enterprise)


def go_to(traveller: time_machine.Traveller, day: date) -> None:
    traveller.move_to(datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC))


def flagged(as_person: AsPerson, person: str = "office") -> set[str]:
    table = as_person(person).get(LIST).context["table"]
    marked = {row.record.code for row in table.rows if row.record.recurring}
    filtered = as_person(person).get(LIST, {"recurring": "1"}).context["table"]
    assert {row.record.code for row in filtered.rows} == marked, "column and filter say the same"
    return marked


@pytest.mark.parametrize(("days", "comes_back"), [(0, True), (200, True), (365, True), (366, False)])
def test_it_has_come_back_within_a_year_of_closing(
    county: County, earlier: Hazard, clock_at: time_machine.Traveller, as_person: AsPerson, days: int, comes_back: bool
) -> None:
    assert flagged(as_person) == set()
    go_to(clock_at, CLOSED_ON + timedelta(days=days))
    assert earlier.enterprise is not None
    again = register(county, earlier.enterprise)
    assert flagged(as_person) == ({again.code} if comes_back else set())
    go_to(clock_at, date(2027, 12, 1))
    assert flagged(as_person) == ({again.code} if comes_back else set()), "it stays what it was"


@pytest.mark.parametrize(
    ("first", "second", "comes_back"),
    [
        ({}, {"title": "压力表未校验"}, False),
        (
            {"standard": "标准甲", "clause": "第三条"},
            {"standard": "标准甲", "clause": "第三条", "title": "别的名称"},
            True,
        ),
        ({"standard": "标准甲", "clause": "第三条"}, {"standard": "标准甲", "clause": "第四条"}, False),
        ({"standard": "标准甲", "clause": "第三条"}, {"standard": "标准乙", "clause": "第三条"}, False),
        ({"standard": "标准甲", "clause": "第三条"}, {}, False),
    ],
)
def test_the_same_is_the_same_clause_or_without_one_the_same_name(
    county: County,
    enterprise: Enterprise,
    clock_at: time_machine.Traveller,
    as_person: AsPerson,
    first: dict[str, Any],
    second: dict[str, Any],
    comes_back: bool,
) -> None:
    hazard_in(State.CLOSED, county, enterprise, **first)
    go_to(clock_at, date(2026, 3, 2))
    again = register(county, enterprise, **second)
    assert flagged(as_person) == ({again.code} if comes_back else set())


def test_another_enterprise_a_place_or_a_hazard_still_open_is_no_recurrence(
    county: County, enterprise: Enterprise, clock_at: time_machine.Traveller, as_person: AsPerson
) -> None:
    register(county, enterprise)
    go_to(clock_at, date(2026, 3, 2))
    register(county, enterprise)
    register(county, make_enterprise(county, 2))
    assert flagged(as_person) == set(), "registered twice, not come back"


def test_what_was_opened_again_later_or_voided_does_not_change_the_past(
    county: County, earlier: Hazard, clock_at: time_machine.Traveller, as_person: AsPerson
) -> None:
    go_to(clock_at, date(2026, 3, 2))
    assert earlier.enterprise is not None
    again = register(county, earlier.enterprise)
    go_to(clock_at, date(2026, 3, 3))
    due_on = clock.today() + timedelta(days=20)
    rechecking.reopen_hazard(actor=county.office, hazard_id=earlier.pk, reason="回头看", due_on=due_on)
    assert flagged(as_person) == {again.code}
    page = as_person("office").get(reverse("hazards:detail", args=[again.pk])).content.decode()
    assert "现为“整改中”" in page
    third = register(county, earlier.enterprise)
    assert flagged(as_person) == {again.code}, "nothing like it was struck off on that day"
    rechecking.void_hazard(actor=county.office, hazard_id=again.pk, reason="重复登记")
    assert flagged(as_person) == set()
    assert "反复发生" not in as_person("office").get(reverse("hazards:detail", args=[third.pk])).content.decode()


def test_its_page_names_the_earlier_one_to_who_may_see_it(
    county: County, earlier: Hazard, clock_at: time_machine.Traveller, as_person: AsPerson
) -> None:
    go_to(clock_at, date(2026, 3, 2))
    assert earlier.enterprise is not None
    # The enterprise has come under another department since.
    works = make_sector("S07", "建筑施工")
    Enterprise.objects.filter(pk=earlier.enterprise.pk).update(supervisor=county.units["ZJ"], sector=works)
    earlier.enterprise.refresh_from_db()
    again = register(county, earlier.enterprise)
    address = reverse("hazards:detail", args=[again.pk])
    for person, sees in (("office", True), ("enterprise", True), ("other_editor", False)):
        page = as_person(person).get(address).content.decode()
        assert "反复发生" in page, person
        assert "此前 1 条" in page, person
        assert (reverse("hazards:detail", args=[earlier.pk]) in page) == sees, person
        assert ("您无权查看" in page) == (not sees), person
    assert "反复发生" not in as_person("office").get(reverse("hazards:detail", args=[earlier.pk])).content.decode()


def test_the_rate_counts_what_came_back_of_what_was_found(
    county: County, earlier: Hazard, clock_at: time_machine.Traveller, as_person: AsPerson
) -> None:
    go_to(clock_at, date(2026, 3, 2))
    assert earlier.enterprise is not None
    register(county, earlier.enterprise)
    register(county, earlier.enterprise, title="压力表未校验")
    major = register(county, earlier.enterprise, Level.MAJOR)
    void = register(county, earlier.enterprise)
    rechecking.void_hazard(actor=county.office, hazard_id=void.pk, reason="重复登记")
    metric, of_major = metrics.get("hazards.recurrence_rate"), metrics.get("hazards.major_recurrence_rate")
    assert metric is not None
    assert of_major is not None
    reading = metric.read(date(2026, 1, 1), clock.today(), None)
    assert (reading.numerator, reading.denominator, str(reading.value)) == (1, 4, "25.00")
    assert as_person("office").get(reading.numerator_path).context["count"] == 1
    before = metric.read(date(2026, 1, 1), date(2026, 2, 1), None)
    assert (before.numerator, before.denominator) == (0, 1)
    major_reading = of_major.read(date(2026, 1, 1), clock.today(), None)
    assert (major_reading.numerator, major_reading.denominator) == (0, 1), major


def test_the_sheet_says_it(
    county: County, earlier: Hazard, clock_at: time_machine.Traveller, as_person: AsPerson
) -> None:
    go_to(clock_at, date(2026, 3, 2))
    assert earlier.enterprise is not None
    again = register(county, earlier.enterprise)
    page: Any = load_workbook(io.BytesIO(as_person("office").get(reverse("hazards:export")).content)).active
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=3)]
    place = rows[0].index("反复发生")
    assert {row[0]: row[place] for row in rows[1:]} == {earlier.code: "否", again.code: "是"}
