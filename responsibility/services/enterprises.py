"""生产经营单位: registered, corrected, closed and opened again. Nothing is deleted."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import Http404

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from responsibility.authority import Authority, authority_of
from responsibility.credit_code import credit_code_error, tidy_credit_code
from responsibility.initials import initials_of
from responsibility.models import Enterprise, Sector
from responsibility.selectors import TOWNSHIP_KINDS, assignable_units
from responsibility.services.changes import assign, refusing_twins

if TYPE_CHECKING:
    from accounts.models import User

MISSING = "没有这家生产经营单位。"
TWIN = "名称或统一社会信用代码刚刚被另一条记录使用，请刷新后核对。"
MAX_REASON = 300
LONGEST = {"name": 80, "address": 120, "contact": 40, "phone": 40}


@dataclass(frozen=True, slots=True)
class EnterpriseDraft:
    """What the form of an enterprise holds; the fields are those of `Enterprise`."""

    name: str
    credit_code: str
    sector_id: int
    township_id: int
    supervisor_id: int
    address: str
    contact: str
    phone: str
    staff: int = 0
    high_risk: bool = False
    risk: str = Enterprise.Risk.BLUE


def may_create(user: "User | Any") -> bool:
    """Say whether the person registers enterprises: the office any, an editor those of their unit."""
    authority = authority_of(user)
    return authority.is_office or bool(authority.editor_units)


def may_change(user: "User | Any", enterprise: Enterprise) -> bool:
    """Say whether the person keeps this enterprise: the office, and editors of its supervisor or township."""
    authority = authority_of(user)
    return authority.is_office or _is_own(authority, enterprise.supervisor_id, enterprise.township_id)


def _is_own(authority: Authority, supervisor_id: int, township_id: int) -> bool:
    return bool({supervisor_id, township_id} & authority.editor_units)


def _check_twins(name: str, code: str, enterprise_id: int) -> None:
    others = Enterprise.objects.exclude(pk=enterprise_id).select_related("township")
    twin = others.filter(credit_code=code).first()
    if twin is not None:
        raise UserError(
            f"统一社会信用代码 {code} 已登记在“{twin.name}”（{twin.township.short_name}）名下，请核对后重新填写。"
        )
    twin = others.filter(name=name).first()
    if twin is not None:
        raise UserError(
            f"“{name}”已登记（{twin.township.short_name}，代码 {twin.credit_code}），无需重复登记；"
            "确为另一单位的，请填写可以区分的全称。"
        )


def _checked(draft: EnterpriseDraft, *, enterprise: Enterprise | None = None) -> dict[str, Any]:
    """Return the fields of the draft, tidied, with the objects it names.

    A unit or sector that is no longer in use may stay where it stands already.

    Raises:
        UserError: something is missing, wrong or taken.
    """
    values: dict[str, Any] = asdict(draft)
    for name, longest in LONGEST.items():
        label = str(Enterprise._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        values[name] = " ".join(str(values[name]).split())
        if not values[name]:
            raise UserError(f"请填写“{label}”。")
        if len(values[name]) > longest:
            raise UserError(f"“{label}”请控制在 {longest} 字以内。")
    values["credit_code"] = tidy_credit_code(draft.credit_code)
    if error := credit_code_error(values["credit_code"]):
        raise UserError(error)
    if draft.risk not in Enterprise.Risk.values:
        raise UserError("请选择风险等级。")
    if draft.staff < 0:
        raise UserError("从业人数不能是负数。")
    _check_twins(values["name"], values["credit_code"], enterprise.pk if enterprise else 0)
    sector = Sector.objects.filter(pk=values.pop("sector_id")).first()
    if sector is None or not (sector.active or (enterprise and enterprise.sector_id == sector.pk)):
        raise UserError("请选择在用的行业领域。")
    units = {unit.pk: unit for unit in assignable_units().filter(pk__in=[draft.township_id, draft.supervisor_id])}
    if enterprise is not None:
        units |= {enterprise.township_id: enterprise.township, enterprise.supervisor_id: enterprise.supervisor}
    township, supervisor = units.get(values.pop("township_id")), units.get(values.pop("supervisor_id"))
    if township is None or township.kind not in TOWNSHIP_KINDS:
        raise UserError("请选择属地（乡镇、街道或园区）。")
    if supervisor is None:
        raise UserError("请选择监管部门。")
    return values | {"sector": sector, "township": township, "supervisor": supervisor}


def _require_own(actor: "User", supervisor_id: int, township_id: int) -> None:
    authority = authority_of(actor)
    if not authority.is_office and not _is_own(authority, supervisor_id, township_id):
        raise UserError("监管部门或属地须有一个是本单位；由其他单位监管的，请该单位或县安委办登记。")


@transaction.atomic
def create_enterprise(*, actor: "User", draft: EnterpriseDraft) -> Enterprise:
    """Register an enterprise.

    Args:
        actor: the office, or an editor whose unit supervises it or is its township.
        draft: what is known of it; the credit code may be written in any width and case.

    Raises:
        UserError: something is missing, wrong or taken, or the enterprise is none of the editor's unit.
        NotAllowed: the person registers no enterprises.
    """
    if not may_create(actor):
        raise NotAllowed("只有县安委办和单位联络员可以登记生产经营单位。")
    values = _checked(draft)
    _require_own(actor, draft.supervisor_id, draft.township_id)
    with refusing_twins(TWIN):
        enterprise = Enterprise.objects.create(**values, initials=initials_of(values["name"]))
    trail.record(
        actor=actor,
        action="enterprise.create",
        target=enterprise,
        summary=f"登记生产经营单位“{enterprise.name}”（{enterprise.credit_code}）",
    )
    return enterprise


def _lock(actor: "User", enterprise_id: int, expected_version: int | None) -> Enterprise:
    rows = Enterprise.objects.visible_to(actor).select_related("sector", "township", "supervisor")
    try:
        enterprise = lock_row(rows, enterprise_id, expected_version)
    except Enterprise.DoesNotExist:
        raise Http404(MISSING) from None
    if not may_change(actor, enterprise):
        raise NotAllowed("只有县安委办，以及监管部门、属地的联络员可以修改这家生产经营单位。")
    return enterprise


@transaction.atomic
def change_enterprise(
    *, actor: "User", enterprise_id: int, draft: EnterpriseDraft, expected_version: int | None = None
) -> Enterprise:
    """Correct an enterprise; an editor cannot move it out of their own unit.

    Raises:
        UserError: as `create_enterprise`.
        StaleObject: changed by somebody else since `expected_version`.
        Http404, NotAllowed: not visible to the person, or not theirs to keep.
    """
    enterprise = _lock(actor, enterprise_id, expected_version)
    values = _checked(draft, enterprise=enterprise)
    _require_own(actor, draft.supervisor_id, draft.township_id)
    changes = assign(enterprise, values)
    if changes:
        enterprise.initials = initials_of(enterprise.name)
        with refusing_twins(TWIN):
            bump(enterprise, *values, "initials")
        trail.record(
            actor=actor,
            action="enterprise.change",
            target=enterprise,
            summary=f"修改生产经营单位“{enterprise.name}”",
            changes=changes,
        )
    return enterprise


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise UserError("请填写理由。")
    if len(reason) > MAX_REASON:
        raise UserError(f"理由请控制在 {MAX_REASON} 字以内。")
    return reason


@transaction.atomic
def close_enterprise(
    *, actor: "User", enterprise_id: int, closed_on: date, reason: str, expected_version: int | None = None
) -> Enterprise:
    """停业注销: the enterprise works no longer; what is known of it stays.

    Raises:
        UserError: no reason, or the day lies ahead.
        WrongState: it is closed already.
        Http404, NotAllowed, StaleObject: as `change_enterprise`.
    """
    enterprise = _lock(actor, enterprise_id, expected_version)
    reason = _checked_reason(reason)
    if enterprise.closed_on is not None:
        raise WrongState(f"“{enterprise.name}”已于{enterprise.closed_on}停业注销。")
    if closed_on > clock.today():
        raise UserError("停业注销日期不能晚于今天。")
    _set_closed(actor, enterprise, closed_on, "enterprise.close", "停业注销", reason)
    return enterprise


@transaction.atomic
def reopen_enterprise(
    *, actor: "User", enterprise_id: int, reason: str, expected_version: int | None = None
) -> Enterprise:
    """恢复营业: the enterprise works again, or was closed by mistake.

    Raises:
        UserError: no reason.
        WrongState: it is not closed.
        Http404, NotAllowed, StaleObject: as `change_enterprise`.
    """
    enterprise = _lock(actor, enterprise_id, expected_version)
    reason = _checked_reason(reason)
    if enterprise.closed_on is None:
        raise WrongState(f"“{enterprise.name}”没有停业注销，无需恢复。")
    _set_closed(actor, enterprise, None, "enterprise.reopen", "恢复营业", reason)
    return enterprise


def _set_closed(actor: "User", enterprise: Enterprise, day: date | None, action: str, word: str, reason: str) -> None:
    changes = assign(enterprise, {"closed_on": day})
    bump(enterprise, "closed_on")
    trail.record(
        actor=actor,
        action=action,
        target=enterprise,
        summary=f"{word}“{enterprise.name}”",
        reason=reason,
        changes=changes,
    )
