"""Every page of the URL table in a real browser, on a screen of an office and on a telephone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext

from tests.browser.scene_server import SceneServer, scene_server
from tests.browser.visitor import Visitor
from tests.meta.url_roles import PRINTED
from tests.meta.walk import Row, pages

__all__ = ["scene_server"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SIZES = ((1366, 768), (390, 844))
MEASURE = Path(__file__).with_name("measure.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def visitors(chromium_browser: Browser, scene_server: SceneServer) -> Iterator[dict[str, Visitor]]:
    """One window for each person, opened when first asked for."""
    contexts: list[BrowserContext] = []

    class Windows(dict[str, Visitor]):
        def __missing__(self, person: str) -> Visitor:
            context = chromium_browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
            contexts.append(context)
            context.add_cookies([scene_server.cookie(person)])  # type: ignore[list-item]
            visitor = Visitor(context.new_page(), scene_server.url)
            visitor.watch(context)
            self[person] = visitor
            return visitor

    yield Windows()
    for context in contexts:
        context.close()


def wrong_with(visitor: Visitor, path: str) -> list[str]:
    """Open a page at both sizes and return what is wrong with it at each."""
    found = []
    for width, height in SIZES:
        visitor.page.set_viewport_size({"width": width, "height": height})
        if (width, height) == SIZES[0]:
            visitor.go(path)
        wrong = [*visitor.page.evaluate(MEASURE, width < 500), *visitor.complaints]
        visitor.complaints.clear()
        found += [f"{width} px: {each}" for each in wrong]
    return found


@pytest.mark.parametrize("row", [row for row in pages() if row.name not in PRINTED], ids=str)
def test_a_page_fits_both_screens(scene_server: SceneServer, visitors: dict[str, Visitor], row: Row) -> None:
    path = reverse(row.name, kwargs=scene_server.scene.samples[row.sample])
    wrong = wrong_with(visitors[row.permitted()], path)
    assert not wrong, "\n".join(wrong)
