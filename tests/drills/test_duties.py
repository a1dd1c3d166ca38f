"""The 应练清单: who owes what, period by period, and how it stands on a day; counted by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from core import clock
from drills.duties import Question, duties, tallies
from drills.duty_lines import Duty, read_duties
from drills.duty_terms import periods_of
from drills.models import DrillRule, DrillSetting, VillageCount
from drills.services.reviewing import reopen_drill
from drills.services.rules import waive, withdraw_waiver
from responsibility.models import Enterprise, Sector, SectorSupervision, Unit
from tests.county import County
from tests.drills.conftest import Players
from tests.drills.records import counted, make_enterprise, submitted

S = DrillRule.Subject
NOVEMBER = date(2026, 11, 25)


@pytest.fixture
def autumn(players: Players) -> Iterator[Players]:
    """The players on 25 November 2026."""
    with time_machine.travel(datetime(2026, 11, 25, 2, 0, tzinfo=UTC), tick=False):
        yield players


def lines(day: date = NOVEMBER, user: Any = None, **asked: Any) -> list[Duty]:
    return read_duties(duties(Question(day.year, day, user, **asked)))


def told(found: list[Duty]) -> list[tuple[str, str, str]]:
    return [(line.name, line.period.key, line.words) for line in found]


def evacuated(players: Players, enterprise: Enterprise, day: date, **extra: Any) -> Any:
    values = {"kind": "evacuation", "hazard": "fire", "held_on": day} | extra
    return counted(players.people["township"], enterprise, by=players.people["office"], **values)


@pytest.mark.parametrize(
    ("frequency", "spans"),
    [
        ("year", [("Y", date(2026, 1, 1), date(2026, 12, 31))]),
        (
            "half_year",
            [("H1", date(2026, 1, 1), date(2026, 6, 30)), ("H2", date(2026, 7, 1), date(2026, 12, 31))],
        ),
        ("flood", [("F", date(2026, 1, 1), date(2026, 4, 14))]),
        ("two_years", [("Y2", date(2025, 1, 1), date(2026, 12, 31))]),
        ("three_years", [("Y3", date(2024, 1, 1), date(2026, 12, 31))]),
    ],
)
def test_spans(frequency: str, spans: list[tuple[str, date, date]]) -> None:
    assert [(row.key, row.start, row.end) for row in periods_of(frequency, 2026, (4, 15))] == spans
    assert set(DrillRule.Frequency.values) == {"year", "half_year", "flood", "two_years", "three_years"}


def test_the_rules_a_county_starts_with(county: County, in_may: None) -> None:
    found = {(rule.subject, rule.what, rule.frequency) for rule in DrillRule.objects.in_force(2026)}
    assert found == {
        ("county", "any", "year"),
        ("township", "any", "year"),
        ("village", "any", "year"),
        ("enterprise", "evacuation", "year"),
        ("high_risk", "evacuation", "half_year"),
        ("township", "reporting", "flood"),
        ("supervisor", "any", "two_years"),
    }
    assert all(rule.basis for rule in DrillRule.objects.all())


def test_an_enterprise_owes_one_a_year_and_a_dangerous_one_each_half_year(autumn: Players) -> None:
    plain = autumn.enterprise
    risky = make_enterprise(autumn.county, 2, high_risk=True)
    asked: dict[str, Any] = {"subjects": (S.ENTERPRISE, S.HIGH_RISK)}
    assert told(lines(**asked)) == [
        (plain.name, "Y", "待练"),
        (risky.name, "H1", "逾期未练"),
        (risky.name, "H2", "待练"),
    ]
    evacuated(autumn, risky, date(2026, 6, 30))
    done = evacuated(autumn, plain, date(2026, 3, 2), kind="comprehensive", with_evacuation=True)
    found = lines(**asked)
    assert told(found) == [(plain.name, "Y", "已完成"), (risky.name, "H1", "已完成"), (risky.name, "H2", "待练")]
    assert found[0].drill == done
    # Without the evacuation a comprehensive drill is something else.
    evacuated(autumn, risky, date(2026, 8, 3), kind="comprehensive")
    assert told(lines(**asked, met="0")) == [(risky.name, "H2", "待练")]
    assert told(lines(**asked, met="1", period="H1")) == [(risky.name, "H1", "已完成")]


def test_periods_that_have_not_begun_are_left_out(players: Players) -> None:
    make_enterprise(players.county, 2, high_risk=True)
    asked: dict[str, Any] = {"subjects": (S.HIGH_RISK,)}
    assert [line.period.key for line in lines(date(2026, 6, 30), **asked)] == ["H1"]
    assert [line.period.key for line in lines(date(2026, 7, 1), **asked)] == ["H1", "H2"]
    assert duties(Question(2027, NOVEMBER)).count() == 0


def test_only_what_was_accepted_counts(autumn: Players) -> None:
    submitted(autumn.people["enterprise"], autumn.enterprise, kind="evacuation")
    assert told(lines(subjects=(S.ENTERPRISE,))) == [(autumn.enterprise.name, "Y", "待练")]
    drill = evacuated(autumn, autumn.enterprise, date(2026, 5, 5))
    assert lines(subjects=(S.ENTERPRISE,))[0].met
    reopen_drill(actor=autumn.people["office"], drill_id=drill.pk, reason="照片有误")
    assert not lines(subjects=(S.ENTERPRISE,))[0].met


@pytest.mark.parametrize(
    ("closed", "as_of", "keys"),
    [
        # Closed in the first half: it owed while it was open, and nothing once it was closed.
        (date(2026, 3, 15), date(2026, 3, 1), ["H1"]),
        (date(2026, 3, 15), date(2026, 3, 15), []),
        (date(2026, 3, 15), NOVEMBER, []),
        # Closed in the second half: the first half stays owed.
        (date(2026, 9, 15), date(2026, 8, 1), ["H1", "H2"]),
        (date(2026, 9, 15), NOVEMBER, ["H1"]),
        (date(2026, 6, 30), NOVEMBER, []),
        (date(2026, 7, 1), NOVEMBER, ["H1"]),
        (None, NOVEMBER, ["H1", "H2"]),
    ],
)
def test_an_enterprise_closed_in_the_year(players: Players, closed: date, as_of: date, keys: list[str]) -> None:
    make_enterprise(players.county, 2, high_risk=True, closed_on=closed)
    assert [line.period.key for line in lines(as_of, subjects=(S.HIGH_RISK,))] == keys


def test_an_enterprise_opened_in_the_year_is_let_off_what_came_before(autumn: Players) -> None:
    opened = make_enterprise(autumn.county, 2, high_risk=True)
    office = autumn.people["office"]
    waiver = waive(
        actor=office,
        enterprise_id=opened.pk,
        reason="2026年9月新开业",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 9, 10),
    )
    assert [line.period.key for line in lines(subjects=(S.HIGH_RISK,))] == ["H2"]
    # A waiver that ends before the period does lets nobody off.
    waive(
        actor=office,
        enterprise_id=opened.pk,
        reason="停产检修",
        valid_from=date(2026, 10, 1),
        valid_to=date(2026, 12, 30),
    )
    assert [line.period.key for line in lines(subjects=(S.HIGH_RISK,))] == ["H2"]
    withdraw_waiver(actor=office, waiver_id=waiver.pk, reason="登记有误")
    assert [line.period.key for line in lines(subjects=(S.HIGH_RISK,))] == ["H1", "H2"]


@pytest.mark.parametrize(
    ("dates", "keys"),
    [
        ({"valid_from": date(2026, 10, 2)}, ["Y"]),
        ({"valid_from": date(2026, 10, 3)}, []),
        # It is still there on the day asked for.
        ({"valid_to": date(2026, 12, 30)}, ["F", "Y"]),
        ({"valid_to": date(2026, 11, 25)}, ["F", "Y"]),
        ({"valid_to": date(2026, 11, 24)}, ["F"]),
        ({"valid_to": date(2026, 4, 29)}, []),
        ({}, ["F", "Y"]),
    ],
)
def test_a_unit_that_came_or_went_in_the_year(autumn: Players, dates: dict[str, date], keys: list[str]) -> None:
    """Grace: who came less than ninety days before the end of a period owes nothing for it."""
    Unit.objects.filter(code="Z1").update(**dates)
    found = sorted(line.period.key for line in lines(subjects=(S.TOWNSHIP,)))
    assert found == keys


def test_a_joint_drill_fulfils_the_duty_of_those_who_took_part_where_the_rule_says_so(autumn: Players) -> None:
    units, office = autumn.county.units, autumn.people["office"]
    joint = counted(
        autumn.people["editor"],
        units["YJ"],
        by=office,
        kind="reporting",
        held_on=date(2026, 4, 22),
        participants=(units["Z1"],),
    )
    found = lines(subjects=(S.TOWNSHIP,))
    assert [(line.period.key, line.met, line.drill) for line in found] == [("Y", False, None), ("F", True, joint)]
    DrillRule.objects.filter(subject=S.TOWNSHIP, what="any").update(by_joining=True)
    assert [line.met for line in lines(subjects=(S.TOWNSHIP,))] == [True, True]
    # A village's drill is not its township's.
    DrillRule.objects.filter(subject=S.TOWNSHIP).update(by_joining=False)
    counted(autumn.people["township"], units["Z1"], by=office, level="village", village="河边村")
    assert [line.met for line in lines(subjects=(S.TOWNSHIP,))] == [False, False]


def test_villages_are_counted_by_name_under_their_township(autumn: Players) -> None:
    units, office, editor = autumn.county.units, autumn.people["office"], autumn.people["township"]
    assert told(lines(subjects=(S.VILLAGE,))) == [("河口镇", "Y", "未填村（社区）数")]
    VillageCount.objects.create(unit=units["Z1"], year=2025, number=3)
    for number, village in enumerate(("河边村", "山前村", "河边村")):
        day = date(2026, 4, 20 + number)
        counted(editor, units["Z1"], by=office, level="village", village=village, held_on=day)
    (line,) = lines(subjects=(S.VILLAGE,))
    assert (line.words, line.met, line.required, line.done) == ("已练 2 / 3 个", False, 3, 2)
    VillageCount.objects.create(unit=units["Z1"], year=2026, number=2)
    assert lines(subjects=(S.VILLAGE,))[0].met
    (tally,) = tallies(Question(2026, NOVEMBER, subjects=(S.VILLAGE,)))
    assert (tally.met, tally.owed, tally.unknown) == (2, 2, 0)
    VillageCount.objects.filter(year=2026).update(number=0)
    assert lines(subjects=(S.VILLAGE,)) == []


def test_the_county_and_its_supervising_departments(autumn: Players) -> None:
    units, office = autumn.county.units, autumn.people["office"]
    sector = Sector.objects.create(code="JZ", name="建筑施工")
    decision = SectorSupervision.objects.create(
        sector=sector, lead=units["ZJ"], basis="分工", valid_from=date(2026, 3, 1)
    )
    asked: dict[str, Any] = {"subjects": (S.COUNTY, S.SUPERVISOR)}
    assert told(lines(**asked)) == [("全县", "Y", "待练"), ("县住房和城乡建设局", "Y2", "待练")]
    # Nobody led a sector in February.
    assert [line.kind for line in lines(date(2026, 2, 1), **asked)] == ["county"]
    counted(autumn.people["editor"], units["YJ"], by=office, level="county")
    counted(autumn.people["other_editor"], units["ZJ"], by=office, held_on=date(2025, 2, 3))
    assert [line.met for line in lines(**asked)] == [True, True]
    decision.valid_to = date(2026, 5, 1)
    decision.save()
    assert [line.kind for line in lines(**asked)] == ["county"]


def test_sector_rules_and_rules_of_other_years(autumn: Players) -> None:
    schools = Sector.objects.create(code="XX", name="学校")
    school = make_enterprise(autumn.county, 3, sector=schools, name="河口镇中心小学")
    rule = DrillRule.objects.get(subject=S.SECTOR)
    rule.sector, rule.active = schools, True
    rule.save()
    found = lines(subjects=(S.SECTOR,))
    assert told(found) == [(school.name, "H1", "逾期未练"), (school.name, "H2", "待练")]
    DrillRule.objects.filter(pk=rule.pk).update(from_year=2027)
    assert lines(subjects=(S.SECTOR,)) == []
    DrillRule.objects.filter(pk=rule.pk).update(from_year=2025, to_year=2025)
    assert lines(subjects=(S.SECTOR,)) == []
    assert len(lines(date(2025, 12, 31), subjects=(S.SECTOR,))) == 2


def test_past_days_are_shown_as_they_stood(autumn: Players) -> None:
    with time_machine.travel(datetime(2026, 5, 12, 2, 0, tzinfo=UTC), tick=False):
        drill = evacuated(autumn, autumn.enterprise, date(2026, 5, 6))
    reopen_drill(actor=autumn.people["office"], drill_id=drill.pk, reason="重新核实")
    asked: dict[str, Any] = {"subjects": (S.ENTERPRISE,)}
    days = {date(2026, 5, 11): False, date(2026, 5, 12): True, date(2026, 11, 24): True, NOVEMBER: False}
    assert {day: lines(day, **asked)[0].met for day in days} == days


def test_filters(autumn: Players) -> None:
    other = Unit.objects.create(code="Z2", name="山前镇", short_name="山前镇", kind=Unit.Kind.TOWNSHIP, ordering=9)
    away = make_enterprise(autumn.county, 2, name="山前第一砖瓦厂", township=other, high_risk=True)
    enterprises: dict[str, Any] = {"subjects": (S.ENTERPRISE, S.HIGH_RISK)}
    assert {line.name for line in lines(**enterprises, township=other.pk)} == {away.name}
    assert {line.name for line in lines(**enterprises, words=("砖瓦",))} == {away.name}
    assert {line.name for line in lines(words=("山前",))} == {"山前镇", away.name}
    # By 25 November the first half is overdue, and everything that ends with the year presses.
    assert len(lines(**enterprises, pressing=True)) == 3
    assert {line.period.key for line in lines(date(2026, 8, 1), **enterprises, pressing=True)} == {"H1"}
    for order in ("", "name", "township", "period", "open"):
        assert len(lines(order=order)) == len(lines())
    assert [line.name for line in lines(**enterprises, order="name")] == sorted(
        line.name for line in lines(**enterprises)
    )


def test_who_sees_what(autumn: Players) -> None:
    other = Unit.objects.create(code="Z2", name="山前镇", short_name="山前镇", kind=Unit.Kind.TOWNSHIP)
    make_enterprise(autumn.county, 2, name="山前第一砖瓦厂", township=other, supervisor=autumn.county.units["XF"])
    VillageCount.objects.create(unit=other, year=2026, number=2)

    def seen(name: str, **asked: Any) -> set[str]:
        return {line.name for line in lines(user=autumn.people[name], **asked)}

    everything = {"全县", "河口镇", "山前镇", autumn.enterprise.name, "山前第一砖瓦厂"}
    for name in ("office", "leader", "auditor"):
        assert seen(name) == everything
        assert seen(name, own=True) == set()
    assert seen("township") == {"河口镇", autumn.enterprise.name}
    assert seen("township", own=True) == {"河口镇"}
    assert seen("other_editor") == {autumn.enterprise.name}
    assert seen("fire") == {"山前第一砖瓦厂"}
    assert seen("enterprise") == seen("enterprise", own=True) == {autumn.enterprise.name}
    for name in ("administrator", "stranger"):
        assert seen(name) == set()


def test_tallies_agree_with_the_list(autumn: Players) -> None:
    make_enterprise(autumn.county, 2, high_risk=True)
    evacuated(autumn, autumn.enterprise, date(2026, 3, 2))
    question = Question(2026, clock.today())
    for row in tallies(question):
        asked = replace(question, rule=row.rule.pk, period=row.period.key)
        if row.rule.subject != S.VILLAGE:
            assert row.owed == duties(asked).count()
            assert row.met == duties(replace(asked, met="1")).count()
    assert tallies(replace(question, rule=0)) == []
    assert DrillSetting.objects.count() == 1
