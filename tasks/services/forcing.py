"""人工改判: for a time the office puts a colour of its own in place of what the lamp rules say."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from responsibility.authority import authority_of
from tasks.models import Task
from tasks.services.changes import relight

if TYPE_CHECKING:
    from accounts.models import User

# A judgement that is to last longer is made again, so that none is forgotten.
LONGEST_DAYS = 92
FIELDS = ("forced_lamp", "forced_reason", "forced_until", "forced_by")


@transaction.atomic
def force_lamp(
    *, actor: "User", task_id: int, colour: str, reason: str, until: date, expected_version: int | None = None
) -> Task:
    """改判: the task shows this colour up to and including a day, with who and why beside it.

    Args:
        actor: clerk of the office.
        task_id: a task that is not closed.
        colour: red, yellow, green or grey.
        reason: why the rules are wrong here.
        until: last day it holds.
        expected_version: version of the task last seen.

    Raises:
        UserError: no reason, no such colour, or a day that has passed or lies too far ahead.
        Http404, NotAllowed, WrongState, StaleObject: as for every change of a task.
    """
    task = _lock(actor, task_id, expected_version)
    if colour not in set(Task.Lamp.values) - {Task.Lamp.BLUE}:
        raise UserError("请选择改判后的灯色。")
    reason = " ".join(reason.split())
    if not reason:
        raise UserError("请填写改判理由。")
    if len(reason) > 200:
        raise UserError("改判理由请控制在 200 字以内。")
    today = clock.today()
    if not today <= until <= today + timedelta(days=LONGEST_DAYS):
        raise UserError(f"改判有效期应在今天至 {LONGEST_DAYS} 天之内。")
    old = task.get_lamp_display()
    task.forced_lamp, task.forced_reason, task.forced_until, task.forced_by = colour, reason, until, actor
    _keep(task, actor, "task.force_lamp", "人工改判亮灯", reason, old, f"（至{until:%Y-%m-%d}）")
    return task


@transaction.atomic
def end_forcing(*, actor: "User", task_id: int, reason: str, expected_version: int | None = None) -> Task:
    """取消改判: the rules count again.

    Raises:
        UserError: no reason.
        WrongState: nothing is forced.
        Http404, NotAllowed, StaleObject: as for every change of a task.
    """
    task = _lock(actor, task_id, expected_version)
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise UserError("请填写取消改判的理由。")
    if not task.forced_lamp:
        raise WrongState("任务没有人工改判，请刷新页面查看。")
    old = task.get_lamp_display()
    task.forced_lamp, task.forced_reason, task.forced_until, task.forced_by = "", "", None, None
    _keep(task, actor, "task.end_forcing", "取消人工改判", reason, old, "")
    return task


def _keep(task: Task, actor: "User", action: str, words: str, reason: str, old: str, note: str) -> None:
    bump(task, *FIELDS)
    relight(task, actor=actor)
    changes = [("亮灯", old, f"{task.get_lamp_display()}{note}")]
    trail.record(
        actor=actor, action=action, target=task, summary=f"{words}（{task.title}）", reason=reason, changes=changes
    )


def _lock(actor: "User", task_id: int, expected_version: int | None) -> Task:
    try:
        task = lock_row(Task.objects.visible_to(actor).select_related("plan"), task_id, expected_version)
    except Task.DoesNotExist:
        raise Http404("没有这项任务。") from None
    if not authority_of(actor).is_office:
        raise NotAllowed("只有县安委办可以人工改判亮灯。")
    if task.state == Task.State.CLOSED:
        raise WrongState("任务已销号，亮蓝灯，不能改判。")
    return task
