"""Every page of the URL table in a real browser, on a screen of an office and on a telephone.

Whoever is shown a page looks at it: that it fits, complains of nothing, asks nobody else, and, for the parts of
`LOOKED_AT`, that axe finds no barrier in it. What is built alike for two parts is looked at once.
"""

import pytest
from django.db import transaction
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.views import defaults
from django.views.csrf import csrf_failure

from core.error_pages import server_error
from core.errors import NotAllowed
from tests.browser.looking import SIZES, Windows, barriers, misfits, resize, windows
from tests.browser.scene_server import SceneServer, scene_server
from tests.browser.visitor import Visitor
from tests.meta.scene import ANONYMOUS
from tests.meta.url_roles import PRINTED, ROLES
from tests.meta.walk import Row, pages, rows

__all__ = ["scene_server", "windows"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
LOOKED_AT = ("office", "editor", "enterprise", "administrator")
REFUSALS = (400, 409, 422)
REFUSED = [row for row in rows() if row.method == "POST" and set(REFUSALS) & set(row.status.values())]
# How a page is built: its elements with their classes and kinds, not its words.
BUILT = """() => [...document.querySelectorAll('main *')].map(
  (each) => [each.tagName, each.getAttribute('class'), each.getAttribute('type'), each.getAttribute('role')].join(' ')
).join('\\n')"""


def show(visitor: Visitor, path: str, answer: HttpResponse) -> None:
    """Show the browser this answer under the path, as if it had posted a form there."""
    address = visitor.url + path
    resize(visitor, *SIZES[0])
    headers = dict(answer.headers.items())
    visitor.page.route(
        address, lambda route: route.fulfill(status=answer.status_code, headers=headers, body=answer.content)
    )
    visitor.page.goto(address)
    visitor.page.unroute(address)


def test_the_checks_find_what_they_are_for(windows: Windows) -> None:
    visitor = windows["office"]
    visitor.go("/tasks/work/")
    assert [*misfits(visitor), *barriers(visitor)] == []
    with visitor.page.expect_response("**/nothing.png"):
        visitor.page.evaluate("""() => {
            const wide = document.createElement("div");
            wide.innerHTML = '<input><a class="btn" href="/">x</a><img src="/nothing.png" alt="">';
            wide.id = "wide";
            document.querySelector("main").append(wide);
            wide.firstChild.setAttribute("size", 300);
        }""")
    visitor.page.wait_for_function("document.querySelector('#wide img').complete")
    found = "\n".join([*misfits(visitor), *barriers(visitor)])
    for words in ("wider than the window", "beside the window", "404", "broken image", "target of", "critical label"):
        assert words in found


def test_a_script_in_the_page_is_refused_and_noticed(windows: Windows) -> None:
    visitor = windows["second_office"]
    visitor.go("/tasks/work/")
    with visitor.page.expect_console_message():
        visitor.page.evaluate("""() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
        }""")
    assert visitor.page.evaluate("window.ran") is None
    assert any("Content Security Policy" in each for each in misfits(visitor))


@pytest.mark.parametrize("row", pages(), ids=str)
def test_a_page_fits_both_screens_and_bars_nobodys_way(scene_server: SceneServer, windows: Windows, row: Row) -> None:
    path = reverse(row.name, kwargs=scene_server.scene.samples[row.sample])
    wrong, seen = [], set()
    for role in dict.fromkeys([row.permitted(), *(role for role in LOOKED_AT if row.status[role] == 200)]):
        visitor = windows[role]
        resize(visitor, *SIZES[0])
        visitor.go(path)
        built = visitor.page.evaluate(BUILT)
        if built not in seen:
            seen.add(built)
            found = [*barriers(visitor), *(misfits(visitor) if row.name not in PRINTED else ())]
            wrong += [f"{role} {each}" for each in found]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_a_refused_form_fits_and_bars_nobodys_way(scene_server: SceneServer, windows: Windows, row: Row) -> None:
    role = next(role for role in ROLES if row.status[role] in REFUSALS)
    with transaction.atomic():
        answer = row.request(scene_server.scene, role)
        transaction.set_rollback(True)
    visitor = windows[role]
    show(visitor, reverse(row.name, kwargs=scene_server.scene.samples[row.sample]), answer)
    wrong = [*misfits(visitor), *barriers(visitor)]
    assert not wrong, "\n".join(wrong)


def _errors() -> dict[str, HttpResponse]:
    """Return the pages people get when something is wrong, as Django makes them."""
    request = RequestFactory().get("/")
    return {
        "400": defaults.bad_request(request, ValueError()),
        "403": defaults.permission_denied(request, NotAllowed("您不能这样做。")),
        "404": defaults.page_not_found(request, Http404()),
        "500": server_error(request),
        "csrf": csrf_failure(request),
    }


@pytest.mark.parametrize("name", sorted(_errors()))
def test_an_error_page_fits_and_bars_nobodys_way(windows: Windows, name: str) -> None:
    visitor = windows[ANONYMOUS]
    show(visitor, f"/error-{name}/", _errors()[name])
    # That the page is one of 500 is said by the browser as well.
    visitor.complaints[:] = [each for each in visitor.complaints if "500" not in each]
    wrong = [*misfits(visitor), *barriers(visitor)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ["account_login", "account_inactive", "account_logout", "account_change_password"])
def test_a_page_of_the_account_fits_and_bars_nobodys_way(windows: Windows, name: str) -> None:
    visitor = windows[ANONYMOUS if name in ("account_login", "account_inactive") else "editor"]
    resize(visitor, *SIZES[0])
    visitor.go(reverse(name))
    wrong = [*misfits(visitor), *barriers(visitor)]
    assert not wrong, "\n".join(wrong)
