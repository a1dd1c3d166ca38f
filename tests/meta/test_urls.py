"""Every address × every role × both methods, against the table in url_roles.py."""

from fnmatch import fnmatch
from typing import Any

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from tests.county import client_of
from tests.meta.scene import ANONYMOUS, TWINS, Scene
from tests.meta.url_roles import ACCOUNT, ADMIN, OPEN, ROLES, TABLE
from tests.meta.walk import Row, addresses, rows

pytestmark = pytest.mark.django_db
ROWS = rows()
LOGIN = "/accounts/login/?next="


def test_every_address_is_listed_and_every_row_has_an_address() -> None:
    # The admin has its own table below, the programming interface in tests/api.
    known = {name for name, _ in addresses() if not name.startswith(("admin:", "api:"))}
    assert known - {row.name for row in ROWS} - {name for _, name, _ in ACCOUNT} == set(), "list it in url_roles.py"
    assert {row.name for row in ROWS} - known == set()
    assert [row[:3] for row in TABLE if list(row[:3]) in [list(other[:3]) for other in TABLE if other is not row]] == []


def test_an_address_without_a_name_is_only_found_below_the_admin() -> None:
    def unnamed(resolver: Any, space: str = "") -> list[str]:
        found = []
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                found += [] if pattern.namespace == "admin" else unnamed(pattern, space + str(pattern.pattern))
            elif not pattern.name:
                found.append(space + str(pattern.pattern))
        return found

    assert [address for address in unnamed(get_resolver()) if not address.startswith("admin/")] == []


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_role_is_answered_as_the_table_says(scene: Scene, row: Row) -> None:
    # A message, a token or a form asked for is one person's, not their role's.
    people = dict(zip(ROLES, ROLES, strict=True)) | (TWINS if row.sample not in ("message", "token", "printed") else {})
    # What one person's POST changes must not be there for the next.
    if row.method == "GET":
        found = {person: row.request(scene, person).status_code for person in people}
    else:
        found = {person: _undone(scene, row, person) for person in people}
    assert found == {person: row.status[role] for person, role in people.items()}


def _undone(scene: Scene, row: Row, person: str) -> int:
    with transaction.atomic():
        status = row.request(scene, person).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("name", sorted({row.name for row in ROWS}))
def test_a_method_without_a_row_is_refused(scene: Scene, name: str) -> None:
    own = [row for row in ROWS if row.name == name]
    for method in {"GET", "POST", "PUT", "DELETE"} - {row.method for row in own}:
        row = Row(method, name, own[0].sample, own[0].status)
        assert row.request(scene, own[0].permitted()).status_code == 405, method


def test_anonymous_people_are_sent_to_the_login_page(scene: Scene) -> None:
    for row in ROWS:
        answer = row.request(scene, ANONYMOUS)
        assert answer.status_code == 302, row
        assert answer["Location"].startswith(LOGIN), row
    for method, name, _ in ACCOUNT:
        answer = Row(method, name, "", {}).request(scene, ANONYMOUS)
        assert answer.status_code == OPEN.get((method, name), 302), name
    for name, arguments in admin_addresses():
        client = scene.client(ANONYMOUS)
        chain = client.get(admin_address(scene, name, arguments), follow=True).redirect_chain
        assert chain[-1][0].startswith(LOGIN), name


def test_pages_of_the_account_are_alike_for_all(scene: Scene) -> None:
    for method, name, status in ACCOUNT:
        for role in ROLES:
            client = client_of(scene.county.people[role])
            answer = client.get(reverse(name)) if method == "GET" else client.post(reverse(name))
            assert answer.status_code == status, (method, name, role)


def admin_addresses() -> list[tuple[str, list[str]]]:
    return [(name, arguments) for name, arguments in addresses() if name.startswith("admin:")]


def admin_address(scene: Scene, name: str, arguments: list[str]) -> str:
    pk = {
        "admin:accounts_user": scene.county.editor.pk,
        "admin:responsibility_unit": scene.county.units["YJ"].pk,
        "admin:responsibility_unitalias": scene.samples["alias"]["alias_id"],
        "admin:responsibility_membership": scene.samples["post"]["pk"],
        "admin:responsibility_keywordrule": scene.samples["rule"]["pk"],
        "admin:notifications_notification": scene.samples["message"]["pk"],
        "admin:notifications_outboxmail": scene.samples["mail"]["pk"],
        "admin:audit_entry": scene.samples["entry"]["pk"],
        "admin:reminders_reminderrule": scene.samples["reminder rule"]["pk"],
        "admin:reminders_reminder": scene.samples["reminder"]["pk"],
        "admin:accounts_apitoken": scene.samples["token"]["pk"],
    }
    values = {"app_label": "accounts", "content_type_id": 1, "object_id": pk.get(name.rpartition("_")[0], 1)}
    return reverse(name, kwargs={argument: values[argument] for argument in arguments})


def test_the_admin_is_the_administrators_and_shows_without_changing(scene: Scene) -> None:
    for name, arguments in admin_addresses():
        address = admin_address(scene, name, arguments)
        status = next((status for pattern, status in ADMIN if fnmatch(name, pattern)), None)
        assert scene.client("administrator").get(address).status_code == status, name
        for role in ("office", "leader", "editor", "auditor", "enterprise", "stranger"):
            answer = scene.client(role).get(address)
            assert answer.status_code in (302, 403), (name, role)
            if answer.status_code == 302 and name not in ("admin:logout", "admin:password_change"):
                assert scene.client(role).get(answer["Location"]).status_code == 403, (name, role)
