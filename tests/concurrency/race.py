"""Several processes at once, as threads on connections of their own: PostgreSQL only.

Decorate the test with `committed` and import the fixture `truncatable` beside it.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import pytest
from django.db import connection, models

T = TypeVar("T")
TestFunction = TypeVar("TestFunction", bound=Callable[..., None])


SOMEBODY_WAITS_FOR_ME = """
    SELECT pg_stat_clear_snapshot(),
           EXISTS (SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))
"""


def let_them_meet(monkeypatch: pytest.MonkeyPatch, model: type[models.Model]) -> None:
    """Hold whoever is about to change a row of the model until the other one is too, or waits for a lock of theirs.

    With the lock the second waits and the first goes on; without it both stand here, having read the same.
    """
    both_here = threading.Event()
    arrived: set[int] = set()
    save = model.save

    def save_when_both_are_on_their_way(self: models.Model, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            arrived.add(threading.get_ident())
            if len(arrived) == 2:
                both_here.set()
            for _ in range(20_000):
                with connection.cursor() as cursor:
                    cursor.execute(SOMEBODY_WAITS_FOR_ME)
                    if cursor.fetchone()[1] or both_here.is_set():
                        break
            else:
                raise AssertionError("the two never met")
        save(self, *args, **kwargs)

    monkeypatch.setattr(model, "save", save_when_both_are_on_their_way)


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
    """Run `action` in so many threads that start together; return what they returned, first come first.

    Raises:
        BaseException: the first error of a thread.
    """
    return race_of([action] * workers)


def race_of(actions: Sequence[Callable[[], T]]) -> list[T]:
    """Run each action in a thread of its own, all starting together; see `race`."""
    barrier = threading.Barrier(len(actions))
    results: list[T] = []
    errors: list[BaseException] = []

    def run(action: Callable[[], T]) -> None:
        try:
            barrier.wait(timeout=20)
            results.append(action())
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if errors:
        raise errors[0]
    return results
