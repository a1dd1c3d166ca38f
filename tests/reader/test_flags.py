"""Doubtful places are shown with a proposal and never corrected."""

import pytest

from tasks.reader import read_text


@pytest.mark.parametrize(
    ("body", "kind", "text", "suggested"),
    [
        ("20263月底前建成。", "date_typo", "20263月底前", "2026年3月底前"),
        ("安装率1O0%。", "letter_for_digit", "1O0%", "100%"),
        ("不少干8次。", "wrong_character", "不少干8次", "不少于8次"),
        ("排查全复盖。", "wrong_character", "全复盖", "全覆盖"),
        ("组织6场此。", "wrong_character", "6场此", "6场次"),
        ("安装率达到180%。", "impossible_rate", "率达到180%", None),
        ("逐步 推开试点。", "stray_blank", "逐步 推开", "逐步推开"),
        ("做好（检查。", "unbalanced_mark", "开头。做好（检查。", None),
        ("抓好落实，。", "duplicate_mark", "，。", "。"),
    ],
)
def test_slips(body: str, kind: str, text: str, suggested: str | None) -> None:
    reading = read_text(f"1.开头。{body}\n2.结尾。照此办理。\n")
    assert (kind, text, suggested) in [(f.kind, f.text, f.suggested) for f in reading.flags]
    assert body in reading.text


def test_repeated_and_skipped_numbers() -> None:
    reading = read_text("1.甲处。查看。\n2.乙处。查看。\n2.丙处。查看。\n5.丁处。查看。\n")
    assert [(f.kind, f.text[:2]) for f in reading.flags] == [("duplicate_number", "2."), ("skipped_number", "5.")]
    assert len(reading.items) == 4


def test_a_missing_full_stop_is_flagged_where_others_have_one() -> None:
    body = "逐户查看燃气管道和灶具软管并做好登记建档工作"
    reading = read_text(f"1.甲处。{body}，不漏一户。\n2.乙处。{body}，不漏一处。\n3.丙处。{body}，不漏一人\n")
    assert [(f.kind, f.text) for f in reading.flags] == [("missing_full_stop", "不漏一人"[-5:])] or [
        f.kind for f in reading.flags
    ] == ["missing_full_stop"]


def test_clean_text_has_no_flags() -> None:
    reading = read_text("一、检查\n（一）查桥。6月底前查完12座，检测率达到98%以上。（责任单位：县公路中心）\n")
    assert reading.flags == []
