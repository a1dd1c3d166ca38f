"""How often a duty was done: the periods of a year and what was recorded in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.periods import MONTH, QUARTER, Period, period_of
from responsibility.models import DutyItem

F = DutyItem.Frequency
# What a period is called, for "本季度" and "3 个季度".
NAMES = {F.MONTH: "月", F.QUARTER: "季度", F.HALF_YEAR: "半年", F.YEAR: "年"}


def periods_of(frequency: str, year: int) -> list[Period]:
    """Return the periods of a year a duty of this frequency is counted in; none where it is not counted."""
    if frequency == F.MONTH:
        return [period_of(date(year, month, 1), MONTH) for month in range(1, 13)]
    if frequency == F.QUARTER:
        return [period_of(date(year, month, 1), QUARTER) for month in (1, 4, 7, 10)]
    if frequency == F.HALF_YEAR:
        first = Period(date(year, 1, 1), date(year, 6, 30), f"{year}年上半年")
        return [first, Period(date(year, 7, 1), date(year, 12, 31), f"{year}年下半年")]
    if frequency == F.YEAR:
        return [Period(date(year, 1, 1), date(year, 12, 31), f"{year}年")]
    return []


@dataclass(frozen=True, slots=True)
class Count:
    """What was recorded in one period: how often it was done and how often it had to be."""

    period: Period
    done: int
    times: int
    over: bool

    @property
    def is_kept(self) -> bool:
        """It was done often enough."""
        return self.done >= self.times


@dataclass(frozen=True, slots=True)
class Progress:
    """How a duty stands.

    Attributes:
        total: records of the year.
        counts: the periods begun so far, oldest first; none where the duty is not counted by period.
        name: what a period is called.
    """

    total: int
    counts: Sequence[Count]
    name: str

    @property
    def current(self) -> Count | None:
        """The period that is running, if one is."""
        return self.counts[-1] if self.counts and not self.counts[-1].over else None

    @property
    def missed(self) -> int:
        """Periods that have passed without its having been done often enough."""
        return sum(row.over and not row.is_kept for row in self.counts)

    @property
    def words(self) -> str:
        """本季度 0/1 次，以往 2/3 个季度达到; or how often in all."""
        if not self.counts:
            return f"今年 {self.total} 次" if self.total else "还没有记录"
        parts = []
        if self.current is not None:
            parts.append(f"本{self.name} {self.current.done}/{self.current.times} 次")
        over = [row for row in self.counts if row.over]
        if over:
            parts.append(f"以往 {sum(row.is_kept for row in over)}/{len(over)} 个{self.name}达到")
        return "，".join(parts)

    @property
    def tone(self) -> str:
        """Tone of its badge: warm where a period passed without it, green where all is kept."""
        if self.missed:
            return "orange"
        running = self.current is not None and not self.current.is_kept
        return "grey" if running or (not self.counts and not self.total) else "green"


def progress_of(item: DutyItem, days: Sequence[date], *, year: int, today: date, since: date) -> Progress:
    """Say how a duty stands.

    Args:
        item: the duty.
        days: the days it was done on.
        year: of its list.
        today: the day it is looked at.
        since: when the year's first edition was published; what ended before is nobody's omission.
    """
    counts = [
        Count(
            period=period,
            done=sum(period.start <= day <= period.end for day in days),
            times=item.times,
            over=period.end < today,
        )
        for period in periods_of(item.frequency, year)
        if period.start <= today and period.end >= since
    ]
    return Progress(len(days), counts, NAMES.get(F(item.frequency), ""))
