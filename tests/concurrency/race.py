"""Several processes at once, as threads on connections of their own: PostgreSQL only.

Mark the test `postgres` and use the fixture `committed_db` by name in `pytest.mark.usefixtures`.
"""

import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from django.db import connection

T = TypeVar("T")


def _truncation(allowed: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE audit_entry {'DISABLE' if allowed else 'ENABLE'} TRIGGER audit_entry_no_truncate")


@pytest.fixture
def committed_db(django_db_serialized_rollback: None, transactional_db: None) -> Iterator[None]:
    """Commit for real; afterwards the tables are emptied, for which the audit trail's guard steps aside."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    _truncation(allowed=False)
    yield
    _truncation(allowed=True)


def race(workers: int, action: Callable[[], T]) -> list[T]:
    """Run `action` in so many threads that start together; return what they returned.

    Raises:
        BaseException: the first error of a thread.
    """
    barrier = threading.Barrier(workers)
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            barrier.wait(timeout=20)
            results.append(action())
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if errors:
        raise errors[0]
    return results
