"""Step 6: letters drafted from ticked tasks, issued, read as PDF, signed for, answered and settled."""

import re
from datetime import timedelta

import pypdfium2
from playwright.sync_api import expect

from core import clock
from tests.browser.journey import GAS_RENAMED, ROADS, Journey, give_reason, queue_row, row
from tests.browser.visitor import PATIENCE_MS

A4_POINTS = (595, 842)
LETTER_TITLE = "关于加快改造城镇老旧燃气管道的督促函"


def draft_letters(journey: Journey) -> None:
    """Two overdue tasks of two units are ticked: a draft for each unit, one of them corrected."""
    office = journey.as_("anwei")
    office.go("/tasks/")
    office.field("年度").select_option(str(journey.year))
    office.page.get_by_text("更多条件").click()
    office.field("已逾期").select_option("1")
    office.press("筛选")
    office.sees("找到 2 条")
    for title in (GAS_RENAMED, ROADS):
        row(office, title).get_by_role("checkbox").check()
    office.picture("6-1-overdue-ticked")
    office.press("对所选任务起草督促函")
    office.arrives("起草督促函")
    for unit, title in (("县住房和城乡建设局", GAS_RENAMED), ("县交通运输局", ROADS)):
        expect(office.section(f"主送：{unit}")).to_contain_text(title)
    office.picture("6-2-compose")
    office.press("按单位起草（2 个单位）")
    office.sees("已起草 2 份督促函")
    office.picture("6-3-drafts")
    office.follow("督促函", row(office, GAS_RENAMED))
    office.follow("修改文稿")
    office.field("标题").fill(LETTER_TITLE)
    office.picture("6-4-edit")
    office.press("保存文稿")
    office.arrives(LETTER_TITLE)
    expect(office.page.frame_locator("iframe").get_by_text("督促函").first).to_be_visible()
    office.picture("6-5-draft")


def issue_the_letter(journey: Journey) -> str:
    """A county leader issues the letter; it takes its number.

    Returns:
        The path of the letter.
    """
    leader = journey.as_("lingdao")
    draft = queue_row(leader, "督促函草稿待签发", LETTER_TITLE)
    leader.picture("6-6-work-of-the-leader")
    leader.follow(LETTER_TITLE, draft)
    leader.press("签发并通知主送单位")
    leader.press("签发并通知主送单位", leader.page.get_by_role("dialog"))
    leader.sees("已签发")
    return leader.page.url.removeprefix(leader.url)


def read_the_letter(journey: Journey, letter: str) -> None:
    """The worker makes the PDF: A4, with number, title and addressee as text."""
    unit = journey.as_("zhujian")
    waiting = queue_row(unit, "督促函待签收", LETTER_TITLE)
    expect(waiting).to_be_visible()
    unit.go(letter)
    link = unit.page.get_by_role("link", name="下载 PDF")
    expect(link).to_be_visible(timeout=3 * PATIENCE_MS)
    unit.picture("6-7-letter-to-sign")
    number = unit.page.locator(".task-status b").inner_text()
    assert re.fullmatch(r".+〔\d{4}〕\d+号", number)
    with unit.page.expect_download() as download:
        link.click()
    document = pypdfium2.PdfDocument(download.value.path())  # type: ignore[no-untyped-call]
    text = "".join("".join(page.get_textpage().get_text_range() for page in document).split())
    width, height = document[0].get_size()
    document.close()  # type: ignore[no-untyped-call]
    assert (round(width), round(height)) == A4_POINTS
    for words in (number, LETTER_TITLE, "县住房和城乡建设局", GAS_RENAMED):
        assert words in text
    assert journey.as_("fagai").status_of(letter) == 404


def answer_the_letter(journey: Journey, letter: str) -> None:
    """The unit signs for the letter and answers each item; the office settles it."""
    unit, office = journey.as_("zhujian"), journey.as_("anwei")
    unit.press("签收并填写回复")
    unit.arrives("回复")
    answers = unit.page.get_by_label("办理情况")
    expect(answers).to_have_count(1)
    answers.first.fill("已完成41公里，其余9公里因管位冲突延后，已与管线单位商定改线方案。")
    unit.field("承诺完成日期").fill((clock.today() + timedelta(days=40)).isoformat())
    unit.picture("6-8-reply")
    unit.press("提交回复，报县安委办审核")
    unit.sees("回复已提交")
    office.go(letter)
    office.sees("因管位冲突延后")
    office.picture("6-9-reply-to-review")
    give_reason(office, "同意回复并办结", "办结意见", "同意改线方案，按承诺日期完成。")
    office.sees("已办结")
    office.picture("6-10-letter-closed")
