"""The changes of a 重点任务分解表 that came back from Excel, carried out as the pages would, all or none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from core.errors import NotAllowed, StaleObject, UserError
from responsibility.models import Unit
from tasks.breakdown import LEFT_OUT
from tasks.breakdown_reading import AIMS, DUE, LEAD, SUPPORTS, TITLE, RowChange
from tasks.models import Plan, PlanItem, Task
from tasks.plan_permissions import get_plan_for, lock_draft, require_office
from tasks.services.handing_over import transfer_task
from tasks.services.item_editing import ItemDraft, TargetDraft, drop_item, edit_item
from tasks.services.office_changes import set_deadline

if TYPE_CHECKING:
    from accounts.models import User

CHANGED = "在您预览之后，“{title}”已被修改，没有导入任何改动。请重新下载、修改后上传。"


@transaction.atomic
def apply_breakdown(*, actor: "User", plan_id: int, changes: Sequence[RowChange], reason: str = "") -> int:
    """Carry out what a file changes.

    In a draft as the check's page does, so that each item's step can be taken back; in a published plan lead and
    deadline only, as the office's own changes of a task, told to the units with the one reason.

    Args:
        actor: clerk of the office.
        plan_id: a draft, or a published plan.
        changes: what was read and confirmed.
        reason: why; needed for a published plan.

    Returns:
        How many items were changed.

    Raises:
        UserError: something cannot be; the sentence names the item, and nothing is changed.
        StaleObject: an item was changed since the file was made.
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft` and the services of a task.
    """
    plan = get_plan_for(actor, plan_id)
    require_office(actor)
    published = plan.state == Plan.State.PUBLISHED
    if not published:
        plan = lock_draft(actor, plan_id)
    for change in changes:
        try:
            if published:
                _change_task(actor, plan, change, reason)
            else:
                _change_item(actor, plan, change)
        except NotAllowed:
            raise
        except StaleObject:
            raise StaleObject(CHANGED.format(title=change.title)) from None
        except UserError as error:
            raise UserError(f"第{change.number}项“{change.title[:30]}”：{error.message}没有导入任何改动。") from None
    return len(changes)


def _change_item(actor: "User", plan: Plan, change: RowChange) -> None:
    item = plan.items.select_related("lead").filter(pk=change.item_id, dropped=False).first()
    if item is None:
        raise StaleObject("")
    draft = _draft(item, change.values)
    if set(change.values) - {LEFT_OUT.header}:
        item = edit_item(actor=actor, item_id=item.pk, draft=draft, expected_version=change.version)
        version = item.version
    else:
        version = change.version
    if LEFT_OUT.header in change.values:
        drop_item(actor=actor, item_id=item.pk, reason=change.values[LEFT_OUT.header], expected_version=version)


def _draft(item: PlanItem, values: dict[str, Any]) -> ItemDraft:
    draft = ItemDraft(
        title=values.get(TITLE, item.title),
        starts_on=item.starts_on,
        due_on=date.fromisoformat(values[DUE]) if DUE in values else item.due_on,
        lead=item.lead,
        supports=list(item.supports.all()),
        targets=[_target(row) for row in values.get(AIMS, [])],
    )
    if LEAD in values:
        draft = replace(draft, lead=_unit(values[LEAD]))
    if SUPPORTS in values:
        draft = replace(draft, supports=list(Unit.objects.filter(pk__in=values[SUPPORTS])))
    return draft


def _unit(pk: int | None) -> Unit | None:
    if pk is None:
        return None
    unit = Unit.objects.filter(pk=pk).first()
    if unit is None:
        raise UserError("牵头单位已从单位表中删除，请重新选择。")
    return unit


def _target(row: dict[str, Any]) -> TargetDraft:
    return TargetDraft(
        id=row["id"],
        metric=row["metric"],
        operator=row["operator"],
        value=Decimal(row["value"]),
        unit=row["unit"],
        dropped=row["dropped"],
    )


def _change_task(actor: "User", plan: Plan, change: RowChange, reason: str) -> None:
    task = Task.objects.visible_to(actor).filter(plan=plan, item_id=change.item_id).first()
    if task is None:
        raise StaleObject("")
    version = change.version
    if DUE in change.values:
        due_on = date.fromisoformat(change.values[DUE])
        task = set_deadline(actor=actor, task_id=task.pk, due_on=due_on, reason=reason, expected_version=version)
        version = task.version
    if LEAD in change.values:
        lead_id = change.values[LEAD]
        transfer_task(actor=actor, task_id=task.pk, reason=reason, lead_id=lead_id, expected_version=version)
