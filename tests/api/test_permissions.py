"""Every address × every role × every method, against the table in table.py."""

from typing import Any

import pytest
from django.urls import reverse

from tests.api.calls import Api, problem_of, send, undone
from tests.api.table import ROLES, TABLE
from tests.meta.scene import TWINS
from tests.meta.walk import addresses

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROWS = [(method, name, sample, list(map(int, statuses.split()))) for method, name, sample, statuses in TABLE]


def words(value: object) -> str:
    return value if isinstance(value, str) else ""


def names() -> set[str]:
    """Return the addresses the interface has."""
    return {name.removeprefix("api:") for name, _ in addresses() if name.startswith("api:")}


def test_every_address_is_listed_and_every_row_has_an_address() -> None:
    assert names() - {"nowhere"} == {name for _, name, _, _ in ROWS}
    assert len({row[:3] for row in TABLE}) == len(TABLE), "listed twice"


@pytest.mark.parametrize(("method", "name", "sample", "statuses"), ROWS, ids=words)
def test_each_role_is_answered_as_the_table_says(
    api: Api, method: str, name: str, sample: str, statuses: list[int]
) -> None:
    expected = dict(zip(ROLES, statuses, strict=True))
    expected |= {twin: expected[role] for twin, role in TWINS.items()}
    found = {}
    for person in expected:
        with undone():
            answer: Any
            if name == "docs":
                answer = api.scene.client(person).get(reverse("api:docs"))
            else:
                answer = api.call(person, method, name, sample)
        found[person] = answer.status_code
        if answer.status_code >= 400:
            problem_of(answer)
    assert found == expected


@pytest.mark.parametrize("name", sorted(names() - {"nowhere", "docs"}))
def test_a_method_without_a_row_is_refused(api: Api, name: str) -> None:
    own = [row for row in ROWS if row[1] == name]
    for method in set(METHODS) - {row[0] for row in own}:
        answer = api.call("office", method, name, own[0][2])
        assert answer.status_code == 405, method
        assert "OPTIONS" not in answer.headers["Allow"]
        problem_of(answer)


def test_who_sends_no_token_and_no_session_is_asked_for_one(api: Api) -> None:
    for method, name, sample, _ in ROWS:
        if name == "docs":
            continue
        answer = api.call("", method, name, sample)
        assert answer.status_code == 401, (method, name)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        problem_of(answer)


def test_the_page_of_the_description_needs_a_login(api: Api) -> None:
    answer = api.scene.client("anonymous").get(reverse("api:docs"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "address", ["/api/v1/tasks", "/api/v1/nothing/", "/api/v1/tasks/x/", f"/api/v1/tasks/{'9' * 5000}/"]
)
@pytest.mark.parametrize("method", METHODS)
def test_an_address_that_is_none_is_not_found(api: Api, method: str, address: str) -> None:
    assert problem_of(send(api.scene, "office", method, address))["status"] == 404
    assert send(api.scene, "", method, address).status_code == 401


@pytest.mark.parametrize("action", ["nothing", "edit", "SIGN"])
def test_a_move_that_is_none_is_not_found(api: Api, action: str) -> None:
    for name, row in (("task-act", api.scene.tasks["assigned"]), ("letter-act", api.scene.letters["draft"])):
        address = reverse(f"api:{name}", kwargs={"pk": row.pk, "action": action})
        assert problem_of(send(api.scene, "office", "POST", address, {}, If_Match='"1"'))["status"] == 404


def test_what_is_hidden_looks_like_what_is_not_there(api: Api) -> None:
    hidden = {"task": api.scene.tasks["assigned"].pk, "letter": api.scene.letters["issued"].pk}
    for name, pk in hidden.items():
        ways = [send(api.scene, "other_editor", "GET", reverse(f"api:{name}", args=[key])) for key in (pk, 10**9)]
        assert ways[0].content == ways[1].content
        assert ways[0].status_code == ways[1].status_code == 404
