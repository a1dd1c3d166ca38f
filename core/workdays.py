"""Working days of the county: Monday to Friday, moved by the State Council's yearly holiday notice where it is known.

The package `chinesecalendar` carries those notices up to the year its release knows; for later years the plain week
counts, so that a deadline can always be proposed. People may change any date proposed from here.
"""

from datetime import date, timedelta

import chinese_calendar


def is_working_day(day: date) -> bool:
    """Say whether offices work on `day` (make-up Saturdays and Sundays are working days)."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year the holiday notices of the package do not reach
        return day.weekday() < 5


def add_working_days(day: date, count: int) -> date:
    """Return the `count`-th working day after `day` (before it where `count` is negative).

    Args:
        day: where counting begins; it does not count itself, working day or not.
        count: 0 returns `day` unchanged.
    """
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day)
    return day
