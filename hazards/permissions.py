"""Who may do what to a hazard; the table of moves says in which state."""

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.http import Http404

from core.errors import NotAllowed, WrongState
from core.models import lock_row
from hazards.models import Extension, Hazard, Rectification
from hazards.transitions import (
    APPLICANT,
    ASKER,
    DECIDER,
    ENTERPRISE,
    HAZARD_TRANSITIONS,
    OFFICE,
    PENDING,
    RECHECKED,
    RECHECKER,
    SUPERVISOR,
    TOWNSHIP,
    Transition,
)
from responsibility.authority import authority_of

if TYPE_CHECKING:
    from accounts.models import User

MISSING = "没有这条隐患。"
# Why a person who plays a part may still not make the move.
NEVER = {
    APPLICANT: "申请验收的人不能复查、审批自己的整改，请由另一位工作人员办理。",
    RECHECKED: "复查的人不能同时审批销号，请由另一位工作人员办理。",
    ASKER: "申请延期的人不能批复自己的申请，请由另一位工作人员办理。",
}
ONLY = {APPLICANT: "只有申请验收的本人可以撤回；确需退回的，请监管部门复查时退回。"}


def may_register(user: "User | Any") -> bool:
    """Say whether the person registers hazards: the office, editors, and people of an enterprise their own."""
    authority = authority_of(user)
    return authority.is_office or bool(authority.editor_units) or bool(authority.enterprises)


def current_round(hazard: Hazard) -> Rectification | None:
    """Return the round the hazard's state rests on: handed in, found in order, or approved."""
    if hazard.applied_on is None:
        return None
    kept = (Rectification.Outcome.APPLIED, Rectification.Outcome.PASSED)
    return next((row for row in hazard.rounds.all() if row.outcome in kept), None)


def pending_extension(hazard: Hazard) -> Extension | None:
    """Return the application for more time that nobody has decided on."""
    return next((row for row in hazard.extensions.all() if row.is_pending), None)


def parts_of(user: "User | Any", hazard: Hazard) -> frozenset[str]:
    """Return the parts the person plays for this hazard today, those that follow from what they did included."""
    authority = authority_of(user)
    supervises = hazard.supervisor_id in authority.units
    parts = {
        ENTERPRISE: hazard.enterprise_id in authority.enterprises,
        TOWNSHIP: hazard.township_id in authority.editor_units,
        SUPERVISOR: hazard.supervisor_id in authority.editor_units,
        RECHECKER: supervises,
        DECIDER: authority.is_office or (supervises and not hazard.is_major),
        OFFICE: authority.is_office,
    }
    if any(parts.values()):
        last, asked = current_round(hazard), pending_extension(hazard)
        parts[APPLICANT] = last is not None and last.applied_by_id == user.pk
        parts[RECHECKED] = last is not None and last.rechecked_by_id == user.pk
        parts[ASKER] = asked is not None and asked.asked_by_id == user.pk
    return frozenset(part for part, plays in parts.items() if plays)


def _fits(move: Transition, hazard: Hazard) -> bool:
    """Say whether the move is for a hazard of this level, with or without an application for more time."""
    if hazard.level not in move.levels:
        return False
    return not move.extension or (pending_extension(hazard) is not None) == (move.extension == PENDING)


def allowed_transitions(user: "User | Any", hazard: Hazard) -> list[Transition]:
    """Return the moves open to this person on this hazard now; they are the buttons of its page."""
    parts = parts_of(user, hazard)
    asked = pending_extension(hazard) is not None if parts else False
    return [
        row
        for row in HAZARD_TRANSITIONS
        if hazard.state in row.sources
        and hazard.level in row.levels
        and (not row.extension or asked == (row.extension == PENDING))
        and parts & set(row.who)
        and (not row.only or row.only in parts)
        and not parts & set(row.never)
    ]


def get_hazard_for(user: "User | Any", pk: int) -> Hazard:
    """Return a hazard the person may see, with its rounds and applications for more time.

    Raises:
        Http404: it does not exist or is none of their business; the two look alike.
    """
    rows = (
        Hazard.objects.visible_to(user)
        .select_related("enterprise", "sector", "township", "supervisor", "finder_unit", "registered_by")
        .prefetch_related(
            Prefetch("rounds", Rectification.objects.select_related("applied_by", "rechecked_by", "approved_by")),
            Prefetch("extensions", Extension.objects.select_related("asked_by", "decided_by")),
        )
    )
    hazard = rows.filter(pk=pk).first()
    if hazard is None:
        raise Http404(MISSING)
    return hazard


def lock_hazard_for(user: "User | Any", pk: int, move: Transition, expected_version: int | None = None) -> Hazard:
    """Lock the hazard for a move and check that the person may make it from the state it is in now.

    Raises:
        Http404: not visible to the person.
        NotAllowed: visible, but not theirs to do; or they did what is to be judged.
        WrongState: theirs to do, but not from the state it is in now.
        StaleObject: changed since `expected_version`.
    """
    rows = Hazard.objects.visible_to(user).select_related("enterprise", "supervisor", "township", "sector")
    try:
        hazard = lock_row(rows, pk, expected_version)
    except Hazard.DoesNotExist:
        raise Http404(MISSING) from None
    parts = parts_of(user, hazard)
    if not parts & set(move.who):
        raise NotAllowed("您没有权限对这条隐患进行此操作。")
    if hazard.state not in move.sources or not _fits(move, hazard):
        raise WrongState(
            f"隐患当前为“{hazard.get_level_display()}·{hazard.get_state_display()}”，不能“{move.label}”。"
            "可能已有其他人处理，请刷新页面查看。"
        )
    if move.only and move.only not in parts:
        raise NotAllowed(ONLY[move.only])
    for part in move.never:
        if part in parts:
            raise NotAllowed(NEVER[part])
    return hazard
