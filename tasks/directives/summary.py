"""What became of an entry of the register, from the tasks the viewer sees."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from tasks.models import Directive, Task
from tasks.models.directive import weighted_percent

STAGE_TONES = {"new": "orange", "running": "blue", "ready": "yellow", "done": "green"}


def listed_directives(user: Any) -> "QuerySet[Directive]":
    """Return the entries a person may see, each with the tasks it became that they may see as `shown_tasks`."""
    tasks = Task.objects.visible_to(user).select_related("lead").order_by("code")
    rows = Directive.objects.visible_to(user).select_related("leader", "created_by")
    return rows.prefetch_related(Prefetch("tasks", tasks, to_attr="shown_tasks"))


class Summary:
    """What became of an entry, from the tasks the viewer sees."""

    def __init__(self, row: Directive, tasks: list[Task]) -> None:
        self.row, self.tasks = row, tasks
        self.total = len(tasks)
        self.closed = sum(1 for task in tasks if task.state == Task.State.CLOSED)
        self.stage = row.stage_of(self.total, self.closed)
        self.tone = STAGE_TONES[self.stage]
        # By weight: the one place where a mean is taken over the tasks of an entry.
        self.percent = weighted_percent([(task.weight, task.shown_percent) for task in tasks])

    @property
    def words(self) -> str:
        """How many of the tasks are closed, in words."""
        return f"已销号 {self.closed} ÷ {self.total}" if self.total else ""


def summary_of(row: Directive) -> Summary:
    """Return the summary of a row of `listed_directives`."""
    return Summary(row, row.shown_tasks)  # type: ignore[attr-defined]
