"""Two letters issued at the same moment take two numbers, one after the other; without the lock they would not."""

import pytest
from django.db import IntegrityError

from supervision.models import Letter, LetterCounter
from tasks.models import Task
from tests.concurrency.race import committed, let_them_meet, race, truncatable
from tests.county import County
from tests.supervision.letters import compose, issue, late

__all__ = ["late", "truncatable"]


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    let_them_meet(monkeypatch, LetterCounter)


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
