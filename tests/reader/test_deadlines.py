"""Ways of saying when."""

from typing import Any

import pytest

from tasks.reader import DeadlineReading, read_text


def deadlines(body: str, **options: Any) -> list[DeadlineReading]:
    options.setdefault("plan_year", 2026)
    return read_text(f"1.开头。{body}\n2.结尾。照此办理。\n", **options).items[0].deadlines


@pytest.mark.parametrize(
    ("body", "kind", "date"),
    [
        ("9月12日前建成。", "date", "2026-09-12"),
        ("2027年1月5日前建成。", "date", "2027-01-05"),
        ("2026-09-12前建成。", "date", "2026-09-12"),
        ("三月底前建成。", "month_end", "2026-03-31"),
        ("2月底前建成。", "month_end", "2026-02-28"),
        ("明年3月底前建成。", "month_end", "2027-03-31"),
        ("20269月底前建成。", "month_end", "2026-09-30"),
        ("202611月底前建成。", "month_end", "2026-11-30"),
        ("6月前建成。", "date", "2026-05-31"),
        ("年底前建成。", "year_end", "2026-12-31"),
        ("2027年底前建成。", "year_end", "2027-12-31"),
        ("今年底建成。", "year_end", "2026-12-31"),
        ("全年持续用力。", "plan_year", "2026-12-31"),
        ("年内建成。", "plan_year", "2026-12-31"),
        ("完成年度任务。", "plan_year", "2026-12-31"),
        ("汛前完成清淤。", "season", "2026-04-30"),
        ("国庆节前完成清淤。", "season", "2026-09-30"),
        ("春节前完成清淤。", "season", None),
    ],
)
def test_one_date(body: str, kind: str, date: str | None) -> None:
    [deadline] = deadlines(body)
    assert (deadline.kind, deadline.date) == (kind, date)


@pytest.mark.parametrize(
    ("body", "span"),
    [
        ("10月中旬开展复盘。", ("2026-10-11", "2026-10-20")),
        ("2月下旬开展复盘。", ("2026-02-21", "2026-02-28")),
        ("6月份开展宣讲。", ("2026-06-01", "2026-06-30")),
        ("3月至5月开展宣讲。", ("2026-03-01", "2026-05-31")),
        ("11月至次年2月开展宣讲。", ("2026-11-01", "2027-02-28")),
        ("6月1日至7日开展宣讲。", ("2026-06-01", "2026-06-07")),
        ("二季度开展宣讲。", ("2026-04-01", "2026-06-30")),
        ("下半年开展宣讲。", ("2026-07-01", "2026-12-31")),
        ("办好“安全生产月”。", ("2026-06-01", "2026-06-30")),
    ],
)
def test_named_periods(body: str, span: tuple[str, str]) -> None:
    [deadline] = deadlines(body)
    assert (deadline.kind, deadline.range, deadline.date) == ("named_period", span, span[1])


@pytest.mark.parametrize(
    ("body", "every", "least"),
    [
        ("每年至少演练1次。", "P1Y", 1),
        ("每半年至少演练两次。", "P6M", 2),
        ("每季度末报送。", "P3M", None),
        ("每月25日前报送。", "P1M", None),
        ("每周研判。", "P1W", None),
        ("每两年评估一次。", "P2Y", 1),
        ("开展季度检查。", "P3M", None),
        ("按月调度。", "P1M", None),
        ("夜巡不少于3次/周。", "P1W", 3),
    ],
)
def test_recurring(body: str, every: str, least: int | None) -> None:
    [deadline] = deadlines(body)
    assert (deadline.kind, deadline.every, deadline.min_count) == ("recurring", every, least)


@pytest.mark.parametrize(
    ("body", "within"),
    [
        ("会后10日内报备。", "P10D"),
        ("接报后2小时内上报。", "PT2H"),
        ("一个月内办结。", "P1M"),
        ("5个工作日内答复。", "P5D"),
    ],
)
def test_relative(body: str, within: str) -> None:
    [deadline] = deadlines(body)
    assert (deadline.kind, deadline.within) == ("relative", within)


@pytest.mark.parametrize(
    "body", ["定期研判，及时处置。", "编制年度预算。", "印发2026年度清单。", "三年内无事故的免检。", "持续推进整治。"]
)
def test_vague_words_and_labels_are_none(body: str) -> None:
    assert [d for d in deadlines(body) if d.kind != "relative"] == []


def test_the_countys_flood_season_counts() -> None:
    assert [d.date for d in deadlines("汛前清淤。", flood_season_start="04-15")] == ["2026-04-14"]


def test_without_a_plan_year_the_year_stays_open() -> None:
    assert [d.date for d in deadlines("6月底前建成。", plan_year=None)] == ["--06-30"]


def test_ongoing_is_read_where_a_deadline_is_asked_for() -> None:
    assert [d.kind for d in deadlines("抓好落实。（责任单位：县水利局；完成时限：长期坚持）")] == ["ongoing"]


def test_a_frequency_is_a_target_and_a_deadline() -> None:
    [item] = read_text("1.会商。每季度至少会商2次。\n", plan_year=2026).items
    assert [(t.value, t.period) for t in item.targets] == [(2, "quarter")]
    assert [(d.every, d.min_count) for d in item.deadlines] == [("P3M", 2)]


def test_a_frequency_said_twice_counts_once() -> None:
    assert [d.phrase for d in deadlines("开展季度检查，每季度至少检查1次。")] == ["每季度至少检查1次"]


def test_absent_fields_are_left_out_of_the_json() -> None:
    reading = read_text("1.开头。6月底前建成，6月份宣讲。\n", plan_year=2026).to_dict()
    first, second = reading["items"][0]["deadlines"]
    assert first == {"phrase": "6月底前", "start": 5, "end": 9, "kind": "month_end", "date": "2026-06-30"}
    assert second["range"] == ["2026-06-01", "2026-06-30"]
