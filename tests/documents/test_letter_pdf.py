"""The letter's PDF, measured on the page against GB/T 9704-2012."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from statistics import mean

import pytest

from documents import pdf as pdf_module
from documents.letter import LetterTable, OfficialLetter, Paragraph
from documents.pdf import PdfUnavailable, render_pdf
from tests.documents.reading import CHARACTER, Page, embedded_fonts, language, metadata, read_pages, split_lines
from tests.documents.samples import FULL, ONE_PAGE, overdue_table


def pages_of(letter: OfficialLetter) -> list[Page]:
    return read_pages(render_pdf(letter))


@pytest.fixture(scope="module")
def full() -> list[Page]:
    return pages_of(FULL)


def test_pages_are_a4_and_as_many_as_the_text_needs(full: list[Page]) -> None:
    assert len(pages_of(ONE_PAGE)) == 1
    assert len(full) == 2
    for page in full:
        assert page.width == pytest.approx(595, abs=1)
        assert page.height == pytest.approx(842, abs=1)


def test_fonts_are_embedded_by_role_and_title_is_in_the_metadata() -> None:
    pdf = render_pdf(FULL)
    assert embedded_fonts(pdf) >= {"FandolFang", "FandolKai", "Noto-Serif-CJK-SC-Bold", "Noto-Sans-CJK-SC"}
    assert metadata(pdf)["Title"] == FULL.title
    assert language(pdf) == "zh-CN"


def test_mark_and_red_lines_of_the_first_page(full: list[Page]) -> None:
    mark = full[0].find(FULL.issuer)
    assert min(glyph.ink_top for glyph in mark) == pytest.approx(30, abs=1.5)
    assert (mark[0].left + mark[-1].right) / 2 == pytest.approx(106, abs=1)
    upper = min(full[0].rules, key=lambda rule: rule.top)
    lower = max(full[0].rules, key=lambda rule: rule.bottom)
    assert upper.top - max(glyph.ink_bottom for glyph in mark) == pytest.approx(4, abs=1.2)
    assert lower.bottom == pytest.approx(297 - 20, abs=0.5)
    for rule in (upper, lower):
        assert rule.left == pytest.approx(20, abs=0.3)
        assert rule.right == pytest.approx(190, abs=0.3)
    assert not full[1].rules


@pytest.mark.parametrize(
    ("issuer", "lines"),
    [
        ("东泉县人民政府", 1),
        ("东泉县安全生产委员会办公室", 1),
        ("东泉县安全生产与防灾减灾救灾委员会办公室", 1),
        ("东泉县" * 12, 2),
    ],
)
def test_mark_fits_the_width_of_the_type_area(issuer: str, lines: int) -> None:
    page = pages_of(replace(ONE_PAGE, issuer=issuer, signer="县安委办"))[0]
    mark = page.find(issuer)
    assert min(glyph.left for glyph in mark) >= 27.9
    assert max(glyph.right for glyph in mark) <= 184.1
    assert len(split_lines(mark)) == lines
    assert min(glyph.ink_top for glyph in mark) == pytest.approx(30, abs=1.5)


def test_number_stands_right_and_urgency_left_under_the_red_line(full: list[Page]) -> None:
    number, urgency = full[0].find(FULL.doc_number), full[0].find("特急")
    line = min(full[0].rules, key=lambda rule: rule.top)
    assert number[-1].right == pytest.approx(184, abs=0.5)
    assert urgency[0].left == pytest.approx(28, abs=0.5)
    assert number[0].ink_top - line.bottom == pytest.approx(CHARACTER * 7 / 8, abs=0.7)


def test_body_margins_indent_and_even_right_edge(full: list[Page]) -> None:
    addressee, opening = full[0].find("县住房和城乡建设局："), full[0].find("根据年度")
    assert addressee[0].left == pytest.approx(28, abs=1)
    assert opening[0].left - 28 == pytest.approx(2 * CHARACTER, abs=0.3)
    assert max(glyph.right for glyph in full[0].glyphs) == pytest.approx(184, abs=0.4)
    assert min(glyph.left for glyph in full[0].glyphs) == pytest.approx(28, abs=0.4)


def test_lines_with_numbers_are_spread_to_the_right_edge() -> None:
    page = pages_of(replace(ONE_PAGE, blocks=(Paragraph("共排查1234户，完成率46.5%，" * 20),)))[0]
    lines = [line for line in page.lines() if len(line) > 28]
    assert len(lines) > 8
    for line in lines[:-1]:
        assert line[-1].right == pytest.approx(184, abs=0.4)


def test_a_full_page_holds_22_lines_of_28_characters() -> None:
    second = pages_of(replace(ONE_PAGE, blocks=(Paragraph("字" * 1800),)))[1]
    lines = [line for line in second.lines() if line[0].text == "字"]
    assert [len(line) for line in lines] == [28] * 22
    assert lines[-1][0].ink_bottom <= 262


def test_page_numbers_from_the_second_page_even_left_odd_right() -> None:
    pages = pages_of(replace(ONE_PAGE, blocks=(Paragraph("字" * 1800),)))
    assert "—" not in pages[0].text
    even, odd = pages[1].find("—2—"), pages[2].find("—3—")
    assert even[0].left == pytest.approx(28 + CHARACTER * 14 / 16, abs=0.5)
    assert odd[-1].right == pytest.approx(184 - CHARACTER * 14 / 16, abs=0.5)
    assert even[0].ink_top == pytest.approx(262 + 7, abs=1)


def test_sealed_signature_is_centred_over_a_date_four_characters_from_the_right(full: list[Page]) -> None:
    last = full[-1]
    signer, day = last.find(FULL.signer), last.find("2026年2月6日")
    assert day[-1].right == pytest.approx(184 - 4 * CHARACTER, abs=0.5)
    assert mean((signer[0].left, signer[-1].right)) == pytest.approx(mean((day[0].left, day[-1].right)), abs=0.5)
    assert signer[0].ink_top - last.find("2.整改反馈表")[0].ink_bottom > 18, "no place for the seal"


def test_unsealed_signature_stands_two_characters_in_and_the_date_two_after_its_name() -> None:
    page = pages_of(replace(ONE_PAGE, sealed=False))[0]
    start = page.find("前办结。")[-1].ink_bottom
    below = [glyph for glyph in page.glyphs if glyph.ink_top > start + 5]
    signer, day = below[: len(ONE_PAGE.signer)], below[len(ONE_PAGE.signer) :]
    assert signer[-1].right == pytest.approx(184 - 2 * CHARACTER, abs=0.5)
    assert day[0].left - signer[0].left == pytest.approx(2 * CHARACTER, abs=0.5)


def test_a_long_signature_and_a_draft_stay_within_the_type_area() -> None:
    name = "东泉县安全生产与防灾减灾救灾委员会综合办公室"
    page = pages_of(replace(ONE_PAGE, signer=name, issued_on=None, doc_number=""))[0]
    signer = page.find(name)
    assert signer[-1].right <= 184.2
    assert len(split_lines(signer)) == 1
    assert "年月日" in "".join(page.text.split())


def test_annexes_contact_note_and_copies(full: list[Page]) -> None:
    last = full[-1]
    first, second = last.find("附件：1.逾期任务清单"), last.find("2.整改反馈表")
    assert first[0].left == pytest.approx(28 + 2 * CHARACTER, abs=0.3)
    assert first[5].left == pytest.approx(second[2].left, abs=0.1), "names are not aligned"
    note = last.find("（联系人：张昉，电话：0513-80001234）")
    assert note[1].left > 28 + 2 * CHARACTER
    copies = last.find("抄送：县政府办公室，县纪委监委。")
    assert copies[0].left == pytest.approx(28 + CHARACTER * 14 / 16, abs=0.5)
    assert 250 < copies[0].ink_bottom <= 262
    single = pages_of(replace(ONE_PAGE, annex_names=("逾期任务清单。",)))[0]
    assert "附件：逾期任务清单\r\n" in single.text


@pytest.mark.parametrize("copies", [0, 1, 12])
@pytest.mark.parametrize("lines", [1, 6, 7, 8, 9, 10, 11, 12, 26, 30, 32])
def test_signature_is_never_without_body_text_and_copies_are_on_the_last_page(lines: int, copies: int) -> None:
    letter = replace(
        FULL, blocks=(Paragraph("正文" * 14 * lines),), copies_to=[f"第{number}个抄送单位" for number in range(copies)]
    )
    pages = pages_of(letter)
    body = [number for number, page in enumerate(pages) if "正文" in page.text]
    assert body == list(range(len(pages)))
    assert "2026年2月6日" in pages[-1].text
    if copies:
        note, first_copy = pages[-1].find("（联系人")[0], pages[-1].find("抄送")[0]
        assert note.ink_bottom < first_copy.ink_top
        assert pages[-1].find(f"第{copies - 1}个抄送单位。")[0].ink_bottom <= 262


def test_table_of_60_rows_repeats_its_head_and_numbers_its_rows() -> None:
    pages = pages_of(replace(ONE_PAGE, blocks=(Paragraph("逾期任务如下："), overdue_table(60))))
    with_rows = [page for page in pages if "县应急管理局" in page.text]
    assert len(with_rows) >= 3
    assert all(page.text.count("任务名称") == 1 for page in with_rows)
    printed = "".join("".join(glyph.text for glyph in page.glyphs) for page in pages)
    assert all(f"{row}第{row}项任务县应急管理局2026年1月31日红灯" in printed for row in range(1, 61))
    assert all(glyph.left >= 27.8 and glyph.right <= 184.2 for page in with_rows for glyph in page.glyphs)
    assert "红灯" in pages[-1].text, "the signature stands without body text"


def test_a_table_row_longer_than_a_page_loses_nothing() -> None:
    table = LetterTable(("任务", "说明"), [("甲", "长" * 2500), ("乙", "短")], widths=(1, 3))
    pages = pages_of(replace(ONE_PAGE, blocks=(table,)))
    assert sum(page.text.count("长") for page in pages) == 2500
    assert all(glyph.ink_bottom < 263 for page in pages for glyph in page.glyphs if glyph.text == "长")


def test_typed_markup_addresses_and_entities_are_printed_as_typed() -> None:
    typed = '<script>alert(1)</script>&amp;<img src="file:///etc/hostname">url(http://x.test/a)%}{{ letter }}\\A'
    letter = replace(
        FULL,
        issuer="<b>县</b>",
        title="<i>函</i>&amp;",
        addressee="<u>局</u>",
        blocks=(Paragraph(typed, 1), Paragraph(typed), LetterTable((typed,), ((typed,),), caption=typed)),
        annex_names=("<p>附</p>",),
        contact_note="<a>注</a>",
        copies_to=("<s>送</s>",),
        urgency="<em>",
    )
    printed = "".join("".join(glyph.text for glyph in page.glyphs) for page in pages_of(letter))
    assert printed.count("".join(typed.split())) == 5
    for part in ("<b>县</b>", "<i>函</i>&amp;", "<u>局</u>", "<p>附</p>", "<a>注</a>", "<s>送</s>", "<em>"):
        assert part in printed


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    fetcher = pdf_module._engine().fetcher
    with pytest.raises(ValueError, match="loads nothing"):
        fetcher.fetch("file:///etc/hostname")
    monkeypatch.setattr(type(fetcher), "fetch", lambda self, url, headers=None: asked.append(url))
    typed = '<img src="http://x.test/a.png"><link rel="stylesheet" href="file:///etc/hostname">url(http://x.test/b)'
    render_pdf(replace(FULL, title=typed, issuer=typed, blocks=(Paragraph(typed),)))
    assert asked == []


def test_long_unbroken_text_stays_within_the_type_area() -> None:
    letter = replace(ONE_PAGE, blocks=(Paragraph("a" * 700), Paragraph("https://x.test/" + "9" * 300)), title="T" * 90)
    for page in pages_of(letter):
        assert all(glyph.left >= 27.8 and glyph.right <= 184.6 for glyph in page.glyphs)


class _EmptyBoxes(logging.Handler):
    """Collects what the PDF engine says about characters no typeface has."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if ".notdef" in record.getMessage():
            self.seen.append(record.getMessage())


@pytest.fixture
def empty_boxes() -> Iterator[list[str]]:
    logger, handler = logging.getLogger("weasyprint"), _EmptyBoxes()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    yield handler.seen
    logger.setLevel(level)
    logger.removeHandler(handler)


def test_rare_characters_of_names_and_units_are_printed(empty_boxes: list[str]) -> None:
    rare = "瑄祎昉㎡喆堃镕煊玥甯"
    blocks = (Paragraph(rare), Paragraph(rare, 1), Paragraph(rare, 2))
    pdf = render_pdf(replace(FULL, blocks=blocks, title=rare, contact_note=rare))
    assert sum(page.text.count(rare) for page in read_pages(pdf)) == 5
    assert empty_boxes == []
    # The guard itself sees an empty box: no typeface has a picture for this private character.
    render_pdf(replace(ONE_PAGE, title="\U0010fffd"))
    assert len(empty_boxes) == 1


def test_without_the_libraries_a_sentence_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf_module._engine.cache_clear()
    monkeypatch.setattr(pdf_module, "missing_libraries", lambda: ("Pango",))
    with pytest.raises(PdfUnavailable, match="缺少Pango，暂不能生成PDF"):
        render_pdf(ONE_PAGE)
