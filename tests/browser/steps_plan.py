"""Steps 1 and 2: logging in; the document comes in, is checked, assigned and published."""

import re
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Locator, expect

from core import clock
from tests.browser.journey import GAS, GAS_RENAMED, ROADS, SITES, Journey, file, row
from tests.browser.visitor import Visitor


def plan_text(year: int) -> str:
    """Return the plan that is imported, for this year."""
    return (Path(__file__).parent / "plan.txt").read_text(encoding="utf-8").replace("{year}", str(year))


def start(journey: Journey) -> None:
    """The login page is the first thing seen; a wrong password is refused in plain words, the printed one gets in."""
    office = journey.new_visitor()
    journey.seated["anwei"] = office
    office.go("/")
    office.arrives("登录")
    office.picture("1-1-login")
    office.field("用户名").fill("anwei")
    office.field("密码").fill("not-the-password")
    office.press("登录")
    office.sees("用户名或密码不正确")
    office.picture("1-2-login-refused")
    expect(office.field("用户名")).to_have_value("anwei")
    office.field("密码").fill(journey.server.passwords["anwei"])
    office.press("登录")
    office.arrives("我的工作")
    office.picture("1-3-work-of-the-office")


def refuse_bad_documents(journey: Journey) -> None:
    """Neither a binary nor an empty file is taken; year and pasted text stay."""
    office = journey.as_("anwei")
    office.go("/plans/")
    office.picture("2-1-plans")
    office.follow("导入工作要点")
    office.field("年度").fill(str(journey.year))
    office.field("上传文件").set_input_files(file("plan.txt", "text/plain", bytes(range(256)) * 40))
    office.press("读取并进入核对")
    expect(office.page.get_by_role("alert")).to_be_visible()
    expect(office.field("年度")).to_have_value(str(journey.year))
    office.picture("2-2-import-binary-refused")
    office.field("或者粘贴全文").fill("一、压实责任\n（一）开展检查。")
    office.field("上传文件").set_input_files(file("empty.txt", "text/plain", b""))
    office.press("读取并进入核对")
    office.sees("这是一个空文件")
    expect(office.field("或者粘贴全文")).to_have_value("一、压实责任\n（一）开展检查。")
    office.picture("2-3-import-empty-refused")
    office.field("或者粘贴全文").fill("")


def import_the_plan(journey: Journey) -> None:
    """The document is read: sections, items, targets, deadlines, doubts, beside the marked source."""
    office = journey.as_("anwei")
    office.field("上传文件").set_input_files(file("plan.txt", "text/plain", plan_text(journey.year).encode("gb18030")))
    office.press("读取并进入核对")
    office.sees("已读入13条", "一、管住重点场所", "三、练强救援本领")
    counters = office.page.get_by_role("navigation", name="核对进度")
    expect(counters.get_by_role("link", name="已分解 13 条")).to_be_visible()
    assert int(re.search(r"量化指标 (\d+)", counters.inner_text())[1]) >= 12  # type: ignore[index]
    assert int(re.search(r"写明时限 (\d+)", counters.inner_text())[1]) >= 7  # type: ignore[index]
    assert int(re.search(r"存疑 (\d+)", counters.inner_text())[1]) >= 1  # type: ignore[index]
    source = office.page.get_by_role("region", name="原文")
    for mark, words in (("target", "48公里"), ("deadline", "6月底前"), ("unit", "县住建局"), ("flag", "全复盖")):
        expect(source.locator(f".mark-{mark}").filter(has_text=words).first).to_be_visible()
    expect(source.locator(".mark-noise").filter(has_text="打印本页")).to_be_visible()
    office.picture("2-4-check", window=True)


def choose(office: Visitor, title: str) -> Locator:
    """Choose an item in the middle pane; return its form."""
    tree = office.page.get_by_role("region", name="条目").first
    link = tree.get_by_role("link", name=title)
    if link.get_attribute("aria-current") is None:
        link.click()
    form = office.page.locator("#item-form")
    expect(office.field("任务名称", form)).to_have_value(re.compile(title))
    return form


def save(office: Visitor, title: str) -> None:
    """Save the item's form and wait for the word that it is saved."""
    office.page.locator("#item-form").get_by_role("button", name="保存", exact=True).last.click()
    expect(office.page.get_by_role("status").filter(has_text=f"{title}”")).to_be_visible()


def check_the_plan(journey: Journey) -> None:
    """Title, target and dates are edited in place, a doubt is settled, an item that is no task is dropped."""
    office = journey.as_("anwei")
    yesterday = clock.today() - timedelta(days=1)
    form = choose(office, GAS)
    office.field("任务名称", form).fill(GAS_RENAMED)
    office.field("目标值", form).fill("50")
    set_dates(office, form, yesterday)
    office.picture("2-5-check-edited", window=True)
    save(office, GAS_RENAMED)
    expect(office.field("目标值", form)).to_have_value("50")
    expect(office.field("完成时限", form)).to_have_value(yesterday.isoformat())
    form = choose(office, ROADS)
    set_dates(office, form, yesterday)
    save(office, ROADS)
    form = choose(office, SITES)
    expect(form.get_by_text("疑为“全覆盖”")).to_be_visible()
    form.locator("button[name=resolve]").first.click()
    expect(form.locator("button[name=reopen]").first).to_be_visible()
    choose(office, "表彰先进集体")
    office.page.get_by_text("不纳入任务", exact=True).last.click()
    office.field("不纳入任务的理由").fill("年底另行发文，不列入安全生产任务。")
    office.press("不把本条列为任务")
    office.sees("不纳入任务。")
    office.picture("2-6-check-dropped", window=True)


def set_dates(office: Visitor, form: Locator, due: date) -> None:
    """Give the item two months up to `due`."""
    office.field("开始日期", form).fill((due - timedelta(days=60)).isoformat())
    office.field("完成时限", form).fill(due.isoformat())


def assign_the_plan(journey: Journey) -> None:
    """Suggested units are taken over by ticking; what has no suggestion gets its lead by hand."""
    office = journey.as_("anwei")
    office.page.get_by_label("全选").check()
    office.press("采纳所选的建议单位")
    office.sees("条的建议单位")
    office.picture("2-7-check-accepted", window=True)
    office.follow("未定牵头")
    expect(office.page.get_by_role("heading", name="条目（未定牵头）")).to_be_visible()
    tree = office.page.get_by_role("region", name="条目").first
    links = tree.get_by_role("table").get_by_role("link").all_inner_texts()
    # Beside the items' links stand those that rename a section.
    titles = [re.sub(r"^（.*?）", "", words) for words in links if words != "改名"]
    assert titles
    for title in titles:
        form = choose(office, title)
        # The list as script has made it searchable, not the plain one that stands there for a moment before.
        lead = form.locator(".ts-control").get_by_role("combobox", name="牵头单位")
        lead.click()
        lead.fill("县政府办")
        form.get_by_role("listbox", name="牵头单位").get_by_role("option", name="县政府办").click()
        save(office, title)
    expect(office.page.get_by_role("link", name="未定牵头 0 条")).to_be_visible()


def publish_the_plan(journey: Journey) -> None:
    """A page says what publishing will do; then the items are tasks."""
    office = journey.as_("anwei")
    office.follow("去发布")
    office.arrives("确认发布")
    office.sees("发布后将生成 12 项任务")
    expect(row(office, "县住建局")).to_contain_text("有")
    office.picture("2-8-publish")
    office.page.get_by_role("checkbox", name="仍然发布").check()
    office.press("发布并通知各单位")
    expect(office.page.get_by_role("status").first).to_be_visible()
    office.go(f"/tasks/?year={journey.year}")
    office.sees("找到 12 条", GAS_RENAMED)
    office.picture("2-9-tasks")


def refuse_a_second_plan(journey: Journey) -> None:
    """Pasted text is read as well; a second plan of a published year is kept as a draft and not published."""
    office = journey.as_("anwei")
    office.go("/plans/import/")
    office.field("年度").fill(str(journey.year))
    office.field("或者粘贴全文").fill(plan_text(journey.year).partition("二、")[0])
    office.press("读取并进入核对")
    office.sees("已读入5条")
    office.follow("去发布")
    office.sees(f"{journey.year}年已有发布的工作要点，同一年度目前只能发布一份")
    expect(office.page.get_by_role("button", name="发布并通知各单位")).to_have_count(0)
    office.picture("2-10-second-plan-refused")
