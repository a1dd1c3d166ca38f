"""Several processes at once, as threads on connections of their own: PostgreSQL only.

Decorate the test with `committed` and import the fixture `truncatable` beside it.
"""

import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from django.db import connection

T = TypeVar("T")
TestFunction = TypeVar("TestFunction", bound=Callable[..., None])


def _truncation(allowed: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE audit_entry {'DISABLE' if allowed else 'ENABLE'} TRIGGER audit_entry_no_truncate")


@pytest.fixture
def truncatable(transactional_db: None) -> Iterator[None]:
    """Let the tables be emptied after the test: the guard of the audit trail steps aside until the next one."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    _truncation(allowed=False)
    yield
    _truncation(allowed=True)


def committed(test: TestFunction) -> TestFunction:
    """Mark a test that commits for real; the rows that migrations wrote are put back for the next one."""
    for mark in (
        pytest.mark.usefixtures("truncatable"),
        pytest.mark.django_db(transaction=True, serialized_rollback=True),
        pytest.mark.postgres,
    ):
        test = mark(test)
    return test


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
