"""内设机构 and 岗位 of a unit and who holds them. Nothing is deleted: offices, posts and tenures end on a date."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.http import Http404

from accounts.models import User
from audit import trail
from audit.trail import Change
from core import clock
from core.errors import UserError
from core.models import bump, lock_row
from responsibility.models import InnerOffice, Membership, Post, Tenure, Unit
from responsibility.permissions import require_posts_keeper
from responsibility.services.changes import assign, refusing_twins
from responsibility.services.signature_rows import realign_signatures

if TYPE_CHECKING:
    from uuid import UUID

STEP = 10
TWIN_OFFICE = "本单位已有同名的内设机构，请核对后重新填写。"
TWIN_HOLDER = "刚刚有人登记了这个岗位的任岗人，请刷新后核对。"


@dataclass(frozen=True, slots=True)
class PostDraft:
    """What the form of a post holds; without `office_id` it is one of the unit's leaders (班子成员)."""

    title: str
    office_id: int | None = None
    in_charge: bool = False
    portfolio: str = ""
    ordering: int | None = None


@dataclass(frozen=True, slots=True)
class HolderDraft:
    """Who holds a post from a day on: an account, or a name alone."""

    valid_from: date
    user_id: int | None = None
    name: str = ""
    phone: str = ""


def _unit(actor: User, unit_id: int) -> Unit:
    require_posts_keeper(actor, unit_id)
    # Locked: names and orders within the unit are looked at and then written.
    unit = Unit.objects.select_for_update(no_key=True).filter(pk=unit_id).first()
    if unit is None:
        raise Http404("没有这个单位。")
    if unit.kind == Unit.Kind.GROUP:
        raise UserError(f"“{unit.name}”是集合名称，没有内设机构和岗位，请选择具体单位。")
    return unit


def next_ordering(unit: Unit, *, of: type[InnerOffice] | type[Post]) -> int:
    """Return the place after the unit's last inner office or post."""
    last: int | None = of._default_manager.filter(unit=unit).aggregate(last=Max("ordering"))["last"]
    return (last or 0) + STEP


def _note(actor: User, unit: Unit, action: str, summary: str, **extra: object) -> None:
    # The unit's history tells of its offices and posts: they have no page of their own.
    trail.record(actor=actor, action=action, target=unit, summary=summary, **extra)  # type: ignore[arg-type]


@transaction.atomic
def create_office(*, actor: User, unit_id: int, name: str, valid_from: date | None = None) -> InnerOffice:
    """Add an inner office.

    Raises:
        UserError: no name, or the unit has one of that name.
        Http404, NotAllowed: no such unit, or not the actor's to keep.
    """
    unit = _unit(actor, unit_id)
    name = _checked_name(unit, name)
    with refusing_twins(TWIN_OFFICE):
        office = InnerOffice.objects.create(
            unit=unit,
            name=name,
            ordering=next_ordering(unit, of=InnerOffice),
            valid_from=valid_from or clock.today(),
        )
    _note(actor, unit, "office.create", f"设立内设机构“{name}”")
    return office


def _checked_name(unit: Unit, name: str, *, other_than: int = 0) -> str:
    name = "".join(name.split())
    if not name:
        raise UserError("请填写内设机构名称。")
    if unit.inner_offices.filter(name=name, valid_to__isnull=True).exclude(pk=other_than).exists():
        raise UserError(f"本单位已有内设机构“{name}”，请核对后重新填写。")
    return name


def _lock_office(actor: User, office_id: int, expected_version: int | None) -> InnerOffice:
    found = InnerOffice.objects.filter(pk=office_id).values_list("unit_id", flat=True).first()
    if found is None:
        raise Http404("没有这个内设机构。")
    _unit(actor, found)
    return lock_row(InnerOffice.objects.select_related("unit"), office_id, expected_version)


@transaction.atomic
def change_office(
    *, actor: User, office_id: int, name: str, ordering: int, expected_version: int | None = None
) -> InnerOffice:
    """Rename an inner office or move it.

    Raises:
        StaleObject: changed by somebody else since `expected_version`.
        UserError, Http404, NotAllowed: as `create_office`.
    """
    office = _lock_office(actor, office_id, expected_version)
    name = _checked_name(office.unit, name, other_than=office.pk)
    changes = assign(office, {"name": name, "ordering": ordering})
    if changes:
        with refusing_twins(TWIN_OFFICE):
            bump(office, "name", "ordering")
        _note(actor, office.unit, "office.change", f"修改内设机构“{name}”", changes=changes)
    return office


@transaction.atomic
def close_office(*, actor: User, office_id: int, last_day: date, reason: str) -> InnerOffice:
    """撤销 an inner office after a day; its posts must have ended by then.

    Raises:
        UserError: no reason, a day before it was set up, it has ended already, or posts in it go on.
        Http404, NotAllowed: as `create_office`.
    """
    office = _lock_office(actor, office_id, None)
    reason = _checked_end(office, last_day, reason, "内设机构")
    open_posts = [post.title for post in office.posts.filter(valid_to__isnull=True)]
    if open_posts:
        raise UserError(
            f"“{office.name}”还有{len(open_posts)}个岗位（{'、'.join(open_posts[:5])}），请先撤销或调整岗位。"
        )
    office.valid_to = last_day
    bump(office, "valid_to")
    changes: list[Change] = [("撤销日期", "", str(last_day))]
    _note(actor, office.unit, "office.close", f"撤销内设机构“{office.name}”", reason=reason, changes=changes)
    realign_signatures(office.unit)
    return office


def _checked_end(row: InnerOffice | Post, last_day: date, reason: str, word: str) -> str:
    reason = reason.strip()
    if not reason:
        raise UserError("请填写理由，例如机构改革、岗位调整。")
    if row.valid_to is not None:
        raise UserError(f"这个{word}已于{row.valid_to}撤销。")
    if last_day < row.valid_from:
        raise UserError(f"最后一天不能早于设立日期（{row.valid_from}）。")
    return reason


def _checked_post(unit: Unit, draft: PostDraft, *, post_id: int = 0) -> InnerOffice | None:
    """Return the post's office, None for a leader.

    Raises:
        UserError: what the post says does not hold together.
    """
    if not draft.title.strip():
        raise UserError("请填写岗位（职务）名称。")
    office = None
    if draft.office_id is not None:
        office = unit.inner_offices.filter(pk=draft.office_id, valid_to__isnull=True).first()
        if office is None:
            raise UserError("所选内设机构不是本单位的，或者已经撤销，请重新选择。")
    if draft.in_charge:
        others = unit.posts.filter(office=office, in_charge=True, valid_to__isnull=True).exclude(pk=post_id)
        other = others.first()
        if other is not None:
            whose = f"“{office.name}”" if office else "班子"
            raise UserError(f"{whose}已有主要负责人岗位“{other.title}”，请先取消它的“主要负责人”。")
    return office


@transaction.atomic
def create_post(*, actor: User, unit_id: int, draft: PostDraft, holder: HolderDraft | None = None) -> Post:
    """Add a post, with who holds it where that is known.

    Raises:
        UserError: no title, an office of another unit, a second post in charge, or the holder is nobody of the unit.
        Http404, NotAllowed: no such unit, or not the actor's to keep.
    """
    unit = _unit(actor, unit_id)
    office = _checked_post(unit, draft)
    post = Post.objects.create(
        unit=unit,
        office=office,
        leader=office is None,
        title=draft.title.strip(),
        in_charge=draft.in_charge,
        portfolio=draft.portfolio.strip(),
        ordering=draft.ordering if draft.ordering is not None else next_ordering(unit, of=Post),
        valid_from=holder.valid_from if holder else clock.today(),
    )
    _note(actor, unit, "post.create", f"设立岗位“{post}”")
    if holder is not None:
        _appoint(actor, post, holder)
    realign_signatures(unit)
    return post


def _lock_post(actor: User, post_id: int, expected_version: int | None = None) -> Post:
    found = Post.objects.filter(pk=post_id).values_list("unit_id", flat=True).first()
    if found is None:
        raise Http404("没有这个岗位。")
    _unit(actor, found)
    return lock_row(Post.objects.select_related("unit", "office"), post_id, expected_version)


@transaction.atomic
def change_post(*, actor: User, post_id: int, draft: PostDraft, expected_version: int | None = None) -> Post:
    """Change a post's title, office, portfolio or place; who holds it stays.

    Raises:
        StaleObject: changed by somebody else since `expected_version`.
        UserError: as `create_post`, or a leader's post would become an office's or the reverse.
        Http404, NotAllowed: no such post, or not the actor's to keep.
    """
    post = _lock_post(actor, post_id, expected_version)
    office = _checked_post(post.unit, draft, post_id=post.pk)
    if post.leader != (office is None):
        raise UserError("班子成员岗位与内设机构岗位不能互换，请撤销后另设岗位，以便保留任岗历史。")
    values: dict[str, object] = {"title": draft.title.strip(), "office": office, "in_charge": draft.in_charge}
    values["portfolio"] = draft.portfolio.strip()
    values["ordering"] = post.ordering if draft.ordering is None else draft.ordering
    changes = assign(post, values)
    if changes:
        bump(post, *values)
        _note(actor, post.unit, "post.change", f"修改岗位“{post}”", changes=changes)
        realign_signatures(post.unit)
    return post


@transaction.atomic
def close_post(*, actor: User, post_id: int, last_day: date, reason: str) -> Post:
    """撤销 a post after a day; who holds it leaves it with it.

    Raises:
        UserError: no reason, a day before it was set up or before its holder came, or it has ended already.
        Http404, NotAllowed: no such post, or not the actor's to keep.
    """
    post = _lock_post(actor, post_id)
    reason = _checked_end(post, last_day, reason, "岗位")
    _end_tenure(post, last_day)
    post.valid_to = last_day
    bump(post, "valid_to")
    changes: list[Change] = [("撤岗日期", "", str(last_day))]
    _note(actor, post.unit, "post.close", f"撤销岗位“{post}”", reason=reason, changes=changes)
    realign_signatures(post.unit)
    return post


def _end_tenure(post: Post, last_day: date) -> Tenure | None:
    tenure = post.tenures.filter(valid_to__isnull=True).first()
    if tenure is None:
        return None
    if last_day < tenure.valid_from:
        raise UserError(f"{tenure.name}自{tenure.valid_from}起任岗，请填写不早于这一天的日期。")
    tenure.valid_to = last_day
    tenure.save(update_fields=["valid_to"])
    return tenure


def _named(unit: Unit, holder: HolderDraft) -> tuple[User | None, str, str]:
    """Return account, name and telephone of a holder.

    Raises:
        UserError: neither account nor name, or the account acts for another unit.
    """
    if holder.user_id is None:
        name = " ".join(holder.name.split())
        if not name:
            raise UserError("请选择账号或填写任岗人姓名。")
        return None, name, holder.phone.strip()
    members = Membership.objects.active_on(max(holder.valid_from, clock.today())).filter(unit=unit)
    user = User.objects.filter(pk=holder.user_id, is_active=True, pk__in=members.values("user")).first()
    if user is None:
        raise UserError("所选账号不在本单位任职或已停用，请重新选择，或只填写姓名。")
    return user, str(user), holder.phone.strip() or user.phone


def _appoint(actor: User, post: Post, holder: HolderDraft, operation: "UUID | None" = None) -> Tenure:
    user, name, phone = _named(post.unit, holder)
    with refusing_twins(TWIN_HOLDER):
        row = Tenure.objects.create(post=post, user=user, name=name, phone=phone, valid_from=holder.valid_from)
    summary = f"{name}任“{post}”，{holder.valid_from}起"
    _note(actor, post.unit, "post.appoint", summary, operation=operation)
    return row


@transaction.atomic
def change_holder(*, actor: User, post_id: int, holder: HolderDraft) -> Tenure:
    """Put somebody into a post from a day on; who held it leaves the day before.

    What the former holder signed stays in the history; the successor signs the duty lists in force anew.

    Raises:
        UserError: nobody named, the post has ended, or the day is not after the present holder's first one.
        Http404, NotAllowed: no such post, or not the actor's to keep.
    """
    post = _lock_post(actor, post_id)
    if post.valid_to is not None:
        raise UserError(f"这个岗位已于{post.valid_to}撤销，不能再安排人员。")
    former = post.tenures.filter(valid_to__isnull=True).first()
    if former is not None:
        if holder.valid_from <= former.valid_from:
            raise UserError(f"{former.name}自{former.valid_from}起任岗，继任须晚于这一天。")
        _end_tenure(post, holder.valid_from - timedelta(days=1))
    else:
        last = post.tenures.first()
        if last is not None and last.valid_to is not None and holder.valid_from <= last.valid_to:
            raise UserError(f"{last.name}任岗到{last.valid_to}，请填写这之后的日期。")
    row = _appoint(actor, post, holder)
    bump(post)
    realign_signatures(post.unit)
    return row


@transaction.atomic
def vacate_post(*, actor: User, post_id: int, last_day: date, reason: str) -> Post:
    """Let the holder leave a post without a successor.

    Raises:
        UserError: no reason, nobody holds it, or a day before the holder came.
        Http404, NotAllowed: no such post, or not the actor's to keep.
    """
    post = _lock_post(actor, post_id)
    reason = reason.strip()
    if not reason:
        raise UserError("请填写理由，例如调离、退休。")
    tenure = _end_tenure(post, last_day)
    if tenure is None:
        raise UserError("这个岗位目前空缺，没有人可以离岗。")
    bump(post)
    summary = f"{tenure.name}不再任“{post}”，最后一天{last_day}"
    _note(actor, post.unit, "post.vacate", summary, reason=reason, changes=[("离岗日期", "", str(last_day))])
    realign_signatures(post.unit)
    return post
