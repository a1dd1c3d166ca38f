"""What every move of a record leaves behind: version, audit entry, messages."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse

from audit import trail
from audit.trail import Change
from core.errors import UserError
from core.models import bump
from drills.models import Drill
from drills.transitions import Transition
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.selectors import people_of, people_of_enterprise

if TYPE_CHECKING:
    from accounts.models import User

MAX_REASON = 2000


def check_reason(move: Transition, reason: str) -> str:
    """Return the trimmed reason or comment.

    Raises:
        UserError: the move asks for one and none was given, or it is too long.
    """
    reason = reason.strip()
    if move.needs_reason and not reason:
        raise UserError(f"“{move.label}”须填写理由，请补充后再提交。")
    if len(reason) > MAX_REASON:
        raise UserError(f"理由请控制在 {MAX_REASON} 字以内（现为 {len(reason)} 字）。")
    return reason


def signature_of(actor: "User", drill: Drill) -> str:
    """Return how the person signs for the unit that files the record: a deputy as "A（由B代）"."""
    stands_in_for = authority_of(actor).acting_for.get(drill.filer_id or 0)
    return f"{stands_in_for}（由{actor}代）" if stands_in_for else str(actor)


def carry_out(
    drill: Drill,
    move: Transition,
    *,
    actor: "User",
    reason: str = "",
    changes: Sequence[Change] = (),
    fields: tuple[str, ...] = (),
) -> None:
    """Move a locked record and leave its entry.

    Args:
        drill: locked, permission checked.
        move: row of the transition table.
        actor: who does it.
        reason: already checked.
        changes: what changed besides the state, in words.
        fields: further fields the caller has set.
    """
    old = drill.get_state_display()
    if move.target:
        drill.state = move.target
        changes = [("状态", old, drill.get_state_display()), *changes]
    bump(drill, "state", *fields)
    trail.record(
        actor=actor,
        action=f"drill.{move.action}",
        target=drill,
        summary=f"{move.done}（{drill}）",
        reason=reason,
        changes=changes,
    )


def tell_owners(drill: Drill, title: str, body: str, *, actor: "User") -> None:
    """Tell the people whose record it is, except the person who acts."""
    people: list[User] = [drill.created_by]
    for unit_id in {drill.filer_id, drill.organiser_id} - {None}:
        people += people_of(unit_id=unit_id)
    if drill.enterprise_id is not None:
        people += people_of_enterprise(drill.enterprise_id)
    _tell(people, drill, title, body, actor)


def tell_reviewers(drill: Drill, title: str, body: str, *, actor: "User") -> None:
    """Tell the people who are asked to judge the record: see `drills.permissions.judges`."""
    people: list[User] = []
    if drill.filer_id is None and drill.enterprise is not None:
        for unit_id in {drill.township_id, drill.enterprise.supervisor_id} - {None}:
            people += people_of(unit_id=unit_id)
    if not people:
        people += people_of(role="office")
    _tell(people, drill, title, body, actor)


def _tell(people: "Iterable[User]", drill: Drill, title: str, body: str, actor: "User") -> None:
    notify(
        recipients=[person for person in people if person.pk != actor.pk],
        title=title,
        body=body,
        path=reverse("drills:detail", args=[drill.pk]),
        key=f"drill-{drill.pk}-{drill.state}-{drill.version}",
    )
