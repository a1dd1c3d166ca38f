"""What people do at 390 px: open and leave the menu, fold the filters, answer a question; also by keyboard alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.scene_server import SceneServer, scene_server
from tests.browser.visitor import Visitor

__all__ = ["scene_server"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def phone(chromium_browser: Browser, scene_server: SceneServer, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """The office at a telephone."""
    context = chromium_browser.new_context(
        locale="zh-CN", viewport={"width": 390, "height": 844}, java_script_enabled=request.param
    )
    scene_server.admit(context, "office")
    visitor = Visitor(context.new_page(), scene_server.url)
    visitor.watch(context)
    yield visitor
    context.close()
    assert visitor.complaints == []


with_script = pytest.mark.parametrize("phone", [True], indirect=True, ids=["script"])


def test_the_menu_opens_closes_and_leads_on(phone: Visitor) -> None:
    phone.go("/tasks/work/")
    menu = phone.page.get_by_role("navigation", name="主菜单")
    expect(menu).to_be_hidden()
    phone.page.get_by_text("菜单", exact=True).click()
    expect(menu).to_be_visible()
    phone.page.mouse.click(370, 600)
    expect(menu).to_be_hidden()
    phone.page.get_by_text("菜单", exact=True).click()
    phone.follow("任务台账", menu)
    phone.arrives("任务台账")
    expect(menu).to_be_hidden()


def test_the_menu_opens_by_keyboard(phone: Visitor) -> None:
    phone.go("/tasks/work/")
    menu = phone.page.get_by_role("navigation", name="主菜单")
    toggle = phone.page.get_by_label("展开或收起菜单")
    phone.page.keyboard.press("Tab")
    phone.page.keyboard.press("Tab")
    expect(toggle).to_be_focused()
    phone.page.keyboard.press("Space")
    expect(menu).to_be_visible()


@with_script
def test_focus_goes_into_the_menu_and_back(phone: Visitor) -> None:
    phone.go("/tasks/work/")
    menu = phone.page.get_by_role("navigation", name="主菜单")
    toggle = phone.page.get_by_label("展开或收起菜单")
    toggle.focus()
    phone.page.keyboard.press("Space")
    expect(menu.get_by_role("link", name="我的工作")).to_be_focused()
    phone.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(toggle).to_be_focused()
    phone.page.keyboard.press("Space")
    menu.get_by_role("link").last.focus()
    phone.page.keyboard.press("Tab")
    expect(menu).to_be_hidden()
    assert phone.page.evaluate("document.activeElement.closest('main') !== null")


def test_filters_fold(phone: Visitor) -> None:
    phone.go("/tasks/")
    year, search = phone.field("年度"), phone.field("搜索")
    expect(search).to_be_visible()
    expect(year).to_be_hidden()
    toggle = phone.page.get_by_label("显示全部筛选条件")
    toggle.focus()
    phone.page.keyboard.press("Space")
    expect(year).to_be_visible()
    year.select_option("2026")
    phone.press("筛选")
    expect(phone.page.get_by_role("link", name="去掉条件“年度：2026")).to_be_visible()
    assert "year=2026" in phone.page.url


@with_script
def test_a_question_fits_the_screen(phone: Visitor, scene_server: SceneServer) -> None:
    letter = scene_server.scene.letters["draft"]
    phone.go(f"/letters/{letter.pk}/")
    phone.field("签发人").fill("县领导")
    phone.press("签发")
    dialog = phone.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    box = dialog.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    expect(dialog.get_by_role("button").first).to_be_focused()
    phone.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    letter.refresh_from_db()
    assert letter.state == "draft"
