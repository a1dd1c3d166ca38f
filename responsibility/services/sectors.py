"""行业领域 and the decisions of who supervises each, kept by the office. A decision ends on a date; none is deleted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Q
from django.http import Http404

from audit import trail
from core.errors import UserError
from core.models import bump, lock_row
from responsibility.models import Sector, SectorSupervision, Unit
from responsibility.permissions import require_office
from responsibility.services.changes import assign, refusing_twins

if TYPE_CHECKING:
    from accounts.models import User

KEEP = "维护行业领域和监管分工"
TWIN = "编码或名称与另一个行业领域重复，请核对后重新填写。"
OVERLAP = "同一时间只能有一个主管部门，刚刚有人作了另一项决定，请刷新后核对。"


@dataclass(frozen=True, slots=True)
class SectorDraft:
    """What the form of a sector holds; the fields are those of `Sector`."""

    code: str
    name: str
    high_risk: bool = False
    emerging: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """What the form of a decision holds.

    Attributes:
        lead_id: the unit that supervises.
        partner_ids: the units that work with it.
        basis: name and number of the document.
        valid_from, valid_to: first and last day; without `valid_to` it holds until the next decision.
    """

    lead_id: int
    partner_ids: Sequence[int]
    basis: str
    valid_from: date
    valid_to: date | None = None


def _check_sector(draft: SectorDraft, sector_id: int = 0) -> None:
    if not (draft.code and draft.name):
        raise UserError("编码和名称都要填写。")
    others = Sector.objects.exclude(pk=sector_id)
    for label, twin in (("编码", others.filter(code=draft.code)), ("名称", others.filter(name=draft.name))):
        if row := twin.first():
            raise UserError(f"{label}与行业领域“{row.name}”（{row.code}）重复，请核对后重新填写。")


@transaction.atomic
def create_sector(*, actor: "User", draft: SectorDraft) -> Sector:
    """Add a sector; who supervises it is decided afterwards.

    Raises:
        UserError: something is missing, or code or name is taken.
        Http404, NotAllowed: the actor is not of the office.
    """
    require_office(actor, KEEP)
    _check_sector(draft)
    last = Sector.objects.aggregate(last=Max("ordering"))["last"] or 0
    with refusing_twins(TWIN):
        sector = Sector.objects.create(**asdict(draft), ordering=last + 10)
    trail.record(actor=actor, action="sector.create", target=sector, summary=f"新增行业领域“{sector.name}”")
    return sector


def _lock_sector(actor: "User", sector_id: int, expected_version: int | None = None) -> Sector:
    require_office(actor, KEEP)
    try:
        return lock_row(Sector.objects.all(), sector_id, expected_version)
    except Sector.DoesNotExist:
        raise Http404("没有这个行业领域。") from None


@transaction.atomic
def change_sector(*, actor: "User", sector_id: int, draft: SectorDraft, expected_version: int | None = None) -> Sector:
    """Change a sector's name or marks, or take it out of use; its decisions stay.

    Raises:
        StaleObject: changed by somebody else since `expected_version`.
        UserError, Http404, NotAllowed: as `create_sector`.
    """
    sector = _lock_sector(actor, sector_id, expected_version)
    _check_sector(draft, sector.pk)
    changes = assign(sector, asdict(draft))
    if changes:
        with refusing_twins(TWIN):
            bump(sector, *asdict(draft))
        trail.record(
            actor=actor,
            action="sector.change",
            target=sector,
            summary=f"修改行业领域“{sector.name}”",
            changes=changes,
        )
    return sector


def _check_decision(draft: DecisionDraft) -> tuple[Unit, list[Unit]]:
    """Return lead and partners.

    Raises:
        UserError: what the decision says does not hold together.
    """
    lead = Unit.objects.filter(pk=draft.lead_id).first()
    if lead is None or lead.kind == Unit.Kind.GROUP:
        raise UserError("主管部门须是一个具体单位，请重新选择。")
    if not draft.basis.strip():
        raise UserError("请填写依据：文件名称和文号，例如“清安委〔2025〕3号”。")
    if draft.valid_to is not None and draft.valid_to < draft.valid_from:
        raise UserError("截止日期不能早于起始日期。")
    if lead.valid_to is not None and lead.valid_to < draft.valid_from:
        raise UserError(f"“{lead.name}”已于{lead.valid_to}停用，不能再作主管部门。")
    if lead.pk in draft.partner_ids:
        raise UserError(f"“{lead.name}”已是主管部门，请从配合部门中去掉。")
    return lead, list(Unit.objects.filter(pk__in=draft.partner_ids))


def _span(row: SectorSupervision) -> str:
    return f"{row.valid_from}至{row.valid_to or '今'}"


def _require_room(sector: Sector, draft: DecisionDraft, *, apart_from: int = 0) -> None:
    """Refuse dates on which another decision holds: one sector has one lead at a time."""
    others = sector.decisions.exclude(pk=apart_from).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=draft.valid_from)
    )
    if draft.valid_to is not None:
        others = others.filter(valid_from__lte=draft.valid_to)
    other = others.select_related("lead").first()
    if other is not None:
        raise UserError(f"与{other.lead.short_name}的分工（{_span(other)}）日期重叠，同一时间只能有一个主管部门。")


def _end_former(sector: Sector, first_day: date) -> SectorSupervision | None:
    """End the decision that holds on the first day of a new one, the day before."""
    former = sector.decisions.in_force_on(first_day).select_related("lead").first()
    if former is None:
        return None
    if former.valid_from >= first_day:
        raise UserError(
            f"现行分工（{former.lead.short_name}）自{former.valid_from}起生效，新的分工须晚于这一天；"
            "如果原决定填错了，请修改原决定。"
        )
    former.valid_to = first_day - timedelta(days=1)
    bump(former, "valid_to")
    return former


@transaction.atomic
def decide_supervision(*, actor: "User", sector_id: int, draft: DecisionDraft) -> SectorSupervision:
    """Decide who supervises a sector from a day on; the decision that holds on that day ends the day before.

    Raises:
        UserError: no concrete lead, no basis, reversed dates, or another decision holds on one of the days.
        Http404, NotAllowed: no such sector, or the actor is not of the office.
    """
    sector = _lock_sector(actor, sector_id)
    lead, partners = _check_decision(draft)
    former = _end_former(sector, draft.valid_from)
    _require_room(sector, draft)
    with refusing_twins(OVERLAP):
        row = SectorSupervision.objects.create(
            sector=sector,
            lead=lead,
            basis=draft.basis.strip(),
            valid_from=draft.valid_from,
            valid_to=draft.valid_to,
        )
    row.partners.set(partners)
    changes = [("主管部门", former.lead.short_name if former else "", lead.short_name), ("依据", "", row.basis)]
    changes.append(("配合部门", "", "、".join(unit.short_name for unit in partners)))
    trail.record(
        actor=actor,
        action="sector.decide",
        target=sector,
        summary=f"明确“{sector.name}”由{lead.short_name}主管，自{row.valid_from}起",
        changes=changes,
    )
    return row


@transaction.atomic
def change_decision(
    *, actor: "User", decision_id: int, draft: DecisionDraft, expected_version: int | None = None
) -> SectorSupervision:
    """Correct a decision, or give it a last day.

    Raises:
        StaleObject: changed by somebody else since `expected_version`.
        UserError, Http404, NotAllowed: as `decide_supervision`.
    """
    found = SectorSupervision.objects.filter(pk=decision_id).values_list("sector_id", flat=True).first()
    if found is None:
        require_office(actor, KEEP)
        raise Http404("没有这项分工决定。")
    sector = _lock_sector(actor, found)
    row = lock_row(SectorSupervision.objects.select_related("lead"), decision_id, expected_version)
    lead, partners = _check_decision(draft)
    _require_room(sector, draft, apart_from=row.pk)
    changes = assign(
        row,
        {"lead": lead, "basis": draft.basis.strip(), "valid_from": draft.valid_from, "valid_to": draft.valid_to},
    )
    old = "、".join(unit.short_name for unit in row.partners.all())
    new = "、".join(unit.short_name for unit in partners)
    if set(row.partners.all()) != set(partners):
        row.partners.set(partners)
        changes.append(("配合部门", old, new))
    if changes:
        with refusing_twins(OVERLAP):
            bump(row, "lead", "basis", "valid_from", "valid_to")
        summary = f"修改“{sector.name}”的分工决定（{lead.short_name}，{_span(row)}）"
        trail.record(actor=actor, action="sector.change_decision", target=sector, summary=summary, changes=changes)
    return row
