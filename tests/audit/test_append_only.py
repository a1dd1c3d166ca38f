"""The database itself keeps what is in the audit trail, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import Entry
from audit.trail import record
from tests.county import County

pytestmark = pytest.mark.django_db

TRIGGERS = {
    "sqlite": {"audit_entry_no_update", "audit_entry_no_delete", "audit_entry_no_replace"},
    "postgresql": {"audit_entry_append_only", "audit_entry_no_truncate"},
}
LISTED = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_entry'::regclass AND NOT tgisinternal",
}


@pytest.fixture
def entry(county: County) -> Entry:
    return record(actor=county.office, action="x", target=county.units["YJ"], summary="一")


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_every_trigger_is_there_after_all_migrations() -> None:
    """SQLite drops a table's triggers when a later migration rebuilds the table: this is where it shows."""
    with connection.cursor() as cursor:
        cursor.execute(LISTED[connection.vendor])
        assert {name for (name,) in cursor.fetchall()} == TRIGGERS[connection.vendor]


@pytest.mark.parametrize("operation", ["update", "delete"])
def test_an_entry_is_neither_changed_nor_deleted(entry: Entry, operation: str) -> None:
    rows = Entry.objects.filter(pk=entry.pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(summary="二") if operation == "update" else rows.delete()
    assert Entry.objects.get(pk=entry.pk).summary == "一"


def test_an_entry_is_not_replaced_by_one_of_the_same_number(entry: Entry) -> None:
    columns = [str(field.column) for field in Entry._meta.concrete_fields]
    chosen = ", ".join("'二'" if column == "summary" else column for column in columns)
    forged = f"INTO audit_entry ({', '.join(columns)}) SELECT {chosen} FROM audit_entry WHERE id = {entry.pk}"
    if connection.vendor == "sqlite":
        statement = f"INSERT OR REPLACE {forged}"
    else:
        statement = f"INSERT {forged} ON CONFLICT (id) DO UPDATE SET summary = EXCLUDED.summary"
    with pytest.raises(DatabaseError, match="append-only"):
        run(statement)
    assert Entry.objects.get(pk=entry.pk).summary == "一"


def test_the_trail_is_not_emptied(entry: Entry) -> None:
    # PostgreSQL would refuse anyway while the foreign key of the fresh row is still to be checked.
    emptying = {
        "sqlite": "DELETE FROM audit_entry",
        "postgresql": "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE audit_entry",
    }
    with pytest.raises(DatabaseError, match="append-only"):
        run(emptying[connection.vendor])
    assert Entry.objects.filter(pk=entry.pk).exists()
