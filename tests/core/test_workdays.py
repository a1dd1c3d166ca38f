"""Working days: weekends, statutory holidays, make-up days, years nobody has announced yet."""

from datetime import date

import pytest

from core.workdays import add_working_days, is_working_day


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 5, 12), True),
        (date(2026, 5, 16), False),
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),  # a Saturday worked for the National Day week
        (date(2099, 10, 1), True),  # unknown year, a Thursday: the plain week counts
        (date(2099, 10, 3), False),
    ],
)
def test_working_days(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_counting_steps_over_what_is_not_worked() -> None:
    assert add_working_days(date(2026, 5, 12), 7) == date(2026, 5, 21)
    assert add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert add_working_days(date(2026, 10, 8), -1) == date(2026, 9, 30)
    assert add_working_days(date(2026, 5, 16), 1) == date(2026, 5, 18)
    assert add_working_days(date(2026, 5, 16), 0) == date(2026, 5, 16)
