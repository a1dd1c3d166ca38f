"""期次: the days on which a recurring task is due between its start and its deadline. Pure functions.

The span of an occurrence is a calendar month, quarter, half-year or year; it is due on the last day of its span, and
never later than the task itself. 汛前 is due on the day before the county's flood season (`FLOOD_SEASON_START`, the
county's own), as the reader understands the word.
"""

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from core.errors import UserError
from tasks.models.recurrence import Recurrence, months_of

R = Recurrence
# Months in the spans of each cycle, and what an occurrence is called.
_LENGTHS = {R.MONTH: 1, R.QUARTER: 3, R.HALF_YEAR: 6, R.YEAR: 12}
_BEFORE_FLOOD = re.compile(r"汛.{0,4}前")
# The reader's frequencies and spans of targets, the shortest first: what is due most often decides.
_READ = (
    (("P1M", "month"), R.MONTH),
    (("P3M", "quarter"), R.QUARTER),
    (("P6M", "half_year"), R.HALF_YEAR),
)
# A cycle of a quarter or longer: missing one is a missed quarter, not a missed month.
LONG_CYCLES = frozenset({R.QUARTER, R.HALF_YEAR, R.YEAR, R.FLOOD})


@dataclass(frozen=True, slots=True)
class Due:
    """One occurrence: its cycle, its span's first day, the day it is due and its name."""

    cycle: str
    starts_on: date
    due_on: date
    title: str


def flood_start(year: int) -> date:
    """Return the first day of the county's flood season in a year."""
    return date.fromisoformat(f"{year}-{settings.FLOOD_SEASON_START}")


def occurrences(recurrence: str, months: str, starts_on: date, due_on: date) -> list[Due]:
    """Return the occurrences of a task from its start to its deadline, by day.

    Args:
        recurrence: a value of `Recurrence`.
        months: the months of 指定月份, e.g. "3,6,9".
        starts_on, due_on: first and last day of the task. A span counts that has any day in common with them.
    """
    found = []
    for year in range(starts_on.year, due_on.year + 1):
        for first, last, title in _spans(recurrence, months, year):
            if last >= starts_on and first <= due_on:
                found.append(Due(recurrence, first, min(last, due_on), title))
    return found


def _spans(recurrence: str, months: str, year: int) -> Iterator[tuple[date, date, str]]:
    if recurrence == R.FLOOD:
        yield date(year, 1, 1), flood_start(year) - timedelta(days=1), f"{year}年汛前"
    elif recurrence == R.MONTHS:
        for month in months_of(months):
            yield date(year, month, 1), _month_end(year, month), f"{year}年{month}月"
    elif recurrence:
        length = _LENGTHS[R(recurrence)]
        for place in range(12 // length):
            first = place * length + 1
            yield date(year, first, 1), _month_end(year, first + length - 1), f"{year}年{_name(length, place)}"


def _name(length: int, place: int) -> str:
    if length == 1:
        return f"{place + 1}月"
    if length == 12:
        return "全年"
    return f"第{'一二三四'[place]}季度" if length == 3 else f"{'上下'[place]}半年"


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def propose_recurrence(frequencies: Iterable[str], phrases: Iterable[str]) -> str:
    """Return the recurrence to propose for an item, empty where its text names none.

    Args:
        frequencies: what the reader found: frequencies of deadlines (P3M) and spans of targets (quarter).
        phrases: the item's time phrases, for 汛前.
    """
    known = set(frequencies)
    for words, recurrence in _READ:
        if known & set(words):
            return recurrence
    return R.FLOOD if any(_BEFORE_FLOOD.search(phrase) for phrase in phrases) else R.ONCE


def check_recurrence(recurrence: str, months: Iterable[int]) -> tuple[str, str]:
    """Return a recurrence and its months as they are stored.

    Raises:
        UserError: 指定月份 without months, or a month that is none.
    """
    if recurrence not in Recurrence.values:
        raise UserError("请选择期次的频次。")
    if recurrence != Recurrence.MONTHS:
        return recurrence, ""
    named = sorted(set(months))
    if not named or not all(1 <= month <= 12 for month in named):
        raise UserError("选“指定月份”的，请至少勾选一个月份。")
    return recurrence, ",".join(map(str, named))
