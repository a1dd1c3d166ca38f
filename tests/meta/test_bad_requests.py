"""Odd requests to every page and every form of the URL table: an answer with a sentence, never a server error."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.meta import odd_requests
from tests.meta.odd_requests import HEADERS, Odd
from tests.meta.page_forms import forms_of
from tests.meta.scene import ANONYMOUS, Scene
from tests.meta.url_roles import ACCOUNT, OPEN
from tests.meta.walk import Row, files, pages, rows

pytestmark = pytest.mark.django_db
FORMS = [row for row in rows() if row.method == "POST"]
# What lists and paged pages read from their address beside their own fields.
COMMON = ("q", "page", "per_page", "sort", "tab", "show", "task", "item", "next")


def address(scene: Scene, row: Row) -> str:
    return reverse(row.name, kwargs=scene.samples[row.sample])


def text_of(answer: object) -> str:
    """Return a page's text; a file is read to its end, so that it closes itself."""
    if getattr(answer, "streaming", False):
        answer.getvalue()  # type: ignore[attr-defined]
        return ""
    content: bytes = answer.content  # type: ignore[attr-defined]
    return content.decode(errors="replace")


def post(client: Client, path: str, odd: Odd) -> int:
    """Send the body as it is; return the status."""
    content_type = odd.content_type or "application/octet-stream"
    answer = client.post(path, odd.body, content_type=content_type, headers=odd.headers)
    if answer.status_code == 400:
        # Refused by Django before the view: in words as well.
        assert re.search(r"[\u4e00-\u9fff]", text_of(answer))
    return answer.status_code


def test_there_are_enough_of_them() -> None:
    assert len(list(odd_requests.queries(COMMON))) + len(HEADERS) >= 60
    assert len(list(odd_requests.bodies(COMMON))) >= 70
    assert {odd_requests.big_form("a").body[:2], odd_requests.too_big_form("a").body[:2]} == {b"a="}


@pytest.mark.parametrize("row", [*pages(), *files()], ids=str)
def test_no_address_breaks_a_page(scene: Scene, row: Row) -> None:
    path = address(scene, row)
    client = scene.client(row.permitted())
    own = [name for form in forms_of(text_of(client.get(path))) if form.method == "get" for name in form.fields]
    broken = {}
    for what, query in odd_requests.queries([*COMMON, *own]):
        answer = client.get(f"{path}?{query}")
        text_of(answer)
        if answer.status_code >= 500:
            broken[what] = answer.status_code
    for what, headers in HEADERS.items():
        answer = scene.client(row.permitted()).get(path, headers=headers)
        text_of(answer)
        if answer.status_code >= 500:
            broken[what] = answer.status_code
    assert broken == {}


@pytest.fixture(scope="module")
def names(scene: Scene) -> list[str]:
    """The names of all fields of all forms; a form takes those it knows."""
    found = {"kind", "remove", "submit", "adopt", "save_next", "version", "reason"}
    for row in pages():
        found |= set(re.findall(r' name="([^"]+)"', row.request(scene, row.permitted()).content.decode()))
    return sorted(found - {"csrfmiddlewaretoken"})


@pytest.mark.parametrize("row", FORMS, ids=str)
def test_no_form_breaks_a_page(scene: Scene, names: list[str], row: Row) -> None:
    path = address(scene, row)
    client = scene.client(row.permitted())
    broken = {}
    for what, make in odd_requests.bodies(names):
        status = post(client, path, make())
        if status >= 500:
            broken[what] = status
    assert broken == {}


@pytest.mark.parametrize("row", FORMS, ids=str)
def test_no_form_breaks_under_ten_megabytes(scene: Scene, row: Row) -> None:
    path = address(scene, row)
    client = scene.client(row.permitted())
    assert post(client, path, odd_requests.big_form("reason")) < 500
    # The token is read from the form as well, before anything else.
    client.handler.enforce_csrf_checks = True
    assert post(client, path, odd_requests.too_big_form("csrfmiddlewaretoken")) in (400, 403)


def test_no_form_of_the_account_breaks(scene: Scene) -> None:
    broken = {}
    for method, name, status in ACCOUNT:
        if method != "POST" or status == 405:
            continue
        for person in (ANONYMOUS, "editor"):
            if person == ANONYMOUS and (method, name) not in OPEN:
                continue
            fields = ["login", "password", "next", "oldpassword", "password1", "password2", "remember"]
            for what, make in odd_requests.bodies(fields):
                answer = post(scene.client(person), reverse(name), make())
                if answer >= 500:
                    broken[name, what] = answer
            for what, query in odd_requests.queries(fields):
                answer = scene.client(person).get(f"{reverse(name)}?{query}").status_code
                if answer >= 500:
                    broken[name, what] = answer
    assert broken == {}


@pytest.mark.parametrize(
    "path",
    [
        f"/tasks/{10**20}/",
        f"/letters/{10**20}/",
        f"/plans/{10**20}/",
        f"/units/{10**20}/",
        f"/notifications/{10**20}/",
        f"/plans/{10**20}/check/",
        "/tasks/%00/",
        "/evidence/00000000-0000-0000-0000-000000000000/",
        "/tasks/1/do/" + "x" * 3000 + "/",
        "/%ff%fe/",
        "/tasks//",
        "/tasks/" + "1" * 4000 + "/",
    ],
)
def test_an_object_that_cannot_be_is_not_found(scene: Scene, path: str) -> None:
    assert scene.client("office").get(path).status_code in (404, 405)


def test_no_object_of_any_page_is_found_by_a_number_that_cannot_be(scene: Scene) -> None:
    for row in rows():
        kwargs = {
            name: 10**20 if isinstance(value, int) else value for name, value in scene.samples[row.sample].items()
        }
        if kwargs != scene.samples[row.sample]:
            client = scene.client(row.permitted())
            answer = getattr(client, row.method.lower())(reverse(row.name, kwargs=kwargs))
            assert answer.status_code == 404, row
