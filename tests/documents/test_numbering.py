"""Document numbers, ordinals and dates."""

from datetime import date

import pytest

from core.errors import UserError
from documents.numbering import chinese_numeral, format_document_number, level_ordinal, official_date, validate_code


def test_document_number_has_six_cornered_brackets_and_no_padding() -> None:
    assert format_document_number("东安办函", 2026, 5) == "东安办函〔2026〕5号"
    assert format_document_number(" 东安委 ", 2026, 128) == "东安委〔2026〕128号"


@pytest.mark.parametrize(
    "code", ["", "  ", "东", "东安办函〔2026〕", "东安办函2026", "DAB", "东安办第", "东安办号", "东" * 13, "东 安"]
)
def test_impossible_codes_are_refused_with_an_example(code: str) -> None:
    with pytest.raises(UserError, match="东安办函"):
        validate_code(code)


@pytest.mark.parametrize(("year", "sequence"), [(26, 1), (20260, 1), (2026, 0), (2026, -3)])
def test_impossible_years_and_numbers_are_refused(year: int, sequence: int) -> None:
    with pytest.raises(UserError, match=r"公历年份|顺序号"):
        format_document_number("东安办函", year, sequence)


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五"), (99, "九十九")]
)
def test_chinese_numerals(number: int, words: str) -> None:
    assert chinese_numeral(number) == words


@pytest.mark.parametrize("number", [0, 100, -1])
def test_numerals_outside_the_range_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="ordinal"):
        chinese_numeral(number)
    with pytest.raises(ValueError, match="ordinal"):
        level_ordinal(3, number)


def test_ordinals_of_the_four_levels() -> None:
    assert [level_ordinal(level, 12) for level in range(5)] == ["", "十二、", "（十二）", "12.", "（12）"]


def test_dates_are_not_padded() -> None:
    assert official_date(date(2026, 2, 6)) == "2026年2月6日"
    assert official_date(date(2026, 12, 31)) == "2026年12月31日"
