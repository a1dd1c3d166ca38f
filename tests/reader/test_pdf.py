"""Text PDFs read like the text they were set from; what cannot be read gets a sentence, within bounds."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from documents.typography import official_punctuation
from tasks.reader import ItemReading, Reading, ReadingError, read_bytes, read_text
from tasks.reader.pdf import process
from tests.reader.pdfs import (
    blank_pages,
    merged,
    paragraphs,
    picture_pdf,
    rotated,
    set_html,
    set_letter,
    with_password,
    without_codes,
    written,
)

DEMO = Path(settings.BASE_DIR) / "fixtures" / "demo"
LONG = (
    "各级各有关部门要对照职责，逐项细化措施、明确责任人和完成时限，"
    "做到有部署、有检查、有整改、有回音，确保各项任务落地见效。"
)
PLAN = f"""2026年清泽县安全生产工作要点
一、压紧压实安全生产责任链条，推动形成齐抓共管的工作格局，守牢安全底线
1.落实党政领导责任。每季度至少听取1次安全生产工作汇报，{LONG}全年带队检查不少于4次。
2.落实部门监管责任。6月底前更新行业底册，{LONG}{LONG}部门检查重点企业不少于320家次，重大隐患按期整改率达到100%。
二、防范化解重大风险
（一）整治燃气隐患。完成老旧管网更新15.6公里，{LONG}“问题瓶”下架率100%，10月底前完成。
（二）开展应急演练。{LONG}{LONG}全年综合演练不少于60场次。（牵头单位：县应急管理局；责任单位：各乡镇（街道））
"""


def read(data: bytes) -> Reading:
    return read_bytes(data, filename="要点.pdf", plan_year=2026)


def facts(reading: Reading) -> list[object]:
    """Everything the reading found but its offsets."""

    def of_item(item: ItemReading) -> tuple[object, ...]:
        return (
            item.id,
            item.section,
            item.parent,
            item.marker,
            item.number,
            item.title,
            [replace(row, start=0, end=0) for row in item.targets],
            [replace(row, start=0, end=0) for row in item.deadlines],
            [replace(row, start=0, end=0) for row in item.units],
        )

    sections = [(row.level, row.marker, row.number, row.title) for row in reading.sections]
    return [reading.title, reading.plan_year, sections, [of_item(item) for item in reading.items]]


def noise(reading: Reading) -> list[tuple[str, str]]:
    return [(row.reason, row.text) for row in reading.noise]


@pytest.mark.parametrize("name", ["plan.txt", "plan_last_year.txt"])
def test_an_official_letter_reads_like_its_text(name: str) -> None:
    lines = (DEMO / name).read_text(encoding="utf-8").replace("{year}", "2026").splitlines()
    lines = [official_punctuation(line.strip()) for line in lines if line.strip()]
    title = next(line for line in lines if line.endswith("工作要点"))
    body = "\n".join(line for line in lines if line != title and "号" not in line[-2:])
    expected = read_text(f"{title}\n{body}", plan_year=2026)
    found = read(set_letter(title, body))
    assert facts(found) == facts(expected)
    assert len(found.items) == len(expected.items) >= 10
    assert (found.doc_number, found.issued, found.issuer) == (
        "清安委〔2026〕1号",
        "2026-01-20",
        "清泽县安全生产委员会",
    )
    numbers = [text for reason, text in noise(found) if reason == "page_number"]
    # The first page of a letter carries none.
    assert numbers == [f"— {page} —" for page in range(2, len(numbers) + 2)]
    assert len(numbers) >= 1
    # Every line of the plan stands in one piece.
    assert set(body.splitlines()) <= set(found.text.splitlines())


@pytest.mark.parametrize(
    "css",
    [
        "",
        "p { text-indent: 0 }",
        "p { text-indent: 0; text-align: left; margin-bottom: 6pt }",
        "body { text-align: left } h1 { font-size: 15pt }",
        "p { padding-left: 2em; text-indent: -2em }",
        "@page :left { margin-left: 45mm; margin-right: 15mm }",
        "body { font-size: 11pt; line-height: 16pt; columns: 2; column-gap: 10mm } h1 { column-span: all }",
        "body { letter-spacing: -0.3pt; line-height: 36pt }",
    ],
)
def test_wrapped_lines_become_paragraphs_however_they_are_set(css: str) -> None:
    text = PLAN
    found = read(set_html(paragraphs(text), css))
    assert facts(found) == facts(read_text(text, plan_year=2026))
    assert [line for line in found.text.splitlines() if not re.fullmatch(r"- \d+ -", line)] == text.splitlines()


def test_two_byte_punctuation_is_kept() -> None:
    text = (
        "2026年清泽县防灾工作要点\n一、织密网络，补齐短板；守牢底线\n"
        "1.修订《总体预案》（含“三个一”）：专项预案23部——年底前完成！\n"
    )
    assert read(set_html(paragraphs(text))).text.splitlines()[:3] == text.splitlines()


@pytest.mark.parametrize(
    ("css", "numbers"),
    [
        ('@page { @bottom-center { content: "— " counter(page) " —" } }', r"— \d —"),
        ("@page { @bottom-center { content: counter(page) } }", r"\d"),
        ('@page { @bottom-right { content: "第" counter(page) "页 共" counter(pages) "页" } }', r"第\d页 ?共\d页"),
    ],
)
def test_page_numbers_and_running_heads_are_noise(css: str, numbers: str) -> None:
    head = (
        '@page { @top-left { content: "清泽县安委办 工作要点汇编"; font-size: 9pt } @bottom-center { content: none } }'
    )
    text = PLAN + "\n".join(f"{number}.做好第{number}项工作。{LONG}{LONG}{LONG}" for number in range(3, 12))
    found = read(set_html(paragraphs(text), head + css))
    assert facts(found) == facts(read_text(text, plan_year=2026))
    pages = [row for row in found.noise if row.reason == "page_number"]
    heads = [row for row in found.noise if row.reason == "running_head"]
    assert len(pages) == len(heads) >= 3
    assert all(re.fullmatch(numbers, row.text) for row in pages)
    assert {row.text for row in heads} == {"清泽县安委办 工作要点汇编"}
    # No paragraph is torn where a page ends.
    assert set(text.splitlines()[1:]) <= set(found.text.splitlines())


def test_a_single_page_with_a_bare_number() -> None:
    css = "@page { @bottom-center { content: counter(page) } @top-right { content: '内部资料'; font-size: 8pt } }"
    found = read(set_html(paragraphs("2026年工作要点\n1.开展演练。全年演练4场次。\n2.排查隐患。6月底前完成。"), css))
    assert noise(found) == [("running_head", "内部资料"), ("page_number", "1")]
    assert [item.title for item in found.items] == ["开展演练", "排查隐患"]


def test_lines_that_only_look_like_numbers_or_heads_stay() -> None:
    rows = "".join(f"<p>{number}.检查企业。全年检查{number}家。</p>" for number in range(1, 60))
    found = read(set_html(f"<h1>2026年工作要点</h1>{rows}"))
    assert [item.number for item in found.items] == list(range(1, 60))


TABLE = (
    "<tr><th>序号</th><th>重点任务</th><th>工作措施</th><th>责任单位</th><th>完成时限</th></tr>",
    "<tr><td>1</td><td>应急演练</td><td>全年组织综合演练不少于40场次，场场有评估、有整改，问题逐项销号。</td>"
    "<td>县应急管理局、县消防救援大队</td><td>年底前</td></tr>",
    "<tr><td>2</td><td>燃气安全</td><td>6月底前排查管道80公里，隐患整改率达到100%。</td>"
    "<td>县住房和城乡建设局 各乡镇（街道）</td><td>10月底前</td></tr>",
)


@pytest.mark.parametrize("turned", [False, True])
def test_a_ruled_table_comes_out_row_by_row(turned: bool) -> None:
    css = "col.a { width: 8% } col.b { width: 16% } col.c { width: 40% } col.d { width: 22% }"
    columns = '<colgroup><col class="a"><col class="b"><col class="c"><col class="d"><col></colgroup>'
    data = set_html(f"<h1>2026年重点任务分解表</h1><table>{columns}{''.join(TABLE)}</table><p>附则另行印发。</p>", css)
    found = read(rotated(data) if turned else data)
    assert found.text.splitlines()[1:4] == [
        "序号\t重点任务\t工作措施\t责任单位\t完成时限",
        "1\t应急演练\t全年组织综合演练不少于40场次，场场有评估、有整改，问题逐项销号。\t县应急管理局、县消防救援大队\t年底前",
        "2\t燃气安全\t6月底前排查管道80公里，隐患整改率达到100%。\t县住房和城乡建设局 各乡镇（街道）\t10月底前",
    ]
    first, second = found.items
    assert [unit.name for unit in first.units] == ["县应急管理局", "县消防救援大队"]
    assert [unit.name for unit in second.units] == ["县住房和城乡建设局", "各乡镇（街道）"]
    assert [target.value for target in (*first.targets, *second.targets)] == [40, 80, 100]


def test_a_table_over_pages_keeps_its_rows_and_drops_the_repeated_head() -> None:
    cells = "<td>{n}</td><td>任务{n}</td><td>{long}全年检查{n}家次。</td><td>县水利局</td><td>{month}月底前</td>"
    rows = "".join(f"<tr>{cells.format(n=n, long=LONG, month=n % 12 + 1)}</tr>" for n in range(1, 25))
    css = "thead { display: table-header-group } th:first-child { width: 8% } td { break-inside: auto }"
    data = set_html(f"<h1>2026年任务清单</h1><table><thead>{TABLE[0]}</thead><tbody>{rows}</tbody></table>", css)
    found = read(data)
    assert [item.title for item in found.items] == [f"任务{n}" for n in range(1, 25)]
    assert [item.targets[0].value for item in found.items] == list(range(1, 25))
    assert sum(1 for row in found.noise if row.reason == "table_header") >= 3
    assert all(LONG in found.text[item.start : item.end] for item in found.items)


def test_a_cell_over_several_rows_is_given_once() -> None:
    rows = (
        "<tr><td>1</td><td>甲</td><td>检查4次</td><td rowspan='2'>县水利局</td><td>年底前</td></tr>"
        "<tr><td>2</td><td>乙</td><td>检查6次</td><td>9月底前</td></tr>"
    )
    found = read(set_html(f"<h1>2026年任务清单</h1><table>{TABLE[0]}{rows}</table>"))
    assert found.text.splitlines()[2:4] == ["1\t甲\t检查4次\t县水利局\t年底前", "2\t乙\t检查6次\t\t9月底前"]


def test_contents_and_watermark_are_set_aside() -> None:
    contents = "<h1>目　录</h1><p>一、压紧压实责任…………………1</p><p>二、防范化解风险…………………2</p>"
    mark = ".mark { position: absolute; top: 90mm; left: 40mm; font-size: 40pt; transform: rotate(-40deg) }"
    body = f'{contents}<div class="mark">仅供内部使用</div>{paragraphs(PLAN)}'
    found = read(set_html(body, mark))
    assert facts(found) == facts(read_text(PLAN, plan_year=2026))
    assert ("watermark", "仅供内部使用") in noise(found)
    assert [text for reason, text in noise(found) if reason == "contents"][1:] == [
        "一、压紧压实责任…………………1",
        "二、防范化解风险…………………2",
    ]


def test_a_page_that_is_a_picture_is_pointed_out() -> None:
    found = read(merged(set_html(paragraphs(PLAN)), picture_pdf()))
    pictured = [flag for flag in found.flags if flag.kind == "page_without_text"]
    assert [flag.text for flag in pictured] == ["（第3页是图片，没有文字）"]
    assert ("page_without_text", "（第3页是图片，没有文字）") in noise(found)
    assert len(found.items) == 4


def refused(data: bytes) -> str:
    with pytest.raises(ReadingError) as caught:
        read(data)
    return caught.value.message


def test_what_cannot_be_read_is_said_in_a_sentence() -> None:
    sound = set_html(paragraphs(PLAN))
    assert refused(with_password()) == process.PASSWORD
    assert refused(b"%PDF-1.7\nnothing more") == process.BROKEN
    assert refused(sound[: len(sound) // 8]) == process.BROKEN
    assert refused(picture_pdf(3)) == process.SCAN
    assert refused(blank_pages(1)) == process.SCAN
    assert refused(written(b"0 0 100 100 re f")) == process.SCAN
    assert "有 3000 页" in refused(blank_pages(3000))
    assert refused(written(b"BT /F 1 Tf 72 720 Td " + b"(abcdefghij) Tj " * 11_000 + b"ET")) == process.CHARACTERS
    assert "不是 PDF" in refused("不是".encode())


def test_text_without_codes_is_refused() -> None:
    assert refused(without_codes()) == process.GARBLED


def test_a_file_that_unpacks_without_end_is_stopped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(process, "MEMORY_BYTES", 220 * 1024 * 1024)
    monkeypatch.setattr(process, "CPU_SECONDS", 3)
    bomb = written(b" " * 200_000_000)
    assert len(bomb) < 2_000_000
    assert refused(bomb) in (process.HEAVY, process.SCAN)
    monkeypatch.setattr(process, "CLOCK_SECONDS", 0.05)
    assert refused(set_html(paragraphs(PLAN))) == process.HEAVY
    assert "could not be read" in caplog.text


def test_leading_bytes_before_the_header_do_not_matter() -> None:
    assert len(read(b"\n\n" + set_html(paragraphs(PLAN))).items) == 4
