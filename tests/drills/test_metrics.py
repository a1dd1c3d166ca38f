"""The figures of the drills, counted by hand, and their links, which open exactly the rows counted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from core.metrics import Reading, metric_for, metrics
from drills.models import Drill
from drills.services.reviewing import reopen_drill
from responsibility.models import Unit
from tests.county import client_of
from tests.drills.conftest import Players
from tests.drills.records import counted, make_enterprise, submitted

JANUARY, NOVEMBER = date(2026, 1, 1), date(2026, 11, 25)


@pytest.fixture
def year(players: Players) -> Iterator[dict[str, Drill]]:
    """A year's records, each counted on the day of its month that is named, looked at on 25 November."""
    units, people = players.county.units, players.people
    office, found = people["office"], {}

    def on(day: date, key: str, actor: str, organiser: Any, **extra: Any) -> None:
        with time_machine.travel(datetime(day.year, day.month, day.day, 2, tzinfo=UTC), tick=False):
            found[key] = counted(people[actor], organiser, by=office, **extra)

    on(date(2025, 12, 30), "last year", "editor", units["YJ"], held_on=date(2025, 12, 20))
    on(date(2026, 1, 8), "late count", "editor", units["YJ"], held_on=date(2025, 12, 28))
    on(date(2026, 4, 10), "spring", "township", units["Z1"], held_on=date(2026, 4, 1))
    on(date(2026, 4, 28), "joint", "editor", units["YJ"], held_on=date(2026, 4, 20), participants=(units["Z1"],))
    evacuation = {"kind": "evacuation", "hazard": "fire"}
    on(date(2026, 5, 6), "evacuation", "township", players.enterprise, held_on=date(2026, 4, 30), **evacuation)
    on(date(2026, 10, 9), "autumn", "township", units["Z1"], held_on=date(2026, 9, 28), hazard="geology")
    with time_machine.travel(datetime(2026, 11, 25, 2, tzinfo=UTC), tick=False):
        submitted(people["editor"], units["YJ"], held_on=date(2026, 11, 20))
        reopen_drill(actor=office, drill_id=found["spring"].pk, reason="重新核实")
        yield found


def read(key: str, start: date = JANUARY, as_of: date = NOVEMBER, user: Any = None) -> Reading:
    metric = metrics.get(key)
    assert metric is not None
    return metric.read(start, as_of, user)


def rows(players: Players, path: str, name: str = "office") -> int:
    answer = client_of(players.people[name]).get(path)
    assert answer.status_code == 200
    found: int = answer.context["count"]
    assert answer.context["filters"].form.is_valid()
    return found


@pytest.mark.parametrize(
    ("start", "as_of", "held", "comprehensive"),
    [
        # joint, evacuation, autumn: what was taken back today counts no more.
        (JANUARY, NOVEMBER, 3, 2),
        # On the day before it still did.
        (JANUARY, date(2026, 11, 24), 4, 3),
        (JANUARY, date(2026, 3, 31), 0, 0),
        # Held on 1 April, counted on the 10th.
        (JANUARY, date(2026, 4, 9), 0, 0),
        (JANUARY, date(2026, 4, 10), 1, 1),
        (JANUARY, date(2026, 4, 27), 1, 1),
        (JANUARY, date(2026, 4, 28), 2, 2),
        # Held in April, counted in May.
        (date(2026, 4, 1), date(2026, 4, 30), 2, 2),
        (date(2026, 4, 1), date(2026, 5, 6), 3, 2),
        (date(2026, 7, 1), date(2026, 9, 30), 0, 0),
        (date(2026, 7, 1), NOVEMBER, 1, 1),
        # At the end of the year before only one of its two had been counted.
        (date(2025, 1, 1), date(2025, 12, 31), 1, 1),
    ],
)
def test_drills_held(
    year: dict[str, Drill], players: Players, start: date, as_of: date, held: int, comprehensive: int
) -> None:
    for key, number in (("drills.held", held), ("drills.comprehensive", comprehensive)):
        reading = read(key, start, as_of)
        assert (reading.value, reading.numerator, reading.denominator) == (Decimal(number), number, None)
        assert (reading.start, reading.as_of) == (start, as_of)
        assert rows(players, reading.numerator_path) == number


def test_a_person_counts_what_they_may_see(year: dict[str, Drill], players: Players) -> None:
    seen = {"office": 3, "leader": 3, "editor": 1, "township": 3, "other_editor": 1, "enterprise": 1, "fire": 0}
    seen |= {"administrator": 0, "stranger": 0}
    for name, number in seen.items():
        reading = read("drills.held", user=players.people[name])
        assert reading.numerator == number, name
        assert rows(players, reading.numerator_path, name) == number, name


def test_coverage_of_enterprises(year: dict[str, Drill], players: Players) -> None:
    make_enterprise(players.county, 2, high_risk=True)
    make_enterprise(players.county, 3, closed_on=date(2026, 8, 1))
    # One plain enterprise that has held its drill, a dangerous one with two halves; the closed one owes no more.
    reading = read("drills.enterprise_coverage")
    assert (reading.numerator, reading.denominator, reading.value) == (1, 3, Decimal("33.33"))
    assert rows(players, reading.numerator_path) == 1
    assert rows(players, reading.denominator_path) == 3
    # On 30 April it was not counted yet, the second half had not begun, and the closed one was still open.
    reading = read("drills.enterprise_coverage", as_of=date(2026, 4, 30))
    assert (reading.numerator, reading.denominator, reading.value) == (0, 3, Decimal(0))
    assert rows(players, reading.denominator_path) == 3
    assert rows(players, reading.numerator_path) == 0
    assert "高危企业2026年上半年0/1" in reading.note
    reading = read("drills.enterprise_coverage", as_of=date(2026, 5, 6))
    assert (reading.numerator, reading.denominator) == (1, 3)


def test_coverage_of_townships(year: dict[str, Drill], players: Players) -> None:
    Unit.objects.create(code="Z2", name="山前镇", short_name="山前镇", kind=Unit.Kind.TOWNSHIP)
    # Two townships, each a drill of the year and one before the floods; 河口镇 has held its own.
    reading = read("drills.township_coverage")
    assert (reading.numerator, reading.denominator, reading.value) == (1, 4, Decimal("25.00"))
    assert rows(players, reading.numerator_path) == 1
    assert rows(players, reading.denominator_path) == 4
    own = read("drills.township_coverage", user=players.people["township"])
    assert (own.numerator, own.denominator) == (1, 2)
    assert rows(players, own.denominator_path, "township") == 2


def test_nothing_owed_is_no_rate(players: Players) -> None:
    players.enterprise.closed_on = date(2026, 1, 1)
    players.enterprise.save()
    reading = read("drills.enterprise_coverage")
    assert (reading.value, reading.numerator, reading.denominator) == (None, 0, 0)


@pytest.mark.parametrize(
    ("phrase", "key"),
    [
        ("基层综合应急演练 全年达到400场次", "drills.comprehensive"),
        ("基层综合演练", "drills.comprehensive"),
        ("演练场次 400", "drills.held"),
        ("应急演练 不少于12场次", "drills.held"),
        ("企业疏散演练覆盖率 100%", "drills.enterprise_coverage"),
        ("乡镇（街道）演练完成率", "drills.township_coverage"),
        ("基层报灾技能演练", None),
        ("隐患按期整改", None),
    ],
)
def test_the_words_of_a_plan_find_their_figure(phrase: str, key: str | None) -> None:
    found = metric_for(phrase)
    assert (found.key if found and found.key.startswith("drills.") else None) == key


def test_every_figure_says_how_it_is_computed() -> None:
    for metric in metrics.all():
        if metric.key.startswith("drills."):
            assert metric.formula
            assert metric.unit in ("场次", "%")
