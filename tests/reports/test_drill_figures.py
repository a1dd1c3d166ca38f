"""应急演练: the section's figures are the ledger's own as of the quarter's last day, with exactly the rows counted."""

from datetime import date

import pytest

from core.metrics import metrics
from drills.services.reviewing import reopen_drill
from drills.services.targets import TargetDraft, set_target
from reports.computing import compute
from reports.rows import DRILL
from tests.drills.records import counted, submitted
from tests.reports.story import Q1, Q2, Story, on

pytestmark = pytest.mark.django_db
FIRST, MARCH = date(2026, 1, 1), date(2026, 3, 31)


@pytest.fixture
def ledger(story: Story) -> dict[str, int]:
    """Drills of the first quarter and what became of them by June."""
    county, made = story.county, {}
    unit, editor, office = county.units["YJ"], county.editor, county.office
    with on(1, 5):
        set_target(actor=office, year=2026, draft=TargetDraft(4, "comprehensive", "年度工作要点第17条", {}))
    with on(3, 2):
        for name, kind, day in (("comprehensive", "comprehensive", 10), ("evacuation", "evacuation", 11)):
            held = date(2026, 2, day)
            made[name] = counted(editor, unit, by=office, kind=kind, held_on=held, title=name, hazard="fire").pk
        made["taken back"] = counted(editor, unit, by=office, held_on=date(2026, 2, 12), title="taken back").pk
        made["waiting"] = submitted(editor, unit, held_on=date(2026, 2, 13), title="waiting").pk
    with on(4, 8):
        # Held in the first quarter, judged in the second.
        made["judged later"] = counted(editor, unit, by=office, held_on=date(2026, 3, 30), title="judged later").pk
        reopen_drill(actor=office, drill_id=made["taken back"], reason="照片与上月相同")
    with on(6, 10):
        made["second quarter"] = counted(editor, unit, by=office, held_on=date(2026, 6, 1), title="second").pk
    return made


def test_counted_by_hand_and_by_the_ledger_alike(ledger: dict[str, int]) -> None:
    with on(7, 20):
        for quarter, held, comprehensive, year in ((Q1, 3, 2, 3), (Q2, 1, 1, 4)):
            content = compute(quarter, date(2026, 7, 20))
            figures = content.figures
            told = [figures[f"drills.{name}"].value for name in ("held", "comprehensive", "year")]
            assert told == [held, comprehensive, year], quarter
            for key, name, first in (
                ("drills.held", "held", content.start),
                ("drills.comprehensive", "comprehensive", content.start),
                ("drills.held", "year", FIRST),
                ("drills.comprehensive", "toward", FIRST),
            ):
                metric = metrics.get(key)
                assert metric is not None
                assert figures[f"drills.{name}"].value == metric.read(first, content.as_of, None).value, (quarter, name)


def test_rows_stand_behind_and_the_past_stays(ledger: dict[str, int]) -> None:
    with on(7, 20):
        content = compute(Q1, date(2026, 7, 20))
    assert content.as_of == MARCH
    behind = {
        name: {pk for pk, _ in content.rows_of(content.figures[f"drills.{name}"])}
        for name in ("held", "comprehensive", "year", "people")
    }
    quarter = {ledger["comprehensive"], ledger["evacuation"], ledger["taken back"]}
    assert behind["held"] == behind["year"] == behind["people"] == quarter, "taken back in April, counted in March"
    assert behind["comprehensive"] == quarter - {ledger["evacuation"]}
    assert {row.object_id for row in content.rows[DRILL].rows.values()} == quarter
    assert content.figures["drills.people"].value == 180
    section = content.section("drills")
    assert section is not None
    assert content.text_of(section).startswith(
        "本季度开展应急演练3场次，其中综合演练2场次，参演180人次；今年累计3场次。"
    )
    assert "50%" in content.text_of(section), "two of four toward the target"


def test_without_a_ledger_the_section_says_why(story: Story) -> None:
    with on(4, 7):
        section = compute(Q1, date(2026, 4, 7)).section("drills")
    assert section is not None
    assert section.empty == "本年度没有计入场次的演练，也没有下达演练目标。"
