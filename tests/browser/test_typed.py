"""What is typed into the report form saves itself, never over a colleague, and is there after the login ended."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from evidence.selectors import files_of
from tasks.models import ProgressReport, Task
from tasks.services.reporting import ReportDraft, open_report, save_draft
from tests.browser.scene_server import SceneServer, scene_server
from tests.browser.visitor import PATIENCE_MS
from tests.county import PASSWORD
from tests.meta.scene import PDF, S, task_in

__all__ = ["scene_server"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@contextmanager
def window(browser: Browser, server: SceneServer, *, script: bool = True) -> Iterator[Page]:
    """Open a window in which the lead unit's editor is logged in; script errors fail the test."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", java_script_enabled=script)
    server.admit(context, "editor")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def task(scene_server: SceneServer) -> Task:
    """A task under way without any report."""
    number = 60 + Task.objects.filter(code__startswith="2026-6").count()
    return task_in(S.ACTIVE, scene_server.scene.county, scene_server.scene.plan, number)


def draft_of(task: Task) -> ProgressReport:
    found = open_report(task)
    assert found is not None
    return found


def end_session(page: Page) -> None:
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)


def open_form(page: Page, server: SceneServer, task: Task) -> None:
    page.goto(server.url + reverse("tasks:report", args=[task.pk]))


def log_in(page: Page) -> None:
    page.locator("input[name=login]").fill("editor")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").click()


def test_it_saves_itself_and_says_when(chromium_browser: Browser, scene_server: SceneServer, task: Task) -> None:
    with window(chromium_browser, scene_server) as page:
        open_form(page, scene_server, task)
        page.get_by_label("主要做法").fill("召开部署会2次")
        expect(page.locator("[data-saved]")).to_have_text("已自动保存 10:00")
        assert draft_of(task).actions_taken == "召开部署会2次"
        page.get_by_label("工作成效").fill("整改隐患30处")
        # Pressed before the next save by itself: the two do not take each other for a colleague.
        page.get_by_role("button", name="保存草稿").last.click()
        expect(page.locator('[data-message="success"]')).to_contain_text("草稿已保存")
        assert draft_of(task).results == "整改隐患30处"


def test_a_colleagues_text_is_shown_and_kept(chromium_browser: Browser, scene_server: SceneServer, task: Task) -> None:
    county = scene_server.scene.county
    with window(chromium_browser, scene_server) as page:
        open_form(page, scene_server, task)
        save_draft(
            actor=county.second_editor, task_id=task.pk, draft=ReportDraft(texts={"actions_taken": "同事先写的"})
        )
        page.get_by_label("主要做法").fill("我后写的")
        expect(page.locator(".conflict")).to_contain_text("同事先写的")
        expect(page.locator("[data-saved]")).to_have_text("自动保存已停止。")
        assert draft_of(task).actions_taken == "同事先写的"
        page.get_by_label("主要做法").fill("两人的合并")
        page.get_by_role("button", name="保存草稿").last.click()
        expect(page.locator('[data-message="success"]')).to_contain_text("草稿已保存")
        assert draft_of(task).actions_taken == "两人的合并"


def test_the_login_is_renewed_beside_the_form(chromium_browser: Browser, scene_server: SceneServer, task: Task) -> None:
    with window(chromium_browser, scene_server) as page:
        open_form(page, scene_server, task)
        page.get_by_label("主要做法").fill("写了半天")
        expect(page.locator("[data-saved]")).to_have_text("已自动保存 10:00")
        end_session(page)
        page.get_by_label("工作成效").fill("过期之后写的")
        page.locator("#files").set_input_files({"name": "照片.pdf", "mimeType": "application/pdf", "buffer": PDF})
        page.get_by_role("button", name="保存草稿").last.click()
        dialog = page.locator("dialog.confirm")
        expect(dialog).to_contain_text("登录已过期")
        with page.expect_popup() as opened:
            dialog.get_by_role("link", name="在新窗口登录").click()
        log_in(opened.value)
        expect(opened.value.get_by_role("heading", level=1)).to_have_text("已重新登录")
        # The button pressed before goes through by itself, with the new token and the file that was chosen.
        expect(page.locator('[data-message="success"]')).to_contain_text("草稿已保存")
        assert (draft_of(task).actions_taken, draft_of(task).results) == ("写了半天", "过期之后写的")
        assert [row.name for row in files_of(draft_of(task))] == ["照片.pdf"]


def test_without_script_the_text_comes_back_after_the_login(
    chromium_browser: Browser, scene_server: SceneServer, task: Task
) -> None:
    with window(chromium_browser, scene_server, script=False) as page:
        open_form(page, scene_server, task)
        page.get_by_label("主要做法").fill("写了半天\n第二行")
        end_session(page)
        page.get_by_role("button", name="保存草稿").last.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("登录已过期，请重新登录")
        log_in(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("填报进展")
        expect(page.get_by_label("主要做法")).to_have_value("写了半天\n第二行")
        page.get_by_role("button", name="保存草稿").last.click()
        expect(page.locator('[data-message="success"]')).to_contain_text("草稿已保存")
        assert draft_of(task).actions_taken == "写了半天\r\n第二行"
