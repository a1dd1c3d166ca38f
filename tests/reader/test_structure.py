"""Sections and items: every numbering style, empty sections, nesting, tables, lines broken at a width."""

import pytest

from tasks.reader import DeadlineReading, Reading, TargetReading, read_text

PLAN = """2026年枫林县护林防火工作要点

为抓好全年工作，制定本要点。

一、夯实责任

（一）落实领导责任。常委会专题研究。

（二）落实部门责任。厘清监管边界。

二、排查隐患

（三）紧盯燃气。更换老旧软管。

三、建强队伍
"""


def titles(reading: Reading) -> list[str]:
    return [item.title for item in reading.items]


def test_sections_hold_items_numbered_through_and_an_empty_section_is_kept() -> None:
    reading = read_text(PLAN)
    assert [(s.id, s.number, s.title) for s in reading.sections] == [
        ("s1", 1, "夯实责任"),
        ("s2", 2, "排查隐患"),
        ("s3", 3, "建强队伍"),
    ]
    assert [(i.id, i.section, i.number, i.marker) for i in reading.items] == [
        ("1", "s1", 1, "（一）"),
        ("2", "s1", 2, "（二）"),
        ("3", "s2", 3, "（三）"),
    ]
    assert titles(reading) == ["落实领导责任", "落实部门责任", "紧盯燃气"]
    assert reading.text[reading.items[0].start : reading.items[0].end] == "（一）落实领导责任。常委会专题研究。"


def test_title_and_year_come_from_the_head() -> None:
    reading = read_text(PLAN)
    assert (reading.title, reading.plan_year) == ("2026年枫林县护林防火工作要点", 2026)
    assert read_text(PLAN, plan_year=2027).plan_year == 2027


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1.", "2."),
        ("1、", "2、"),
        ("１．", "２．"),
        ("（1）", "（2）"),
        ("1）", "2）"),
        ("①", "②"),
        ("⑴", "⑵"),
        ("（一）", "（二）"),
        ("一、", "二、"),
        ("第一条 ", "第二条 "),
        ("一是", "二是"),
        ("● ", "● "),
    ],
)
def test_each_numbering_style_gives_items(first: str, second: str) -> None:
    reading = read_text(f"{first}检查桥梁。查看护栏。\n{second}清理河道。清除杂物。\n")
    assert [(i.number, i.title) for i in reading.items] == [(1, "检查桥梁"), (2, "清理河道")]
    assert reading.sections == []


def test_chapters_hold_articles() -> None:
    reading = read_text("第一章 总则\n第一条 按本办法执行。\n第二章 检查\n第二条 每周查看一次。\n")
    assert [s.title for s in reading.sections] == ["总则", "检查"]
    assert [(i.section, i.number) for i in reading.items] == [("s1", 1), ("s2", 2)]


def test_numbered_points_under_an_item_have_a_parent() -> None:
    reading = read_text("一、加强防汛\n1.备足物资。抓紧采购：\n（1）沙袋；\n（2）水泵。\n2.开展演练。桌面推演。\n")
    assert [(i.id, i.parent, i.title) for i in reading.items] == [
        ("1", None, "备足物资"),
        ("1-1", "1", "沙袋"),
        ("1-2", "1", "水泵"),
        ("2", None, "开展演练"),
    ]
    parent, child = reading.items[0], reading.items[2]
    assert parent.start < child.start
    assert parent.end == child.end


def test_second_level_headings_are_sections() -> None:
    reading = read_text(
        "一、重点工作\n（一）水上安全\n1.查船。查证照。\n2.查人。查资质。\n（二）陆上安全\n1.查车。查轮胎。\n"
    )
    assert [(s.level, s.title) for s in reading.sections] == [(1, "重点工作"), (2, "水上安全"), (2, "陆上安全")]
    assert [i.section for i in reading.items] == ["s2", "s2", "s3"]


def test_points_counted_inside_a_line_are_nested_and_the_units_hold_for_the_whole() -> None:
    reading = read_text("1.抓培训。一是办班；二是送教；三是考核。（责任单位：县人社局）\n2.抓考核。按季打分。\n")
    assert [(i.id, i.title) for i in reading.items] == [
        ("1", "抓培训"),
        ("1-1", "办班"),
        ("1-2", "送教"),
        ("1-3", "考核"),
        ("2", "抓考核"),
    ]
    assert [(u.name, u.role) for u in reading.items[0].units] == [("县人社局", "responsible")]
    assert all(not item.units for item in reading.items[1:])


def test_a_text_pasted_as_one_line_is_cut_at_its_marks() -> None:
    reading = read_text(
        "2026年镇消防工作要点 各村： 请抓好落实。 一、宣传 (一)进村。发放手册。 "
        "(二)进校。开展授课。 二、检查 (三)查店。逐户登记。"
    )
    assert [s.title for s in reading.sections] == ["宣传", "检查"]
    assert [(i.number, i.title) for i in reading.items] == [(1, "进村"), (2, "进校"), (3, "查店")]
    assert reading.title == "2026年镇消防工作要点"


def test_a_bracketed_number_inside_a_sentence_is_no_point() -> None:
    reading = read_text("1.照章办事。按照办法(一)规定和3.5米限高执行。\n2.及时上报。当天报送。\n")
    assert titles(reading) == ["照章办事", "及时上报"]


def test_a_number_after_a_blank_that_carries_on_no_count_is_no_point() -> None:
    reading = read_text("1.分类管理。表中 (三)类场所由镇级查看。 5.危险点另报。\n2.及时上报。当天报送。\n")
    assert titles(reading) == ["分类管理", "及时上报"]


def test_bullets_and_markdown_headings() -> None:
    reading = read_text(
        "# 2026年区消防工作要点\n\n## 宣传\n\n- 走进社区；\n- 走进学校。\n\n## 检查\n\n1. **查通道**：逐栋查看。\n"
    )
    assert reading.title == "2026年区消防工作要点"
    assert [s.title for s in reading.sections] == ["宣传", "检查"]
    assert titles(reading) == ["走进社区", "走进学校", "查通道"]


def test_paragraphs_after_an_item_belong_to_it() -> None:
    reading = read_text("1.夜查\n对沿街店铺逐户查看。\n做好登记。\n2.回访\n电话核实。\n")
    assert titles(reading) == ["夜查", "回访"]
    assert reading.text[reading.items[0].start : reading.items[0].end].endswith("做好登记。")


def test_a_text_without_numbers_is_read_by_paragraph() -> None:
    reading = read_text("请于6月底前完成全部桥梁检测工作。\n请于年底前完成道路养护验收工作。\n")
    assert [len(item.deadlines) for item in reading.items] == [1, 1]
    assert [flag.kind for flag in reading.flags] == ["no_numbering"]


def test_rows_of_a_pipe_table_are_items() -> None:
    reading = read_text(
        "2026年任务表\n序号|重点任务|工作措施|牵头单位|配合单位|完成时限\n"
        "1|桥梁|检测12座桥梁|县公路中心|县财政局、各镇（街道）|8月底前\n"
        " | |加固3座桥梁|县住建局||长期坚持\n"
    )
    first, second = reading.items
    assert (first.id, first.title, first.marker, first.number) == ("1", "桥梁", "1", 1)
    assert [(u.name, u.role) for u in first.units] == [
        ("县公路中心", "lead"),
        ("县财政局", "cooperate"),
        ("各镇（街道）", "cooperate"),
    ]
    assert [(t.value, t.unit) for t in first.targets] == [(12, "座")]
    assert [d.date for d in first.deadlines] == ["2026-08-31"]
    assert (second.id, second.parent, second.title) == ("1-1", "1", "加固3座桥梁")
    assert [d.kind for d in second.deadlines] == ["ongoing"]


def test_a_table_with_one_cell_on_each_line_is_put_together() -> None:
    reading = read_text(
        "演练科目 |\n牵头单位 |\n时限要求 |\n溃坝转移 |\n县水利局 |\n5月底前 |\n"
        "列车脱轨 |\n县交通局、县站办等 |\n10月中旬 |\n"
    )
    assert titles(reading) == ["溃坝转移", "列车脱轨"]
    assert [d.date for i in reading.items for d in i.deadlines] == ["--05-31", "--10-20"]
    assert [u.name for u in reading.items[1].units] == ["县交通局", "县站办"]


def test_names_glued_together_are_parted_and_flagged() -> None:
    reading = read_text(
        "任务|责任单位\n查店|派出所 城管所\n查摊|城管所\n查企|派出所城管所\n",
    )
    assert [u.name for u in reading.items[2].units] == ["派出所", "城管所"]
    assert [(f.kind, f.text, f.suggested) for f in reading.flags] == [
        ("missing_delimiter", "派出所城管所", "派出所、城管所")
    ]


def test_lines_broken_at_a_width_are_joined_and_offsets_kept() -> None:
    text = (
        "2026年沙洲镇消防工作安排\n"
        "  一、开展检查。全年检查商铺和出租屋不\n"
        "少于300家次，发现隐患当场登记，做到\n"
        "一户一档。整改率达到98%以上，每季\n"
        "度通报1次，请各村认真抓好组织落实工\n"
        "作，确保不走过场。\n"
        "  二、开展演练。组织夜间疏散演练4场次。\n"
    )
    reading = read_text(text)
    assert [(t.value, t.unit) for t in reading.items[0].targets] == [(300, "家次"), (98, "%"), (1, "次")]
    assert reading.items[0].targets[0].phrase == "全年检查商铺和出租屋不\n少于300家次"
    assert [t.value for t in reading.items[1].targets] == [4]
    for item in reading.items:
        parts: list[TargetReading | DeadlineReading] = [*item.targets, *item.deadlines]
        for part in parts:
            assert text[part.start : part.end] == part.phrase


def test_a_notice_gives_number_issuer_and_date() -> None:
    reading = read_text(
        "枫安委〔2026〕7号\n关于印发2026年工作要点的通知\n各镇人民政府：\n现印发给你们。\n"
        "附件：1.枫林县工作要点\n2.任务分解表\n枫林县安全生产委员会\n2026年3月4日\n"
        "枫林县2026年护林防火工作要点\n一、抓检查。查企业。\n二、抓培训。训人员。\n（此件公开发布）\n抄送：县委办公室。\n"
    )
    assert reading.title == "枫林县2026年护林防火工作要点"
    assert (reading.doc_number, reading.issuer, reading.issued) == (
        "枫安委〔2026〕7号",
        "枫林县安全生产委员会",
        "2026-03-04",
    )
    assert titles(reading) == ["抓检查", "抓培训"]
    assert [n.reason for n in reading.noise] == ["attachment_list", "attachment_list", "release_note", "colophon_cc"]


def test_page_furniture_is_set_aside_with_its_reason() -> None:
    reading = read_text(
        "2026年县森林防火工作要点\n2026年县森林防火工作要点插图\n发布时间：2026-01-09\n字数：900字\n小文库\n复制下载\n"
        "一、管住火源。设卡检查。\n- 2 -\n二、备好队伍。集中驻防。\n剩余60%的内容被锁住\n阅读全文\n"
    )
    assert [(n.text, n.reason) for n in reading.noise] == [
        ("2026年县森林防火工作要点插图", "image_caption"),
        ("发布时间：2026-01-09", "page_date"),
        ("字数：900字", "word_count"),
        ("小文库", "site_name"),
        ("复制下载", "button"),
        ("- 2 -", "page_number"),
        ("剩余60%的内容被锁住", "paywall"),
        ("阅读全文", "button"),
    ]
    assert titles(reading) == ["管住火源", "备好队伍"]
    assert reading.issued == "2026-01-09"
    assert all(not item.targets for item in reading.items)


def test_a_paragraph_under_no_item_is_flagged_and_still_read() -> None:
    reading = read_text("一、检查\n（一）查路。逐段查看。\n二、要求\n各镇每月5日前报送进展，不得迟报。\n")
    assert [s.title for s in reading.sections] == ["检查", "要求"]
    assert [(f.kind, f.text) for f in reading.flags] == [("text_without_item", "各镇每月5日前报送进展，不得迟报。")]
    assert [d.every for d in reading.deadlines] == ["P1M"]
