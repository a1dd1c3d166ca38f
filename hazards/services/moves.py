"""What every move of a hazard leaves behind: version, dated standing, audit entry, messages."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse

from audit import trail
from audit.trail import Change
from core import clock
from core.errors import UserError
from core.models import bump
from hazards.models import Hazard, Standing
from hazards.models.tracked import TRACKED
from hazards.transitions import APPLICANT, ASKER, DECIDER, ENTERPRISE, OFFICE, RECHECKER, TOWNSHIP, Transition
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.models import Role
from responsibility.selectors import people_of, people_of_enterprise

if TYPE_CHECKING:
    from accounts.models import User

MAX_REASON = 2000


def checked_text(label: str, text: str, longest: int, *, required: bool = True) -> str:
    """Return the trimmed text.

    Raises:
        UserError: nothing was given where something must be, or it is too long.
    """
    text = text.replace("\r\n", "\n").strip()
    if required and not text:
        raise UserError(f"请填写“{label}”。")
    if len(text) > longest:
        raise UserError(f"“{label}”请控制在 {longest} 字以内（现为 {len(text)} 字）。")
    return text


def one_line(label: str, text: str, longest: int, *, required: bool = True) -> str:
    """Return the text on one line; raises as `checked_text`."""
    return checked_text(label, " ".join(text.split()), longest, required=required)


def checked_reason(move: Transition, reason: str) -> str:
    """Return the trimmed reason or opinion.

    Raises:
        UserError: none was given, or it is too long.
    """
    reason = reason.replace("\r\n", "\n").strip()
    if "reason" in move.needs and not reason:
        raise UserError(f"“{move.label}”须填写意见或理由，请补充后再提交。")
    if len(reason) > MAX_REASON:
        raise UserError(f"意见或理由请控制在 {MAX_REASON} 字以内（现为 {len(reason)} 字）。")
    return reason


def signature_of(actor: "User", *unit_ids: int) -> str:
    """Return how the person signs for one of these units: a deputy as "A（由B代）"."""
    acting = authority_of(actor).acting_for
    stands_in_for = next((acting[pk] for pk in unit_ids if pk in acting), "")
    return f"{stands_in_for}（由{actor}代）" if stands_in_for else str(actor)


def note_standing(hazard: Hazard, action: str, *, actor: "User", reason: str = "") -> None:
    """Keep how the hazard stands from now on as its dated row; nothing where none of the tracked facts changed."""
    facts = {name: getattr(hazard, name) for name in TRACKED}
    last = hazard.standings.filter(until__isnull=True).first()
    if last is not None:
        if facts == {name: getattr(last, name) for name in TRACKED}:
            return
        last.until = clock.today()
        last.save(update_fields=["until"])
    Standing.objects.create(
        hazard=hazard,
        since=clock.today(),
        at=clock.now(),
        action=action,
        actor=actor,
        reason=reason[:300],
        **facts,
    )


def carry_out(
    hazard: Hazard,
    move: Transition,
    *,
    actor: "User",
    reason: str = "",
    changes: Sequence[Change] = (),
    fields: tuple[str, ...] = (),
) -> None:
    """Move a locked hazard and leave every trace of it: version, standing, audit entry, messages.

    Args:
        hazard: locked, permission checked.
        move: row of the transition table.
        actor: who does it.
        reason: already checked.
        changes: what changed besides the state, in words.
        fields: further fields the caller has set on the hazard.
    """
    old = hazard.get_state_display()
    if move.target:
        hazard.state = move.target
        changes = [("状态", old, hazard.get_state_display()), *changes]
    bump(hazard, "state", *fields)
    note_standing(hazard, move.action, actor=actor, reason=reason)
    trail.record(
        actor=actor,
        action=f"hazard.{move.action}",
        target=hazard,
        summary=f"{move.done}（{hazard.title}）",
        reason=reason,
        changes=changes,
    )
    tell(hazard, audience(hazard, move.tells), f"{move.done}：{hazard}", reason, actor=actor)


def audience(hazard: Hazard, parts: Iterable[str]) -> "list[User]":
    """Return the people who play these parts for the hazard today; who last applied or asked is still told after it."""
    found: list[User] = []
    for part in parts:
        if part == ENTERPRISE and hazard.enterprise_id is not None:
            found += people_of_enterprise(hazard.enterprise_id)
        elif part == TOWNSHIP:
            found += people_of(unit_id=hazard.township_id)
        elif part == RECHECKER or (part == DECIDER and not hazard.is_major):
            found += people_of(unit_id=hazard.supervisor_id)
        elif part in (OFFICE, DECIDER):
            found += people_of(role=Role.OFFICE)
        elif part == APPLICANT:
            handed_in = hazard.rounds.exclude(applied_by=None).select_related("applied_by").first()
            found += [handed_in.applied_by] if handed_in is not None and handed_in.applied_by is not None else []
        elif part == ASKER:
            found += [row.asked_by for row in hazard.extensions.select_related("asked_by")[:1]]
    return found


def tell(hazard: Hazard, people: "Iterable[User]", title: str, body: str, *, actor: "User") -> None:
    """Write to these people, except the person who acts."""
    notify(
        recipients=[person for person in people if person.pk != actor.pk],
        title=title,
        body=body,
        path=reverse("hazards:detail", args=[hazard.pk]),
        key=f"hazard-{hazard.pk}-{hazard.version}",
    )
