"""Databases of the benchmarks' own on the server of DATABASE_URL, made anew at every run and dropped after it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, connections


def check_server() -> None:
    """Refuse anything but PostgreSQL.

    Raises:
        SystemExit: DATABASE_URL names no PostgreSQL server.
    """
    if connection.vendor != "postgresql":
        raise SystemExit("Set DATABASE_URL to a PostgreSQL server; its own databases are left alone.")


def _maintain(*statements: str) -> None:
    """Run statements in the database DATABASE_URL names, outside a transaction."""
    use(_HOME)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


_HOME = str(connections.databases["default"]["NAME"])


def use(name: str) -> None:
    """Let the default connection lead to that database."""
    connection.close()
    connection.settings_dict["NAME"] = name


@contextmanager
def made(*names: str) -> Iterator[None]:
    """Create the databases, the first with the product's tables; leave none of them behind."""
    check_server()
    drops = [f'DROP DATABASE IF EXISTS "{name}"' for name in names]
    _maintain(*drops, f'CREATE DATABASE "{names[0]}"')
    try:
        use(names[0])
        call_command("migrate", verbosity=0)
        yield
    finally:
        _maintain(*drops)
        use(_HOME)


def copy(source: str, target: str) -> None:
    """Create `target` with all that is in `source`."""
    _maintain(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    use(target)


def analyse() -> None:
    """Let the planner know what is in the database, as autovacuum would in time."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
