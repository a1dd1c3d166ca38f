"""Units and roles in brackets, labelled lines and running text."""

import pytest

from tasks.reader import read_text


def units(body: str) -> list[tuple[str, str]]:
    [item] = read_text(f"1.开头。{body}\n").items
    return [(unit.name, unit.role) for unit in item.units]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "照办。（责任单位：县水利局、各镇（街道））",
            [("县水利局", "responsible"), ("各镇（街道）", "responsible")],
        ),
        (
            "照办。（牵头单位：县水利局；配合单位：县气象局、县住房和城乡建设局；完成时限：年底前）",
            [("县水利局", "lead"), ("县气象局", "cooperate"), ("县住房和城乡建设局", "cooperate")],
        ),
        ("照办。（县水利局牵头，各镇落实）", [("县水利局", "lead"), ("各镇", "implement")]),
        (
            "照办。（县水利局、县气象局按职责分工负责）",
            [("县水利局", "implement"), ("县气象局", "implement")],
        ),
        ("照办。（县水利局负责）", [("县水利局", "responsible")]),
        (
            "照办。\n责任单位：县水利局、县气象局等部门。",
            [("县水利局", "responsible"), ("县气象局", "responsible")],
        ),
        (
            "由县水利局牵头，县总工会、县气象局配合。",
            [("县水利局", "lead"), ("县总工会", "cooperate"), ("县气象局", "cooperate")],
        ),
        (
            "照办。（责任单位：县公安局（县交警大队、县治安大队））",
            [
                ("县公安局", "responsible"),
                ("县交警大队", "responsible"),
                ("县治安大队", "responsible"),
            ],
        ),
        ("照办。（责任单位：县经信局（科技局））", [("县经信局（科技局）", "responsible")]),
        ("照办。（责任单位：各县（市、区））", [("各县（市、区）", "responsible")]),
        (
            "照办。（牵头领导：张某；责任单位：县水利局和县气象局）",
            [("县水利局", "responsible"), ("县气象局", "responsible")],
        ),
        (
            "水利、气象、农业农村等部门会商研判。",
            [("水利部门", "mentioned"), ("气象部门", "mentioned"), ("农业农村部门", "mentioned")],
        ),
    ],
)
def test_roles(body: str, expected: list[tuple[str, str]]) -> None:
    assert units(body) == expected


def test_a_title_ends_where_the_bracket_of_units_begins() -> None:
    [item] = read_text("1.修订防汛预案（责任单位：县水利局）\n").items
    assert item.title == "修订防汛预案"


def test_numbers_and_dates_inside_the_bracket_are_no_targets() -> None:
    [item] = read_text("1.开头。照办。（责任单位：38个县直部门；完成时限：6月底前）\n", plan_year=2026).items
    assert item.targets == []
    assert [d.date for d in item.deadlines] == ["2026-06-30"]
