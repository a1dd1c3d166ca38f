"""Dates the deadline rules share: ends of months, quarters and ten-day spans, the flood season, national days."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

# National days and months with a fixed date (month, day of beginning, month, day of end).
NAMED_DAYS: dict[str, tuple[int, int, int, int]] = {
    "安全生产月": (6, 1, 6, 30),
    "安全宣传咨询日": (6, 16, 6, 16),
    "消防宣传月": (11, 1, 11, 30),
    "消防安全月": (11, 1, 11, 30),
    "消防宣传日": (11, 9, 11, 9),
    "消防日": (11, 9, 11, 9),
    "防灾减灾日": (5, 12, 5, 12),
    "国际减灾日": (10, 13, 10, 13),
    "交通安全日": (12, 2, 12, 2),
    "国家安全教育日": (4, 15, 4, 15),
    "国家宪法日": (12, 4, 12, 4),
    "世界气象日": (3, 23, 3, 23),
    "世界急救日": (9, 14, 9, 14),
}
# Festivals with a fixed date, for 国庆节前 and the like. Those of the lunar calendar have no date here.
FESTIVALS: dict[str, tuple[str, tuple[int, int] | None]] = {
    "元旦": ("new_year", (1, 1)),
    "春节": ("spring_festival", None),
    "元宵": ("lantern_festival", None),
    "清明": ("qingming", (4, 4)),
    "五一": ("labour_day", (5, 1)),
    "劳动节": ("labour_day", (5, 1)),
    "端午": ("dragon_boat_festival", None),
    "中秋": ("mid_autumn_festival", None),
    "国庆": ("national_day", (10, 1)),
}


def iso(year: int | None, month: int, day: int) -> str | None:
    """ISO date, ``--MM-DD`` without a year; None for a day that does not exist."""
    if not 1 <= month <= 12 or not 1 <= day <= month_days(year, month):
        return None
    return f"{year:04d}-{month:02d}-{day:02d}" if year else f"--{month:02d}-{day:02d}"


def month_days(year: int | None, month: int) -> int:
    """Days of a month; 29 for February when the year is unknown would promise too much, so 28."""
    return calendar.monthrange(year or 2001, month)[1]


def month_end(year: int | None, month: int) -> str | None:
    """Last day of a month."""
    return iso(year, month, month_days(year, month)) if 1 <= month <= 12 else None


def months(year: int | None, first: int, last: int, last_year: int | None = None) -> tuple[str, str] | None:
    """First day of month ``first`` and last day of month ``last``."""
    begin, end = iso(year, first, 1), month_end(last_year or year, last)
    return (begin, end) if begin and end else None


def ten_days(year: int | None, month: int, part: str) -> tuple[str, str] | None:
    """First and last day of 上旬, 中旬, 下旬 or 初 (the first ten days) of a month."""
    if not 1 <= month <= 12:
        return None
    first, last = {"上": (1, 10), "初": (1, 10), "中": (11, 20), "下": (21, month_days(year, month))}[part]
    begin, end = iso(year, month, first), iso(year, month, last)
    return (begin, end) if begin and end else None


def day_before(year: int | None, month: int, day: int) -> str | None:
    """The day before a date, for 汛前 and 国庆节前."""
    if iso(year, month, day) is None:
        return None
    before = date(year or 2001, month, day) - timedelta(days=1)
    return iso(before.year if year else None, before.month, before.day)
