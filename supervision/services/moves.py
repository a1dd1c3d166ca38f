"""What every move of a letter leaves behind: version, audit entry, messages."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse

from audit import trail
from audit.trail import Change
from core.errors import UserError
from core.models import bump
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.selectors import people_of
from supervision.models import Letter
from supervision.transitions import Transition

if TYPE_CHECKING:
    from accounts.models import User

MAX_REASON = 2000


def check_reason(move: Transition, reason: str) -> str:
    """Return the trimmed reason or comment.

    Raises:
        UserError: the move asks for one and none was given, or it is too long.
    """
    reason = reason.strip()
    if move.needs == "reason" and not reason:
        raise UserError(f"“{move.label}”须填写意见或理由，请补充后再提交。")
    if len(reason) > MAX_REASON:
        raise UserError(f"意见或理由请控制在 {MAX_REASON} 字以内。")
    return reason


def signature_of(actor: "User", letter: Letter) -> str:
    """Return how the person signs for the letter's unit: a deputy as "A（由B代）"."""
    stands_in_for = authority_of(actor).acting_for.get(letter.unit_id)
    return f"{stands_in_for}（由{actor}代）" if stands_in_for else str(actor)


def carry_out(
    letter: Letter,
    move: Transition,
    *,
    actor: "User",
    reason: str = "",
    changes: Sequence[Change] = (),
    fields: tuple[str, ...] = (),
) -> None:
    """Move a locked letter and record it.

    Args:
        letter: locked, permission checked.
        move: row of the transition table.
        actor: who does it.
        reason: already checked.
        changes: what changed besides the state, in words.
        fields: further fields the caller has set on the letter.
    """
    old = letter.get_state_display()
    if move.target:
        letter.state = move.target
        changes = [("状态", old, letter.get_state_display()), *changes]
    bump(letter, "state", *fields)
    trail.record(
        actor=actor,
        action=f"letter.{move.action}",
        target=letter,
        summary=f"{move.done}（{letter}）",
        reason=reason,
        changes=changes,
    )


def tell_unit(letter: Letter, title: str, body: str, *, actor: "User") -> None:
    """Tell the people who act for the addressed unit, except the person who acts."""
    _tell(people_of(unit_id=letter.unit_id), letter, title, body, actor)


def tell_office(letter: Letter, title: str, body: str, *, actor: "User") -> None:
    """Tell the clerks of the office, except the person who acts."""
    _tell(people_of(role="office"), letter, title, body, actor)


def _tell(people: "Iterable[User]", letter: Letter, title: str, body: str, actor: "User") -> None:
    notify(
        recipients=[person for person in people if person.pk != actor.pk],
        title=title,
        body=body,
        path=reverse("supervision:detail", args=[letter.pk]),
        key=f"letter-{letter.pk}-{letter.state}-{letter.version}",
    )
