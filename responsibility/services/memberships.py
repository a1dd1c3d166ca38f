"""任职: a person's dated role in a unit, and the deputy (B角) who stands in within dates."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.http import Http404

from accounts.models import User
from audit import trail
from core.errors import UserError
from responsibility.models import Enterprise, Membership, Role, Unit
from responsibility.permissions import require_administrator
from responsibility.services.changes import refusing_twins


@dataclass(frozen=True, slots=True)
class Post:
    """A role in a unit from a day on; without `valid_to` it is open-ended.

    People of an enterprise (企业安全管理人员) name it, and have the role in its township or supervising unit.
    """

    unit_id: int
    role: str
    valid_from: date
    valid_to: date | None = None
    title: str = ""
    portfolio: str = ""
    enterprise_id: int | None = None


def _enterprise_of(unit: Unit, post: Post) -> Enterprise | None:
    """Return the enterprise of the post.

    Raises:
        UserError: the role asks for one and none is given, or the reverse; it is closed, or the unit is not one of its.
    """
    if post.role != Role.ENTERPRISE:
        if post.enterprise_id is not None:
            raise UserError("只有“企业安全管理人员”才选择企业，请清空企业或改选角色。")
        return None
    enterprise = Enterprise.objects.select_related("township", "supervisor").filter(pk=post.enterprise_id or 0).first()
    if enterprise is None:
        raise UserError("“企业安全管理人员”须选择所在企业。")
    if enterprise.closed_on is not None:
        raise UserError(f"“{enterprise.name}”已停业注销，不能再任职。")
    own = (enterprise.township, enterprise.supervisor)
    if unit not in own:
        names = "或".join(dict.fromkeys(each.short_name for each in own))
        raise UserError(f"企业安全管理人员的单位应为企业的属地或监管部门：“{enterprise.name}”请选择{names}。")
    return enterprise


def _check(user: User, unit: Unit, post: Post) -> None:
    if unit.kind == Unit.Kind.GROUP:
        raise UserError(f"“{unit.name}”是集合名称，不能任职，请选择具体单位。")
    if post.role == Role.OFFICE and unit.kind != Unit.Kind.OFFICE:
        raise UserError("“安委办”角色只能设在类别为“安委办”的单位。")
    if post.valid_to is not None and post.valid_to < post.valid_from:
        raise UserError("截止日期不能早于起始日期。")
    same = Membership.objects.filter(user=user, unit=unit, role=post.role)
    overlapping = same.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=post.valid_from))
    if post.valid_to is not None:
        overlapping = overlapping.filter(valid_from__lte=post.valid_to)
    if overlapping.exists():
        raise UserError(f"{user}在{unit.short_name}已有同一角色，日期有重叠，请先办理原任职的截止。")


def _dates(post: Post) -> str:
    return f"{post.valid_from}起" if post.valid_to is None else f"{post.valid_from}至{post.valid_to}"


def _create(actor: User, user: User, unit: Unit, post: Post, principal: User | None = None) -> Membership:
    _check(user, unit, post)
    enterprise = _enterprise_of(unit, post)
    with refusing_twins(f"{user}在{unit.short_name}已有同一角色，请刷新后核对。"):
        row = Membership.objects.create(
            user=user,
            unit=unit,
            role=post.role,
            post=post.title,
            portfolio=post.portfolio,
            valid_from=post.valid_from,
            valid_to=post.valid_to,
            deputy_for=principal,
            enterprise=enterprise,
        )
    stands_in = f"，代理{principal}（B角）" if principal is not None else ""
    at = f"（{enterprise.name}）" if enterprise is not None else ""
    summary = f"{user}任{unit.short_name}{row.get_role_display()}{at}{stands_in}，{_dates(post)}"
    # The history of the person and of the unit both tell it.
    entry = trail.record(actor=actor, action="membership.create", target=user, summary=summary)
    trail.record(actor=actor, action="membership.create", target=unit, summary=summary, operation=entry.operation)
    return row


@transaction.atomic
def add_membership(*, actor: User, user_id: int, post: Post) -> Membership:
    """Give a person a role in a unit.

    Raises:
        UserError: the role does not fit the unit or the enterprise, the dates are reversed or overlap the same role.
        Http404, NotAllowed: no such person or unit, or the actor is not the administrator.
    """
    require_administrator(actor)
    user = User.objects.filter(pk=user_id).first()
    unit = Unit.objects.filter(pk=post.unit_id).first()
    if user is None or unit is None:
        raise Http404("没有这个账号或单位。")
    return _create(actor, user, unit, post)


def _lock_membership(actor: User, membership_id: int) -> Membership:
    require_administrator(actor)
    rows = Membership.objects.select_for_update(of=("self",)).select_related("user", "unit")
    row = rows.filter(pk=membership_id).first()
    if row is None:
        raise Http404("没有这条任职记录。")
    return row


@transaction.atomic
def add_deputy(*, actor: User, membership_id: int, deputy_id: int, valid_from: date, valid_to: date) -> Membership:
    """Let another person stand in for a role within dates; the record says "A（由B代）".

    Args:
        actor: the administrator.
        membership_id: the role of the person stood in for (A角).
        deputy_id: who stands in (B角).
        valid_from, valid_to: first and last day.

    Raises:
        UserError: the same person, reversed dates, an inactive account, or the role has ended before.
        Http404, NotAllowed: no such role or person, or the actor is not the administrator.
    """
    row = _lock_membership(actor, membership_id)
    deputy = User.objects.filter(pk=deputy_id).first()
    if deputy is None:
        raise Http404("没有这个账号。")
    if deputy == row.user:
        raise UserError("B角不能是本人，请另选一人。")
    if row.deputy_for_id is not None:
        raise UserError("代理人不能再由他人代理，请为A角另行指定。")
    if not deputy.is_active:
        raise UserError(f"{deputy}的账号已停用，请先启用或另选一人。")
    if row.valid_to is not None and valid_to > row.valid_to:
        raise UserError(f"代理不能晚于{row.user}的任职截止日期（{row.valid_to}）。")
    if valid_from < row.valid_from:
        raise UserError(f"代理不能早于{row.user}的任职起始日期（{row.valid_from}）。")
    post = Post(row.unit_id, row.role, valid_from, valid_to, title=row.post, enterprise_id=row.enterprise_id)
    return _create(actor, deputy, row.unit, post, principal=row.user)


def require_another_administrator(*, day: date, leaving_out: int) -> None:
    """Make sure that the county keeps an administrator on `day` without the person `leaving_out`.

    Raises:
        UserError: nobody else could log in and keep units and accounts.
    """
    # Locked, so that two administrators cannot switch each other off at the same moment.
    rows = Membership.objects.select_for_update(of=("self",)).filter(role=Role.ADMINISTRATOR)
    others = rows.active_on(day).filter(user__is_active=True).exclude(user_id=leaving_out)
    if not list(others):
        raise UserError("这是最后一名系统管理员，请先指定另一名系统管理员再办理。")


@transaction.atomic
def end_membership(*, actor: User, membership_id: int, last_day: date, reason: str) -> Membership:
    """End a role after `last_day`; what was done in it stays.

    Raises:
        UserError: no reason, the day lies before the role began or after its end, or nobody would be administrator.
        Http404, NotAllowed: no such role, or the actor is not the administrator.
    """
    row = _lock_membership(actor, membership_id)
    reason = reason.strip()
    if not reason:
        raise UserError("请填写理由，例如调离、岗位调整。")
    if last_day < row.valid_from:
        raise UserError(f"最后一天不能早于任职起始日期（{row.valid_from}）。")
    if row.valid_to is not None and last_day >= row.valid_to:
        raise UserError(f"这项任职已定于{row.valid_to}截止，请填写更早的日期。")
    if row.role == Role.ADMINISTRATOR:
        require_another_administrator(day=last_day + timedelta(days=1), leaving_out=row.user_id)
    old = str(row.valid_to or "")
    row.valid_to = last_day
    row.save(update_fields=["valid_to"])
    summary = f"{row.user}不再任{row.unit.short_name}{row.get_role_display()}，最后一天{last_day}"
    changes = [("截止日期", old, str(last_day))]
    entry = trail.record(
        actor=actor, action="membership.end", target=row.user, summary=summary, reason=reason, changes=changes
    )
    trail.record(
        actor=actor,
        action="membership.end",
        target=row.unit,
        summary=summary,
        reason=reason,
        changes=changes,
        operation=entry.operation,
    )
    return row
