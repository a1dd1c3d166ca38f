"""整改 and 申请验收: a round is drafted with its evidence, handed in, or taken back."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from core import clock
from core.errors import StaleObject, UserError
from core.models import bump
from evidence.copying import carry_files
from evidence.selectors import files_of
from hazards.models import Hazard, Rectification
from hazards.permissions import lock_hazard_for
from hazards.services.moves import carry_out, checked_reason, checked_text, signature_of
from hazards.transitions import APPLY, WITHDRAW

if TYPE_CHECKING:
    from accounts.models import User

MAX_MEASURES = 3000
Outcome = Rectification.Outcome
STALE = "在您打开页面之后，已有其他人修改了整改情况。请核对最新内容后再提交，您填写的内容已保留在页面上。"


def draft_of(hazard: Hazard) -> Rectification | None:
    """Return the round that is being written."""
    return hazard.rounds.filter(outcome=Outcome.DRAFT).first()


@transaction.atomic
def save_rectification(
    *,
    actor: "User",
    hazard_id: int,
    measures: str,
    done_on: date | None,
    expected_version: int | None = None,
) -> Rectification:
    """Keep what has been written of the current round, so that evidence can be added to it.

    Args:
        actor: somebody of the enterprise, or an editor of its township or supervising unit on its behalf.
        hazard_id: a hazard that is being rectified.
        measures: what was done; may still be empty.
        done_on: day the rectification was finished; may still be unknown.
        expected_version: version of the draft last seen, 0 where there was none.

    Raises:
        UserError: the text is too long, or the day lies before the finding or after today.
        StaleObject: a colleague wrote meanwhile.
        Http404, NotAllowed, WrongState: see `hazards.permissions.lock_hazard_for`.
    """
    hazard = lock_hazard_for(actor, hazard_id, APPLY)
    measures = checked_text("整改情况", measures, MAX_MEASURES, required=False)
    if done_on is not None and not hazard.found_on <= done_on <= clock.today():
        raise UserError(f"整改完成日期应在发现日期（{hazard.found_on}）与今天之间，请重新填写。")
    draft = draft_of(hazard)
    if expected_version is not None and expected_version != (draft.version if draft else 0):
        raise StaleObject(STALE)
    if draft is None:
        last = hazard.rounds.first()
        number = last.round + 1 if last is not None else 1
        return Rectification.objects.create(hazard=hazard, round=number, measures=measures, done_on=done_on)
    if (draft.measures, draft.done_on) != (measures, done_on):
        draft.measures, draft.done_on = measures, done_on
        bump(draft, "measures", "done_on")
    return draft


def missing_before_applying(hazard: Hazard, draft: Rectification | None) -> list[str]:
    """List in words what the application still lacks; empty where it can be handed in."""
    lacks = []
    if draft is None or not draft.measures:
        lacks.append("请填写整改情况。")
    if draft is None or draft.done_on is None:
        lacks.append("请填写整改完成日期。")
    if draft is None or not files_of(draft).exists():
        lacks.append("请上传整改后照片或验收材料，至少一份。")
    if hazard.missing_plan:
        lacks.append(f"重大隐患的五落实不完整，缺：{'、'.join(hazard.missing_plan)}，请先填写整改方案。")
    return lacks


@transaction.atomic
def apply_for_recheck(*, actor: "User", hazard_id: int, expected_version: int | None = None) -> Hazard:
    """申请验收: hand in what `save_rectification` has kept; the day counts against the deadline.

    Raises:
        UserError: something is missing; the message lists all of it.
        Http404, NotAllowed, WrongState, StaleObject: see `hazards.permissions.lock_hazard_for`.
    """
    hazard = lock_hazard_for(actor, hazard_id, APPLY, expected_version)
    draft = draft_of(hazard)
    lacks = missing_before_applying(hazard, draft)
    if draft is None or lacks:
        raise UserError("".join(lacks))
    draft.outcome, draft.applied_by, draft.applied_on = Outcome.APPLIED, actor, clock.today()
    draft.applied_as = signature_of(actor, hazard.township_id, hazard.supervisor_id)
    bump(draft, "outcome", "applied_by", "applied_on", "applied_as")
    # Whoever asked for more time no longer needs it.
    hazard.extensions.filter(decision="pending").update(decision="lapsed")
    hazard.applied_on = clock.today()
    changes = [("整改情况", "", draft.measures), ("整改完成日期", "", str(draft.done_on))]
    carry_out(hazard, APPLY, actor=actor, changes=changes, fields=("applied_on",))
    return hazard


@transaction.atomic
def withdraw_application(*, actor: "User", hazard_id: int, reason: str, expected_version: int | None = None) -> Hazard:
    """撤回: who applied takes the application back; its text and evidence begin the next round.

    Raises:
        UserError: no reason.
        NotAllowed: somebody else applied.
        Http404, WrongState, StaleObject: see `hazards.permissions.lock_hazard_for`.
    """
    hazard = lock_hazard_for(actor, hazard_id, WITHDRAW, expected_version)
    reason = checked_reason(WITHDRAW, reason)
    last = hazard.rounds.get(outcome=Outcome.APPLIED)
    last.outcome = Outcome.WITHDRAWN
    bump(last, "outcome")
    carry_files(source=last, target=begin_next_round(hazard, last))
    hazard.applied_on = None
    carry_out(hazard, WITHDRAW, actor=actor, reason=reason, fields=("applied_on",))
    return hazard


def begin_next_round(hazard: Hazard, last: Rectification) -> Rectification:
    """Open the round after one that came to nothing, with its text to begin from."""
    return Rectification.objects.create(hazard=hazard, round=last.round + 1, measures=last.measures)
