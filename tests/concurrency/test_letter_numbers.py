"""Two letters issued at the same moment take two numbers, one after the other; without the lock they would not."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection

from supervision.models import Letter, LetterCounter
from tasks.models import Task
from tests.concurrency.race import committed, race, truncatable
from tests.county import County
from tests.supervision.letters import compose, issue, late

__all__ = ["late", "truncatable"]

SOMEBODY_WAITS_FOR_ME = """
    SELECT pg_stat_clear_snapshot(),
           EXISTS (SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))
"""


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold whoever is about to write the counter until the other one writes it too, or waits for the lock on it."""
    both_here, arrived = threading.Event(), []
    save = LetterCounter.save

    def save_when_both_are_on_their_way(self: LetterCounter, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            arrived.append(self)
            if len(arrived) == 2:
                both_here.set()
            for _ in range(20_000):
                with connection.cursor() as cursor:
                    cursor.execute(SOMEBODY_WAITS_FOR_ME)
                    if cursor.fetchone()[1] or both_here.is_set():
                        break
            else:
                raise AssertionError("the two issues never met")
        save(self, *args, **kwargs)

    monkeypatch.setattr(LetterCounter, "save", save_when_both_are_on_their_way)


def issue_both(county: County, tasks: list[Task]) -> list[str]:
    waiting = compose(county, tasks).letters
    people = [county.office, county.second_office]
    return sorted(letter.number for letter in race(2, lambda: issue(waiting.pop(), people.pop())))


@committed
@pytest.mark.usefixtures("in_may", "meeting")
@pytest.mark.parametrize("used", [None, 6])
def test_two_issues_at_once_take_consecutive_numbers(county: County, late: list[Task], used: int | None) -> None:
    if used is not None:
        LetterCounter.objects.bulk_create([LetterCounter(code="清安办函", year=2026, last=used)])
    first = (used or 0) + 1
    assert issue_both(county, late) == [f"清安办函〔2026〕{first}号", f"清安办函〔2026〕{first + 1}号"]
    assert LetterCounter.objects.get().last == first + 1


@committed
@pytest.mark.usefixtures("in_may", "meeting")
def test_without_the_lock_both_would_take_the_same_number(
    county: County, late: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the same meeting, the counter read without its lock."""
    LetterCounter.objects.bulk_create([LetterCounter(code="清安办函", year=2026, last=6)])
    monkeypatch.setattr(LetterCounter.objects, "select_for_update", LetterCounter.objects.all)
    with pytest.raises(IntegrityError, match="letter_number_once"):
        issue_both(county, late)
    assert Letter.objects.filter(sequence=7).count() == 1
