"""复查, 销号 and what undoes them: 退回, 重新打开, 作废."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from core import clock
from core.errors import UserError
from core.models import bump
from hazards.models import Extension, Hazard, Rectification
from hazards.permissions import lock_hazard_for
from hazards.services.moves import carry_out, checked_reason, signature_of
from hazards.services.rectifying import begin_next_round
from hazards.transitions import CLOSE, PASS, PASS_AND_CLOSE, REFUSE_CLOSE, REOPEN, RETURN, VOID, Transition

if TYPE_CHECKING:
    from accounts.models import User

Outcome = Rectification.Outcome


def _recheck(
    move: Transition, outcome: str, actor: "User", hazard_id: int, opinion: str, version: int | None
) -> tuple[Hazard, Rectification, str]:
    """Lock the hazard and write the re-check into its round."""
    hazard = lock_hazard_for(actor, hazard_id, move, version)
    opinion = checked_reason(move, opinion)
    last = hazard.rounds.get(outcome=Outcome.APPLIED)
    last.outcome, last.opinion = outcome, opinion
    last.rechecked_by, last.rechecked_on = actor, clock.today()
    last.rechecked_as = signature_of(actor, hazard.supervisor_id)
    bump(last, "outcome", "opinion", "rechecked_by", "rechecked_on", "rechecked_as")
    return hazard, last, opinion


@transaction.atomic
def pass_and_close(*, actor: "User", hazard_id: int, opinion: str, expected_version: int | None = None) -> Hazard:
    """复查合格，予以销号: the supervising unit finds a general hazard removed and strikes it off.

    Raises:
        UserError: no opinion.
        NotAllowed: the person applied for the re-check; who did the work does not accept it.
        Http404, WrongState, StaleObject: see `hazards.permissions.lock_hazard_for`.
    """
    hazard, _, opinion = _recheck(PASS_AND_CLOSE, Outcome.PASSED, actor, hazard_id, opinion, expected_version)
    hazard.rechecked_on = hazard.closed_on = clock.today()
    carry_out(hazard, PASS_AND_CLOSE, actor=actor, reason=opinion, fields=("rechecked_on", "closed_on"))
    return hazard


@transaction.atomic
def pass_recheck(*, actor: "User", hazard_id: int, opinion: str, expected_version: int | None = None) -> Hazard:
    """复查合格: the supervising unit finds a major hazard removed; the office is to strike it off.

    Raises:
        As `pass_and_close`.
    """
    hazard, _, opinion = _recheck(PASS, Outcome.PASSED, actor, hazard_id, opinion, expected_version)
    hazard.rechecked_on = clock.today()
    carry_out(hazard, PASS, actor=actor, reason=opinion, fields=("rechecked_on",))
    return hazard


@transaction.atomic
def return_hazard(*, actor: "User", hazard_id: int, opinion: str, expected_version: int | None = None) -> Hazard:
    """不合格退回: the hazard is still there; its deadline stays.

    Raises:
        As `pass_and_close`.
    """
    hazard, last, opinion = _recheck(RETURN, Outcome.RETURNED, actor, hazard_id, opinion, expected_version)
    begin_next_round(hazard, last)
    hazard.applied_on = None
    carry_out(hazard, RETURN, actor=actor, reason=opinion, fields=("applied_on",))
    return hazard


def _approve(
    move: Transition, actor: "User", hazard_id: int, opinion: str, version: int | None
) -> tuple[Hazard, Rectification, str]:
    """Lock a major hazard and write the office's decision into its round."""
    hazard = lock_hazard_for(actor, hazard_id, move, version)
    opinion = checked_reason(move, opinion)
    last = hazard.rounds.filter(outcome=Outcome.PASSED).latest("round")
    last.approved_by, last.approved_on, last.approval = actor, clock.today(), opinion
    if move == REFUSE_CLOSE:
        last.outcome = Outcome.REFUSED
    bump(last, "approved_by", "approved_on", "approval", "outcome")
    return hazard, last, opinion


@transaction.atomic
def close_hazard(*, actor: "User", hazard_id: int, opinion: str, expected_version: int | None = None) -> Hazard:
    """销号: the office strikes a major hazard off after its re-check.

    Raises:
        UserError: no opinion.
        NotAllowed: the person applied for the re-check or made it.
        Http404, WrongState, StaleObject: see `hazards.permissions.lock_hazard_for`.
    """
    hazard, _, opinion = _approve(CLOSE, actor, hazard_id, opinion, expected_version)
    hazard.closed_on = clock.today()
    carry_out(hazard, CLOSE, actor=actor, reason=opinion, fields=("closed_on",))
    return hazard


@transaction.atomic
def refuse_close(*, actor: "User", hazard_id: int, opinion: str, expected_version: int | None = None) -> Hazard:
    """不同意销号: back to rectification in spite of the re-check.

    Raises:
        As `close_hazard`.
    """
    hazard, last, opinion = _approve(REFUSE_CLOSE, actor, hazard_id, opinion, expected_version)
    begin_next_round(hazard, last)
    hazard.applied_on = hazard.rechecked_on = None
    carry_out(hazard, REFUSE_CLOSE, actor=actor, reason=opinion, fields=("applied_on", "rechecked_on"))
    return hazard


@transaction.atomic
def reopen_hazard(
    *, actor: "User", hazard_id: int, reason: str, due_on: date, expected_version: int | None = None
) -> Hazard:
    """重新打开: a look back (回头看) found the hazard undone; it never counts as on time again.

    Args:
        actor: the office.
        hazard_id: a closed hazard.
        reason: what was found.
        due_on: the new deadline, after today.
        expected_version: version of the hazard last seen.

    Raises:
        UserError: no reason, or the deadline does not lie after today and the old one.
        Http404, NotAllowed, WrongState, StaleObject: see `hazards.permissions.lock_hazard_for`.
    """
    hazard = lock_hazard_for(actor, hazard_id, REOPEN, expected_version)
    reason = checked_reason(REOPEN, reason)
    if due_on < clock.today():
        raise UserError("新的整改期限不能早于今天，请重新填写。")
    if due_on < hazard.due_on:
        raise UserError(f"新的整改期限不能早于原期限（{hazard.due_on}），请重新填写。")
    changes = [("整改期限", str(hazard.due_on), str(due_on))]
    hazard.due_on, hazard.reopened = due_on, True
    hazard.applied_on = hazard.rechecked_on = hazard.closed_on = None
    fields = ("due_on", "reopened", "applied_on", "rechecked_on", "closed_on")
    carry_out(hazard, REOPEN, actor=actor, reason=reason, changes=changes, fields=fields)
    return hazard


@transaction.atomic
def void_hazard(*, actor: "User", hazard_id: int, reason: str, expected_version: int | None = None) -> Hazard:
    """作废: it was registered by mistake; from today on it counts nowhere.

    Raises:
        UserError: no reason.
        Http404, NotAllowed, WrongState, StaleObject: see `hazards.permissions.lock_hazard_for`.
    """
    hazard = lock_hazard_for(actor, hazard_id, VOID, expected_version)
    hazard.void_reason = checked_reason(VOID, reason)
    hazard.extensions.filter(decision=Extension.Decision.PENDING).update(decision=Extension.Decision.LAPSED)
    carry_out(hazard, VOID, actor=actor, reason=hazard.void_reason, fields=("void_reason",))
    return hazard
