"""What supporting units gave and said, for the pages of the lead unit, the office and the units themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core import clock
from core.periods import period_of
from evidence.models import File
from evidence.selectors import files_of_many
from responsibility.authority import Authority, authority_of
from responsibility.models import Unit
from tasks.models import Contribution, Plan, ProgressReport, SupportOpinion, Task, TaskSupport

# While the lead unit may still write its report, or has to mend it.
CONTRIBUTING = (Task.State.ACTIVE, Task.State.RETURNED)


@dataclass(frozen=True, slots=True)
class SupportRow:
    """One supporting unit of a task.

    Attributes:
        support: the unit and what it is to do.
        given: what it gave for the period, as far as the person may read it.
        files: the evidence that goes with it.
        opinion: what it says of the report looked at.
    """

    support: TaskSupport
    given: Contribution | None
    files: Sequence[File]
    opinion: SupportOpinion | None

    @property
    def speaks(self) -> bool:
        """There is something to read: a matter, a part given, or an opinion. The document may name every unit."""
        return bool(self.support.role or self.given or self.opinion)


def supporting_unit(user: Any, task: Task) -> Unit | None:
    """Return the supporting unit of the task whose editor the person is; the first where there are several."""
    own = authority_of(user).editor_units
    if not own:
        return None
    row = task.supports.filter(unit_id__in=own).select_related("unit").first()
    return row.unit if row else None


def current_label(task: Task) -> str:
    """Return the name of the reporting period that runs now."""
    return period_of(clock.today(), task.plan.report_every).label


def visible_contributions(user: Any) -> "QuerySet[Contribution]":
    """Return those of the person's own units, of the tasks they lead, and for county readers all."""
    authority = authority_of(user)
    rows = Contribution.objects.filter(task__in=Task.objects.visible_to(user).order_by().values("pk"))
    if authority.reads_county:
        return rows
    return rows.filter(Q(unit_id__in=authority.units) | Q(task__lead_id__in=authority.units))


def support_rows(task: Task, user: Any, report: ProgressReport | None = None) -> list[SupportRow]:
    """Return the task's supporting units with what each gave for a period and says of a report.

    Args:
        task: the task.
        user: who looks.
        report: the round whose period and opinions count; None for the period that runs now.
    """
    supports = list(task.supports.select_related("unit"))
    if not supports:
        return []
    if task.state in (Task.State.ASSIGNED, Task.State.ADJUSTING, Task.State.CLOSED):
        # Nothing is given before the lead unit has begun, nor once all is done.
        return [SupportRow(row, None, [], None) for row in supports]
    label = report.period_label if report and report.period_label else current_label(task)
    found = visible_contributions(user).filter(task=task, period_label=label).select_related("saved_by", "unit")
    given = {row.unit_id: row for row in found.prefetch_related("values__target")}
    files = files_of_many(list(given.values()))
    said = {row.unit_id: row for row in report.opinions.select_related("given_by")} if report else {}
    return [
        SupportRow(
            row,
            given.get(row.unit_id),
            files.get(given[row.unit_id].pk, []) if row.unit_id in given else [],
            said.get(row.unit_id),
        )
        for row in supports
    ]


def tasks_to_contribute(authority: Authority) -> "QuerySet[Task]":
    """Return the tasks under way in which a unit of the person has its own matter and gave nothing yet."""
    own = TaskSupport.objects.filter(unit_id__in=authority.editor_units).exclude(role="")
    lacking = Q()
    for every in Plan.Every.values:
        label = period_of(clock.today(), every).label
        given = Contribution.objects.filter(task=OuterRef("task_id"), unit=OuterRef("unit_id"), period_label=label)
        lacking |= Q(~Exists(given), task__plan__report_every=every)
    open_ones = Task.objects.unfinished().filter(state__in=CONTRIBUTING, starts_on__lte=clock.today())
    return open_ones.filter(pk__in=own.filter(lacking).values("task_id"))


def tasks_to_confirm(authority: Authority) -> "QuerySet[Task]":
    """Return the tasks whose report waits for the office and on which a unit of the person said nothing yet."""
    waiting = ProgressReport.objects.filter(task=OuterRef("task_id"), state=ProgressReport.State.SUBMITTED)
    said = SupportOpinion.objects.filter(report__task=OuterRef("task_id"), unit=OuterRef("unit_id"))
    said = said.filter(report__state=ProgressReport.State.SUBMITTED)
    own = TaskSupport.objects.filter(unit_id__in=authority.editor_units).exclude(role="")
    asked = own.filter(Exists(waiting)).exclude(Exists(said))
    return Task.objects.open().filter(pk__in=asked.values("task_id"))
