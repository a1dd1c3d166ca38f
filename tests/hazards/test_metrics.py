"""The figures of the ledger, counted by hand: extension, lateness that stays, a day in the past, what a person sees."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse

from core.metrics import Reading, metric_for, metrics
from hazards.filters import HazardFilter
from hazards.metrics import DENOMINATOR, HAZARD_METRICS, NUMERATOR, rows_behind
from hazards.models import Hazard
from hazards.models.tracked import Level
from hazards.services import extensions, rechecking
from responsibility.models import Enterprise
from tests.county import AsPerson, County
from tests.enterprises import join_enterprise, make_enterprise, make_sector
from tests.hazards.ledger import apply, ask, recheck, register

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 1)
MARCH, NOVEMBER = date(2026, 3, 31), date(2026, 11, 25)
M = Level.MAJOR


class Calendar:
    """Moves the clock to noon of a day."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self.traveller = traveller

    def __call__(self, month: int, day: int) -> None:
        self.traveller.move_to(datetime(2026, month, day, 4, 0, tzinfo=UTC))


@pytest.fixture
def on(db: None) -> Iterator[Calendar]:
    with time_machine.travel(datetime(2026, 1, 5, 4, 0, tzinfo=UTC), tick=False) as traveller:
        yield Calendar(traveller)


@pytest.fixture
def enterprise(county: County, on: Calendar) -> Enterprise:
    made = make_enterprise(county)
    join_enterprise(county.enterprise, made)
    return made


def finish(county: County, hazard: Hazard) -> None:
    """Hand in, re-check and, where it is major, close, all today."""
    apply(hazard, county.enterprise)
    recheck(hazard, county.editor)
    if hazard.level == M:
        rechecking.close_hazard(actor=county.office, hazard_id=hazard.pk, opinion="同意")


@pytest.fixture
def year(county: County, on: Calendar, enterprise: Enterprise) -> dict[str, Hazard]:
    """Seven major hazards and one general one of 2026, and what became of them by 25 November."""
    made = {}
    on(1, 5)
    # Due on 10 February, handed in and found in order on the 9th.
    made["in time"] = register(county, enterprise, M, due_on=date(2026, 2, 10))
    # Due on 28 February, handed in on 5 March.
    made["late"] = register(county, enterprise, M, due_on=date(2026, 2, 28))
    # Due on 20 March, handed in on the day, re-checked on 2 April only.
    made["rechecked later"] = register(county, enterprise, M, due_on=date(2026, 3, 20))
    # Due on 25 March, extended on the 24th to 30 April, handed in on 28 April.
    made["extended"] = register(county, enterprise, M, due_on=date(2026, 3, 25))
    # Due on 31 March, never done.
    made["never"] = register(county, enterprise, M, due_on=MARCH)
    # In time, closed on 15 January, opened again on 1 June.
    made["reopened"] = register(county, enterprise, M, due_on=date(2026, 1, 20))
    # Void from 1 May on.
    made["void"] = register(county, enterprise, M, due_on=date(2026, 3, 1))
    made["general"] = register(county, enterprise, due_on=date(2026, 2, 1))
    on(1, 15)
    finish(county, made["reopened"])
    on(1, 20)
    finish(county, made["general"])
    on(2, 9)
    finish(county, made["in time"])
    on(3, 5)
    finish(county, made["late"])
    on(3, 20)
    apply(made["rechecked later"], county.enterprise)
    on(3, 24)
    ask(made["extended"], county.enterprise, days=60)
    extensions.grant_extension(
        actor=county.office, hazard_id=made["extended"].pk, opinion="同意", due_on=date(2026, 4, 30)
    )
    on(4, 2)
    recheck(made["rechecked later"], county.editor)
    on(4, 28)
    finish(county, made["extended"])
    on(5, 1)
    rechecking.void_hazard(actor=county.office, hazard_id=made["void"].pk, reason="登记有误")
    on(6, 1)
    rechecking.reopen_hazard(
        actor=county.office, hazard_id=made["reopened"].pk, reason="回头看", due_on=date(2026, 6, 30)
    )
    on(6, 20)
    finish(county, made["reopened"])
    on(11, 25)
    return made


def names(year: dict[str, Hazard], key: str, part: str, last: date, first: date = FIRST) -> set[str]:
    found = set(rows_behind(key, part, first, last).values_list("pk", flat=True))
    return {name for name, hazard in year.items() if hazard.pk in found}


RATE = "hazards.major_on_time_rate"


def test_on_time_rate_of_the_year(year: dict[str, Hazard]) -> None:
    due = {"in time", "late", "rechecked later", "extended", "never", "reopened"}
    assert names(year, RATE, DENOMINATOR, NOVEMBER) == due
    # Late stays late though it is closed; what was opened again never counts, though the second time was in time.
    assert names(year, RATE, NUMERATOR, NOVEMBER) == {"in time", "rechecked later", "extended"}
    reading = read(RATE, NOVEMBER)
    assert (reading.value, reading.numerator, reading.denominator) == (Decimal("50.00"), 3, 6)
    assert reading.note == "其中 1 条经批准延期，按批准后的期限计算；1 条曾重新打开，不计入按期。"
    assert (reading.start, reading.as_of) == (FIRST, NOVEMBER)


def read(key: str, last: date, user: object = None, first: date = FIRST) -> Reading:
    metric = metrics.get(key)
    assert metric is not None
    return metric.read(first, last, user)


def test_on_time_rate_as_it_stood_on_31_march(year: dict[str, Hazard]) -> None:
    """Asked in November: the void one still counted, the extended one was not due, one waited for its re-check."""
    assert names(year, RATE, DENOMINATOR, MARCH) == {"in time", "late", "rechecked later", "never", "reopened", "void"}
    assert names(year, RATE, NUMERATOR, MARCH) == {"in time", "reopened"}
    reading = read(RATE, MARCH)
    assert (reading.value, reading.numerator, reading.denominator) == (Decimal("33.33"), 2, 6)
    assert reading.note == "1 条已按期申请验收、待复查，复查合格后计入。"


def test_the_deadline_in_force_is_that_of_the_day(year: dict[str, Hazard]) -> None:
    standings = year["extended"].standings
    assert standings.in_force_on(date(2026, 3, 23)).get().due_on == date(2026, 3, 25)
    assert standings.in_force_on(date(2026, 3, 24)).get().due_on == date(2026, 4, 30)
    assert not standings.in_force_on(date(2026, 1, 4)).exists(), "not registered yet"
    assert names(year, RATE, DENOMINATOR, date(2026, 4, 30), date(2026, 4, 1)) == {"extended"}


def test_a_span_counts_what_falls_due_in_it(year: dict[str, Hazard]) -> None:
    first = date(2026, 4, 1)
    assert names(year, RATE, DENOMINATOR, date(2026, 6, 30), first) == {"extended", "reopened"}
    assert read(RATE, date(2026, 6, 30), first=first).value == Decimal("50.00")
    nothing = read(RATE, NOVEMBER, first=date(2026, 9, 1))
    assert (nothing.value, nothing.numerator, nothing.denominator) == (None, 0, 0)


def test_closed_rate_is_another_figure(year: dict[str, Hazard]) -> None:
    # On 31 March the one re-checked later, the extended one, the one never done and the void one were open.
    march, november = read("hazards.major_closed_rate", MARCH), read("hazards.major_closed_rate", NOVEMBER)
    assert (march.numerator, march.denominator) == (3, 7)
    # The one re-checked on 2 April waits for the office to this day.
    assert (november.numerator, november.denominator, november.value) == (4, 6, Decimal("66.67"))
    assert (read("hazards.closed_rate", NOVEMBER).numerator, read("hazards.closed_rate", NOVEMBER).denominator) == (
        5,
        7,
    )


def test_the_two_readings_of_zero(year: dict[str, Hazard]) -> None:
    # Handed in by the deadline and waiting is not overdue; void since May, so that in March it still was.
    assert names(year, "hazards.major_overdue_open", NUMERATOR, MARCH) == {"void"}
    assert names(year, "hazards.major_overdue_open", NUMERATOR, date(2026, 4, 1)) == {"void", "never"}
    assert names(year, "hazards.major_overdue_open", NUMERATOR, NOVEMBER) == {"never"}
    stock = names(year, "hazards.major_open_stock", NUMERATOR, NOVEMBER)
    assert stock == {"never", "rechecked later"}
    reading = read("hazards.major_overdue_open", NOVEMBER)
    assert (reading.value, reading.denominator) == (Decimal(1), None)
    assert reading.note.startswith("未实现动态清零；存量 2 条")
    assert read("hazards.major_overdue_open", date(2026, 2, 20)).note.startswith("已实现动态清零；存量")


def test_a_person_counts_what_they_see(county: County, year: dict[str, Hazard]) -> None:
    works = make_sector("S07", "建筑施工")
    other = make_enterprise(county, 9, "另一家建设有限公司", supervisor="ZJ", sector=works)
    register(county, other, M, due_on=NOVEMBER)
    assert read("hazards.major_open_stock", NOVEMBER).numerator == 3
    assert read("hazards.major_open_stock", NOVEMBER, county.office).numerator == 3
    assert read("hazards.major_open_stock", NOVEMBER, county.editor).numerator == 2
    assert read("hazards.major_open_stock", NOVEMBER, county.other_editor).numerator == 1
    assert read("hazards.major_open_stock", NOVEMBER, county.enterprise).numerator == 2
    assert read("hazards.major_open_stock", NOVEMBER, county.stranger).numerator == 0


@pytest.mark.parametrize("last", [MARCH, NOVEMBER])
@pytest.mark.parametrize("person", ["office", "editor", "enterprise"])
def test_every_link_shows_exactly_the_rows_counted(
    as_person: AsPerson, county: County, year: dict[str, Hazard], last: date, person: str
) -> None:
    client = as_person(person)
    for metric in HAZARD_METRICS:
        reading = metric.read(FIRST, last, county.people[person])
        assert client.get(reading.numerator_path).context["count"] == reading.numerator, metric.key
        if reading.denominator is not None:
            assert client.get(reading.denominator_path).context["count"] == reading.denominator, metric.key


def test_the_filter_of_a_figure_defaults_to_this_year_and_refuses_nonsense(
    county: County, year: dict[str, Hazard]
) -> None:
    request = RequestFactory().get("/")
    request.user = county.office
    rows = Hazard.objects.all()
    plain = HazardFilter(QueryDict(f"metric={RATE}"), rows, request=request)
    assert plain.qs.count() == 3
    wrong = HazardFilter(QueryDict("metric=hazards.nothing"), rows, request=request)
    assert not wrong.form.is_valid()


def test_the_page_shows_each_figure_with_its_parts(as_person: AsPerson, year: dict[str, Hazard]) -> None:
    address = reverse("hazards:metrics")
    page = as_person("office").get(address, {"since": "2026-01-01", "until": "2026-03-31"}).content.decode()
    assert "33.33%" in page
    assert "截至 2026-03-31" in page
    for metric in HAZARD_METRICS:
        assert metric.label in page
        assert metric.formula in page
    for query in ({"until": "2027-01-01"}, {"since": "2026-05-01", "until": "2026-04-01"}, {"since": "x"}):
        assert as_person("office").get(address, query).status_code == 400, query


@pytest.mark.parametrize(
    ("phrase", "key"),
    [
        ("重大隐患按期整改率 重大隐患按期整改率达到100%", "hazards.major_on_time_rate"),
        ("重大事故隐患按期整改率", "hazards.major_on_time_rate"),
        ("隐患按期整改率", "hazards.on_time_rate"),
        ("重大隐患整改率", "hazards.major_closed_rate"),
        ("隐患整改率", "hazards.closed_rate"),
        ("未销号重大隐患数 做到重大隐患动态清零", "hazards.major_overdue_open"),
        ("演练场次", None),
    ],
)
def test_a_plans_words_find_the_figure(phrase: str, key: str | None) -> None:
    found = metric_for(phrase)
    assert (found.key if found and found.key.startswith("hazards.") else None) == key
