"""Reporting periods: months and quarters of the calendar."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

MONTH, QUARTER = "month", "quarter"


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, both ends included, with its Chinese name."""

    start: date
    end: date
    label: str


def period_of(day: date, every: str) -> Period:
    """Return the month or quarter that `day` lies in.

    Args:
        day: any day of the period.
        every: `MONTH` or `QUARTER`.
    """
    if every == MONTH:
        first, last = day.month, day.month
        label = f"{day.year}年{day.month}月"
    elif every == QUARTER:
        quarter = (day.month - 1) // 3 + 1
        first, last = quarter * 3 - 2, quarter * 3
        label = f"{day.year}年第{'一二三四'[quarter - 1]}季度"
    else:
        raise ValueError(f"unknown period: {every}")
    return Period(date(day.year, first, 1), date(day.year, last, calendar.monthrange(day.year, last)[1]), label)


def previous_period(day: date, every: str) -> Period:
    """Return the whole period before the one that `day` lies in."""
    return period_of(period_of(day, every).start - timedelta(days=1), every)
