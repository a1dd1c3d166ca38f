"""Every page: language, one heading, a title, nothing inline, nothing from outside, and the headers that guard it."""

import re
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.test import RequestFactory, override_settings
from django.views import defaults

from core.error_pages import AWAY, FAILED, failure_response
from tests.county import client_of
from tests.meta.scene import ANONYMOUS, Scene
from tests.meta.url_roles import FILES, PRINTED, ROLES
from tests.meta.walk import Row, pages, rows

pytestmark = pytest.mark.django_db
PAGES = [row for row in pages() if row.name not in PRINTED]
# How a pasted line is to look, commas and all.
LINE_FORMAT = "编码,全称,简称,类别"
# What people see when their form is refused.
REFUSED = [row for row in rows() if row.method == "POST" and {400, 409, 422} & set(row.status.values())]
ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "srcset", "hx-get", "hx-post")


class Markup(HTMLParser):
    """What the tests ask about a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language = ""
        self.title = ""
        self.headings = 0
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.named: set[str] = set()
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = values.get("lang", "")
        self.headings += tag == "h1"
        if tag in ("title", "script", "style"):
            self._open.append(tag)
        if tag == "style" or "style" in values:
            self.wrong.append(f"<{tag}> with a style of its own")
        self.wrong += [f"<{tag} {name}>" for name in values if name.startswith("on")]
        for name in ADDRESSES:
            if re.match(r"(https?:)?//|javascript:", values.get(name, "")):
                self.wrong.append(f"<{tag} {name}={values[name]}>")
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "img" and "alt" not in values:
            self.wrong.append("<img> without alt")
        if tag == "form" and values.get("method", "").lower() == "post":
            self._open.append("form")
            self.wrong.append("a POST form without its token")
        if values.get("name") == "csrfmiddlewaretoken" and "form" in self._open:
            self._open.remove("form")
            self.wrong.remove("a POST form without its token")
        self.named |= {word for name in ("for", "aria-describedby", "aria-labelledby") for word in _words(values, name)}

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            self._open.remove(tag)

    def handle_data(self, text: str) -> None:
        if "title" in self._open:
            self.title += text
        if self._open and self._open[-1] in ("script", "style") and text.strip():
            self.wrong.append(f"<{self._open[-1]}> with content")


def _words(values: dict[str, str], name: str) -> list[str]:
    return values.get(name, "").split()


def check(text: str) -> None:
    page = Markup(text)
    assert page.language == "zh-CN"
    assert page.headings == 1
    assert page.title.strip()
    assert page.wrong == []
    assert sorted(set(page.ids)) == sorted(page.ids), "the same id twice"
    assert page.named - set(page.ids) == set(), "a label or description of something that is not there"
    words = re.sub(r"<[^>]*>", " ", text).replace(LINE_FORMAT, "")
    assert not re.search(r"[\u4e00-\u9fff][,;:?!]\s*[\u4e00-\u9fff]", words), "half-width mark"


GOOD = '<html lang="zh-CN"><title>甲</title><h1 id="a">乙</h1>{}</html>'


def test_a_plain_page_is_well_formed() -> None:
    check(GOOD.format(""))


@pytest.mark.parametrize(
    "bad",
    [
        "<h1>丙</h1>",
        '<p style="color: red">',
        "<style>p {}</style>",
        '<button onclick="go()">',
        "<script>go()</script>",
        '<img src="https://example.test/a.png" alt="">',
        '<a href="//example.test/">',
        '<a href="javascript:go()">',
        "<img src='/a.png'>",
        '<form method="post"><button></form>',
        '<p id="a">',
        '<label for="b">',
        "请填写,再提交",
    ],
)
def test_the_check_finds_what_it_is_for(bad: str) -> None:
    with pytest.raises(AssertionError):
        check(GOOD.format(bad))


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_pages_are_well_formed(scene: Scene, row: Row) -> None:
    # As everybody who is shown it: buttons and forms differ by role.
    for role in ROLES:
        if row.status[role] == 200:
            answer = row.request(scene, role)
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            check(answer.content.decode())
            assert_guarded(answer.headers)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused_forms_are_well_formed(scene: Scene, row: Row) -> None:
    answer = row.request(scene, next(role for role in ROLES if row.status[role] in (400, 409, 422)))
    check(answer.content.decode())


def assert_guarded(headers: object) -> None:
    values = dict(headers.items())  # type: ignore[attr-defined]
    policy = values["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert values["X-Content-Type-Options"] == "nosniff"
    assert values["X-Frame-Options"] in ("DENY", "SAMEORIGIN")
    assert values["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("row", [row for row in rows() if row.name not in FILES], ids=str)
def test_every_answer_is_guarded(scene: Scene, row: Row) -> None:
    # Refusals and redirects as well: a browser shows what it is sent.
    for role in (*ROLES, ANONYMOUS):
        with transaction.atomic():
            assert_guarded(row.request(scene, role).headers)
            transaction.set_rollback(True)


@pytest.mark.parametrize("name", ["account_login", "account_inactive"])
def test_pages_before_login_are_well_formed(scene: Scene, name: str) -> None:
    answer = Row("GET", name, "", {}).request(scene, ANONYMOUS)
    check(answer.content.decode())
    assert_guarded(answer.headers)


@pytest.mark.parametrize("name", ["account_logout", "account_change_password"])
def test_pages_of_the_account_are_well_formed(scene: Scene, name: str) -> None:
    check(Row("GET", name, "", {}).request(scene, "editor").content.decode())


@override_settings(DEBUG=False)
@pytest.mark.parametrize(
    ("address", "status"),
    [("/tasks/999999/", 404), ("/nowhere/", 404), ("/reviews/", 404), ("/plans/import/", 403), ("/tasks/1/do/x/", 405)],
)
def test_errors_are_well_formed(scene: Scene, address: str, status: int) -> None:
    answer = client_of(scene.county.editor).get(address)
    assert answer.status_code == status
    check(answer.content.decode())
    assert_guarded(answer.headers)


def test_the_last_resort_pages_are_well_formed() -> None:
    request = RequestFactory().get("/")
    for failure in (FAILED, AWAY):
        check(failure_response(request, failure).content.decode())
    check(defaults.bad_request(request, ValueError()).content.decode())


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_the_letter_as_it_prints_brings_nothing_from_outside(scene: Scene, name: str) -> None:
    for row in pages():
        if row.name == name:
            answer = row.request(scene, "office")
            found = Markup(answer.content.decode())
            assert found.language == "zh-CN"
            assert [word for word in found.wrong if "style" not in word] == []
            assert "script-src" in answer.headers["Content-Security-Policy"]
