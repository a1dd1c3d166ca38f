"""Step 3: a department signs, reports, mends and closes its task; the office reviews."""

import re

from playwright.sync_api import expect

from tests.browser.journey import BUSES, HARBOUR, Journey, file, give_reason, queue_row, small_pdf, small_photo
from tests.browser.visitor import Visitor


def sign_and_report(journey: Journey) -> str:
    """A department signs for its task, drafts a report with two files, leaves, finds it again, submits.

    Returns:
        The path of the task.
    """
    unit = journey.as_("nongye")
    waiting = queue_row(unit, "待签收", HARBOUR)
    expect(waiting).to_be_visible()
    unit.picture("3-1-work-to-sign")
    unit.follow(HARBOUR, waiting)
    unit.arrives(HARBOUR)
    path = unit.page.url.removeprefix(unit.url)
    unit.picture("3-2-task-to-sign")
    unit.press("签收并填报进展")
    unit.arrives("填报进展")
    unit.page.get_by_label(re.compile("（座）")).fill("1")
    unit.page.get_by_label(re.compile("（%）")).fill("60")
    unit.field("主要做法").fill("检修1座渔港的系泊设施，登记在册渔船的北斗终端。")
    unit.field("佐证材料").set_input_files(
        [file("检修验收单.pdf", "application/pdf", small_pdf()), file("现场.jpg", "image/jpeg", small_photo())]
    )
    unit.picture("3-3-report-typed")
    unit.press("保存草稿")
    unit.sees("草稿已保存", "检修验收单.pdf", "现场.jpg")
    unit.go("/dashboard/")
    unit.go(path)
    unit.follow("填报进展")
    expect(unit.page.get_by_label(re.compile("（座）"))).to_have_value("1")
    expect(unit.field("主要做法")).to_have_value(re.compile("系泊设施"))
    unit.sees("检修验收单.pdf", "现场.jpg")
    unit.picture("3-4-report-kept")
    unit.press("上报县安委办审核")
    unit.sees("进展已上报")
    return path


def open_review(office: Visitor, title: str) -> None:
    """Open a waiting report in the review queue."""
    office.go("/tasks/reviews/")
    office.page.get_by_role("navigation", name="待审核任务").get_by_role("link", name=title).click()
    expect(office.page.get_by_role("heading", name=title)).to_be_visible()


def review_and_return(journey: Journey) -> None:
    """The office returns the report; the department reads why."""
    office, unit = journey.as_("anwei"), journey.as_("nongye")
    open_review(office, HARBOUR)
    office.picture("3-5-review")
    give_reason(office, "退回并通知牵头单位", "理由或结论", "照片没有注明渔港名称，请补充其余两座的检修情况。")
    office.sees("已退回进展")
    returned = queue_row(unit, "退回待改", HARBOUR)
    expect(returned).to_be_visible()
    unit.picture("3-6-work-returned")
    returned.locator(".queue-action").click()
    unit.sees("照片没有注明渔港名称")
    unit.picture("3-7-report-returned")


def mend_and_close(journey: Journey, task: str) -> None:
    """Mended, passed, asked to close, closed; the task's history tells all of it."""
    office, unit = journey.as_("anwei"), journey.as_("nongye")
    unit.page.get_by_label(re.compile("（座）")).fill("3")
    unit.page.get_by_label(re.compile("（%）")).fill("100")
    unit.field("佐证材料").set_input_files([file("三座渔港.jpg", "image/jpeg", small_photo() + b"\0")])
    unit.press("上报县安委办审核")
    unit.sees("进展已上报")
    open_review(office, HARBOUR)
    office.press("审核通过，看下一份")
    office.sees("已审核通过进展")
    unit.go(task)
    give_reason(unit, "申请销号", "理由或说明", "三座渔港检修全部完成，终端全部装好。")
    unit.sees("已申请销号")
    open_review(office, HARBOUR)
    office.sees("三座渔港检修全部完成")
    office.picture("3-8-review-closing")
    give_reason(office, "同意销号", "理由或结论", "现场核查属实。")
    office.sees("已销号")
    unit.go(task)
    told = unit.section("办理记录").locator(".history-summary").all_inner_texts()
    moves = ["销号", "申请销号", "审核通过进展", "上报进展", "退回进展", "上报进展", "签收任务"]
    assert [words for words in (line.partition("（")[0] for line in told) if words in moves] == moves
    assert sum("三座渔港.jpg" in line for line in told) == 1
    unit.sees("照片没有注明渔港名称", "三座渔港检修全部完成", "现场核查属实")
    unit.picture("3-9-task-closed")


def keep_others_out(journey: Journey, task: str) -> None:
    """An editor of another department meets 404 for the task and for its evidence."""
    unit, stranger = journey.as_("nongye"), journey.as_("fagai")
    evidence = unit.page.get_by_role("link", name="检修验收单.pdf").first.get_attribute("href") or ""
    assert evidence
    assert [unit.status_of(path) for path in (task, evidence)] == [200, 200]
    assert [stranger.status_of(path) for path in (task, evidence)] == [404, 404]


def report_without_script(journey: Journey) -> None:
    """Signing, a draft with a file, and submitting need no script."""
    unit = journey.new_visitor("jiaotong", script=False)
    waiting = queue_row(unit, "待签收", BUSES)
    unit.follow(BUSES, waiting)
    unit.press("签收并填报进展")
    unit.arrives("填报进展")
    unit.page.get_by_label(re.compile("（%）")).fill("99.5")
    unit.page.get_by_label(re.compile("（辆）")).fill("12")
    unit.field("主要做法").fill("接入动态监控平台，按月抽查。")
    unit.field("佐证材料").set_input_files([file("抽查记录.pdf", "application/pdf", small_pdf())])
    unit.press("保存草稿")
    unit.sees("草稿已保存", "抽查记录.pdf")
    unit.picture("4-4-report-without-script")
    unit.press("上报县安委办审核")
    unit.sees("进展已上报", "已上报待审")
