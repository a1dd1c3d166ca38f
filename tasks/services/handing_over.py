"""移交: a wrongly assigned task goes to another lead unit, with its whole history."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from core.errors import UserError
from core.models import bump
from notifications.services import notify
from responsibility.models import Unit
from responsibility.selectors import assignable_units, people_of
from tasks.models import ProgressReport, Task, TaskChange, TaskRequest
from tasks.permissions import lock_task_for
from tasks.services.changes import note_change
from tasks.services.moves import carry_out, check_reason
from tasks.transitions import TRANSFER

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def transfer_task(
    *, actor: "User", task_id: int, reason: str, lead_id: int | None, expected_version: int | None = None
) -> Task:
    """移交其他单位牵头: the new unit begins with 签收; what was passed stays passed, an open draft is dropped.

    Args:
        actor: clerk of the office.
        task_id: a task that is under way.
        reason: why, kept in the history.
        lead_id: the new lead unit.
        expected_version: version of the task last seen.

    Raises:
        UserError: no reason, no unit, or the unit leads it already.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.permissions.lock_task_for`.
    """
    task = lock_task_for(actor, task_id, TRANSFER, expected_version)
    reason = check_reason(TRANSFER, reason)
    unit = assignable_units().filter(pk=lead_id).first() if lead_id else None
    if unit is None:
        raise UserError("请选择接收任务的牵头单位。")
    if unit.pk == task.lead_id:
        raise UserError(f"{unit.short_name}已经是牵头单位，请选择其他单位。")
    fields = change_lead(task, unit, actor=actor, reason=reason)
    carry_out(task, TRANSFER, actor=actor, reason=reason, fields=fields)
    return task


def change_lead(task: Task, unit: Unit, *, actor: "User", reason: str) -> tuple[str, ...]:
    """Make another unit lead a locked task; the caller saves the returned fields.

    The former unit's draft and open request end with its part; the new lead no longer supports.
    """
    former = task.lead
    for report in task.reports.filter(state=ProgressReport.State.DRAFT):
        report.state = ProgressReport.State.DROPPED
        bump(report, "state")
    for request in task.requests.filter(state=TaskRequest.State.OPEN):
        request.state, request.decision = TaskRequest.State.WITHDRAWN, "任务已移交其他单位牵头。"
        bump(request, "state", "decision")
    task.supports.filter(unit=unit).delete()
    note_change(task, TaskChange.Field.LEAD, former.name, unit.name, actor=actor, reason=reason)
    notify(
        recipients=people_of(unit_id=former.pk),
        title=f"任务已移交{unit.short_name}牵头：{task.code} {task.title}",
        body=reason,
        path=reverse("tasks:work"),
        key=f"task-{task.pk}-handed-over-{task.version}",
    )
    task.lead = unit
    return ("lead",)
