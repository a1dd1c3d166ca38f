"""What the office changes or asks of a task on its own: 调整时限, 催办. One task here is one row of a bulk action."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404
from django.urls import reverse

from audit import trail
from audit.models import Entry
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.selectors import people_of
from tasks.models import Task, TaskChange, TaskRequest
from tasks.services.changes import note_change, relight
from tasks.services.nodes import follow_deadline
from tasks.services.requests import check_date

if TYPE_CHECKING:
    from accounts.models import User

SETTLED = (Task.State.CLOSING, Task.State.CLOSED)
URGED = "task.urge"


@transaction.atomic
def set_deadline(
    *, actor: "User", task_id: int, due_on: date, reason: str, expected_version: int | None = None
) -> Task:
    """调整时限: the office sets another deadline; the original one is kept and shown beside it.

    Args:
        actor: clerk of the office.
        task_id: an open task that has not asked to be closed.
        due_on: the new deadline, later or earlier.
        reason: why, kept in the history and told to the lead unit.
        expected_version: version of the task last seen.

    Raises:
        UserError: no reason, no change, a day out of range, or a request of the unit for more time is still open.
        Http404, NotAllowed, WrongState, StaleObject: as for every change of a task.
    """
    task = _lock(actor, task_id, expected_version)
    reason = _reason(reason)
    if due_on == task.due_on:
        raise UserError(f"完成时限已经是{due_on:%Y-%m-%d}，没有变化。")
    check_date(task, due_on)
    if task.requests.filter(state=TaskRequest.State.OPEN).exists():
        raise UserError("牵头单位有待决定的申请，请先在任务页批复。")
    old = task.due_on
    note_change(task, TaskChange.Field.DUE, f"{old}", f"{due_on}", actor=actor, reason=reason)
    task.due_on = due_on
    bump(task, "due_on")
    follow_deadline(task, old, actor=actor, reason=reason)
    trail.record(
        actor=actor,
        action="task.set_deadline",
        target=task,
        summary=f"调整完成时限（{task.title}）",
        reason=reason,
        changes=[("完成时限", f"{old}", f"{due_on}")],
    )
    relight(task, actor=actor)
    _tell(task, actor, f"完成时限调整为{due_on:%Y-%m-%d}：{task.code} {task.title}", reason, f"deadline-{task.version}")
    return task


@transaction.atomic
def urge_task(*, actor: "User", task_id: int, reason: str, expected_version: int | None = None) -> Task:
    """催办: the lead unit's people are told to act; recorded, at most once a day for each task.

    Raises:
        UserError: nothing written, the unit has done its part, or it was urged today.
        Http404, NotAllowed, WrongState, StaleObject: as for every change of a task.
    """
    task = _lock(actor, task_id, expected_version)
    reason = _reason(reason)
    if task.is_met or task.waits_for_office:
        raise UserError("牵头单位已完成或已上报，待县安委办审核，无需催办。")
    today = clock.today()
    told = Entry.objects.filter(object_type=Task._meta.label_lower, object_id=str(task.pk), action=URGED)
    if any(clock.date_of(at) == today for at in told.order_by("-at").values_list("at", flat=True)[:1]):
        raise UserError("今天已经催办过，请明天再催，或起草提醒函、督促函。")
    if not people_of(unit_id=task.lead_id):
        raise UserError(f"{task.lead.short_name}还没有联络员账号，催办没有人收到，请先在“单位”中登记。")
    trail.record(actor=actor, action=URGED, target=task, summary=f"催办（{task.title}）", reason=reason, changes=[])
    _tell(task, actor, f"县安委办催办：{task.code} {task.title}", reason, f"urged-{today:%Y%m%d}")
    return task


def _reason(reason: str) -> str:
    reason = reason.replace("\r\n", "\n").strip()
    if not reason:
        raise UserError("请填写理由或要求。")
    if len(reason) > 300:
        raise UserError("理由或要求请控制在 300 字以内。")
    return reason


def _lock(actor: "User", task_id: int, expected_version: int | None) -> Task:
    try:
        task = lock_row(Task.objects.visible_to(actor).select_related("plan", "lead"), task_id, expected_version)
    except Task.DoesNotExist:
        raise Http404("没有这项任务。") from None
    if not authority_of(actor).is_office:
        raise NotAllowed("只有县安委办可以调整时限、催办。")
    if task.state in SETTLED:
        raise WrongState(f"任务当前为“{task.get_state_display()}”，不能调整时限或催办。")
    return task


def _tell(task: Task, actor: "User", title: str, body: str, key: str) -> None:
    notify(
        recipients=[person for person in people_of(unit_id=task.lead_id) if person.pk != actor.pk],
        title=title,
        body=body,
        path=reverse("tasks:detail", args=[task.pk]),
        key=f"task-{task.pk}-{key}",
    )
