"""The year's target and its sharing out, and how many villages each township has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from audit import trail
from audit.trail import Change
from core.errors import NotAllowed, StaleObject, UserError
from core.models import bump, lock_row
from drills.models import Drill, DrillQuota, DrillTarget, VillageCount
from drills.models.rules import FIRST_YEAR, LAST_YEAR
from drills.permissions import require_office, require_worker
from drills.selectors import townships, village_numbers
from responsibility.authority import authority_of
from responsibility.models import Unit
from responsibility.services.changes import assign, refusing_twins

if TYPE_CHECKING:
    from accounts.models import User

# No county comes near; it only keeps slips of the keyboard out of the sums.
LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """What the page of a target holds; `quotas` is township id → number, those left out have none."""

    value: int
    kind: str = ""
    basis: str = ""
    quotas: Mapping[int, int] = field(default_factory=dict)


def _check(year: int, draft: TargetDraft) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UserError("年度不正确，请重新选择。")
    if not 1 <= draft.value <= LARGEST:
        raise UserError(f"目标场次应在 1 到 {LARGEST} 之间。")
    if draft.kind and draft.kind not in Drill.Kind.values:
        raise UserError("请选择计入的演练类型。")
    if len(draft.basis) > 200:
        raise UserError("依据请控制在 200 字以内。")
    if any(not 0 <= number <= LARGEST for number in draft.quotas.values()):
        raise UserError(f"各乡镇的任务场次应在 0 到 {LARGEST} 之间。")


@transaction.atomic
def set_target(*, actor: "User", year: int, draft: TargetDraft, expected_version: int | None = None) -> DrillTarget:
    """Set the year's target with its quotas; the sum of the quotas may differ from it, the page says by how much.

    Args:
        actor: clerk of the office.
        year: the year.
        draft: the page.
        expected_version: version the page was opened with; 0 where the year had no target.

    Raises:
        UserError: an impossible number, or a unit that is no township.
        StaleObject: set by somebody else meanwhile.
        Http404, NotAllowed: not of the office.
    """
    require_office(actor)
    _check(year, draft)
    units = {unit.pk: unit for unit in townships()}
    if set(draft.quotas) - set(units):
        raise UserError("有单位已停用或不是乡镇（街道、园区），请刷新页面后重新填写。")
    found = DrillTarget.objects.filter(year=year).first()
    if found is None:
        if expected_version:
            raise StaleObject("这个年度的目标已被删除，请刷新页面后重新填写。")
        with refusing_twins("这个年度的目标刚刚被其他人设定，请刷新页面后核对。"):
            target = DrillTarget.objects.create(
                year=year, value=draft.value, kind=draft.kind, basis=draft.basis.strip()
            )
        changes: list[Change] = [("目标", "", str(target))]
    else:
        # A page opened before the target existed is as stale as one with an old version.
        target = lock_row(DrillTarget.objects.all(), found.pk, expected_version)
        changes = assign(target, {"value": draft.value, "kind": draft.kind, "basis": draft.basis.strip()})
    changes += _set_quotas(target, draft.quotas, units)
    if found is not None and changes:
        bump(target, "value", "kind", "basis")
    if changes:
        trail.record(
            actor=actor,
            action="drill_target.set",
            target=target,
            summary=f"设定演练目标：{target}，分解到乡镇{sum(draft.quotas.values())}场次",
            changes=changes,
        )
    return target


def _set_quotas(target: DrillTarget, quotas: Mapping[int, int], units: Mapping[int, Unit]) -> list[Change]:
    stored = {row.unit_id: row for row in target.quotas.select_related("unit")}
    changes: list[Change] = []
    for unit_id in dict.fromkeys([*stored, *quotas]):
        row, number = stored.get(unit_id), quotas.get(unit_id)
        old = row.number if row else None
        if number == old:
            continue
        if number is None:
            target.quotas.filter(unit_id=unit_id).delete()
        else:
            DrillQuota.objects.update_or_create(target=target, unit_id=unit_id, defaults={"number": number})
        unit = row.unit if row else units[unit_id]
        changes.append((f"{unit.short_name}任务场次", _words(old), _words(number)))
    return changes


def _words(number: int | None) -> str:
    return "" if number is None else str(number)


@transaction.atomic
def set_village_counts(*, actor: "User", year: int, counts: Mapping[int, tuple[int | None, int]]) -> int:
    """登记村（社区）数: how many villages townships have from a year on, until a later year says else.

    Args:
        actor: clerk of the office for every township, a township's people for their own.
        year: first year the numbers are of.
        counts: township id → (number the page was opened with, number typed); only what differs is written.

    Returns:
        How many numbers were changed.

    Raises:
        NotAllowed: a township that is not the person's.
        UserError: an impossible number or year.
        StaleObject: somebody else wrote one of the numbers meanwhile.
        Http404: takes no part in the county's work.
    """
    require_worker(actor)
    authority = authority_of(actor)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UserError("年度不正确，请重新选择。")
    units = {unit.pk: unit for unit in townships().select_for_update(of=("self",))}
    numbers, changed = village_numbers(year), 0
    for unit_id, (seen, typed) in counts.items():
        if typed == seen:
            continue
        if unit_id not in units:
            raise UserError("有单位已停用或不是乡镇（街道、园区），请刷新页面后重新填写。")
        if not authority.is_office and unit_id not in authority.units:
            raise NotAllowed("只能登记本乡镇（街道、园区）的村（社区）数。")
        if not 0 <= typed <= LARGEST:
            raise UserError("村（社区）数不正确，请核对。")
        if numbers.get(unit_id) != seen:
            raise StaleObject(f"{units[unit_id].short_name}的数字刚刚被其他人修改，请核对后再保存。")
        row, _ = VillageCount.objects.update_or_create(unit_id=unit_id, year=year, defaults={"number": typed})
        trail.record(
            actor=actor,
            action="village_count.set",
            target=row,
            summary=f"登记{units[unit_id].short_name}村（社区）数（{year}年起）",
            changes=[("村（社区）数", "" if seen is None else str(seen), str(typed))],
        )
        changed += 1
    return changed
