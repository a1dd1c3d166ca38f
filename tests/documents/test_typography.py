"""Punctuation and the division of titles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.typography import TITLE_LATIN_WIDTH, official_punctuation, text_width, title_lines


@pytest.mark.parametrize(
    ("typed", "official"),
    [
        ("各单位:请按时报送,不得拖延;是否完成?必须完成!", "各单位：请按时报送，不得拖延；是否完成？必须完成！"),
        ("任务(含子任务)完成", "任务（含子任务）完成"),
        ("(一)总体要求", "（一）总体要求"),
        ("时间(10:30)", "时间（10:30）"),
        ("联系电话: 0513-80001234", "联系电话：0513-80001234"),
        ("《办法》,印发", "《办法》，印发"),
        ("完成率达80%,其余未完成", "完成率达80%，其余未完成"),
        ("共2026,各单位", "共2026，各单位"),
        ("名单,(3)项", "名单，（3）项"),
    ],
)
def test_half_width_marks_of_chinese_sentences_become_full_width(typed: str, official: str) -> None:
    assert official_punctuation(typed) == official


@pytest.mark.parametrize(
    "typed",
    [
        "1,200",
        "10:30",
        "3.5",
        "GB/T 9704(2012)",
        "f(x, y); z!",
        "http://a.b/c?d=1:2",
        "2026-02-06 10:30:00",
        "1)",
        "",
        "（已是）",
    ],
)
def test_numbers_times_addresses_and_latin_stay(typed: str) -> None:
    assert official_punctuation(typed) == typed


@given(st.text(alphabet="县局一〔〕（），：aB19%.,:;()?! 》”", max_size=30))
def test_applying_it_twice_changes_nothing_and_keeps_what_is_not_punctuation(text: str) -> None:
    once = official_punctuation(text)
    assert official_punctuation(once) == once
    marks = str.maketrans("，：；？！（）", ",:;?!()")
    assert once.translate(marks).replace(" ", "") == text.translate(marks).replace(" ", "")


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于做好汛期安全防范的函", ("关于做好汛期安全防范的函",)),
        ("关于督促办理2026年度安全生产重点工作任务的函", ("关于督促办理2026年度", "安全生产重点工作任务的函")),
        (
            "东泉县安全生产委员会办公室关于报送治本攻坚三年行动工作情况的函",
            ("东泉县安全生产委员会办公室", "关于报送治本攻坚三年行动工作情况的函"),
        ),
        ("关于提醒\n报送进展的函", ("关于提醒", "报送进展的函")),
    ],
)
def test_titles_are_divided_by_meaning(title: str, lines: tuple[str, ...]) -> None:
    assert title_lines(title) == lines


@given(st.text(alphabet="关于县安全生产工作的函《》（）2026年a ", min_size=1, max_size=70))
def test_divided_titles_lose_nothing_and_fit(title: str) -> None:
    lines = title_lines(title)
    assert "".join("".join(lines).split()) == "".join(title.split())
    assert all(text_width(line, TITLE_LATIN_WIDTH) <= 20 for line in lines)
