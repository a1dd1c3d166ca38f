"""Looking at a page as it stands in the browser: what does not fit, and what bars somebody's way (axe)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext

from tests.browser.scene_server import SceneServer
from tests.browser.visitor import Visitor
from tests.meta.scene import ANONYMOUS

# A screen of an office and a telephone.
SIZES = ((1366, 768), (390, 844))
# Style sheets need not be fetched once more: only rules that axe leaves out by itself read them. Only violations come
# back, and without the selectors that nobody reads.
RUN_AXE = """axe.run(document, {resultTypes: ["violations"], preload: {assets: ["media"]}, selectors: false})
  .then((answer) => answer.violations)"""
MEASURE = Path(__file__).with_name("measure.js").read_text(encoding="utf-8")


class Windows(dict[str, Visitor]):
    """A window for each person of the scene, opened when first asked for."""

    def __init__(self, browser: Browser, server: SceneServer) -> None:
        super().__init__()
        self.contexts: list[BrowserContext] = []
        self._browser = browser
        self._server = server

    def __missing__(self, person: str) -> Visitor:
        context = self._browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
        self.contexts.append(context)
        if person != ANONYMOUS:
            self._server.admit(context, person)
        visitor = Visitor(context.new_page(), self._server.url)
        visitor.watch(context)
        self[person] = visitor
        return visitor


@pytest.fixture(scope="module")
def windows(chromium_browser: Browser, scene_server: SceneServer) -> Iterator[Windows]:
    """A window for each person of the scene."""
    opened = Windows(chromium_browser, scene_server)
    yield opened
    for context in opened.contexts:
        context.close()


def resize(visitor: Visitor, width: int, height: int) -> None:
    """Make the window this large."""
    visitor.page.set_viewport_size({"width": width, "height": height})


def misfits(visitor: Visitor) -> Iterator[str]:
    """Yield what is wrong with the open page at both sizes, and what it complained of since it was asked for."""
    for width, height in SIZES:
        resize(visitor, width, height)
        for wrong in visitor.page.evaluate(MEASURE, width < 500):
            yield f"{width} px: {wrong}"
    yield from visitor.complaints
    visitor.complaints.clear()


def barriers(visitor: Visitor) -> Iterator[str]:
    """Yield what axe finds in the open page at both sizes: each violation with its first elements."""
    # The debugger's protocol runs it past the content policy, which stays in force for the page.
    visitor.page.evaluate(AXE_SCRIPT)
    for width, height in SIZES:
        resize(visitor, width, height)
        found: list[dict[str, Any]] = visitor.page.evaluate(RUN_AXE)
        for each in found:
            yield f"{width} px: {each['impact']} {each['id']} ×{len(each['nodes'])}: {_first(each['nodes'])}"


def _first(nodes: list[dict[str, Any]]) -> str:
    return " | ".join(
        f"{node['html'][:160]} ({'; '.join(check['message'] for check in node['any'])[:160]})" for node in nodes[:3]
    )
