"""Lists: pages, filters, order, what they cost; and bad input, which is always answered with a sentence."""

import json
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.api.filters import LONGEST_VALUE
from core.api.parsing import MAX_JSON_BYTES
from tests.api.calls import Api, problem_of, send, tag, undone
from tests.api.table import TABLE
from tests.meta.growth import grow
from tests.meta.odd_requests import DIGITS, TAILS

pytestmark = pytest.mark.django_db
NOT_LISTS = {"index", "docs", "schema", "me"}
LISTS = sorted({name for method, name, sample, _ in TABLE if method == "GET" and sample == ""} - NOT_LISTS)
OBJECTS = [(name, sample) for method, name, sample, _ in TABLE if method == "GET" and sample]
NO_QUERY = {"file-content", "letter-pdf"}
# One or two queries for each of twelve figures, whatever the ledgers hold.
FIGURES_COST = 24


def listed(api: Api, name: str, person: str = "office", **query: Any) -> HttpResponse:
    words = "&".join(f"{key}={value}" for key, value in query.items())
    return send(api.scene, person, "GET", reverse(f"api:{name}") + ("?" + words if words else ""))


def rows(answer: HttpResponse) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content.decode()
    found: dict[str, Any] = json.loads(answer.content)
    return found


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_page_by_page(api: Api, name: str) -> None:
    whole = rows(listed(api, name, page_size=100))
    assert whole["count"] == len(whole["results"]) > 0, "the scene has none of these"
    address: str | None = reverse(f"api:{name}") + "?page_size=1"
    found, number = [], 0
    while address:
        page = rows(send(api.scene, "office", "GET", address))
        number += 1
        assert (page["count"], page["page"], page["page_size"], page["pages"]) == (
            whole["count"],
            number,
            1,
            whole["count"],
        )
        assert (page["previous"] is None) == (number == 1)
        found += page["results"]
        address = page["next"]
        assert address is None or address.startswith("/api/v1/"), "leads to this server, whatever it is called"
    keys = [[row.get("id", row.get("key")) for row in rows] for rows in (found, whole["results"])]
    assert keys[0] == keys[1]
    beyond = rows(listed(api, name, page=9999))
    assert (beyond["results"], beyond["next"]) == ([], None)


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=", "page=１", f"page={DIGITS}", "page=1000001"])
@pytest.mark.parametrize("prefix", ["", "page_size=10&"])
def test_a_page_that_is_none_is_refused(api: Api, query: str, prefix: str) -> None:
    answer = send(api.scene, "office", "GET", f"/api/v1/tasks/?{prefix}{query}")
    assert answer.status_code == 400
    assert problem_of(answer)["errors"][0]["field"] == "page"


@pytest.mark.parametrize("size", ["0", "101", "x", "", "-5", "9" * 20])
def test_a_page_is_no_longer_than_a_hundred(api: Api, size: str) -> None:
    answer = listed(api, "tasks", page_size=size)
    assert answer.status_code == 400
    assert "100" in problem_of(answer)["errors"][0]["message"]


@pytest.mark.parametrize("name", LISTS)
def test_what_a_list_does_not_know_is_refused(api: Api, name: str) -> None:
    for query in ({"stat": "active"}, {"ordering": "password"}, {"ordering": "-pk"}, {"ordering": "id,"}, {"%00": "1"}):
        answer = listed(api, name, **query)
        assert answer.status_code == 400, query
        assert problem_of(answer)["errors"]


def test_the_order_is_the_callers_and_stable(api: Api) -> None:
    for name, key in (("tasks", "due_on"), ("tasks", "code"), ("units", "code")):
        up = [row[key] for row in rows(listed(api, name, ordering=key, page_size=100))["results"]]
        down = [row[key] for row in rows(listed(api, name, ordering=f"-{key}", page_size=100))["results"]]
        assert up == sorted(up) == sorted(down)
        assert down == sorted(down, reverse=True)
        assert len(set(up)) > 1
    twice = [rows(listed(api, "tasks", ordering="due_on", page_size=100))["results"] for _ in range(2)]
    assert twice[0] == twice[1]


def test_filters_are_those_of_the_pages(api: Api) -> None:
    unit = api.scene.county.units["YJ"].pk
    red = rows(listed(api, "tasks", lamp="red", lead=unit, page_size=100))["results"]
    assert {row["lamp"] for row in red} == {"red"}
    several = send(api.scene, "office", "GET", "/api/v1/tasks/?state=active&state=closed&page_size=100")
    assert {row["state"] for row in rows(several)["results"]} == {"active", "closed"}
    assert [row["code"] for row in rows(listed(api, "tasks", q="2026-01"))["results"]] == ["2026-01"]
    assert rows(listed(api, "letters", state="issued"))["results"][0]["state"] == "issued"
    assert [row["code"] for row in rows(listed(api, "units", q="yjj"))["results"]] in ([], ["YJ"])
    for query in ({"state": "nothing"}, {"lead": "x"}, {"due_from": "2026-13-45"}, {"lead": 10**20}):
        assert problem_of(listed(api, "tasks", **query))["errors"][0]["field"] == next(iter(query))


@pytest.mark.parametrize("name", LISTS)
def test_no_address_breaks_a_list(api: Api, name: str) -> None:
    broken = {}
    address = reverse(f"api:{name}")
    for query in (*TAILS.values(), "q=" + "演" * 1300, f"ordering={'code,' * 500}code", "q=" + "%25" * LONGEST_VALUE):
        answer = send(api.scene, "office", "GET", f"{address}?{query}")
        if answer.status_code not in (200, 400):
            broken[query[:60]] = answer.status_code
        elif answer.status_code == 400:
            problem_of(answer)
    assert broken == {}


@pytest.mark.parametrize(("name", "sample"), OBJECTS, ids=str)
def test_no_key_breaks_an_object(api: Api, name: str, sample: str) -> None:
    kwargs = api.samples[sample].kwargs
    if "pk" not in kwargs:
        return
    for key in (0, 10**9, 10**18, 10**20, "9" * 300):
        answer = send(api.scene, "office", "GET", reverse(f"api:{name}", kwargs=kwargs | {"pk": key}))
        assert problem_of(answer)["status"] == 404, key


WRITES = [(method, name, sample) for method, name, sample, _ in TABLE if method in ("POST", "PATCH")]
BODIES: tuple[tuple[str, bytes], ...] = (
    ("not json", b"{"),
    ("not utf-8", b'{"reason": "\xff\xfe"}'),
    ("utf-16", '{"reason": "甲"}'.encode("utf-16")),
    ("nested", b"[" * 100_000 + b"]" * 100_000),
    ("nested object", b'{"reason":' * 50_000 + b"1" + b"}" * 50_000),
    ("nan", b'{"reason": NaN, "percent": Infinity}'),
    ("long number", b'{"task": ' + b"9" * 10_000 + b"}"),
    ("big exponent", b'{"percent": 1e999999, "value": 1E-999999}'),
    ("null", b"null"),
    ("list", b"[]"),
    ("text", b'"text"'),
    ("number", b"1"),
    ("true", b"true"),
    ("surrogate", b'{"reason": "\\ud800", "title": "\\udfff"}'),
    ("nul", b'{"reason": "\\u0000", "title": "\\u0000", "actions_taken": "\\u0000"}'),
    ("bom", b"\xef\xbb\xbf{}"),
)


@pytest.mark.parametrize(("method", "name", "sample"), WRITES, ids=str)
def test_no_body_breaks_a_change(api: Api, method: str, name: str, sample: str) -> None:
    known = api.samples[sample]
    address = reverse(f"api:{name}", kwargs=known.kwargs)
    for words, body in BODIES:
        for person in ("office", "editor"):
            headers: Any = {"If_Match": tag(known.row)} if known.row is not None else {}
            with undone():
                answer = send(api.scene, person, method, address, body, **headers)
            assert answer.status_code < 500, (words, person)
            if answer.status_code >= 400:
                problem_of(answer)


@pytest.mark.parametrize(("method", "name", "sample"), WRITES, ids=str)
def test_a_body_that_is_too_large_is_not_read(api: Api, method: str, name: str, sample: str) -> None:
    known = api.samples[sample]
    address = reverse(f"api:{name}", kwargs=known.kwargs)
    # The register entry of the scene is not the editor's to see, which is said before its body is looked at.
    person = "office" if name == "directive-files" else "editor"
    answer = send(api.scene, person, method, address, b" " * (MAX_JSON_BYTES + 1), If_Match='"1"')
    assert answer.status_code == (415 if known.form else 413)
    answer = send(api.scene, "office", method, address, b" " * (30 * 1024 * 1024), If_Match='"1"')
    assert answer.status_code == 413
    assert "KB" in problem_of(answer)["detail"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data", "application/x-www-form-urlencoded", "", "x"]
)
def test_what_is_no_json_is_not_taken(api: Api, kind: str) -> None:
    client = api.scene.client("anonymous")
    headers = {"Authorization": f"Bearer {api.scene.tokens['office']}", "If-Match": '"1"'}
    answer: Any = client.generic("POST", "/api/v1/letters/", b"a=b", content_type=kind, headers=headers)
    assert answer.status_code in (400, 415)
    problem_of(answer)


def test_who_wants_no_json_gets_a_problem(api: Api) -> None:
    answer = send(api.scene, "office", "GET", "/api/v1/tasks/", Accept="text/html")
    assert answer.status_code == 406
    problem_of(answer)


@pytest.fixture(scope="module")
def costs(api: Api, django_db_blocker: Any) -> dict[str, tuple[int, int]]:
    """Queries of each list and object with few rows and with thirty more."""

    def measure() -> dict[str, int]:
        found = {}
        for person in ("office", "editor", "auditor"):
            for name in LISTS:
                found[f"{person} {name}"] = cost(person, reverse(f"api:{name}") + "?page_size=100")
            for name, sample in OBJECTS:
                address = reverse(f"api:{name}", kwargs=api.samples[sample].kwargs)
                if name not in NO_QUERY and send(api.scene, person, "GET", address).status_code == 200:
                    found[f"{person} {name} {sample}"] = cost(person, address)
        return found

    def cost(person: str, address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert send(api.scene, person, "GET", address).status_code == 200
        return len(queries)

    with django_db_blocker.unblock(), undone():
        measure()
        few = measure()
        grow(api.scene)
        many = measure()
        return {name: (few[name], many[name]) for name in few}


def allowed(name: str) -> int:
    """Return how many queries a list (person and name) or an object (with its sample) may cost."""
    if name.endswith(" metrics"):
        return FIGURES_COST
    return 12 if name.count(" ") == 1 else 20


def test_lists_cost_twelve_queries_whatever_the_rows(costs: dict[str, tuple[int, int]]) -> None:
    dear = {name: pair for name, pair in costs.items() if pair[1] > allowed(name)}
    assert dear == {}
    grown = {name: pair for name, pair in costs.items() if pair[1] > pair[0]}
    assert grown == {}, "costs more with more rows"
