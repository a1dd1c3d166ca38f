"""An extension from the asking to the answer, and one action over several tasks, in the browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tasks.models import Task
from tests.browser.scene_server import SceneServer, scene_server
from tests.browser.visitor import PATIENCE_MS
from tests.meta.scene import S, task_in

__all__ = ["scene_server"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@contextmanager
def window(browser: Browser, server: SceneServer, person: str) -> Iterator[Page]:
    """Open a window in which the person is logged in; script errors fail the test."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    server.admit(context, person)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def new_task(server: SceneServer) -> Task:
    """Return a further task under way."""
    number = 70 + Task.objects.filter(code__startswith="2026-7").count()
    return task_in(S.ACTIVE, server.scene.county, server.scene.plan, number)


def test_more_time_is_asked_for_and_granted(chromium_browser: Browser, scene_server: SceneServer) -> None:
    task = new_task(scene_server)
    before, address = task.due_on, scene_server.url + reverse("tasks:detail", args=[task.pk])
    with window(chromium_browser, scene_server, "editor") as page:
        page.goto(address)
        form = page.locator("form").filter(has=page.locator("summary", has_text="申请延期"))
        form.locator("summary").click()
        form.get_by_label("延期理由").fill("设备未到货")
        form.get_by_label("当前进展").fill("已完成八成")
        form.get_by_label("拟延至").fill("2027-01-31")
        form.get_by_role("button", name="申请延期").click()
        expect(page.get_by_text("设备未到货").first).to_be_visible()
    with window(chromium_browser, scene_server, "office") as page:
        page.goto(address)
        form = page.locator("form").filter(has=page.locator("summary", has_text="批复延期"))
        if not form.locator("details").get_attribute("open"):
            form.locator("summary").click()
        form.get_by_label("批复意见").fill("同意，不再延期")
        form.get_by_label("同意延至").first.fill("2027-01-15")
        form.get_by_role("button", name="同意", exact=False).first.click()
        expect(page.locator("del").first).to_contain_text(f"{before:%Y-%m-%d}")
    task.refresh_from_db()
    assert (task.due_on, task.original_due_on) == (date(2027, 1, 15), before)


def test_one_action_over_several_tasks_says_what_became_of_each(
    chromium_browser: Browser, scene_server: SceneServer
) -> None:
    moved = [new_task(scene_server), new_task(scene_server)]
    closed = scene_server.scene.tasks["closed"]
    with window(chromium_browser, scene_server, "office") as page:
        page.goto(scene_server.url + reverse("tasks:list") + "?per_page=100")
        for task in (*moved, closed):
            page.locator(f'input[name=task][value="{task.pk}"]').check()
        expect(page.locator("[data-bulk-count]")).to_have_text("3")
        page.get_by_role("button", name="批量改时限").click()
        expect(page.get_by_role("heading", name="已选 3 项任务")).to_be_visible()
        page.get_by_label("新的完成时限").fill("2026-12-20")
        page.get_by_role("button", name="批量改时限").click()
        # Without a reason nothing is changed, and the date stays.
        reason = page.get_by_label("调整理由")
        reason.fill("与年度考核衔接")
        expect(page.get_by_label("新的完成时限")).to_have_value("2026-12-20")
        page.get_by_role("button", name="批量改时限").click()
        expect(page.get_by_text("已调整时限并通知牵头单位").nth(1)).to_be_visible()
        expect(page.locator("tr", has_text=closed.code)).not_to_contain_text("已调整时限")
    assert {task.due_on for task in Task.objects.filter(pk__in=[task.pk for task in moved])} == {date(2026, 12, 20)}
