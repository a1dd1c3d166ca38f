"""Quarters of the calendar: 2026Q1 and 2026年第一季度."""

import re
from dataclasses import dataclass
from datetime import date

from core.errors import UserError
from core.periods import QUARTER, Period, period_of, previous_period

_WRITTEN = re.compile(r"(20\d{2}|2100)[Qq]([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """One quarter of a year, 1 to 4."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def period(self) -> Period:
        """Its days and its name, such as 2026年第一季度."""
        return period_of(date(self.year, self.number * 3, 1), QUARTER)

    @property
    def name(self) -> str:
        """Its name without the year: 第一季度."""
        return f"第{'一二三四'[self.number - 1]}季度"

    @property
    def previous(self) -> "Quarter":
        """The quarter before."""
        return quarter_of(previous_period(self.period.start, QUARTER).start)

    @property
    def following(self) -> "Quarter":
        """The quarter after."""
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)


def quarter_of(day: date) -> Quarter:
    """Return the quarter that `day` lies in."""
    return Quarter(day.year, (day.month + 2) // 3)


def read_quarter(text: str) -> Quarter:
    """Read a quarter as people type it in an address or a command.

    Raises:
        UserError: it is none.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise UserError("请写明年份和季度，例如“2026Q1”（2026年第一季度）。")
    return Quarter(int(found[1]), int(found[2]))
