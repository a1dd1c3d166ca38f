"""Letters as a county office writes them, for the tests of typesetting."""

from datetime import date

from documents.letter import LetterTable, OfficialLetter, Paragraph

OPENING = (
    "根据年度安全生产工作要点安排,你单位牵头承担的部分任务已超过完成时限,经1月25日和2月3日两次提醒,"
    "截至2026年2月6日17:30仍未报送办结材料,完成率为46.5%,现就有关事项函告如下:"
)

ONE_PAGE = OfficialLetter(
    issuer="东泉县安全生产委员会办公室",
    doc_number="东安办函〔2026〕5号",
    title="关于督促办理逾期任务的函",
    addressee="县住房和城乡建设局",
    blocks=(Paragraph(OPENING), Paragraph("请于2026年2月13日前办结。")),
    signer="东泉县安全生产委员会办公室",
    issued_on=date(2026, 2, 6),
)

FULL = OfficialLetter(
    issuer="东泉县安全生产委员会办公室",
    doc_number="东安办函〔2026〕12号",
    title="关于督促办理2026年度安全生产工作要点逾期任务的函",
    addressee="县住房和城乡建设局",
    blocks=(
        Paragraph(OPENING),
        Paragraph("存在问题", level=1),
        Paragraph("管网改造尚未开工。" * 6),
        Paragraph("有关要求", level=1),
        Paragraph("请于2月13日前办结。" * 8, level=2, lead="限期完成。"),
        Paragraph("请明确专人负责。" * 6, level=2, lead="落实责任。"),
        Paragraph("每周五报送进展。" * 6, level=3),
        Paragraph("附照片和台账。" * 6, level=4),
    ),
    signer="东泉县安全生产委员会办公室",
    issued_on=date(2026, 2, 6),
    annex_names=("逾期任务清单", "整改反馈表"),
    contact_note="联系人:张昉,电话:0513-80001234",
    copies_to=("县政府办公室", "县纪委监委"),
    urgency="特急",
)


def overdue_table(rows: int) -> LetterTable:
    """Return a list of `rows` overdue tasks."""
    cells = [(f"第{row}项任务", "县应急管理局", "2026年1月31日", "红灯") for row in range(1, rows + 1)]
    return LetterTable(("任务名称", "责任单位", "完成时限", "灯色"), cells, caption="逾期任务清单")
