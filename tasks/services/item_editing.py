"""What the office does to the items of a draft: correct, assign, drop, settle doubts."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from audit import trail
from core import clock
from core.errors import UserError
from core.models import bump
from responsibility.models import Unit
from tasks.models import ItemTarget, PlanItem, PlanStep, ReadingFlag, UnitSuggestion
from tasks.occurrences import check_recurrence
from tasks.plan_permissions import lock_draft, lock_item
from tasks.services.charge import Charge, change_charge
from tasks.services.step_states import capture, flag_key, item_key
from tasks.services.steps import keep_step, quoted

if TYPE_CHECKING:
    from accounts.models import User

CONFIRMED_DUE = "安委办核定"
ADDED_TARGET = "安委办增加"
RECURRENCE = ("recurrence", "recurrence_months")
Change = tuple[str, str, str]
_FORM_FIELDS = ("title", "starts_on", "due_on", "due_basis", "lead", "checked_at", "checked_by")
_CHARGE = ("leader", "weight", "sector")


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """One row of the targets table; without `id` a new target."""

    id: int | None
    metric: str
    operator: str
    value: Decimal
    unit: str = ""
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """The form of an item. Targets that are not listed stay as they are."""

    title: str
    starts_on: date | None
    due_on: date | None
    lead: Unit | None
    supports: Sequence[Unit] = ()
    targets: Sequence[TargetDraft] = field(default_factory=list)
    charge: Charge | None = None  # leader, weight, field; None leaves them
    recurrence: str | None = None  # None leaves recurrence and months as they are
    months: Sequence[int] = ()
    checked: bool = False  # the person has compared the item with the document; False leaves that as it is


def _check_draft(draft: ItemDraft) -> None:
    if not draft.title.strip():
        raise UserError("请填写条目标题。")
    if draft.starts_on and draft.due_on and draft.due_on < draft.starts_on:
        raise UserError("完成时限不能早于开始日期，请核对两个日期。")
    if draft.lead is not None and draft.lead.kind == Unit.Kind.GROUP:
        raise UserError(
            f"“{draft.lead.short_name}”是集合名称，不能作牵头单位。请选定一个单位牵头，集合名称可列为配合单位。"
        )
    for target in draft.targets:
        if not target.metric.strip():
            raise UserError("每个指标都要填写名称；不需要的指标请勾选“不采用”。")
        if target.value < 0:
            raise UserError(f"指标“{target.metric}”的目标值不能是负数。")


@transaction.atomic
def edit_item(*, actor: "User", item_id: int, draft: ItemDraft, expected_version: int) -> PlanItem:
    """Save an item's form: title, dates, units, targets. A unit chosen to lead is taken off the supporting ones.

    Args:
        actor: clerk of the office.
        item_id: the item.
        draft: the form.
        expected_version: version of the item the form was opened with.

    Raises:
        UserError: something typed cannot be.
        StaleObject: a colleague saved the item meanwhile.
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    item = lock_item(actor, item_id, expected_version)
    _check_draft(draft)
    before = capture(item.plan, [item_key(item.pk)])
    supports = [unit for unit in draft.supports if draft.lead is None or unit.pk != draft.lead.pk]
    changes = _change_fields(item, draft) + _change_supports(item, supports) + _change_targets(item, draft.targets)
    if draft.charge is not None:
        changes += change_charge(item, draft.charge)
    edited = bool(changes)
    if draft.checked and item.checked_by_id is None:
        item.checked_at, item.checked_by = clock.now(), actor
        changes.append(("核对", "未核对", "已核对"))
    if changes:
        bump(item, *_FORM_FIELDS, *_CHARGE, *RECURRENCE)
        kind = PlanStep.Kind.EDIT if edited else PlanStep.Kind.CHECK
        labels = "、".join(dict.fromkeys(label for label, _, _ in changes))
        keep_step(
            plan=item.plan, actor=actor, kind=kind, summary=f"{kind.label}{quoted(item)}：{labels}", before=before
        )
        trail.record(
            actor=actor,
            action="plan_item.edit",
            target=item,
            summary=f"{kind.label}（{item.marker}{item.title}）",
            changes=changes,
        )
    return item


def _change_fields(item: PlanItem, draft: ItemDraft) -> list[Change]:
    changes: list[Change] = []
    title = draft.title.strip()
    if item.title != title:
        changes.append(("标题", item.title, title))
        item.title = title
    if item.starts_on != draft.starts_on:
        changes.append(("开始日期", str(item.starts_on or ""), str(draft.starts_on or "")))
        item.starts_on = draft.starts_on
    if item.due_on != draft.due_on:
        changes.append(("完成时限", str(item.due_on or ""), str(draft.due_on or "")))
        item.due_on, item.due_basis = draft.due_on, CONFIRMED_DUE if draft.due_on else ""
    changes += _change_recurrence(item, draft)
    if item.lead_id != (draft.lead.pk if draft.lead else None):
        changes.append(("牵头单位", str(item.lead or ""), str(draft.lead or "")))
        item.lead = draft.lead
    return changes


def _change_recurrence(item: PlanItem, draft: ItemDraft) -> list[Change]:
    if draft.recurrence is None:
        return []
    wanted = check_recurrence(draft.recurrence, draft.months)
    old = item.recurrence_words
    item.recurrence, item.recurrence_months = wanted
    return [("期次", old, item.recurrence_words)] if old != item.recurrence_words else []


def _change_supports(item: PlanItem, supports: Iterable[Unit]) -> list[Change]:
    wanted = {unit.pk: unit.short_name for unit in supports}
    present = dict(item.supports.values_list("pk", "short_name"))
    if set(wanted) == set(present):
        return []
    item.supports.set(wanted)
    return [("配合单位", "、".join(present.values()), "、".join(wanted.values()))]


def _words(target: ItemTarget) -> str:
    return f"{target.metric}{target.wanted}" + ("（不采用）" if target.dropped else "")


def _change_targets(item: PlanItem, drafts: Sequence[TargetDraft]) -> list[Change]:
    present = {row.pk: row for row in item.targets.all()}
    changes: list[Change] = []
    for draft in drafts:
        if draft.id is None:
            target, old = ItemTarget(item=item, phrase=ADDED_TARGET), ""
        elif draft.id in present:
            target = present[draft.id]
            old = _words(target)
        else:
            raise UserError("有一行指标不属于这个条目，请刷新页面后重新填写。")
        target.metric, target.unit = draft.metric.strip(), draft.unit.strip()
        target.operator, target.value, target.dropped = draft.operator, draft.value, draft.dropped
        if (new := _words(target)) != old:
            target.save()
            changes.append(("指标", old, new))
    return changes


@transaction.atomic
def drop_item(*, actor: "User", item_id: int, reason: str, expected_version: int | None = None) -> PlanItem:
    """不纳入任务: the item stays in the plan but becomes no task.

    Raises:
        UserError: no reason.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.plan_permissions.lock_draft`.
    """
    item = lock_item(actor, item_id, expected_version)
    reason = reason.strip()
    if not reason:
        raise UserError("请填写不纳入任务的理由。")
    if len(reason) > 200:
        raise UserError("不纳入任务的理由请控制在 200 字以内。")
    if not item.dropped:
        _set_dropped(item, True, reason, actor)
    return item


@transaction.atomic
def restore_item(*, actor: "User", item_id: int, expected_version: int | None = None) -> PlanItem:
    """恢复纳入: take a dropped item back among the tasks to be.

    Raises:
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.plan_permissions.lock_draft`.
    """
    item = lock_item(actor, item_id, expected_version)
    if item.dropped:
        _set_dropped(item, False, "", actor)
    return item


def _set_dropped(item: PlanItem, dropped: bool, reason: str, actor: "User") -> None:
    before = capture(item.plan, [item_key(item.pk)])
    item.dropped, item.dropped_reason = dropped, reason
    bump(item, "dropped", "dropped_reason")
    kind = PlanStep.Kind.DROP if dropped else PlanStep.Kind.RESTORE
    keep_step(plan=item.plan, actor=actor, kind=kind, summary=f"{kind.label}：{quoted(item)}", before=before)
    trail.record(
        actor=actor,
        action="plan_item.drop" if dropped else "plan_item.restore",
        target=item,
        summary=f"{'条目不纳入任务' if dropped else '条目恢复纳入任务'}（{item.marker}{item.title}）",
        reason=reason,
    )


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of the ticked items.

    Attributes:
        changed: items that got a lead or supporting units.
        settled: items left alone because both were set, or nothing but what is set was suggested.
        without: items for which no unit is suggested.
    """

    changed: int
    settled: int
    without: int


@transaction.atomic
def accept_suggestions(*, actor: "User", plan_id: int, item_ids: Iterable[int]) -> Accepted:
    """Take the suggested units over into the ticked items: the best lead, and the supporting units.

    Only what is still empty is filled: a lead or supporting units somebody has set stay. Dropped items are left alone.

    Raises:
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_draft(actor, plan_id)
    items = plan.items.filter(pk__in=list(item_ids), dropped=False)
    before = capture(plan, [item_key(pk) for pk in items.values_list("pk", flat=True)])
    operation = uuid.uuid4()
    changed = settled = without = 0
    for item in items.select_related("lead").prefetch_related("supports", "suggestions__unit"):
        rows = list(item.suggestions.all())
        if not rows:
            without += 1
        elif _accept(item, rows, actor, operation):
            changed += 1
        else:
            settled += 1
    summary = f"采纳{changed}条的建议单位"
    keep_step(plan=plan, actor=actor, kind=PlanStep.Kind.ACCEPT, summary=summary, before=before)
    return Accepted(changed, settled, without)


def _accept(item: PlanItem, rows: Sequence[UnitSuggestion], actor: "User", operation: uuid.UUID) -> bool:
    changes: list[Change] = []
    leads = [row for row in rows if row.part == UnitSuggestion.Part.LEAD and row.unit.kind != Unit.Kind.GROUP]
    reasons = []
    if item.lead is None and leads:
        item.lead = leads[0].unit
        changes.append(("牵头单位", "", str(item.lead)))
        reasons.append(f"牵头：{leads[0].reason}")
    present = list(item.supports.all())
    # A supporting unit that was just made the lead is not both.
    kept = [unit for unit in present if unit.pk != item.lead_id]
    proposed = [row for row in rows if row.part == UnitSuggestion.Part.SUPPORT and row.unit_id != item.lead_id]
    if not present and proposed:
        kept = [row.unit for row in proposed]
        reasons += [f"{row.unit.short_name}：{row.reason}" for row in proposed]
    if kept != present:
        item.supports.set(kept)
        words = ("、".join(unit.short_name for unit in units) for units in (present, kept))
        changes.append(("配合单位", next(words), next(words)))
    if changes:
        bump(item, "lead")
        trail.record(
            actor=actor,
            action="plan_item.accept",
            target=item,
            summary=f"采纳建议单位（{item.marker}{item.title}）",
            reason="\n".join(reasons),
            changes=changes,
            operation=operation,
        )
    return bool(changes)


@transaction.atomic
def check_items(*, actor: "User", plan_id: int, item_ids: Iterable[int], checked: bool = True) -> int:
    """已核对: a person has compared these items with the document (or takes that back).

    Returns:
        How many items this changes.

    Raises:
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_draft(actor, plan_id)
    items = list(plan.items.filter(pk__in=list(item_ids), checked_by__isnull=checked))
    before = capture(plan, [item_key(item.pk) for item in items])
    operation = uuid.uuid4()
    for item in items:
        item.checked_at, item.checked_by = (clock.now(), actor) if checked else (None, None)
        bump(item, "checked_at", "checked_by")
        trail.record(
            actor=actor,
            action="plan_item.check" if checked else "plan_item.uncheck",
            target=item,
            summary=f"条目标为{'已核对' if checked else '未核对'}（{item.marker}{item.title}）",
            operation=operation,
        )
    kind = PlanStep.Kind.CHECK if checked else PlanStep.Kind.UNCHECK
    what = quoted(items[0]) if len(items) == 1 else f"{len(items)}条"
    keep_step(plan=plan, actor=actor, kind=kind, summary=f"{kind.label}：{what}", before=before)
    return len(items)


@transaction.atomic
def resolve_flag(*, actor: "User", flag_id: int, resolved: bool = True) -> ReadingFlag:
    """已核对: a person has compared the doubtful reading with the document (or takes that back).

    Raises:
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    found = ReadingFlag.objects.filter(pk=flag_id).first()
    if found is None:
        raise Http404("没有这处存疑。")
    plan = lock_draft(actor, found.plan_id)
    flag = ReadingFlag.objects.select_for_update().get(pk=flag_id)
    if flag.resolved != resolved:
        before = capture(plan, [flag_key(flag.pk)])
        flag.resolved = resolved
        flag.save(update_fields=["resolved"])
        summary = f"存疑“{flag.text[:40]}”标为{'已核对' if resolved else '未核对'}"
        keep_step(plan=plan, actor=actor, kind=PlanStep.Kind.FLAG, summary=summary, before=before)
        trail.record(
            actor=actor,
            action="plan.flag",
            target=plan,
            summary=f"存疑“{flag.text}”标为{'已核对' if resolved else '未核对'}",
        )
    return flag
