"""延期: asked before the deadline, granted with an exact date or refused; the original deadline is kept."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from core import clock
from core.errors import UserError
from hazards.models import Extension, Hazard
from hazards.permissions import lock_hazard_for
from hazards.services.moves import MAX_REASON, carry_out, checked_reason, checked_text
from hazards.transitions import EXTEND, GRANT, REFUSE_EXTENSION, Transition

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def ask_extension(
    *,
    actor: "User",
    hazard_id: int,
    reason: str,
    progress: str,
    wanted_on: date,
    expected_version: int | None = None,
) -> Extension:
    """申请延期: ask for more time before the deadline has passed.

    Args:
        actor: somebody of the enterprise, or an editor of its township or supervising unit on its behalf.
        hazard_id: a hazard that is being rectified.
        reason: why it cannot be done in time.
        progress: what has been done so far.
        wanted_on: the deadline asked for.
        expected_version: version of the hazard last seen.

    Raises:
        UserError: something is missing, the deadline has passed, or the date asked for does not lie after it.
        Http404, NotAllowed, WrongState, StaleObject: see `hazards.permissions.lock_hazard_for`.
    """
    hazard = lock_hazard_for(actor, hazard_id, EXTEND, expected_version)
    reason = checked_reason(EXTEND, reason)
    progress = checked_text("当前进展", progress, MAX_REASON)
    if clock.today() > hazard.due_on:
        raise UserError(f"整改期限（{hazard.due_on}）已过，不能再申请延期，请尽快整改并申请验收。")
    if wanted_on <= hazard.due_on:
        raise UserError(f"拟延至日期应晚于现期限（{hazard.due_on}），请重新填写。")
    asked = Extension.objects.create(
        hazard=hazard,
        asked_by=actor,
        asked_on=clock.today(),
        due_was=hazard.due_on,
        wanted_on=wanted_on,
        reason=reason,
        progress=progress,
    )
    changes = [("拟延至", str(hazard.due_on), str(wanted_on)), ("当前进展", "", progress)]
    carry_out(hazard, EXTEND, actor=actor, reason=reason, changes=changes)
    return asked


def _decide(
    move: Transition, decision: str, actor: "User", hazard_id: int, opinion: str, version: int | None
) -> tuple[Hazard, Extension, str]:
    hazard = lock_hazard_for(actor, hazard_id, move, version)
    opinion = checked_reason(move, opinion)
    asked = hazard.extensions.get(decision=Extension.Decision.PENDING)
    asked.decision, asked.opinion = decision, opinion
    asked.decided_by, asked.decided_on = actor, clock.today()
    return hazard, asked, opinion


@transaction.atomic
def grant_extension(
    *, actor: "User", hazard_id: int, opinion: str, due_on: date, expected_version: int | None = None
) -> Extension:
    """同意延期: the hazard counts against the new date from today on.

    Args:
        actor: for general hazards the supervising unit or the office, for major ones the office.
        hazard_id: a hazard with an application nobody has decided on.
        opinion: 批复意见.
        due_on: the exact new deadline, which need not be the one asked for.
        expected_version: version of the hazard last seen.

    Raises:
        UserError: no opinion, or the date does not lie after the old deadline, or lies in the past.
        NotAllowed: the person asked for it.
        Http404, WrongState, StaleObject: see `hazards.permissions.lock_hazard_for`.
    """
    hazard, asked, opinion = _decide(GRANT, Extension.Decision.GRANTED, actor, hazard_id, opinion, expected_version)
    if due_on <= hazard.due_on:
        raise UserError(f"批准延至的日期应晚于现期限（{hazard.due_on}），请重新填写。")
    if due_on < clock.today():
        raise UserError("批准延至的日期不能早于今天，请重新填写。")
    asked.granted_on = due_on
    asked.save()
    changes = [("整改期限", str(hazard.due_on), str(due_on))]
    hazard.due_on = due_on
    carry_out(hazard, GRANT, actor=actor, reason=opinion, changes=changes, fields=("due_on",))
    return asked


@transaction.atomic
def refuse_extension(*, actor: "User", hazard_id: int, opinion: str, expected_version: int | None = None) -> Extension:
    """不同意延期: the old deadline stays.

    Raises:
        UserError: no reason.
        NotAllowed: the person asked for it.
        Http404, WrongState, StaleObject: see `hazards.permissions.lock_hazard_for`.
    """
    hazard, asked, opinion = _decide(
        REFUSE_EXTENSION, Extension.Decision.REFUSED, actor, hazard_id, opinion, expected_version
    )
    asked.save()
    carry_out(hazard, REFUSE_EXTENSION, actor=actor, reason=opinion)
    return asked
