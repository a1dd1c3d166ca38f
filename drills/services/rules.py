"""The county's rules of drills, kept by the office: who owes what, what counts, who is let off."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404

from audit import trail
from core import clock
from core.errors import UserError, WrongState
from core.models import bump, lock_row
from drills.models import DrillRule, DrillSetting, DutyWaiver
from drills.permissions import require_office
from responsibility.models import Enterprise, Sector, Unit
from responsibility.services.changes import assign

if TYPE_CHECKING:
    from accounts.models import User

S = DrillRule.Subject
# A subject of these may fulfil its duty in another unit's drill.
JOINERS = (S.TOWNSHIP, S.DEPARTMENT, S.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What the form of a rule holds; the fields are those of `DrillRule`."""

    subject: str
    sector: Sector | None
    what: str
    frequency: str
    by_joining: bool
    basis: str
    ordering: int
    from_year: int
    to_year: int | None


def _checked(draft: RuleDraft, *, active: bool) -> dict[str, Any]:
    values = asdict(draft) | {"sector": draft.sector, "basis": draft.basis.strip()}
    if not values["basis"]:
        raise UserError("请填写依据：文件名称和条款。")
    if draft.subject == S.SECTOR and draft.sector is None and active:
        raise UserError("请选择行业领域；未选定前这条规则不能启用。")
    if draft.subject != S.SECTOR and draft.sector is not None:
        raise UserError("只有应练对象为“指定行业领域的单位”时才选择行业领域，请清空。")
    if draft.by_joining and draft.subject not in JOINERS:
        raise UserError("“参演可抵”只适用于乡镇和部门，请取消勾选。")
    _require_range(DrillRule, values)
    if draft.to_year is not None and draft.to_year < draft.from_year:
        raise UserError("“至年度止”不能早于“自年度起”。")
    return values


def _require_range(model: type[models.Model], values: Mapping[str, Any]) -> None:
    """Let through numbers within the range of their fields.

    Raises:
        UserError: one is not.
    """
    for name, value in values.items():
        field = model._meta.get_field(name)
        if isinstance(field, models.IntegerField) and value is not None:
            try:
                field.run_validators(value)
            except ValidationError as error:
                raise UserError(f"“{field.verbose_name}”：{''.join(error.messages)}") from None


def _lock(actor: "User", rule_id: int, expected_version: int | None = None) -> DrillRule:
    require_office(actor)
    try:
        return lock_row(DrillRule.objects.select_related("sector"), rule_id, expected_version)
    except DrillRule.DoesNotExist:
        raise Http404("没有这条规则。") from None


@transaction.atomic
def create_rule(*, actor: "User", draft: RuleDraft) -> DrillRule:
    """Add a rule; it binds from its first year on.

    Raises:
        UserError: something does not fit together.
        Http404, NotAllowed: not of the office.
    """
    require_office(actor)
    rule = DrillRule.objects.create(**_checked(draft, active=True))
    trail.record(actor=actor, action="drill_rule.create", target=rule, summary=f"新增应练规则：{rule}")
    return rule


@transaction.atomic
def change_rule(*, actor: "User", rule_id: int, draft: RuleDraft, expected_version: int | None = None) -> DrillRule:
    """Change a rule; to leave past years as they were, end it and add another.

    Raises:
        StaleObject: changed by somebody else since `expected_version`.
        UserError, Http404, NotAllowed: as `create_rule`.
    """
    rule = _lock(actor, rule_id, expected_version)
    values = _checked(draft, active=rule.active)
    changes = assign(rule, values)
    if changes:
        bump(rule, *values)
        trail.record(
            actor=actor, action="drill_rule.change", target=rule, summary=f"修改应练规则：{rule}", changes=changes
        )
    return rule


@transaction.atomic
def switch_rule(*, actor: "User", rule_id: int, active: bool) -> DrillRule:
    """Switch a rule on or off, for every year it is of.

    Raises:
        UserError: a rule for a sector that names none.
        Http404, NotAllowed: no such rule, or not of the office.
    """
    rule = _lock(actor, rule_id)
    if active and rule.subject == S.SECTOR and rule.sector is None:
        raise UserError("请先修改这条规则、选择行业领域，再启用。")
    if rule.active != active:
        rule.active = active
        bump(rule, "active")
        word = "启用" if active else "停用"
        trail.record(actor=actor, action="drill_rule.switch", target=rule, summary=f"{word}应练规则：{rule}")
    return rule


@transaction.atomic
def change_setting(*, actor: "User", values: dict[str, Any], expected_version: int | None = None) -> DrillSetting:
    """Change what makes a record count; what has been counted stays counted.

    Args:
        actor: clerk of the office.
        values: fields of `DrillSetting`, in range.
        expected_version: version the form was opened with.

    Raises:
        StaleObject: changed by somebody else meanwhile.
        UserError: the flood season would begin on a day that is none.
        Http404, NotAllowed: not of the office.
    """
    require_office(actor)
    setting = lock_row(DrillSetting.objects.all(), 1, expected_version)
    _require_range(DrillSetting, values)
    changes = assign(setting, values)
    try:
        date(2001, setting.flood_month, setting.flood_day)
    except ValueError:
        raise UserError("汛期开始日期不存在，请核对月和日。") from None
    if changes:
        bump(setting, *values)
        trail.record(
            actor=actor, action="drill_setting.change", target=setting, summary="修改演练计入规则", changes=changes
        )
    return setting


@transaction.atomic
def waive(
    *,
    actor: "User",
    reason: str,
    valid_from: date,
    valid_to: date | None,
    unit_id: int | None = None,
    enterprise_id: int | None = None,
) -> DutyWaiver:
    """免练登记: let a subject off what it owes for the periods that end within a span.

    Args:
        actor: clerk of the office.
        reason: why: newly opened, out of work, being rebuilt.
        valid_from, valid_to: the span; None is open-ended.
        unit_id, enterprise_id: whom, just one of them.

    Raises:
        UserError: nobody or two named, no reason, or a span that ends before it begins.
        Http404, NotAllowed: not of the office.
    """
    require_office(actor)
    unit = Unit.objects.exclude(kind=Unit.Kind.GROUP).filter(pk=unit_id or 0).first()
    enterprise = Enterprise.objects.filter(pk=enterprise_id or 0).first()
    if (unit is None) == (enterprise is None):
        raise UserError("请选择单位或企业，二者选一。")
    if not reason.strip():
        raise UserError("请填写免练理由。")
    if len(reason) > 200:
        raise UserError("理由请控制在 200 字以内。")
    if valid_to is not None and valid_to < valid_from:
        raise UserError("免练止日不能早于起日。")
    waiver = DutyWaiver.objects.create(
        unit=unit,
        enterprise=enterprise,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason.strip(),
        created_by=actor,
        created_at=clock.now(),
    )
    trail.record(
        actor=actor, action="drill_waiver.create", target=waiver, summary=f"免练登记：{waiver}", reason=waiver.reason
    )
    return waiver


@transaction.atomic
def withdraw_waiver(*, actor: "User", waiver_id: int, reason: str) -> DutyWaiver:
    """Take a waiver back, as if it had not been.

    Raises:
        UserError: no reason.
        WrongState: taken back already.
        Http404, NotAllowed: no such waiver, or not of the office.
    """
    require_office(actor)
    waiver = DutyWaiver.objects.select_for_update(of=("self",)).filter(pk=waiver_id).first()
    if waiver is None:
        raise Http404("没有这条免练登记。")
    if waiver.withdrawn_on is not None:
        raise WrongState("这条免练登记已经撤销。")
    if not reason.strip() or len(reason) > 200:
        raise UserError("请填写撤销理由，200 字以内。")
    waiver.withdrawn_on = clock.today()
    waiver.save(update_fields=["withdrawn_on"])
    trail.record(
        actor=actor,
        action="drill_waiver.withdraw",
        target=waiver,
        summary=f"撤销免练登记：{waiver}",
        reason=reason.strip(),
    )
    return waiver
