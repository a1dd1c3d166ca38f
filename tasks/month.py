"""任务日历: what falls due on each day of a month."""

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from core.periods import MONTH, Period, period_of, previous_period
from core.workdays import is_working_day
from tasks.chart import DEADLINE, SIGNS
from tasks.models import Task, TaskNode

# As many as a day shows at once; the rest unfolds.
SHOWN = 4
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing due: its sign and tone, its words, and the task it belongs to."""

    sign: str
    tone: str
    title: str
    state: str
    task: Task


@dataclass(slots=True)
class Day:
    """A day of the month with what falls due on it."""

    date: date
    is_today: bool
    works: bool
    entries: list[Entry] = field(default_factory=list)

    @property
    def shown(self) -> list[Entry]:
        """The first entries."""
        return self.entries[:SHOWN]

    @property
    def folded(self) -> list[Entry]:
        """The entries that unfold."""
        return self.entries[SHOWN:]

    @property
    def weekday(self) -> str:
        """Name of the day of the week."""
        return f"周{WEEKDAYS[self.date.weekday()]}"


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks of seven, None where the day belongs to a neighbour.

    Attributes:
        period: the month.
        weeks: from Monday to Sunday.
        count: entries in all.
    """

    period: Period
    weeks: list[list[Day | None]]
    count: int

    @property
    def previous(self) -> str:
        """The month before, as the address names it."""
        return f"{previous_period(self.period.start, MONTH).start:%Y-%m}"

    @property
    def next(self) -> str:
        """The month after, as the address names it."""
        return f"{next_month(self.period).start:%Y-%m}"


def next_month(period: Period) -> Period:
    """Return the month after."""
    year, month = period.start.year, period.start.month
    return period_of(date(year + month // 12, month % 12 + 1, 1), MONTH)


def month_of(period: Period, tasks: Iterable[Task], nodes: Iterable[TaskNode], today: date) -> Month:
    """Arrange what falls due by days.

    Args:
        period: the month.
        tasks: tasks due in it.
        nodes: live nodes due in it, read with `with_claims`, their tasks at hand.
        today: the day how things stand is judged on.
    """
    by_day: defaultdict[date, list[Entry]] = defaultdict(list)
    for task in tasks:
        late = task.due_on < today and not task.is_met
        tone = "red" if late else "green" if task.is_met else "blue"
        by_day[task.due_on].append(
            Entry(DEADLINE, tone, task.title, "已逾期" if late else task.get_state_display(), task)
        )
    for node in nodes:
        state = TaskNode.State(node.state_on(today))
        by_day[node.due_on].append(Entry(SIGNS[state], node.tone, node.title, str(state.label), node.task))
    year, number = period.start.year, period.start.month

    def day_of(day: int) -> Day | None:
        when = date(year, number, day) if day else None
        return Day(when, when == today, is_working_day(when), by_day[when]) if when else None

    weeks = [[day_of(day) for day in week] for week in calendar.Calendar().monthdayscalendar(year, number)]
    return Month(period, weeks, sum(len(entries) for entries in by_day.values()))
