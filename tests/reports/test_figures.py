"""Figures of two quarters, counted by hand; nothing that happened later shows in an earlier quarter."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import UserError
from core.metrics import Metric, Reading, metrics
from reports.comparing import changed_figures
from reports.computing import compute
from reports.content import Content, content_from_json, figures_to_json, rows_to_json, sections_to_json
from reports.quarters import Quarter, quarter_of, read_quarter
from reports.rows import HAZARD, LETTER, ROUND, TARGET, TASK
from tasks.models import TaskTarget
from tests.county import make_task
from tests.reports.story import PROBLEM, Q1, Q2, Story, on

pytestmark = pytest.mark.django_db
END_OF_MARCH = date(2026, 3, 31)


def shown(content: Content, names: Mapping[str, str]) -> dict[str, str]:
    return {key: content.figures[key].number for key in names}


FIRST = {
    "overall.total": "5",
    "overall.closed": "1",
    "overall.closed_share": "20%",
    "overall.on_schedule": "2",
    "overall.on_schedule_share": "40%",
    "overall.warned": "1",
    "overall.warned_share": "20%",
    "overall.red": "1",
    "overall.red_share": "20%",
    "overall.overdue": "1",
    "overall.closed_now": "1",
    "overall.closed_change": "—",
    "targets.all": "3",
    "targets.met": "1",
    "targets.unmet": "1",
    "targets.unknown": "1",
    "targets.broken": "0",
    "targets.met_share": "33.3%",
    "letters.sent": "2",
    "letters.reminders": "2",
    "letters.urgings": "0",
    "letters.received": "2",
    "letters.received_share": "100%",
    "letters.replied": "1",
    "letters.replied_share": "50%",
    "letters.closed": "1",
    "letters.late": "1",
    "problems.overdue": "1",
    "problems.behind": "0",
    "problems.rounds": "1",
    "next_steps.due": "1",
    "next_steps.overdue": "1",
    "next_steps.warned": "1",
    "next_steps.closable": "0",
}
SECOND = {
    "overall.total": "5",
    "overall.closed": "2",
    "overall.closed_share": "40%",
    "overall.closed_change": "+1",
    "overall.on_schedule": "0",
    "overall.on_schedule_change": "-2",
    "overall.warned": "1",
    "overall.warned_change": "0",
    "overall.red": "2",
    "overall.red_change": "+1",
    "overall.overdue": "0",
    "overall.closed_now": "1",
    "letters.sent": "0",
    "letters.received_share": "—",
    "letters.late": "0",
    "problems.overdue": "0",
    "problems.behind": "2",
    "problems.rounds": "1",
    "next_steps.due": "0",
}


def test_first_quarter_counted_by_hand(story: Story) -> None:
    content = compute(Q1, END_OF_MARCH)
    assert shown(content, FIRST) == FIRST


def test_what_happened_later_does_not_leak_into_a_past_quarter(later: Story) -> None:
    before = compute(Q1, END_OF_MARCH)
    assert shown(compute(Q1, date(2026, 7, 6)), FIRST) == FIRST
    assert changed_figures(before, compute(Q1, date(2026, 12, 31))) == []


def test_second_quarter_counted_by_hand_with_changes(later: Story) -> None:
    assert shown(compute(Q2, date(2026, 7, 6)), SECOND) == SECOND


def test_a_quarter_that_runs_is_counted_up_to_today(later: Story) -> None:
    content = compute(Q2, date(2026, 4, 15))
    assert content.as_of == date(2026, 4, 15)
    assert content.figures["overall.closed"].number == "1"
    assert "数据截至2026年4月15日" in content.text_of(content.sections[0])


def codes(content: Content, key: str) -> list[str]:
    return [str(row.cells[0]) for _, row in content.rows_of(content.figures[key])]


def test_every_figure_keeps_exactly_the_rows_it_counts(story: Story) -> None:
    content = compute(Q1, END_OF_MARCH)
    for figure in content.figures.values():
        rows = content.rows_of(figure)
        assert len(rows) == len(set(figure.rows))
        if figure.unit != "%" and not figure.signed and figure.base == "" and not figure.key.startswith("targets.t"):
            assert figure.value == len(rows), figure.key
        if figure.base:
            assert figure.numerator == len(rows)
            assert figure.denominator == len(content.figures[figure.base].rows)
            assert set(figure.rows) <= set(content.figures[figure.base].rows)
        assert figure.formula
        assert figure.as_of == END_OF_MARCH
    assert codes(content, "overall.closed") == ["2026-01"]
    assert codes(content, "overall.on_schedule") == ["2026-02", "2026-04"]
    assert codes(content, "overall.warned") == ["2026-05"]
    assert codes(content, "overall.overdue") == ["2026-03"]
    assert codes(content, "next_steps.due") == ["2026-04"]
    assert set(content.rows) >= {TASK, TARGET, LETTER, ROUND, HAZARD}


def test_rows_say_how_things_stood_on_the_last_day(later: Story) -> None:
    content = compute(Q1, END_OF_MARCH)
    rows = {str(row.cells[0]): list(row.cells) for row in content.rows[TASK].rows.values()}
    assert rows["2026-03"] == [
        *("2026-03", "整治燃气", "二、整治隐患，守住底线", "县住建局", "2026-03-15", "进行中"),
        *("红 逾期或滞后", "0", "是", None),
    ]
    assert rows["2026-02"][5:9] == ["已上报待审", "绿 正常", "25", "否"]
    assert rows["2026-01"][5:] == ["已销号", "蓝 已办结", "100", "否", "2026-03-25"]
    letters = {str(row.cells[3]): list(row.cells) for row in content.rows[LETTER].rows.values()}
    assert letters["县住建局"][6:] == ["已签收待回复", "2026-03-19", None, None, "是"]
    assert letters["县应急局"][6:] == ["已办结", "2026-03-11", "2026-03-12", "2026-03-13", "否"]


def test_chapters_and_units_add_up_in_the_countys_order(story: Story) -> None:
    content = compute(Q1, END_OF_MARCH)
    for key, first in (
        ("chapters", ["一、压实责任", "二、整治隐患"]),
        ("units", ["县应急局", "县住建局", "县消防大队"]),
    ):
        section = content.section(key)
        assert section is not None
        (table,) = section.tables
        rows = [[content.shown(cell) for cell in row] for row in table.rows]
        assert [row[0] for row in rows] == first
        totals = [sum(int(row[column]) for row in rows) for column in range(1, 7)]
        # 任务数, 已办结, 正常, 未到期, 预警, 逾期或滞后
        assert totals == [5, 1, 1, 1, 1, 1]
        assert all(int(row[1]) == sum(map(int, row[2:7])) for row in rows)
    assert rows[0] == ["县应急局", "2", "1", "1", "0", "0", "0", "50%"]


def test_sentences_follow_from_the_figures(later: Story) -> None:
    first, second = compute(Q1, END_OF_MARCH), compute(Q2, date(2026, 7, 6))

    def text(content: Content, key: str) -> str:
        section = content.section(key)
        assert section is not None
        return content.text_of(section)

    assert text(first, "overall") == (
        "截至2026年3月31日，全县共5项任务，已办结1项（20%），按序时推进2项（40%），预警1项（20%），"
        "逾期或滞后1项（20%），其中超过完成时限未完成的1项。本季度新办结1项。"
    )
    assert text(second, "overall").endswith(
        "与上季度末相比，已办结增加1项；按序时推进减少2项；预警持平；逾期或滞后增加1项。"
    )
    assert text(first, "units") == (
        "全部任务由3个单位牵头。有逾期或滞后任务的为：县住建局（1项）。下表按县机构序列排列，不作排名。"
    )
    assert "逾期未回复1份：县住建局（清安办函〔2026〕2号，应于2026年3月25日前回复）。" in text(first, "letters")
    assert text(second, "letters").startswith("本季度县安委办发出督办函件0份。")
    assert f"县消防大队“巡查小场所”，{PROBLEM.rstrip('。')}。" in text(first, "problems")
    assert "第二季度有1项任务到期，其中6月1项" in text(first, "next_steps")


def test_overdue_tasks_are_listed_with_the_units_own_reason(story: Story) -> None:
    section = compute(Q1, END_OF_MARCH).section("problems")
    assert section is not None
    (table,) = section.tables
    assert [list(row) for row in table.rows] == [["整治燃气", "县住建局", "2026年3月15日", "16", "尚未说明"]]


def target_row(content: Content, metric: str) -> list[str]:
    section = content.section("targets")
    assert section is not None
    for row in section.tables[0].rows:
        cells = [content.shown(cell) for cell in row]
        if cells[0] == metric:
            return cells
    raise AssertionError(metric)


def test_targets_take_the_reported_value_while_it_waits_and_limits_have_no_share(story: Story) -> None:
    content = compute(Q1, END_OF_MARCH)
    name = "演练场次（开展演练）"
    assert target_row(content, name) == [name, "县应急局", "不低于400场次", "100", "25%", "推进中"]
    assert target_row(content, "死亡人数") == ["死亡人数", "县住建局", "不超过0人", "—", "—", "未报送"]
    waiting = next(row for row in content.rows[TARGET].rows.values() if row.cells[0] == "2026-02")
    assert waiting.cells[-1] == "单位上报，待审核"


def test_a_target_fed_by_a_ledger_is_read_there_for_the_year(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[date, date, object]] = []

    def read(first: date, last: date, user: object) -> Reading:
        asked.append((first, last, user))
        return Reading(Decimal("95.5"), 191, 200, first, last, "/x/", note="另有3条延期。")

    metric = Metric("test.rate", "按期率", "%", "按期数 ÷ 应整改数", read)
    monkeypatch.setitem(metrics._entries, metric.key, metric)
    target = TaskTarget.objects.get(task=story.tasks[2])
    TaskTarget.objects.filter(pk=target.pk).update(ledger="test.rate")
    content = compute(Q1, END_OF_MARCH)
    assert asked == [(date(2026, 1, 1), END_OF_MARCH, None)]
    figure = content.figures[f"targets.t{target.pk}_value"]
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("95.5"), 191, 200)
    assert (figure.formula, figure.note) == ("按期数 ÷ 应整改数", "另有3条延期。")
    assert content.rows[TARGET].rows[target.pk].cells[-1] == "台账：按期率"


def test_content_survives_being_kept(later: Story) -> None:
    content = compute(Q2, date(2026, 7, 6))
    kept = content_from_json(
        content.start, content.as_of, figures_to_json(content), rows_to_json(content), sections_to_json(content)
    )
    assert changed_figures(content, kept) == []
    assert [kept.text_of(section) for section in kept.sections] == [
        content.text_of(section) for section in content.sections
    ]
    assert kept.figures == content.figures


def test_queries_do_not_grow_with_tasks(later: Story) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            compute(Q2, date(2026, 7, 6))
        return len(queries)

    few = cost()
    with on(6, 1):
        for number in range(10, 40):
            make_task(later.plan, later.units["YJ"], number)
    assert cost() == few


def test_a_quarter_without_anything_to_report_says_why(story: Story) -> None:
    with pytest.raises(UserError, match="2026年第三季度还没有开始"):
        compute(Quarter(2026, 3), END_OF_MARCH)
    with pytest.raises(UserError, match="2025年没有已发布的工作要点"):
        compute(Quarter(2025, 4), END_OF_MARCH)
    story.plan.published_at = datetime.fromisoformat("2026-04-02T01:00:00+00:00")
    story.plan.save()
    with pytest.raises(UserError, match="还没有发布任务"):
        compute(Q1, date(2026, 4, 8))


def test_division_by_nothing_gives_a_dash(story: Story) -> None:
    assert compute(Q1, END_OF_MARCH).figures["letters.received_share"].number == "100%"
    assert compute(Q2, date(2026, 4, 1)).figures["letters.received_share"].number == "—"


@pytest.mark.parametrize(
    ("text", "quarter"), [("2026Q1", Quarter(2026, 1)), (" 2026q4 ", Quarter(2026, 4)), ("2100Q2", Quarter(2100, 2))]
)
def test_quarters_are_read_as_people_type_them(text: str, quarter: Quarter) -> None:
    assert read_quarter(text) == quarter
    assert quarter_of(quarter.period.start) == quarter_of(quarter.period.end) == quarter


@pytest.mark.parametrize("text", ["", "2026", "2026Q5", "26Q1", "2026Q11", "Q1", "1999Q1", "二〇二六年"])
def test_what_is_no_quarter_is_refused_in_words(text: str) -> None:
    with pytest.raises(UserError, match="2026Q1"):
        read_quarter(text)


def test_neighbours_of_a_quarter() -> None:
    assert Quarter(2026, 1).previous == Quarter(2025, 4)
    assert Quarter(2026, 4).following == Quarter(2027, 1)
    assert Quarter(2026, 2).previous.following == Quarter(2026, 2)
