"""作战图: the year's tasks against its twelve months, with deadlines, milestones and occurrences where they fall."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from core.periods import MONTH, Period, period_of
from tasks.models import Task, TaskNode

MONTHS = 12
# What stands in a month, and how it stands: the sign says it without colour.
SIGNS = {
    TaskNode.State.DONE: "✓",
    TaskNode.State.WAITING: "◐",
    TaskNode.State.OVERDUE: "✗",
    TaskNode.State.OPEN: "○",
}
DEADLINE = "▲"
LEGEND = (
    ("○", "节点、期次待完成"),
    ("◐", "已报待审"),
    ("✓", "已完成"),
    ("✗", "逾期未完成"),
    (DEADLINE, "完成时限"),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One sign in a month: what it is, how it stands (tone of a badge) and when."""

    sign: str
    tone: str
    words: str


@dataclass(slots=True)
class MonthCell:
    """A task's month.

    Attributes:
        period: the month.
        planned: the task runs in it, from its start to its deadline.
        now: it is the month of today.
        marks: what falls in it, in the order of the days.
    """

    period: Period
    planned: bool
    now: bool
    marks: list[Mark] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The month in words."""
        return f"{self.period.start.month}月"

    @property
    def words(self) -> str:
        """What falls in the month, in one sentence for the title of the cell."""
        return "；".join(mark.words for mark in self.marks)


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One task with its twelve months."""

    task: Task
    months: list[MonthCell]

    @property
    def busy(self) -> list[MonthCell]:
        """The months something falls in, for narrow screens."""
        return [month for month in self.months if month.marks]


def months_of(year: int) -> list[Period]:
    """Return the months of a year."""
    return [period_of(date(year, month, 1), MONTH) for month in range(1, MONTHS + 1)]


def chart_rows(tasks: Sequence[Task], nodes: Iterable[TaskNode], year: int, today: date) -> list[ChartRow]:
    """Return the rows of the chart.

    Args:
        tasks: in the order shown.
        nodes: their live nodes, read with `with_claims`.
        year: whose months are shown.
        today: the day how things stand is judged on.
    """
    by_task: defaultdict[int, list[TaskNode]] = defaultdict(list)
    for node in sorted(nodes, key=lambda node: (node.due_on, node.number)):
        by_task[node.task_id].append(node)
    periods = months_of(year)
    return [ChartRow(task, [_cell(task, by_task[task.pk], period, today) for period in periods]) for task in tasks]


def _cell(task: Task, nodes: Iterable[TaskNode], period: Period, today: date) -> MonthCell:
    cell = MonthCell(
        period,
        planned=task.starts_on <= period.end and task.due_on >= period.start,
        now=period.start <= today <= period.end,
    )
    for node in nodes:
        if period.start <= node.due_on <= period.end:
            state = TaskNode.State(node.state_on(today))
            words = f"{node.due_on:%m-%d} {node.title}（{state.label}）"
            cell.marks.append(Mark(SIGNS[state], node.tone, words))
    if period.start <= task.due_on <= period.end:
        late = task.due_on < today and not task.is_met
        words = f"{task.due_on:%m-%d} 完成时限" + ("（已逾期）" if late else "")
        cell.marks.append(Mark(DEADLINE, "red" if late else "blue", words))
    return cell
