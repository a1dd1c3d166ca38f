"""Steps 4 and 5: figures that link to their rows, and the daily reminder."""

from email import message_from_bytes
from email.header import decode_header, make_header

from playwright.sync_api import expect

from core import clock
from tests.browser.journey import BUSES, GAS_RENAMED, ROADS, SITES, Journey, row


def watch_the_county(journey: Journey) -> None:
    """Each of the four figures, and a cell of the table, opens exactly the rows it counts."""
    office = journey.as_("anwei")
    office.go("/dashboard/")
    office.picture("4-0-dashboard-of-this-year")
    office.follow(f"{journey.year}年")
    office.arrives(f"{journey.year}年")
    office.picture("4-1-dashboard")
    figures = office.page.locator("a.stat")
    expect(figures).to_have_count(4)
    for number in range(4):
        value = int(figures.nth(number).locator(".stat-value").inner_text())
        figures.nth(number).click()
        office.sees(f"找到 {value} 条")
        expect(office.page.locator("tbody tr")).to_have_count(value)
        office.page.go_back()
    expect(figures.first.locator(".stat-value")).to_have_text("12")
    matrix = office.section("各单位 × 各章节")
    cell = matrix.get_by_role("row").filter(has_text="县住建局").get_by_role("link").last
    cell.click()
    expect(office.page.locator("tbody tr")).to_have_count(2)
    office.sees(GAS_RENAMED, SITES)
    office.picture("4-2-rows-of-a-cell")


def watch_as_a_department(journey: Journey) -> None:
    """A department's dashboard and list hold its own tasks only."""
    unit = journey.as_("jiaotong")
    unit.go("/dashboard/")
    unit.sees("本单位")
    unit.follow(f"{journey.year}年")
    unit.arrives(f"{journey.year}年")
    matrix = unit.section("各单位 × 各章节")
    assert matrix.get_by_role("rowheader").all_inner_texts() == ["县交通局"]
    unit.picture("4-3-dashboard-of-a-department")
    unit.go(f"/tasks/?year={journey.year}")
    unit.sees("找到 2 条", ROADS, BUSES)


def give_address(journey: Journey) -> None:
    """The administrator enters an e-mail address for the editor who is to be reminded."""
    administrator = journey.as_("admin")
    administrator.go("/units/people/?q=zhujian")
    row(administrator, "zhujian").get_by_role("link").first.click()
    administrator.follow("修改资料")
    administrator.field("电子邮箱").fill("zhujian@county.example")
    administrator.press("保存")
    administrator.sees("zhujian@county.example")
    administrator.picture("5-0-person")


def remind(journey: Journey) -> None:
    """The daily job sends one digest, to the bell and by e-mail, however often it runs."""
    give_address(journey)
    unit, server = journey.as_("zhujian"), journey.server.server
    today = clock.today()
    digest = f"{today.month}月{today.day}日工作提醒"
    first = server.manage("send_reminders")
    assert first.returncode == 0, first.stdout
    unit.go("/tasks/work/")
    unit.picture("5-1-bell", window=True)
    unread = int(unit.page.locator(".shell-bell-count").inner_text().split()[0])
    unit.page.locator(".shell-bell").click()
    unit.sees(digest)
    unit.picture("5-2-messages")
    second = server.manage("send_reminders")
    assert "新增提醒 0 条，发出摘要 0 份，发送邮件 0 封" in second.stdout
    unit.page.reload()
    expect(unit.page.get_by_role("link", name=digest)).to_have_count(1)
    assert int(unit.page.locator(".shell-bell-count").inner_text().split()[0]) == unread
    letters = [message_from_bytes(path.read_bytes()) for path in (server.var_dir / "mail").iterdir()]
    subjects = [str(make_header(decode_header(letter["Subject"]))) for letter in letters]
    assert [letter["To"] for letter in letters] == ["zhujian@county.example"]
    assert digest in subjects[0]
