"""A document of the ordinary form, measured on the page against GB/T 9704-2012."""

from dataclasses import replace
from datetime import date

import pytest

from documents.letter import LetterTable, Paragraph
from documents.ordinary import OrdinaryDocument
from documents.pdf import render_html, render_pdf
from tests.documents.reading import CHARACTER, POINTS_PER_MM, Page, Rule, embedded_fonts, metadata, read_pages, reader
from tests.documents.samples import overdue_table

LINE = 28.95 / 72 * 25.4
NOTICE = OrdinaryDocument(
    issuer="东泉县安全生产委员会办公室",
    doc_number="东安办〔2026〕5号",
    title="关于2026年第一季度全县安全生产工作要点推进情况的通报",
    addressee="各乡镇人民政府，县安委会各成员单位",
    blocks=(
        Paragraph("现将第一季度工作要点推进情况通报如下。"),
        Paragraph("总体情况", level=1),
        Paragraph("全县共126项任务，已办结38项（30.2%）。" * 30),
    ),
    signer="东泉县安全生产委员会办公室",
    printed_by="东泉县安全生产委员会办公室",
    issued_on=date(2026, 4, 8),
    copies_to=("县委办公室", "县政府办公室"),
    contact_note="联系人：张昉",
)


def pages_of(document: OrdinaryDocument) -> list[Page]:
    return read_pages(render_pdf(document))


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    return pages_of(NOTICE)


def across(page: Page) -> list[Rule]:
    """Lines as wide as the type area, from top to bottom."""
    return sorted((rule for rule in page.rules if rule.right - rule.left > 150), key=lambda rule: rule.top)


def lines_across(pdf: bytes, top: float, bottom: float) -> list[tuple[float, float]]:
    """Top edge and thickness in mm of the lines drawn on the last page between two heights, 125 mm from the left."""
    scale = 40
    with reader.PdfDocument(pdf) as document:
        page = document[len(document) - 1]
        width, height = page.get_size()
        left = 125 * POINTS_PER_MM
        crop = (left, height - bottom * POINTS_PER_MM, width - left - POINTS_PER_MM / 4, top * POINTS_PER_MM)
        picture = page.render(scale=scale / POINTS_PER_MM, crop=crop, grayscale=True).to_pil()
        page.close()
    dark = [picture.getpixel((2, row)) < 128 for row in range(picture.height)]
    starts = [row for row in range(1, len(dark)) if dark[row] and not dark[row - 1]]
    return [(top + row / scale, dark[row:].index(False) / scale) for row in starts]


def test_mark_number_red_line_and_title_stand_where_the_standard_puts_them(pages: list[Page]) -> None:
    first = pages[0]
    mark = first.find("东泉县安全生产委员会办公室文件")
    assert min(glyph.ink_top for glyph in mark) == pytest.approx(37 + 35, abs=1)
    assert (mark[0].left + mark[-1].right) / 2 == pytest.approx(106, abs=1)
    assert mark[0].left >= 27.9
    number, line = first.find(NOTICE.doc_number), across(first)[0]
    assert number[0].ink_top - max(glyph.ink_bottom for glyph in mark) == pytest.approx(2 * LINE, abs=2)
    assert (number[0].left + number[-1].right) / 2 == pytest.approx(106, abs=1)
    assert line.top - max(glyph.ink_bottom for glyph in number) == pytest.approx(4, abs=1)
    assert (line.left, line.right) == (pytest.approx(28, abs=0.3), pytest.approx(184, abs=0.3))
    title = first.find("关于2026年第一季度")
    assert title[0].ink_top - line.bottom == pytest.approx(2 * LINE, abs=3)
    assert "全县共126项任务" in "".join(glyph.text for glyph in first.glyphs), "the first page must show body text"


def test_every_page_has_its_number_odd_right_even_left(pages: list[Page]) -> None:
    assert len(pages) == 3
    odd, even = pages[0].find("—1—"), pages[1].find("—2—")
    assert odd[-1].right == pytest.approx(184 - CHARACTER * 14 / 16, abs=0.5)
    assert even[0].left == pytest.approx(28 + CHARACTER * 14 / 16, abs=0.5)
    assert odd[0].ink_top == pytest.approx(262 + 7, abs=1)


def test_imprint_closes_the_type_area_of_the_last_page(pages: list[Page]) -> None:
    last = pages[-1]
    for rule in last.rules:
        assert (rule.left, rule.right) == (pytest.approx(28, abs=0.3), pytest.approx(184, abs=0.3))
    copies, printed = last.find("抄送：县委办公室，县政府办公室。"), last.find("2026年4月8日印发")
    assert copies[0].left == pytest.approx(28 + CHARACTER * 14 / 16, abs=0.5)
    assert printed[-1].right == pytest.approx(184 - CHARACTER * 14 / 16, abs=0.5)
    (top, thick), (between, thin), (bottom, closing) = lines_across(render_pdf(NOTICE), 240, 265)
    assert bottom + closing == pytest.approx(262, abs=0.6)
    assert (thick, closing) == (pytest.approx(0.35, abs=0.04), pytest.approx(0.35, abs=0.04))
    assert thin == pytest.approx(0.25, abs=0.04)
    assert top < copies[0].ink_top < between < printed[0].ink_top < bottom
    assert last.find("（联系人：张昉）")[0].ink_bottom < top


@pytest.mark.parametrize("lines", [1, 4, 5, 6, 7, 8, 20, 24, 26, 28])
def test_signature_and_imprint_share_a_page_with_body_text(lines: int) -> None:
    pages = pages_of(replace(NOTICE, blocks=(Paragraph("正文" * 14 * lines),)))
    assert all("正文" in page.text for page in pages)
    assert "2026年4月8日\r\n" in pages[-1].text
    assert across(pages[-1])[-1].bottom == pytest.approx(262, abs=0.6)
    assert all(glyph.ink_bottom <= 275 for page in pages for glyph in page.glyphs)


def test_without_number_addressee_and_copies_nothing_stands_in_their_place() -> None:
    (page,) = pages_of(
        replace(NOTICE, doc_number="", addressee="", copies_to=(), blocks=(Paragraph("正文"),), contact_note="")
    )
    assert "抄送" not in page.text
    assert "：" not in page.text
    assert len({rule.top for rule in across(page)}) == 2, "the red line and the imprint"
    line, title = across(page)[0], page.find("关于2026年第一季度")
    assert line.top == pytest.approx(across(pages_of(NOTICE)[0])[0].top, abs=0.1), "the number's place is kept"
    assert title[0].ink_top > line.bottom


def test_a_compact_table_without_numbers_is_smaller_and_has_just_its_columns() -> None:
    cells = [(f"第{row}单位", "12", "3") for row in range(1, 31)]
    table = LetterTable(("单位", "任务", "逾期"), cells, numbered=False, compact=True)
    full = pages_of(replace(NOTICE, blocks=(Paragraph("如下："), overdue_table(30))))
    small = pages_of(replace(NOTICE, blocks=(Paragraph("如下："), table)))
    assert "序号" not in "".join(page.text for page in small)
    rows = [page.find("第30单位123") for page in small if "第30单位" in page.text]
    assert len(rows) == 1
    assert len(small) <= len(full)
    for page in small:
        assert all(glyph.left >= 27.8 and glyph.right <= 184.3 for glyph in page.glyphs)


def test_fonts_title_and_page_are_those_of_an_official_document() -> None:
    pdf = render_pdf(NOTICE)
    assert embedded_fonts(pdf) >= {"FandolFang", "Noto-Serif-CJK-SC-Bold", "Noto-Sans-CJK-SC"}
    assert metadata(pdf)["Title"] == NOTICE.title
    html = render_html(NOTICE, screen=True)
    assert html.count("抄送：") == 1
    assert "documents/ordinary.css" in html
    assert "documents/letter.css" not in html


def test_what_is_typed_never_becomes_markup() -> None:
    typed = "<b>x</b>&amp;{{ document }}"
    html = render_html(replace(NOTICE, issuer=typed, printed_by=typed, doc_number=typed, copies_to=(typed,)))
    assert "<b>x" not in html
    assert html.count("&lt;b&gt;x&lt;/b&gt;&amp;amp;{{ document }}") >= 4
