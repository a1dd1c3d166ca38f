"""What a report is computed from: the quarter's plan, its tasks and letters as of the last day counted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.errors import UserError
from documents.numbering import official_date
from reports.quarters import Quarter
from supervision.as_of import LetterSnapshot, letters_on
from tasks.as_of import PlanHistory, TargetSnapshot, TaskSnapshot
from tasks.models import Plan, Task

L = Task.Lamp
# The classes every task falls into one of, in the order of the tables: name, word, colour word.
CLOSED, NORMAL, AHEAD, WARNED, RED = "closed", "normal", "ahead", "warned", "red"
CLASSES: tuple[tuple[str, str, str], ...] = (
    (CLOSED, "已办结", "蓝"),
    (NORMAL, "正常", "绿"),
    (AHEAD, "未到期", "灰"),
    (WARNED, "预警", "黄"),
    (RED, "逾期或滞后", "红"),
)
_BY_LAMP = {L.RED: RED, L.YELLOW: WARNED, L.GREY: AHEAD}


def class_of(task: TaskSnapshot) -> str:
    """Return the class of a task on the day: closed, else by the lamp that was lit."""
    return _BY_LAMP.get(L(task.lamp), NORMAL) if task.is_open else CLOSED


def ids(tasks: Iterable[TaskSnapshot]) -> list[int]:
    """Return the tasks' ids."""
    return [row.task.pk for row in tasks]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything as it stood at the end of `as_of`.

    Attributes:
        quarter: the quarter reported on.
        as_of: its last day, or today while it runs.
        plan: the year's published work points.
        history: what happened to its tasks.
        tasks: the tasks.
        before: how many tasks of each class there were at the end of the previous quarter; None where the plan was not
            published then, as in a first quarter.
        targets: the targets, by task id.
        letters: letters about the tasks, in force.
    """

    quarter: Quarter
    as_of: date
    plan: Plan
    history: PlanHistory
    tasks: Sequence[TaskSnapshot]
    before: Counter[str] | None
    targets: dict[int, list[TargetSnapshot]]
    letters: Sequence[LetterSnapshot]

    @property
    def start(self) -> date:
        """First day of the quarter."""
        return self.quarter.period.start

    @property
    def day(self) -> str:
        """The last day counted, as texts write it."""
        return official_date(self.as_of)


def gather(quarter: Quarter, today: date) -> Facts:
    """Read what a quarter's report is computed from; a fixed number of queries.

    Args:
        quarter: which.
        today: nothing later is counted.

    Raises:
        UserError: the quarter has not begun, or its year has no published plan.
    """
    period = quarter.period
    if period.start > today:
        raise UserError(f"{period.label}还没有开始，不能编制报告。")
    plan = Plan.objects.filter(year=quarter.year, state=Plan.State.PUBLISHED).first()
    if plan is None:
        raise UserError(f"{quarter.year}年没有已发布的工作要点，不能编制{period.label}报告。")
    as_of = min(period.end, today)
    history = PlanHistory(plan)
    tasks = history.tasks_on(as_of)
    if not tasks:
        raise UserError(
            f"截至{official_date(as_of)}，{quarter.year}年工作要点还没有发布任务，不能编制{period.label}报告。"
        )
    earlier = history.tasks_on(quarter.previous.period.end)
    return Facts(
        quarter=quarter,
        as_of=as_of,
        plan=plan,
        history=history,
        tasks=tasks,
        before=Counter(map(class_of, earlier)) if earlier else None,
        targets=history.targets_on(as_of),
        letters=letters_on(plan, as_of),
    )
