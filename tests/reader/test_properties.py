"""What holds for every text: no crash, spans point at their phrases, nothing is lost."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.reader import (
    DeadlineReading,
    FlagReading,
    ItemReading,
    NoiseReading,
    Reading,
    ReadingError,
    SectionReading,
    TargetReading,
    read_bytes,
    read_text,
)
from tasks.reader.unwrap import unwrap

PIECES = st.sampled_from(
    [
        "一、",
        "二、",
        "（一）",
        "(二)",
        "1.",
        "2、",
        "（1）",
        "①",
        "一是",
        "二是",
        "第一章 ",
        "第二条 ",
        "● ",
        "## ",
        "- ",
        "2026年县安全工作要点",
        "落实责任",
        "检查",
        "不少于",
        "30家次",
        "百分之八十",
        "率100%",
        "三分之二以上",
        "每季度1次",
        "6月底前",
        "20267月底前",
        "汛前",
        "全年",
        "清零",
        "全覆盖",
        "“2个100%”：甲率、乙率",
        "（责任单位：县水利局、各镇（街道）",
        "）",
        "牵头单位：",
        "县应急管理局牵头",
        "等部门",
        "《",
        "》",
        "“",
        "”",
        "(",
        ")",
        "|",
        "\t",
        "序号\t任务\t责任单位\n",
        "任务 |\n责任单位 |\n",
        "。",
        "，",
        "；",
        "、",
        "：",
        " ",
        "\n",
        "\n\n",
        "　　",
        "\n附件：1.表",
        "\n抄送：县委办。",
        "\n2026年3月1日\n",
        "字数：900字\n",
        "阅读全文\n",
        "O",
        "0",
        "7",
        "\u200b",
        "\ufeff",
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=40).map("".join),
    st.text(max_size=200),
    st.lists(st.one_of(PIECES, st.characters()), max_size=60).map("".join),
)
SETTINGS = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(text: str) -> Reading | None:
    try:
        return read_text(text)
    except ReadingError:
        return None


@SETTINGS
@given(TEXTS)
def test_spans_point_at_their_phrases(text: str) -> None:
    reading = read(text)
    if reading is None:
        return
    json.dumps(reading.to_dict())
    for item in reading.items:
        assert 0 <= item.start < item.end <= len(reading.text)
        parts: list[TargetReading | DeadlineReading] = [*item.targets, *item.deadlines]
        for part in parts:
            assert reading.text[part.start : part.end] == part.phrase != ""
        for unit in item.units:
            assert 0 <= unit.start < unit.end <= len(reading.text)
        for topic in item.subtopics:
            assert reading.text[topic.start : topic.end] == topic.title
    rows: list[NoiseReading | FlagReading] = [*reading.noise, *reading.flags]
    for row in rows:
        assert reading.text[row.start : row.end] == row.text != ""


@SETTINGS
@given(TEXTS)
def test_nothing_is_lost(text: str) -> None:
    reading = read(text)
    if reading is None:
        return
    kept = bytearray(len(reading.text))
    loose = [flag for flag in reading.flags if flag.kind == "text_without_item"]
    points: list[SectionReading | ItemReading] = [*reading.sections, *reading.items]
    parts: list[SectionReading | ItemReading | NoiseReading | FlagReading] = [*points, *reading.noise, *loose]
    for part in parts:
        kept[part.start : part.end] = b"\x01" * (part.end - part.start)
    first = min((point.start for point in points), default=len(kept))
    lost = [
        index
        for index, character in enumerate(reading.text)
        if index >= first and not kept[index] and not character.isspace() and character not in "|\u200b\ufeff"
    ]
    assert lost == []


@SETTINGS
@given(TEXTS)
def test_ids_are_unique_and_parents_come_first(text: str) -> None:
    reading = read(text)
    if reading is None:
        return
    seen: set[str] = set()
    for item in reading.items:
        assert item.parent is None or item.parent in seen
        assert item.id not in seen
        seen.add(item.id)
    sections = {section.id for section in reading.sections}
    assert len(sections) == len(reading.sections)
    assert all(item.section is None or item.section in sections for item in reading.items)


@SETTINGS
@given(st.lists(st.text(alphabet="甲乙丙，。1.（）\u3000 ", max_size=40), max_size=30).map("\n".join))
def test_joined_lines_keep_their_offsets(text: str) -> None:
    joined, offsets = unwrap(text)
    if offsets is None:
        assert joined == text
    else:
        assert len(offsets) == len(joined) + 1
        assert all(text[offset] == character for offset, character in zip(offsets, joined, strict=False))


@SETTINGS
@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.docx", "a.md", "", "a.pdf"]))
def test_any_bytes_give_a_reading_or_a_sentence(data: bytes, filename: str) -> None:
    try:
        read_bytes(data, filename=filename)
        message = "。"
    except ReadingError as error:
        message = error.message
    assert message.endswith("。")


@pytest.mark.parametrize("times", [1, 8])
def test_the_same_plan_many_times_over_gives_as_many_items(times: int) -> None:
    plan = "一、检查\n（一）查桥。全年检测不少于12座。\n（二）查路。6月底前查完。\n"
    assert len(read_text(plan * times).items) == 2 * times
