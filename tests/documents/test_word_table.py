"""A wide table as a Word document: what stands in it, how it is set, and that text stays text."""

import io

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm

from documents.word_table import CELL, CHAPTER, HEAD, TITLE, Chapter, WordColumn, word_table

COLUMNS = (WordColumn("序号", 1, centred=True), WordColumn("任务", 4), WordColumn("单位", 2))
ODD = '=1+1 <w:b/> & "引号"\n第二行\x0b\r\n第三行'


def made(*chapters: Chapter) -> bytes:
    return word_table(title="分解表<&>", note="说明", columns=COLUMNS, chapters=chapters)


def test_the_table_is_set_as_offices_print_it() -> None:
    chapters = Chapter("一、章节", [["1", "任务", "县应急局"]]), Chapter("", [["2", "又", "县"]])
    document = Document(io.BytesIO(made(*chapters)))
    section = document.sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    # Word counts in twentieths of a point.
    assert abs((section.page_width or 0) - Mm(420)) < Mm(1)
    assert abs((section.page_height or 0) - Mm(297)) < Mm(1)
    assert [paragraph.text for paragraph in document.paragraphs[:2]] == ["分解表<&>", "说明"]
    fonts = {
        name: document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) for name in (TITLE, HEAD, CHAPTER, CELL)
    }
    assert fonts == {TITLE: "方正小标宋简体", HEAD: "黑体", CHAPTER: "黑体", CELL: "仿宋_GB2312"}
    table = document.tables[0]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows == [["序号", "任务", "单位"], ["一、章节"] * 3, ["1", "任务", "县应急局"], ["2", "又", "县"]]
    repeated = [row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in table.rows]
    assert repeated == [True, False, False, False]
    assert table.rows[1].cells[0]._tc.grid_span == 3, "a chapter stands across all columns"
    assert [row.cells[0].paragraphs[0].style.name for row in table.rows] == [HEAD, CHAPTER, CELL, CELL]


def test_what_people_typed_is_only_text() -> None:
    document = Document(io.BytesIO(made(Chapter("", [["1", ODD, "县"]]))))
    cell = document.tables[0].rows[1].cells[1]
    assert [paragraph.text for paragraph in cell.paragraphs] == ['=1+1 <w:b/> & "引号"', "第二行", "第三行"]


def test_missing_typefaces_have_named_substitutes() -> None:
    document = Document(io.BytesIO(made(Chapter("", [["1", "二", "三"]]))))
    table = next(rel.target_part.blob for rel in document.part.rels.values() if rel.reltype.endswith("/fontTable"))
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>' in table.decode()
