"""Numbers that promise, and numbers that only name, limit or describe."""

import pytest

from tasks.reader import TargetReading, read_text


def targets(body: str) -> list[TargetReading]:
    return read_text(f"1.开头。{body}\n2.结尾。照此办理。\n", plan_year=2026).items[0].targets


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("巡河不少于36次。", [(">=", 36, "次")]),
        ("巡河不少干36次。", [(">=", 36, "次")]),
        ("至少新建2个泵站。", [(">=", 2, "个")]),
        ("挂牌率达到80%以上。", [(">=", 80, "%")]),
        ("挂牌率达到80%。", [("=", 80, "%")]),
        ("挂牌率为80％。", [("=", 80, "%")]),
        ("挂牌率≥80%。", [(">=", 80, "%")]),
        ("误报率控制在3%以内。", [("<=", 3, "%")]),
        ("受害率≤0.9‰。", [("<=", 0.9, "‰")]),
        ("平均用时不超过15分钟。", [("<=", 15, "分钟")]),
        ("平均用时不得超过15分钟。", [("<=", 15, "分钟")]),
        ("死亡人数低于9人。", [("<=", 9, "人")]),
        ("挂牌率百分之九十五点五。", [("=", 95.5, "%")]),
        ("半数以上参训，合格率三分之二以上。", [(">=", 50, "%"), (">=", 66.67, "%")]),
        ("参保率九成以上。", [(">=", 90, "%")]),
        ("起数同比下降12%以上。", [(">=", 12, "%")]),
        ("培训1.5万人次。", [("=", 15000, "人次")]),
        ("投入300万元。", [("=", 3_000_000, "元")]),
        ("安装栏杆１２套。", [("=", 12, "套")]),
        ("安装率1OO%。", [("=", 100, "%")]),
        ("组织拉练3场此。", [("=", 3, "场次")]),
        ("每月至少会商两次。", [(">=", 2, "次")]),
        ("夜巡不少于1次/周。", [(">=", 1, "次")]),
        ("完成一轮体检。", [("=", 1, "轮")]),
        ("新建水窖5口、泵站2座。", [("=", 5, "口"), ("=", 2, "座")]),
        ("复检率、销号率均达到100%。", [("=", 100, "%"), ("=", 100, "%")]),
        ("落实“2个100%”：在岗率、复检率。", [("=", 100, "%"), ("=", 100, "%")]),
        ("在岗率、复检率、达标率实现“3100%”。", [("=", 100, "%")] * 3),
    ],
)
def test_promises(body: str, expected: list[tuple[str, float, str]]) -> None:
    assert [(t.operator, t.value, t.unit) for t in targets(body)] == expected
    assert all(t.explicit for t in targets(body))


@pytest.mark.parametrize(
    "body",
    [
        "落实“三个必须”和“2项制度”。",
        "坚持1+3+N模式。",
        "拨打12119热线。",
        "推进三级联动、四类场所管控。",
        "对面积超过500平方米的仓库加装喷淋。",
        "在3万㎡以上的商场开展督导。",
        "50人以上企业配齐人员。",
        "用好4家培训基地。",
        "去年发生火情8起。",
        "依托已建成的4个站点开展巡护。",
        "去年完成改造8处。",
        "开展第3次评估。",
        "实行24小时值班。",
        "印发青办〔2026〕12号文件。",
        "推进新一轮整治，避免一次性投入。",
        "学习《安全生产20条》。",
        "致3人受伤。",
        "喊响“宣传全覆盖”口号。",
    ],
)
def test_traps(body: str) -> None:
    assert targets(body) == []


@pytest.mark.parametrize(
    ("body", "value", "unit"),
    [("实现危桥清零。", 0, "项"), ("6月底前完成校车体检全覆盖。", 100, "%"), ("9月底前全部销号。", 100, "%")],
)
def test_goals_without_a_number_are_marked_as_read_into_the_text(body: str, value: float, unit: str) -> None:
    [target] = targets(body)
    assert (target.value, target.unit, target.explicit) == (value, unit, False)


@pytest.mark.parametrize(
    ("body", "period"),
    [
        ("全年巡河不少于36次。", "year"),
        ("每半年至少巡河1次。", "half_year"),
        ("每季度巡河不少于2次。", "quarter"),
        ("每月至少巡河1次。", "month"),
        ("每周至少巡河1次。", "week"),
        ("巡河不少于1次/月。", "month"),
        ("巡河不少于36次。", None),
    ],
)
def test_period(body: str, period: str | None) -> None:
    assert [t.period for t in targets(body)] == [period]


def test_metric_names_what_is_counted() -> None:
    assert [t.metric for t in targets("确保桥梁检测率达到98%，全年组织船员培训不少于200人次。")] == [
        "桥梁检测率",
        "船员培训人次",
    ]


def test_nothing_is_read_from_a_title_that_has_a_body() -> None:
    assert targets("照此办理。") == []
    [item] = read_text("1.实现隐患清零。全面排查。\n").items
    assert item.targets == []
