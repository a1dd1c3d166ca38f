"""重大隐患整治: the figures are the ledger's own, as of the quarter's last day."""

from datetime import date

import pytest

from core.metrics import metrics
from hazards.models.tracked import Level
from reports.computing import compute
from reports.rows import HAZARD
from responsibility.models import Enterprise, Sector
from tests.hazards.ledger import apply, ask, grant, recheck, register
from tests.reports.story import Q1, Q2, Story, on

pytestmark = pytest.mark.django_db
MAJOR = Level.MAJOR


@pytest.fixture
def ledger(story: Story) -> dict[str, int]:
    """Four major hazards of the first quarter and a general one; what happened to them by June."""
    county = story.county
    sector = Sector.objects.create(code="S01", name="危险化学品")
    works = Enterprise.objects.create(
        name="清泽化工有限公司",
        credit_code="91320000000000000X",
        sector=sector,
        township=county.units["Z1"],
        supervisor=county.units["YJ"],
    )
    county.enterprise.memberships.update(enterprise=works)
    made = {}
    with on(2, 2):
        for name, due in (
            ("on time", date(2026, 3, 10)),
            ("late", date(2026, 3, 10)),
            ("extended", date(2026, 3, 20)),
            ("later", date(2026, 5, 20)),
        ):
            made[name] = register(county, works, MAJOR, due_on=due, title=name)
        made["general"] = register(county, works, due_on=date(2026, 3, 5), title="general")
    with on(3, 4):
        recheck(apply(made["on time"], county.enterprise), county.editor)
        recheck(apply(made["general"], county.enterprise), county.editor)
    with on(3, 15):
        ask(made["extended"], county.enterprise)
        grant(made["extended"], county.office, date(2026, 3, 30))
    with on(3, 29):
        recheck(apply(made["extended"], county.enterprise), county.editor)
    with on(4, 9):
        recheck(apply(made["late"], county.enterprise), county.editor)
    return {name: hazard.pk for name, hazard in made.items()}


def test_counted_by_hand_and_by_the_ledger_alike(ledger: dict[str, int]) -> None:
    content = compute(Q1, date(2026, 4, 10))
    found = {name: content.figures[f"hazards.{name}"] for name in ("found", "closed", "due", "on_time", "all_due")}
    assert {name: figure.number for name, figure in found.items()} == {
        "found": "4",
        "closed": "0",
        "due": "3",
        "on_time": "2",
        "all_due": "4",
    }
    assert set(found["on_time"].rows) == {ledger["on time"], ledger["extended"]}
    assert content.figures["hazards.on_time_rate"].number == "66.67%"
    assert content.figures["hazards.all_on_time_rate"].number == "75%"
    assert [content.figures[f"hazards.{name}"].number for name in ("stock", "overdue")] == ["4", "1"]
    for name, key in (
        ("on_time_rate", "hazards.major_on_time_rate"),
        ("all_on_time_rate", "hazards.on_time_rate"),
        ("stock", "hazards.major_open_stock"),
        ("overdue", "hazards.major_overdue_open"),
    ):
        metric = metrics.get(key)
        assert metric is not None
        reading = metric.read(date(2026, 1, 1), date(2026, 3, 31), None)
        assert content.figures[f"hazards.{name}"].value == reading.value, key
        assert content.figures[f"hazards.{name}"].formula == metric.formula


def test_sentences_and_rows(ledger: dict[str, int]) -> None:
    content = compute(Q1, date(2026, 4, 10))
    section = content.section("hazards")
    assert section is not None
    text = content.text_of(section)
    assert "今年以来，全县累计发现重大隐患4条，已销号0条，整改率0%。" in text
    assert "到期应整改重大隐患3条，按期整改2条，按期整改率66.67%，其中1条经批准延期，按批准后的期限计算。" in text
    assert "重大隐患存量4条，其中超期未整改1条，未实现动态清零。" in text
    late = content.rows[HAZARD].rows[ledger["late"]]
    assert late.cells[1:4] == ["late", "清泽化工有限公司", "河口镇"]
    assert late.cells[8:] == ["2026-03-10", "2026-03-10", "整改中", None]
    assert not content.rows[HAZARD].public, "names of enterprises are not for every unit"


def test_next_quarter_sees_what_was_done_since(ledger: dict[str, int]) -> None:
    content = compute(Q2, date(2026, 7, 1))
    assert [content.figures[f"hazards.{name}"].number for name in ("due", "on_time", "overdue")] == ["1", "0", "1"]


def test_without_a_ledger_the_section_is_empty(story: Story) -> None:
    section = compute(Q1, date(2026, 4, 10)).section("hazards")
    assert section is not None
    assert section.empty
    assert section.lines == []
