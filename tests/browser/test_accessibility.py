"""axe over every page of the URL table, as the people of different parts see it, at both sizes.

A page that is built alike for two parts is looked at once.
"""

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import reverse

from tests.browser.scene_server import SceneServer, scene_server
from tests.browser.test_every_page import SIZES, visitors
from tests.browser.visitor import Visitor
from tests.meta.walk import Row, pages

__all__ = ["scene_server", "visitors"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
ROLES = ("office", "editor", "enterprise", "administrator")
# How a page is built: its elements with their classes and kinds, not its words.
BUILT = """() => [...document.querySelectorAll('main *')].map(
  (each) => [each.tagName, each.getAttribute('class'), each.getAttribute('type'), each.getAttribute('role')].join(' ')
).join('\\n')"""


def violations(visitor: Visitor) -> list[str]:
    """Run axe on the page as it stands; a violation and its first elements make one sentence."""
    if not visitor.page.evaluate("'axe' in window"):
        # The debugger's protocol runs it past the content policy, which stays in force for the page.
        visitor.page.evaluate(AXE_SCRIPT)
    answer: dict[str, Any] = visitor.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['impact']} {each['id']} ×{len(each['nodes'])}: {each['help']}: {_first(each['nodes'])}"
        for each in answer["violations"]
    ]


def _first(nodes: list[dict[str, Any]]) -> str:
    return " | ".join(
        f"{node['html'][:160]} ({'; '.join(check['message'] for check in node['any'])[:160]})" for node in nodes[:3]
    )


def test_the_check_finds_what_it_is_for(visitors: dict[str, Visitor]) -> None:
    visitor = visitors["office"]
    visitor.go("/tasks/work/")
    assert violations(visitor) == []
    visitor.page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    assert ["critical label" in each for each in violations(visitor)] == [True]


@pytest.mark.parametrize("row", pages(), ids=str)
def test_no_page_has_a_barrier(scene_server: SceneServer, visitors: dict[str, Visitor], row: Row) -> None:
    path = reverse(row.name, kwargs=scene_server.scene.samples[row.sample])
    found, seen = [], set()
    for role in [role for role in ROLES if row.status[role] == 200] or [row.permitted()]:
        visitor = visitors[role]
        for width, height in SIZES:
            visitor.page.set_viewport_size({"width": width, "height": height})
            if (width, height) == SIZES[0]:
                visitor.go(path)
                built = visitor.page.evaluate(BUILT)
                if built in seen:
                    break
                seen.add(built)
            found += [f"{role} {width} px: {each}" for each in violations(visitor)]
    assert not found, "\n".join(found)
