"""Who may do what to a letter; the table of moves says in which state."""

from typing import TYPE_CHECKING, Any

from django.http import Http404

from core.errors import NotAllowed, WrongState
from core.models import lock_row
from responsibility.authority import authority_of
from supervision.models import Letter
from supervision.transitions import CLOSE, LEADER, LETTER_TRANSITIONS, OFFICE, RETURN_REPLY, UNIT, Transition

if TYPE_CHECKING:
    from accounts.models import User

MISSING = "没有这份函件。"


def may_compose(user: "User | Any") -> bool:
    """Say whether the person drafts letters."""
    return authority_of(user).is_office


def plays(user: "User | Any", who: tuple[str, ...], letter: Letter) -> bool:
    """Say whether the person plays one of the parts for this letter today."""
    authority = authority_of(user)
    parts = {OFFICE: authority.is_office, LEADER: authority.is_leader, UNIT: letter.unit_id in authority.units}
    return any(parts[part] for part in who)


def wrote_reply(user: "User | Any", letter: Letter) -> bool:
    """Say whether the person gave the reply that is to be judged: who did the work cannot accept it."""
    return letter.replied_by_id is not None and letter.replied_by_id == user.pk


def sees_reply(user: "User | Any", letter: Letter) -> bool:
    """Say whether the person sees the reply: everybody once it is submitted, its unit while it writes as well."""
    writing = letter.state == Letter.State.RECEIVED and plays(user, (UNIT,), letter)
    return writing or letter.state in (Letter.State.REPLIED, Letter.State.CLOSED)


def allowed_transitions(user: "User | Any", letter: Letter) -> list[Transition]:
    """Return the moves open to this person on this letter now; they are the buttons of its page."""
    return [
        row
        for row in LETTER_TRANSITIONS
        if letter.state in row.sources
        and plays(user, row.who, letter)
        and not (row in (CLOSE, RETURN_REPLY) and wrote_reply(user, letter))
    ]


def get_letter_for(user: "User | Any", pk: int) -> Letter:
    """Return a letter the person may see.

    Raises:
        Http404: it does not exist or is none of their business; the two look alike.
    """
    letter = (
        Letter.objects.visible_to(user)
        .select_related(
            "plan", "unit", "predecessor", "created_by", "issued_by", "received_by", "replied_by", "closed_by"
        )
        .filter(pk=pk)
        .first()
    )
    if letter is None:
        raise Http404(MISSING)
    return letter


def lock_letter_for(user: "User | Any", pk: int, move: Transition, expected_version: int | None = None) -> Letter:
    """Lock the letter for a move and check that the person may make it from the state it is in now.

    Raises:
        Http404: not visible to the person.
        NotAllowed: visible, but not theirs to do.
        WrongState: theirs to do, but not from the state it is in now.
        StaleObject: changed since `expected_version`.
    """
    try:
        letter = lock_row(Letter.objects.visible_to(user).select_related("unit", "plan"), pk, expected_version)
    except Letter.DoesNotExist:
        raise Http404(MISSING) from None
    if not plays(user, move.who, letter):
        raise NotAllowed("您没有权限对这份函件进行此操作。")
    if letter.state not in move.sources:
        raise WrongState(
            f"函件当前为“{letter.get_state_display()}”，不能“{move.label}”。可能已有其他人处理，请刷新页面查看。"
        )
    return letter
