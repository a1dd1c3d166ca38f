"""Who may do what to a duty list, its signatures and its fulfilment records; the table of moves says in which state."""

from typing import TYPE_CHECKING, Any

from django.http import Http404

from core.errors import NotAllowed, WrongState
from core.models import lock_row
from responsibility.authority import authority_of
from responsibility.models import DutyItem, DutyList, DutySignature, Fulfilment, Layer
from responsibility.transitions import DUTY_TRANSITIONS, OFFICE, UNIT, Transition

if TYPE_CHECKING:
    from accounts.models import User

MISSING = "没有这份责任清单。"


def may_draft(user: "User | Any", unit_id: int | None = None) -> bool:
    """Say whether the person drafts duty lists: the office for every unit, a unit's people for their own."""
    authority = authority_of(user)
    return authority.is_office or (bool(authority.units) if unit_id is None else unit_id in authority.units)


def plays(user: "User | Any", who: tuple[str, ...], duty_list: DutyList) -> bool:
    """Say whether the person plays one of the parts for this list today."""
    authority = authority_of(user)
    parts = {OFFICE: authority.is_office, UNIT: duty_list.unit_id in authority.units}
    return any(parts[part] for part in who)


def judges_own(user: "User | Any", move: Transition, duty_list: DutyList) -> bool:
    """Say whether the person would judge what they have submitted themselves."""
    return move.others_only and duty_list.submitted_by_id == user.pk


def allowed_transitions(user: "User | Any", duty_list: DutyList) -> list[Transition]:
    """Return the moves open to this person on this list now; they are the buttons of its page."""
    return [
        row
        for row in DUTY_TRANSITIONS
        if duty_list.state in row.sources and plays(user, row.who, duty_list) and not judges_own(user, row, duty_list)
    ]


def get_duty_list_for(user: "User | Any", pk: int) -> DutyList:
    """Return a list the person may see.

    Raises:
        Http404: it does not exist or is none of their business; the two look alike.
    """
    rows = DutyList.objects.visible_to(user).select_related("unit", "created_by", "submitted_by", "published_by")
    duty_list = rows.filter(pk=pk).first()
    if duty_list is None:
        raise Http404(MISSING)
    return duty_list


def require_move(user: "User | Any", move: Transition, duty_list: DutyList) -> None:
    """Check that the person may make the move from the state the list is in.

    Raises:
        NotAllowed: not theirs to do, or they would judge their own work.
        WrongState: theirs to do, but not from the state it is in now.
    """
    if not plays(user, move.who, duty_list):
        raise NotAllowed("您没有权限对这份责任清单进行此操作。")
    if duty_list.state not in move.sources:
        raise WrongState(
            f"责任清单当前为“{duty_list.get_state_display()}”，不能“{move.label}”。可能已有其他人处理，请刷新页面查看。"
        )
    if judges_own(user, move, duty_list):
        raise NotAllowed("提交人不能审核自己提交的责任清单，请由另一位工作人员办理。")


def lock_duty_list_for(user: "User | Any", pk: int, move: Transition, expected_version: int | None = None) -> DutyList:
    """Lock the list for a move and check that the person may make it from the state it is in now.

    Raises:
        Http404: not visible to the person.
        NotAllowed, WrongState: see `require_move`.
        StaleObject: changed since `expected_version`.
    """
    try:
        rows = DutyList.objects.visible_to(user).select_related("unit")
        duty_list = lock_row(rows, pk, expected_version)
    except DutyList.DoesNotExist:
        raise Http404(MISSING) from None
    require_move(user, move, duty_list)
    return duty_list


def get_item_for(user: "User | Any", pk: int) -> DutyItem:
    """Return a duty of a list the person may see.

    Raises:
        Http404: it does not exist or is none of their business.
    """
    rows = DutyItem.objects.select_related("duty_list__unit", "office", "post__office")
    item = rows.filter(pk=pk, duty_list__in=DutyList.objects.visible_to(user)).first()
    if item is None:
        raise Http404("没有这项职责。")
    return item


def signing_right(user: "User | Any", row: DutySignature) -> str:
    """Say how the person may sign: "self", "behalf" (head of the unit for who has no account), or not at all ("").

    `row` comes with its list and with its tenure's account fetched. The unit's own part is its head's to sign.
    """
    if row.signed_at is not None or row.lapsed_on is not None or not row.duty_list.is_published:
        return ""
    holder = row.tenure.user if row.tenure else None
    if holder is not None and holder.pk == user.pk:
        return "self"
    if row.duty_list.unit_id not in authority_of(user).head_units:
        return ""
    if row.layer == Layer.UNIT:
        return "self"
    return "behalf" if holder is None or not holder.is_active else ""


def may_record(user: "User | Any", item: DutyItem) -> bool:
    """Say whether the person may record what was done for the duty: the unit's people, while the list is in force."""
    return item.duty_list.is_published and item.duty_list.unit_id in authority_of(user).units


def may_see_records(user: "User | Any", duty_list: DutyList) -> bool:
    """Say whether the person may read what a unit recorded: who reads the county, and the unit's own people."""
    authority = authority_of(user)
    return authority.reads_county or duty_list.unit_id in authority.units


def get_fulfilment_for(user: "User | Any", pk: int) -> Fulfilment:
    """Return a fulfilment record the person may see.

    Raises:
        Http404: it does not exist or is none of their business.
    """
    rows = Fulfilment.objects.visible_to(user).select_related("item__duty_list__unit", "created_by")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404("没有这条履职记录。")
    return row
