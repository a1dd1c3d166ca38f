"""Numbers in edited sentences: full-width digits and Chinese numerals are read like any other; ordinals are none."""

from datetime import date
from decimal import Decimal

import pytest

from reports.content import Content, Figure, Ref, Section
from reports.numbers import numbers_in, stray_numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("完成38项", {"38"}),
        ("完成３８项，占５０．５％", {"38", "50.5%"}),
        ("共1,234项，１，２３４项", {"1234"}),
        ("提高到50.0%", {"50%"}),
        ("占50 %", {"50%"}),
        ("完成三十八项", {"38"}),
        ("超过百分之五十", {"50%"}),
        ("百分之三十的任务，三十项", {"30%", "30"}),
        ("一百二十起", {"120"}),
        ("两千零五人", {"2005"}),
        ("这是一项长期工作，五项重点", set()),
        ("十项", {"10"}),
        ("十分重要，千方百计，百花齐放", set()),
    ],
)
def test_a_number_is_found_in_whatever_figures_it_is_written(text: str, found: set[str]) -> None:
    assert set(numbers_in(text)) == found


def section() -> tuple[Content, Section]:
    """Return a section that says 38 of 76, 50%, as of 30 September 2026."""
    content = Content(date(2026, 7, 1), date(2026, 9, 30))
    day = content.as_of
    figures = (
        Figure("t.done", "完成", Decimal(38), "项", "计数。", day),
        Figure("t.rate", "完成率", Decimal("50.00"), "%", "38÷76。", day, numerator=38, denominator=76),
    )
    content.figures.update({figure.key: figure for figure in figures})
    made = Section("t", "任务", lines=[("完成", Ref("t.done"), "项，占", Ref("t.rate"), "。")])
    content.sections.append(made)
    return content, made


@pytest.mark.parametrize(
    ("text", "strays"),
    [
        ("完成38项，占50%。", []),
        ("完成３８项，占５０％。", []),
        ("完成三十八项，占百分之五十。", []),
        ("在76项中完成38项，截至2026年9月30日。", []),
        ("完成39项。", ["39"]),
        ("完成３９项。", ["39"]),
        ("完成三十九项。", ["三十九"]),
        ("占百分之五十一。", ["百分之五十一"]),
        ("一、完成情况\n（一）完成38项。\n1.继续推进。\n（2）再检查。", []),
        ("一、完成情况\n（一）完成83项。", ["83"]),
        ("抓好五项重点工作。", []),
    ],
)
def test_a_number_that_is_none_of_the_sections_own_is_named_as_written(text: str, strays: list[str]) -> None:
    content, made = section()
    assert stray_numbers(content, made, text) == strays
