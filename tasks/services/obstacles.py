"""受阻: the lead unit says in three parts what stands in its way; it stays open until it is solved."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.models import Role
from responsibility.selectors import people_of
from tasks.models import Obstacle, Task
from tasks.permissions import plays
from tasks.transitions import LEAD

if TYPE_CHECKING:
    from accounts.models import User

MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class ObstacleDraft:
    """受阻三段式: 原因, 已做工作, 需要谁何时解决."""

    cause: str
    done: str
    needs_whom: str
    needed_by: date


@transaction.atomic
def raise_obstacle(
    *, actor: "User", task_id: int, draft: ObstacleDraft, expected_version: int | None = None
) -> Obstacle:
    """报告受阻: the office learns what it has to coordinate.

    Args:
        actor: editor of the lead unit.
        task_id: a task that is not closed.
        draft: the three parts.
        expected_version: version of the task last seen.

    Raises:
        UserError: a part is missing or too long, the day has passed, or one is open already.
        Http404, NotAllowed, WrongState, StaleObject: as for every change of a task.
    """
    task = _lock(actor, task_id, expected_version)
    if not plays(actor, LEAD, task):
        raise NotAllowed("只有牵头单位的联络员可以报告受阻。")
    if task.state in (Task.State.CLOSING, Task.State.CLOSED) or task.completed_on is not None:
        raise WrongState("任务已完成或正在办理销号，不需要报告受阻。")
    texts = _texts(draft)
    if draft.needed_by < clock.today():
        raise UserError("“希望何时解决”不能早于今天。")
    if task.obstacles.filter(solved_at__isnull=True).exists():
        raise UserError("已有一条受阻事项尚未解除，请先办理，或在其后补充进展。")
    obstacle = Obstacle.objects.create(
        task=task, raised_by=actor, raised_at=clock.now(), needed_by=draft.needed_by, **texts
    )
    bump(task)
    _record(task, actor, "task.block", "报告受阻", texts["cause"])
    _tell(people_of(role=Role.OFFICE), task, "报告受阻", f"{texts['cause']}\n需要：{texts['needs_whom']}", actor)
    return obstacle


@transaction.atomic
def solve_obstacle(*, actor: "User", obstacle_id: int, outcome: str, expected_version: int | None = None) -> Obstacle:
    """解除受阻: the lead unit or the office says how it was solved.

    Args:
        actor: editor of the lead unit, or clerk of the office.
        obstacle_id: an open one.
        outcome: how it was solved.
        expected_version: version of the obstacle last seen.

    Raises:
        UserError: no outcome.
        Http404, NotAllowed, WrongState, StaleObject: as for every change of a task.
    """
    found = Obstacle.objects.filter(pk=obstacle_id, task__in=Task.objects.visible_to(actor)).first()
    if found is None:
        raise Http404("没有这条受阻事项。")
    task = _lock(actor, found.task_id, None)
    obstacle = lock_row(Obstacle.objects.all(), obstacle_id, expected_version)
    by_office = authority_of(actor).is_office
    if not by_office and not plays(actor, LEAD, task):
        raise NotAllowed("只有牵头单位的联络员或县安委办可以解除受阻。")
    if obstacle.solved_at is not None:
        raise WrongState("这条受阻事项已经解除，请刷新页面查看。")
    outcome = outcome.replace("\r\n", "\n").strip()
    if not outcome:
        raise UserError("请填写解决情况。")
    if len(outcome) > MAX_TEXT:
        raise UserError(f"解决情况请控制在 {MAX_TEXT} 字以内。")
    obstacle.outcome, obstacle.solved_by, obstacle.solved_at = outcome, actor, clock.now()
    bump(obstacle, "outcome", "solved_by", "solved_at")
    bump(task)
    _record(task, actor, "task.unblock", "解除受阻", outcome)
    others = people_of(unit_id=task.lead_id) if by_office else people_of(role=Role.OFFICE)
    _tell(others, task, "解除受阻", outcome, actor)
    return obstacle


def _texts(draft: ObstacleDraft) -> dict[str, str]:
    texts = {}
    for name, label, longest in (
        ("cause", "受阻原因", MAX_TEXT),
        ("done", "已做工作", MAX_TEXT),
        ("needs_whom", "需要谁协调解决", 200),
    ):
        text = str(getattr(draft, name)).replace("\r\n", "\n").strip()
        if not text:
            raise UserError(f"请填写“{label}”。")
        if len(text) > longest:
            raise UserError(f"“{label}”请控制在 {longest} 字以内。")
        texts[name] = text
    return texts


def _lock(actor: "User", task_id: int, expected_version: int | None) -> Task:
    try:
        return lock_row(Task.objects.visible_to(actor), task_id, expected_version)
    except Task.DoesNotExist:
        raise Http404("没有这项任务。") from None


def _record(task: Task, actor: "User", action: str, words: str, reason: str) -> None:
    trail.record(actor=actor, action=action, target=task, summary=f"{words}（{task.title}）", reason=reason)


def _tell(people: object, task: Task, words: str, body: str, actor: "User") -> None:
    notify(
        recipients=[person for person in people if person.pk != actor.pk],  # type: ignore[attr-defined]
        title=f"{words}：{task.code} {task.title}",
        body=body,
        path=f"/tasks/{task.pk}/",
        key=f"task-{task.pk}-obstacle-{task.version}",
    )
