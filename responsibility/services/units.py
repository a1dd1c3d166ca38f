"""Units: created, renamed, named otherwise, put together into groups. Nothing is deleted: units end on a date."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.http import Http404

from audit import trail
from core import clock
from core.errors import UserError
from core.models import bump, lock_row
from responsibility.initials import initials_of
from responsibility.models import Membership, Role, Unit, UnitAlias
from responsibility.permissions import require_administrator
from responsibility.selectors import people_of
from responsibility.services.changes import assign, refusing_twins

if TYPE_CHECKING:
    from accounts.models import User

TWIN = "编码、全称或别名与另一条记录重复，请核对后重新填写。"


@dataclass(frozen=True, slots=True)
class UnitDraft:
    """What the form of a unit holds; the fields are those of `Unit`."""

    code: str
    name: str
    short_name: str
    kind: str
    ordering: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    head_reviews: bool = False


def bearer_of(name: str, *, other_than: int = 0) -> Unit | None:
    """Return the unit called `name` (full name, short name or alias) that is not the one with the id `other_than`."""
    found = Unit.objects.filter(
        Q(name=name) | Q(short_name=name) | Q(pk__in=UnitAlias.objects.filter(name=name).values("unit"))
    )
    return found.exclude(pk=other_than).first()


def check_draft(draft: UnitDraft, *, unit_id: int = 0) -> None:
    """Check a draft against the other units.

    Raises:
        UserError: something is missing, the code or a name belongs to another unit, the dates are reversed, or its head
            is to agree to reports and it has none.
    """
    if not (draft.code and draft.name and draft.short_name):
        raise UserError("编码、全称、简称都要填写。")
    if draft.kind not in Unit.Kind.values:
        raise UserError(f"类别“{draft.kind}”不存在，可用：{'、'.join(Unit.Kind.labels)}。")
    twin = Unit.objects.filter(code=draft.code).exclude(pk=unit_id).first()
    if twin is not None:
        raise UserError(f"编码“{draft.code}”已用于“{twin.name}”，请换一个编码。")
    for name in {draft.name, draft.short_name}:
        bearer = bearer_of(name, other_than=unit_id)
        if bearer is not None:
            raise UserError(f"“{name}”已是“{bearer.name}”的名称或别名，请核对是否同一单位。")
    if draft.head_reviews and not people_of(unit_id=unit_id, role=Role.HEAD).exists():
        raise UserError(
            "本单位还没有在任的单位负责人账号，不能开启“上报前须负责人审签”。请先在“人员与账号”中设置任职。"
        )
    if draft.valid_from and draft.valid_to and draft.valid_from > draft.valid_to:
        raise UserError("停用日期不能早于启用日期。")


@transaction.atomic
def create_unit(*, actor: "User", draft: UnitDraft, operation: UUID | None = None) -> Unit:
    """Add a unit.

    Raises:
        UserError: see `check_draft`.
        Http404, NotAllowed: the actor is not the administrator.
    """
    require_administrator(actor)
    check_draft(draft)
    with refusing_twins(TWIN):
        unit = Unit.objects.create(**asdict(draft), initials=initials_of(draft.short_name))
    trail.record(
        actor=actor,
        action="unit.create",
        target=unit,
        summary=f"新增单位“{unit.name}”（{unit.get_kind_display()}，编码{unit.code}）",
        operation=operation,
    )
    return unit


@transaction.atomic
def create_units(*, actor: "User", drafts: Sequence[UnitDraft]) -> list[Unit]:
    """Add several units, all or none, under one operation.

    Raises:
        As `create_unit`; the sentence names the unit that stopped it.
    """
    operation = uuid4()
    units = []
    for draft in drafts:
        try:
            units.append(create_unit(actor=actor, draft=draft, operation=operation))
        except UserError as error:
            raise UserError(f"“{draft.name or draft.code}”：{error.message}") from error
    return units


def _lock_unit(actor: "User", unit_id: int, expected_version: int | None) -> Unit:
    require_administrator(actor)
    try:
        return lock_row(Unit.objects.all(), unit_id, expected_version)
    except Unit.DoesNotExist:
        raise Http404("没有这个单位。") from None


def _keep_former(unit: Unit, names: Iterable[str]) -> list[str]:
    """Keep names the unit no longer bears as former ones, so that older documents still find it."""
    kept = []
    for name in names:
        if name not in (unit.name, unit.short_name):
            with refusing_twins(f"旧名称“{name}”已是其他单位的别名，请先改正。"):
                UnitAlias.objects.update_or_create(name=name, unit=unit, defaults={"former": True})
            kept.append(name)
    # A name in use is no alias of itself.
    unit.aliases.filter(name__in=[unit.name, unit.short_name], former=True).delete()
    return kept


def _require_an_administrator(unit: Unit) -> None:
    """Refuse dates of a unit that leave nobody to keep units and accounts.

    Raises:
        UserError: every administrator is one in that unit.
    """
    days = [clock.today(), *([unit.valid_to + timedelta(days=1)] if unit.valid_to else [])]
    rows = Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    if not all(rows.active_on(max(day, days[0])).exists() for day in days):
        raise UserError("系统管理员都在这个单位任职。请先在其他单位指定系统管理员，再修改启用、停用日期。")


@transaction.atomic
def change_unit(*, actor: "User", unit_id: int, draft: UnitDraft, expected_version: int | None = None) -> Unit:
    """Change a unit; a name it loses is kept as a former alias.

    Raises:
        UserError: see `check_draft` and `_require_an_administrator`.
        StaleObject: changed by somebody else since `expected_version`.
        Http404, NotAllowed: no such unit, or the actor is not the administrator.
    """
    unit = _lock_unit(actor, unit_id, expected_version)
    check_draft(draft, unit_id=unit.pk)
    names = [unit.name, unit.short_name]
    changes = assign(unit, asdict(draft))
    if not changes:
        return unit
    unit.initials = initials_of(unit.short_name)
    with refusing_twins(TWIN):
        bump(unit, *asdict(draft), "initials")
    _require_an_administrator(unit)
    former = _keep_former(unit, dict.fromkeys(names))
    summary = f"修改单位“{unit.name}”" + (f"，旧名称{'、'.join(former)}留作别名" if former else "")
    trail.record(actor=actor, action="unit.change", target=unit, summary=summary, changes=changes)
    return unit


@transaction.atomic
def add_alias(*, actor: "User", unit_id: int, name: str, former: bool = False) -> UnitAlias:
    """Let documents call a unit by another name; a name belongs to one unit only.

    Raises:
        UserError: nothing given, or the name is taken.
        Http404, NotAllowed: no such unit, or the actor is not the administrator.
    """
    unit = _lock_unit(actor, unit_id, None)
    name = name.strip()
    if not name:
        raise UserError("请填写别名。")
    if len(name) > 80:
        raise UserError("别名请控制在 80 字以内。")
    bearer = bearer_of(name)
    if bearer == unit:
        raise UserError(f"“{name}”已经是本单位的名称或别名，不必重复添加。")
    if bearer is not None:
        raise UserError(f"“{name}”已是“{bearer.name}”的名称或别名；一个别名只能对应一个单位。")
    with refusing_twins(f"“{name}”刚刚被添加为其他单位的别名，请刷新后核对。"):
        alias = UnitAlias.objects.create(unit=unit, name=name, former=former)
    kind = "旧名称" if former else "别名"
    trail.record(actor=actor, action="unit.add_alias", target=unit, summary=f"为“{unit.name}”添加{kind}“{name}”")
    return alias


@transaction.atomic
def remove_alias(*, actor: "User", unit_id: int, alias_id: int) -> None:
    """Take an alias away; documents that use it no longer find the unit.

    Raises:
        Http404, NotAllowed: no such alias of the unit, or the actor is not the administrator.
    """
    unit = _lock_unit(actor, unit_id, None)
    alias = unit.aliases.filter(pk=alias_id).first()
    if alias is None:
        raise Http404("没有这个别名。")
    name = alias.name
    alias.delete()
    trail.record(actor=actor, action="unit.remove_alias", target=unit, summary=f"删除“{unit.name}”的别名“{name}”")


@transaction.atomic
def set_members(*, actor: "User", unit_id: int, member_ids: Iterable[int]) -> Unit:
    """Say which units a collective name stands for.

    Raises:
        UserError: the unit is no collective name, or a member is one.
        Http404, NotAllowed: no such unit, or the actor is not the administrator.
    """
    unit = _lock_unit(actor, unit_id, None)
    if unit.kind != Unit.Kind.GROUP:
        raise UserError("只有“集合名称”可以设置成员单位。")
    members = list(Unit.objects.filter(pk__in=member_ids))
    if any(member.kind == Unit.Kind.GROUP for member in members):
        raise UserError("集合名称的成员不能又是集合名称，请逐个选择单位。")
    old = "、".join(member.short_name for member in unit.members.all())
    unit.members.set(members)
    new = "、".join(member.short_name for member in unit.members.all())
    if old != new:
        bump(unit)
        trail.record(
            actor=actor,
            action="unit.set_members",
            target=unit,
            summary=f"调整“{unit.name}”的成员单位，共{len(members)}个",
            changes=[("成员单位", old, new)],
        )
    return unit
