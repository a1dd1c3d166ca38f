"""Bad addresses on every page: an answer with a sentence, never a server error."""

import re

import pytest
from django.urls import reverse

from tests.meta.scene import Scene
from tests.meta.walk import Row, pages, rows

pytestmark = pytest.mark.django_db
PAGES = pages()
# The server refuses longer lines (4094 bytes); forms may be longer.
LONG = "演" * 1_300
DIGITS = "9" * 4_000
BAD_VALUES = ("\x00", str(10**20), DIGITS, LONG, "-1", "0000-00-00", "NaN", "{{", "//example.test")
BAD = (
    f"page={10**20}",
    "page=0",
    "page=-1",
    "page=abc",
    "page=１２",
    f"page={DIGITS}",
    f"per_page={DIGITS}",
    "per_page=-1",
    "per_page=²",
    "q=%00",
    "q=a%00b",
    "q=%ff%fe%C0%AF",
    "q=%ED%A0%80",
    "q=" + "%28" * 500 + "%5B" * 500,
    "q=%5B%5B(((%5C'%22%25_*;--",
    "sort=nothing",
    "sort=-",
    "sort=pk__password",
    "sort=%00",
    "sort=lead__memberships__user__password",
    f"year={10**20}",
    f"year={DIGITS}",
    "year=%00",
    "state=nothing&lamp=nothing&kind=nothing",
    f"lead={10**20}&unit={10**20}&section={10**20}&plan={10**20}",
    f"lead={DIGITS}&unit={DIGITS}&section={DIGITS}",
    "lead=%00&unit=%00&section=%00",
    "due_from=2026-13-45&due_to=tomorrow&from=0000-00-00&to=99999-01-01",
    "due_from=%00&since=%00&until=%00",
    f"task={10**20}",
    f"task={DIGITS}&item={DIGITS}&show={DIGITS}",
    "task=%00&item=%00&tab=%00&show=%00&queue=%00&part=%00",
    f"item={10**20}&letter={10**20}",
    "q[]=a&q[b]=c&__proto__=d&q=e&q=f",
    "&&&=&=&&",
)


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_no_address_breaks_a_page(scene: Scene, row: Row) -> None:
    address = reverse(row.name, kwargs=scene.samples[row.sample])
    client = scene.client(row.permitted())
    broken = {}
    for query in (*BAD, f"q={LONG}"):
        status = client.get(f"{address}?{query}").status_code
        if status >= 500:
            broken[query[:60]] = status
    assert broken == {}


@pytest.fixture(scope="module")
def names(scene: Scene) -> set[str]:
    """The names of all fields of all forms; a form takes those it knows."""
    found = {"kind", "remove", "submit", "adopt", "save_next"}
    for row in PAGES:
        found |= set(re.findall(r' name="([^"]+)"', row.request(scene, row.permitted()).content.decode()))
    return found


@pytest.mark.parametrize("row", [row for row in rows() if row.method == "POST"], ids=str)
def test_no_form_breaks_a_page(scene: Scene, names: set[str], row: Row) -> None:
    address = reverse(row.name, kwargs=scene.samples[row.sample])
    client = scene.client(row.permitted())
    for value in BAD_VALUES:
        assert client.post(address, dict.fromkeys(names, value)).status_code < 500, value[:20]
    for body in (b"version=%ED%A0%80&reason=%ff&title=%C0%AF", b"\xff\x00=\xfe", b"a" * 3000):
        answer = client.post(address, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code < 500, body[:20]


@pytest.mark.parametrize(
    "address",
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
def test_an_object_that_cannot_be_is_not_found(scene: Scene, address: str) -> None:
    assert scene.client("office").get(address).status_code in (404, 405)
