"""Who may see and change an entry of the register 交办事项."""

from typing import TYPE_CHECKING, Any

from django.http import Http404

from core.errors import NotAllowed, WrongState
from core.models import lock_row
from responsibility.authority import authority_of
from tasks.models import Directive

if TYPE_CHECKING:
    from accounts.models import User

GONE = "没有这件交办事项。"


def kinds_open_to(user: "User | Any") -> list[str]:
    """Return the kinds a person may enter: the office all, a county leader an instruction of their own."""
    authority = authority_of(user)
    if authority.is_office:
        return list(Directive.Kind.values)
    return [Directive.Kind.LEADER] if authority.is_leader else []


def may_change(user: "User | Any", row: Directive) -> bool:
    """Say whether the person may correct the entry: the office, and a leader what they entered and nobody took up."""
    if row.done_on is not None:
        return False
    authority = authority_of(user)
    own = authority.is_leader and row.created_by_id == user.pk
    return authority.is_office or (own and not row.tasks.exists())


def get_directive_for(user: "User | Any", pk: int) -> Directive:
    """Return an entry the person may see.

    Raises:
        Http404: it does not exist or is none of their business; the two look alike.
    """
    rows = Directive.objects.visible_to(user).select_related("leader", "created_by", "done_by")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404(GONE)
    return row


def lock_directive(
    user: "User | Any", pk: int, expected_version: int | None = None, *, office: bool = True
) -> Directive:
    """Lock an entry to change it or to open a task from it.

    Raises:
        Http404: not visible to the person.
        NotAllowed: visible, but not theirs to do.
        StaleObject: changed since `expected_version`.
    """
    try:
        row = lock_row(Directive.objects.visible_to(user).select_related("leader"), pk, expected_version)
    except Directive.DoesNotExist:
        raise Http404(GONE) from None
    if office and not authority_of(user).is_office:
        raise NotAllowed("只有县安委办可以办理交办事项。")
    return row


def require_running(row: Directive) -> None:
    """Let through what is not settled.

    Raises:
        WrongState: it is settled.
    """
    if row.done_on is not None:
        raise WrongState("这件交办事项已办结。需要继续办理的，请先撤销办结。")
