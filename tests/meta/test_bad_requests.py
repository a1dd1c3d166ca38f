"""Odd requests to every page and every form of the URL table: an answer with a sentence, never a server error."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils.html import escape

from tests.meta import odd_requests
from tests.meta.odd_requests import COOKIES, FORM, HEADERS, KINDS, PLAIN, TAILS, VALUES, Odd, encoded, rotations, turn
from tests.meta.page_forms import PageForm, forms_of
from tests.meta.scene import ANONYMOUS, Scene
from tests.meta.url_roles import ACCOUNT, OPEN
from tests.meta.walk import Row, files, pages, rows

pytestmark = [pytest.mark.django_db, pytest.mark.made_up]
SHOWN = [*pages(), *files()]
FORMS = [row for row in rows() if row.method == "POST"]
# What lists read from their address beside their filters, and what other pages read.
OF_LISTS = ("q", "page", "per_page", "sort")
OF_PAGES = (*OF_LISTS, "tab", "show", "task", "item", "next", "part", "year", "unit", "as_of")
# Words of ours; JSON escapes what is not ASCII.
SENTENCE = re.compile(r"[\u4e00-\u9fff]{4}|(\\u[4-9][0-9a-f]{3}){4}")
# How many fields are odd in one request: of one that is refused for the first, the others are not read.
AT_ONCE = 4
# Of pages without filters, which read few fields or none.
AT_ONCE_UNREAD = 6
# Of forms, which name every field they refuse.
AT_ONCE_TYPED = 12
# What a person who may not open a page is answered, odd or not.
SHUT = (400, 403, 404, 405)


def address(scene: Scene, row: Row) -> str:
    return reverse(row.name, kwargs=scene.samples[row.sample])


def text_of(answer: Any) -> str:
    """Return a page's text; a file is read to its end, so that it closes itself."""
    if answer.streaming:
        answer.getvalue()
        return ""
    text: str = answer.content.decode(errors="replace")
    return text


def answered(answer: Any) -> str:
    """Return the text of an answer that is none of a server error; a refusal is a sentence for our people."""
    assert answer.status_code < 500, answer.status_code
    text = text_of(answer)
    if answer.status_code >= 400 and answer.request["REQUEST_METHOD"] != "HEAD":
        assert SENTENCE.search(text), f"{answer.status_code} without a sentence"
    return text


def send(client: Client, path: str, odd: Odd) -> Any:
    """Post the body as it is, and undo what it did."""
    with transaction.atomic():
        answer: Any = client.generic("POST", path, odd.body, odd.content_type, headers=odd.headers)
        transaction.set_rollback(True)
    return answer


def test_there_are_enough_of_them() -> None:
    assert len(KINDS) >= 40
    assert len(KINDS) + len(TAILS) + len(HEADERS) + len(list(odd_requests.bodies(["a"], 0))) >= 60
    for width in (1, 2, 7):
        given = list(rotations(["a", "b", "c"], width, 5))
        assert sorted(kind for fields in given for kind in fields.values()) == sorted(KINDS)


def queries(names: list[str], width: int, shift: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (query, headers): every kind of value, tail and header in turn."""
    for count, fields in enumerate(rotations(names, width, shift)):
        # Longer lines are refused by the server in front.
        yield encoded(fields, turn(TAILS, count))[:8_000], turn(HEADERS, shift + count)


@pytest.mark.parametrize("row", SHOWN, ids=str)
def test_no_address_breaks_a_page(scene: Scene, row: Row) -> None:
    number = SHOWN.index(row)
    path, client = address(scene, row), scene.client(row.permitted())
    own = [name for form in forms_of(text_of(client.get(path))) if form.method == "get" for name in form.fields]
    names = list(dict.fromkeys([*OF_LISTS, *own] if own else OF_PAGES))
    for query, headers in queries(names, AT_ONCE if own else AT_ONCE_UNREAD, number):
        answered(client.get(f"{path}?{query}", headers=headers))


@pytest.mark.parametrize("row", SHOWN, ids=str)
def test_no_address_opens_a_page_to_strangers(scene: Scene, row: Row) -> None:
    number = SHOWN.index(row)
    path, client = address(scene, row), scene.client("stranger")
    for query, headers in queries(list(OF_PAGES), len(OF_PAGES), number):
        answer = client.get(f"{path}?{query}", headers=headers)
        answered(answer)
        if row.status["stranger"] in SHUT:
            assert answer.status_code in SHUT


def test_no_cookie_breaks_anything(scene: Scene) -> None:
    for row in rows():
        for cookie in COOKIES.values():
            send_ = getattr(scene.client(ANONYMOUS), row.method.lower())
            answer = send_(address(scene, row), headers={"cookie": cookie})
            assert answer.status_code in (302, 400), row


Known = dict[tuple[str, str], PageForm]


@pytest.fixture(scope="module")
def forms(scene: Scene) -> Known:
    """The forms of all pages, by the name of the address they go to and that address."""
    found: Known = {}
    for row in pages():
        path = address(scene, row)
        for form in forms_of(text_of(row.request(scene, row.permitted()))):
            target = urlsplit(form.action).path or path
            try:
                name = resolve(target).view_name
            except Resolver404:
                continue
            if form.method == "post":
                for key in ((name, target), (name, "")):
                    known = found.setdefault(key, PageForm(target, "post"))
                    known.fields = form.fields | known.fields
                    known.buttons += form.buttons
                    known.typed |= form.typed
                    known.hidden |= form.hidden - {"version"}
    return found


def form_of(forms: Known, name: str, path: str) -> PageForm:
    """Return the form of a page that goes there, or else the fields of forms that go to addresses of that name."""
    if (name, path) in forms:
        return forms[name, path]
    like = forms.get((name, ""), PageForm(path, "post", {"version": ["0"], "reason": [""], "kind": [""]}))
    # Of another object, in another state: what is typed there need not be read here.
    return PageForm(path, "post", like.fields, like.buttons)


def odd_forms(form: PageForm, shift: int) -> Iterator[tuple[dict[str, str], Odd]]:
    """Yield (what was typed by field, request) for a form: every kind of value, and every kind of body."""
    standing = {name: values for name, values in form.fields.items() if name != "csrfmiddlewaretoken"}
    names = list(standing) + [name for name, _value in form.buttons if name and name not in standing]
    for count, fields in enumerate(rotations(names or ["reason"], max(AT_ONCE_TYPED, len(names) // 2), shift)):
        typed = {name: VALUES[kind] for name, kind in fields.items() if kind in PLAIN and name in form.typed}
        if form.hidden & set(fields):
            # What the page says decides which form this is.
            typed = {}
        rest = urlencode({name: values for name, values in standing.items() if name not in fields}, doseq=True)
        body = "&".join([rest, encoded(fields, turn(TAILS, shift + count))])
        yield typed, Odd(body.encode(), FORM, turn(HEADERS, shift + count))
    for _what, odd in odd_requests.bodies(names, shift):
        yield {}, odd


@pytest.mark.parametrize("row", FORMS, ids=str)
def test_no_form_breaks_a_page(scene: Scene, forms: Known, row: Row) -> None:
    number = FORMS.index(row)
    path, client = address(scene, row), scene.client(row.permitted())
    for typed, odd in odd_forms(form_of(forms, row.name, path), number):
        answer = send(client, path, odd)
        text = answered(answer)
        # Refused by the form: what was typed stands in it.
        if typed and answer.status_code in (400, 409, 422):
            kept = {value for form in forms_of(text) for values in form.fields.values() for value in values}
            lost = {
                name: value[:20] for name, value in typed.items() if value not in kept and escape(value) not in text
            }
            assert lost == {}, answer.status_code


@pytest.mark.parametrize("row", FORMS, ids=str)
def test_no_form_opens_a_page_to_strangers(scene: Scene, forms: Known, row: Row) -> None:
    number = FORMS.index(row)
    path, client = address(scene, row), scene.client("stranger")
    form = form_of(forms, row.name, path)
    for _typed, odd in list(odd_forms(form, number))[::5]:
        answer = send(client, path, odd)
        answered(answer)
        if row.status["stranger"] in SHUT:
            assert answer.status_code in SHUT


def test_no_form_is_read_beyond_ten_megabytes(scene: Scene) -> None:
    # The token is read from the form as well, before anything else.
    odd = odd_requests.too_big_form("csrfmiddlewaretoken")
    for row in FORMS:
        client = scene.client(row.permitted())
        client.handler.enforce_csrf_checks = True
        answer = send(client, address(scene, row), odd)
        assert answer.status_code in (400, 403), row
        answered(answer)


def test_no_form_of_the_account_breaks(scene: Scene) -> None:
    fields = {name: [""] for name in ("login", "password", "next", "oldpassword", "password1", "password2", "remember")}
    for number, (method, name, status) in enumerate(ACCOUNT):
        if method != "POST" or status == 405:
            continue
        for person in (ANONYMOUS, "editor"):
            if person == ANONYMOUS and (method, name) not in OPEN:
                continue
            for _typed, odd in odd_forms(PageForm(reverse(name), "post", fields), number):
                answered(send(scene.client(person), reverse(name), odd))
            for query, headers in queries(list(fields), AT_ONCE, number):
                answered(scene.client(person).get(f"{reverse(name)}?{query}", headers=headers))


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
        known = scene.samples[row.sample]
        kwargs = {name: 10**20 if isinstance(value, int) else value for name, value in known.items()}
        if kwargs != known:
            client = scene.client(row.permitted())
            answer = getattr(client, row.method.lower())(reverse(row.name, kwargs=kwargs))
            # Whoever may never use the address is told so first.
            refused = row.status[row.permitted()] in (403, 404)
            assert answer.status_code == 404 or (refused and answer.status_code == 403), row
