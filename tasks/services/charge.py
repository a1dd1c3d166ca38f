"""牵头领导、权重、行业领域: set on the items of a draft, and changed on a published task with a reason."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404
from django.urls import reverse

from audit import trail
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.models import Role, Sector
from responsibility.selectors import people_of
from tasks.models import PlanItem, PlanStep, Source, Task, TaskChange
from tasks.models.plan import plain
from tasks.plan_permissions import lock_draft
from tasks.services.changes import note_change
from tasks.services.step_states import capture, item_key
from tasks.services.steps import keep_step

if TYPE_CHECKING:
    from accounts.models import User

MOST_WEIGHT = Decimal(100)
Change = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Charge:
    """Who of the county's leadership answers for the work, how much it weighs, and in which field it lies."""

    leader: "User | None" = None
    weight: Decimal = Decimal(1)
    sector: Sector | None = None


@dataclass(frozen=True, slots=True)
class Charging:
    """What several items are to get at once; what is None stays as it is."""

    leader: "User | None" = None
    weight: Decimal | None = None
    sector: Sector | None = None


def change_charge(row: PlanItem | Task, charge: Charge) -> list[Change]:
    """Lay a charge over an item or a task, not saved.

    Returns:
        What has changed, as (label, old, new).

    Raises:
        UserError: the leader is none today, the field is out of use, or the weight is out of range; what was set before
            may stay.
    """
    check_charge(charge, leader_id=row.leader_id, sector_id=row.sector_id)
    changes: list[Change] = []
    if row.leader_id != (charge.leader.pk if charge.leader else None):
        changes.append(("牵头领导", str(row.leader or ""), str(charge.leader or "")))
        row.leader = charge.leader
    if row.weight != charge.weight:
        changes.append(("权重", plain(row.weight), plain(charge.weight)))
        row.weight = charge.weight
    if row.sector_id != (charge.sector.pk if charge.sector else None):
        changes.append(("行业领域", str(row.sector or ""), str(charge.sector or "")))
        row.sector = charge.sector
    return changes


def check_charge(charge: Charge, *, leader_id: int | None = None, sector_id: int | None = None) -> None:
    """Judge a charge; `leader_id` and `sector_id` are what is set already and may stay.

    Raises:
        UserError: see `change_charge`.
    """
    leader, sector = charge.leader, charge.sector
    if leader is not None and leader.pk != leader_id and not people_of(role=Role.LEADER).filter(pk=leader.pk).exists():
        raise UserError(f"{leader}目前不是县领导，不能作牵头领导。请在列表中另选，或先由系统管理员登记任职。")
    if sector is not None and sector.pk != sector_id and not sector.active:
        raise UserError(f"行业领域“{sector}”已停用，请另选。")
    if not Decimal(0) < charge.weight <= MOST_WEIGHT:
        raise UserError(f"权重应大于 0，不超过 {MOST_WEIGHT}。没有特别要求的填 1。")


@transaction.atomic
def charge_items(*, actor: "User", plan_id: int, item_ids: Iterable[int], charging: Charging) -> int:
    """设定所选条目的牵头领导、行业领域、权重; what is left empty stays as it is. One step, that can be taken back.

    Returns:
        How many items this changes.

    Raises:
        UserError: nothing is to be set, or see `change_charge`.
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_draft(actor, plan_id)
    if charging == Charging():
        raise UserError("请选定要设定的牵头领导、行业领域或权重，至少一项。")
    items = list(plan.items.filter(pk__in=list(item_ids), dropped=False).select_related("leader", "sector"))
    before = capture(plan, [item_key(item.pk) for item in items])
    operation, changed = uuid.uuid4(), 0
    for item in items:
        charge = Charge(
            charging.leader or item.leader,
            item.weight if charging.weight is None else charging.weight,
            charging.sector or item.sector,
        )
        changes = change_charge(item, charge)
        if not changes:
            continue
        changed += 1
        bump(item, "leader", "weight", "sector")
        trail.record(
            actor=actor,
            action="plan_item.charge",
            target=item,
            summary=f"{PlanStep.Kind.CHARGE.label}（{item.marker}{item.title}）",
            changes=changes,
            operation=operation,
        )
    kind = PlanStep.Kind.CHARGE
    keep_step(plan=plan, actor=actor, kind=kind, summary=f"{kind.label}：{changed}条", before=before)
    return changed


_FIELDS = {"牵头领导": TaskChange.Field.LEADER, "权重": TaskChange.Field.WEIGHT, "行业领域": TaskChange.Field.SECTOR}


@transaction.atomic
def recharge_task(
    *,
    actor: "User",
    task_id: int,
    charge: Charge,
    reason: str,
    source: str | None = None,
    expected_version: int | None = None,
) -> Task:
    """调整来源、牵头领导、权重、行业领域 of a published task; a new leader is told.

    Args:
        actor: clerk of the office.
        task_id: a task that is not closed.
        charge: what is to hold.
        reason: why, kept in the history.
        source: one of `Source`; None leaves it. A task of the plan or of a directive keeps the source that says so.
        expected_version: version of the task last seen.

    Raises:
        UserError: no reason, no change, or see `change_charge`.
        Http404, NotAllowed, WrongState, StaleObject: as for every change of a task.
    """
    task = _lock(actor, task_id, expected_version)
    reason = " ".join(reason.split())
    if not reason:
        raise UserError("请填写调整理由。")
    if len(reason) > 300:
        raise UserError("调整理由请控制在 300 字以内。")
    changes = change_charge(task, charge)
    for label, old, new in changes:
        note_change(task, _FIELDS[label], old, new, actor=actor, reason=reason)
    if source is not None and source != task.source:
        if task.item_id is None:
            raise UserError("由交办事项立项的任务和子任务，来源随交办事项、上级任务，不能单独改。")
        if source not in Source.values:
            raise UserError("请从列表中选择来源。")
        old, task.source = task.get_source_display(), source
        changes.append(("来源", old, task.get_source_display()))
        note_change(task, TaskChange.Field.SOURCE, old, task.get_source_display(), actor=actor, reason=reason)
    if not changes:
        raise UserError("没有改动任何内容。")
    bump(task, "leader", "weight", "sector", "source")
    labels = "、".join(label for label, _, _ in changes)
    trail.record(
        actor=actor,
        action="task.recharge",
        target=task,
        summary=f"调整{labels}（{task.title}）",
        reason=reason,
        changes=changes,
    )
    if any(label == "牵头领导" for label, _, _ in changes):
        tell_leader(task, actor, reason)
    return task


def tell_leader(task: Task, actor: "User", words: str) -> None:
    """Tell a county leader that a task is now in their charge."""
    if task.leader is not None and task.leader_id != actor.pk:
        notify(
            recipients=[task.leader],
            title=f"由您牵头的任务：{task.code} {task.title}",
            body=f"{task.lead.short_name}牵头办理，{task.due_on:%Y-%m-%d}前完成。{words}",
            path=reverse("tasks:detail", args=[task.pk]),
            key=f"task-{task.pk}-leader-{task.version}",
        )


def _lock(actor: "User", task_id: int, expected_version: int | None) -> Task:
    rows = Task.objects.visible_to(actor).select_related("lead", "leader", "sector")
    try:
        task = lock_row(rows, task_id, expected_version)
    except Task.DoesNotExist:
        raise Http404("没有这项任务。") from None
    if not authority_of(actor).is_office:
        raise NotAllowed("只有县安委办可以调整任务的来源、牵头领导、权重和行业领域。")
    if task.state == Task.State.CLOSED:
        raise WrongState("任务已销号，不能再调整。")
    return task
