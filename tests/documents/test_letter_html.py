"""The letter as a page: ready for a strict Content-Security-Policy, everything typed escaped, ordinals counted."""

import re
from dataclasses import replace

import pytest

from documents.letter import LetterTable, Paragraph, paragraphs_from_text
from documents.pdf import render_html
from tests.documents.samples import FULL, ONE_PAGE, overdue_table


@pytest.mark.parametrize("screen", [True, False])
def test_nothing_inline_and_no_outside_address(screen: bool) -> None:
    html = render_html(replace(FULL, blocks=(*FULL.blocks, overdue_table(3))), screen=screen)
    assert html.lstrip().startswith("<!doctype html>")
    assert '<html lang="zh-CN">' in html
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|https?://|url\(", html)


def test_only_the_preview_links_the_stylesheet() -> None:
    for sheet in ("official", "letter"):
        link = rf'<link rel="stylesheet" href="/static/documents/{sheet}[^"]*\.css">'
        assert re.search(link, render_html(FULL, screen=True))
    assert "<link" not in render_html(FULL)
    for screen in (True, False):
        assert render_html(FULL, screen=screen).count("抄送：") == 1


def test_what_is_typed_never_becomes_markup() -> None:
    html = render_html(replace(ONE_PAGE, blocks=(Paragraph('<script>x</script>&"{{ letter }}{% now %}'),)))
    assert "&lt;script&gt;x&lt;/script&gt;&amp;&quot;{{ letter }}{% now %}" in html


def test_ordinals_are_counted_by_level_and_typed_ones_kept() -> None:
    blocks = (
        *(Paragraph("甲", 1), Paragraph("乙", 2), Paragraph("丙", 2), Paragraph("丁", 3), Paragraph("戊", 4)),
        *(Paragraph("己", 1), Paragraph("庚", 2, ordinal="（五）"), Paragraph("辛", 3, ordinal="")),
    )
    html = render_html(replace(ONE_PAGE, blocks=blocks))
    for words in ("一、甲", "（一）乙", "（二）丙", "1.</span>丁", "（1）</span>戊", "二、己", "（五）庚", ">辛"):
        assert words in html


def test_text_of_a_form_becomes_paragraphs_with_levels() -> None:
    text = "现函告如下:\r\n\n一、总体要求\n (一)限期完成。请于2月13日前办结。\n1.排查\n"
    text += "（1）复查\n1.5万元已到位\n2026年任务"
    assert paragraphs_from_text(text) == (
        Paragraph("现函告如下:"),
        Paragraph("总体要求", 1, ordinal="一、"),
        Paragraph("请于2月13日前办结。", 2, "限期完成。", "（一）"),
        Paragraph("排查", 3, ordinal="1."),
        Paragraph("复查", 4, ordinal="（1）"),
        Paragraph("1.5万元已到位"),
        Paragraph("2026年任务"),
    )


def test_punctuation_becomes_official_everywhere() -> None:
    letter = replace(
        FULL, title="关于(重点)任务的函", addressee="县住建局:", annex_names=("清单(一)",), contact_note="(联系人:张)"
    )
    html = render_html(letter)
    for words in (
        "关于（重点）任务的函",
        "县住建局：</p>",
        "清单（一）",
        "（联系人：张）",
        "，经1月25日",
        "17:30",
        "46.5%",
    ):
        assert words in html
    assert "（（" not in html


@pytest.mark.parametrize(("rows", "widths"), [([("甲",)], ()), ([("甲", "乙")], (1,)), ([("甲", "乙")], (1, 0))])
def test_a_table_that_does_not_fit_its_heads_is_refused(rows: list[tuple[str, ...]], widths: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="one"):
        LetterTable(("任务", "时限"), rows, widths)


def test_table_columns_fill_the_width_and_long_texts_get_more() -> None:
    table = LetterTable(("任务", "时限"), [("很长的任务名称" * 5, "1月31日")])
    shares = [
        int(share) for share in re.findall(r'<col width="(\d+)%">', render_html(replace(ONE_PAGE, blocks=(table,))))
    ]
    assert sum(shares) == pytest.approx(100, abs=2)
    assert shares[1] > 2 * shares[2]
