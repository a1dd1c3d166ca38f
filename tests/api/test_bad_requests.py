"""Odd requests to every address of the programming interface: a problem in words, never a server error."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from safetyplan.api_views import description
from tests.api.calls import Api, problem_of, send, tag, undone
from tests.api.table import ROLES, TABLE
from tests.meta.odd_requests import BIG, HEADERS, KINDS, TAILS, VALUES, encoded, rotations, turn
from tests.meta.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.made_up]
Call = tuple[str, str, str, dict[str, int]]
ROWS: list[Call] = [
    (method, name, sample, dict(zip(ROLES, map(int, statuses.split()), strict=True)))
    for method, name, sample, statuses in TABLE
    if name != "docs"
]
READ = [row for row in ROWS if row[0] == "GET"]
SENT = [row for row in ROWS if row[0] != "GET"]
AT_ONCE = 6
# What stands in a field of a document beside the texts of VALUES.
THINGS: dict[str, Any] = {
    "null": None,
    "true": True,
    "number": 10**20,
    "fraction": 1.5,
    "huge": 10**300,
    "list": [[[[]]]],
    "object": {"a": {"b": None}},
    "many": [0] * 2_000,
}
DOCUMENTS: dict[str, bytes] = {
    "nothing": b"",
    "broken": b'{"a": [',
    "nested brackets": b"[" * 50_000,
    "nested objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "10 MB": b'{"reason": "' + b"x" * BIG + b'"}',
    "bad UTF-8": b'{"reason": "\xff\xc0\xaf"}',
    "half a character": b'{"reason": "\\ud800"}',
    "NUL": b'{"reason": "a\\u0000b"}',
    "no number": b'{"version": NaN, "reason": -Infinity}',
    "digits": b'{"version": ' + b"9" * 5_000 + b"}",
    "same name twice": b'{"reason": "a", "reason": [1], "__proto__": {}}',
    "list": b"[1, 2]",
    "text": b'"a"',
    "null": b"null",
    "UTF-16": '{"reason": "甲"}'.encode("utf-16"),
}
ODD_HEADERS: dict[str, dict[str, str]] = {
    "match rubbish": {"If-Match": '"x", W/"1", *'},
    "match digits": {"If-Match": '"' + "9" * 4_000 + '"'},
    "match NUL": {"If-Match": '"\x00"'},
    "key too long": {"Idempotency-Key": "k" * 5_000},
    "key of rubbish": {"Idempotency-Key": "\x00\x7f%ff"},
    "type of rubbish": {"Content-Type": "a/b/c;;=;charset=\x01"},
    "form": {"Content-Type": "application/x-www-form-urlencoded"},
    "parts": {"Content-Type": "multipart/form-data; boundary=" + "b" * 300},
    "method": {"X-HTTP-Method-Override": "DELETE"},
}
TOKENS = ("", "x", "Bearer", "Bearer ", "Bearer a b", "Bearer " + "x" * 5_000, "Bearer \x00", "Basic 6L==", "Bearer é")


def permitted(statuses: dict[str, int]) -> str:
    """Return the first role that is neither refused nor kept in the dark."""
    return min(ROLES, key=lambda role: statuses[role] in (403, 404))


def answered(answer: Any) -> None:
    assert answer.status_code < 500, answer.status_code
    if answer.status_code >= 400:
        problem_of(answer)


def parameters() -> dict[str, list[str]]:
    """Return the query parameters of each path as described."""
    return {
        path: [row["name"] for row in operations.get("get", {}).get("parameters", []) if row["in"] == "query"]
        for path, operations in description()["paths"].items()
    }


def words(value: object) -> str:
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize(("method", "name", "sample", "statuses"), READ, ids=words)
def test_no_query_breaks_an_address(api: Api, method: str, name: str, sample: str, statuses: dict[str, int]) -> None:
    path = reverse(f"api:{name}", kwargs=api.samples[sample].kwargs)
    shift = READ.index((method, name, sample, statuses))
    known = parameters().get(path, [])
    names = list(dict.fromkeys(["q", "page", "page_size", "ordering", "format", *known]))
    for person in (permitted(statuses), "stranger"):
        width = AT_ONCE if known and person != "stranger" else len(names)
        for count, fields in enumerate(rotations(names, width, shift)):
            query = encoded(fields, turn(TAILS, count))[:8_000]
            answer = send(api.scene, person, "GET", f"{path}?{query}", form=False, **turn(HEADERS, shift + count))
            answered(answer)
            if statuses[person] in (403, 404):
                assert answer.status_code in (400, 403, 404, 406)


def documents(data: Any, shift: int) -> Iterator[bytes]:
    """Yield documents like `data` with odd fields, each kind of value once, and documents like nothing."""
    fields = list(data) if isinstance(data, dict) and data else ["reason"]
    standing = data if isinstance(data, dict) else {}
    odd = VALUES | THINGS
    known = list(odd)[shift % len(odd) :] + list(odd)[: shift % len(odd)]
    width = min(AT_ONCE, len(fields))
    for start in range(0, len(known), width):
        chosen = {
            fields[(start + place) % len(fields)]: odd[kind] for place, kind in enumerate(known[start : start + width])
        }
        yield json.dumps(standing | chosen).encode()
    yield from DOCUMENTS.values()


@pytest.mark.parametrize(("method", "name", "sample", "statuses"), SENT, ids=words)
def test_no_document_breaks_an_address(api: Api, method: str, name: str, sample: str, statuses: dict[str, int]) -> None:
    known = api.samples[sample]
    path = reverse(f"api:{name}", kwargs=known.kwargs)
    shift = SENT.index((method, name, sample, statuses))
    match = {"If-Match": tag(known.row)} if known.row is not None else {}
    for document in documents(known.data, shift):
        with undone():
            answered(send(api.scene, permitted(statuses), method, path, document, form=False, **match))
    for document in list(documents(known.data, shift))[::6]:
        with undone():
            answer = send(api.scene, "stranger", method, path, document, form=False, **match)
            answered(answer)
            if statuses["stranger"] in (403, 404):
                assert answer.status_code in (400, 403, 404, 413)
    for headers in ODD_HEADERS.values():
        with undone():
            answered(send(api.scene, permitted(statuses), method, path, known.data, form=False, **(match | headers)))


def test_no_token_breaks_an_address(scene: Scene, api: Api) -> None:
    for method, name, sample, _statuses in ROWS:
        path = reverse(f"api:{name}", kwargs=api.samples[sample].kwargs)
        for token in TOKENS:
            answer = send(scene, "", method, path, Authorization=token)
            # Whoever guesses is slowed down.
            assert answer.status_code in (200, 400, 401, 429), (name, token)
            assert answer.status_code != 200 or name in ("index", "schema"), name
            answered(answer)


def test_there_are_enough_of_them() -> None:
    assert len(VALUES | THINGS) + len(DOCUMENTS) >= 50
    assert len(KINDS) >= 40
