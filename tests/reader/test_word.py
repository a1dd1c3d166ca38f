"""Word files: automatic numbering counted again, tables in place, merged cells once."""

import io
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from tasks.reader import read_bytes

LEVELS = (
    ("chineseCountingThousand", "%1、"),
    ("chineseCounting", "（%2）"),
    ("decimal", "%3."),
    ("decimal", "（%4）"),
    ("decimalEnclosedCircle", "%5"),
)


def with_numbering() -> Any:
    """A document with one list of five levels under the id 77."""
    document = Document()
    root = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(LEVELS)
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>')
    root.insert(0, abstract)
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    return document


def numbered(document: Any, text: str, depth: int) -> None:
    paragraph = document.add_paragraph(text)
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>')
    )


def data(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_automatic_numbers_are_written_out() -> None:
    document = with_numbering()
    document.add_paragraph("2026年县消防工作要点")
    numbered(document, "抓宣传", 0)
    numbered(document, "进村入户。发放手册。", 1)
    numbered(document, "进校入园。组织授课：", 1)
    numbered(document, "中学；", 2)
    numbered(document, "小学。", 2)
    numbered(document, "抓检查", 0)
    numbered(document, "夜查。逐店登记。", 1)
    reading = read_bytes(data(document), filename="plan.docx")
    assert reading.text.splitlines() == [
        "2026年县消防工作要点",
        "一、抓宣传",
        "（一）进村入户。发放手册。",
        "（二）进校入园。组织授课：",
        "1.中学；",
        "2.小学。",
        "二、抓检查",
        "（一）夜查。逐店登记。",
    ]
    assert [s.title for s in reading.sections] == ["抓宣传", "抓检查"]
    assert [(i.id, i.title) for i in reading.items] == [
        ("1", "进村入户"),
        ("2", "进校入园"),
        ("2-1", "中学"),
        ("2-2", "小学"),
        ("3", "夜查"),
    ]


def test_tables_stand_in_place_and_merged_cells_come_once() -> None:
    document = Document()
    document.add_paragraph("2026年任务分解表")
    table = document.add_table(rows=3, cols=4)
    rows = (
        ("重点任务", "工作措施", "责任单位", "完成时限"),
        ("桥梁", "检测12座桥梁", "县公路中心\n县财政局", "8月底前"),
        ("", "加固3座桥梁", "县住建局", "全年"),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.rows[2]._tr.tc_lst[0].p_lst[0].add_r().text = "桥梁"
    document.add_paragraph("备注：每月底前报送进展。")
    reading = read_bytes(data(document), filename="plan.docx")
    assert reading.text.count("\n桥梁\t") == 1
    assert [(i.id, i.parent, i.title) for i in reading.items] == [("1", None, "桥梁"), ("1-1", "1", "加固3座桥梁")]
    assert [u.name for u in reading.items[0].units] == ["县公路中心", "县财政局"]
    assert [d.every for d in reading.deadlines] == ["P1M"]


def test_deleted_text_is_left_out_and_breaks_are_kept() -> None:
    document = Document()
    paragraph = document.add_paragraph("一、查桥。逐座查看。")
    paragraph._p.append(
        parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="a"><w:r><w:delText>删去</w:delText></w:r></w:del>')
    )
    paragraph.add_run().add_break()
    paragraph.add_run("二、查路。逐段查看。")
    reading = read_bytes(data(document), filename="plan.docx")
    assert reading.text == "一、查桥。逐座查看。\n二、查路。逐段查看。"
    assert [item.title for item in reading.items] == ["查桥", "查路"]


def test_a_paragraph_taken_off_its_list_has_no_number() -> None:
    document = with_numbering()
    numbered(document, "抓宣传。发手册。", 0)
    paragraph = document.add_paragraph("说明文字。")
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>')
    )
    numbered(document, "抓检查。查门店。", 0)
    assert (
        read_bytes(data(document), filename="a.docx").text == "一、抓宣传。发手册。\n说明文字。\n二、抓检查。查门店。"
    )


def test_numbers_of_a_list_style_are_found() -> None:
    document = Document()
    document.add_paragraph("甲事项。照办。", style="List Number")
    document.add_paragraph("乙事项。照办。", style="List Number")
    assert document.element.body.find(qn("w:p")) is not None
    assert [item.title for item in read_bytes(data(document), filename="a.docx").items] == ["甲事项", "乙事项"]
