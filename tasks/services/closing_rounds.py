"""The end of 征求意见: said by the office, or because the draft is published or put aside."""

from typing import TYPE_CHECKING

from audit import trail
from core import clock
from core.models import bump
from tasks.models import Consultation, Plan

if TYPE_CHECKING:
    from accounts.models import User


def end_round(round_: Consultation, actor: "User", why: str = "") -> None:
    """Close a round locked by the caller.

    Args:
        round_: an open round.
        actor: who closes it, or does what ends it.
        why: in a few words, where it was not the office's own press of the button.
    """
    round_.state, round_.closed_by, round_.closed_at = Consultation.State.CLOSED, actor, clock.now()
    bump(round_, "state", "closed_by", "closed_at")
    trail.record(
        actor=actor,
        action="consultation.close",
        target=round_,
        summary=f"结束第{round_.number}轮征求意见{f'（{why}）' if why else ''}",
    )


def end_rounds_of(plan: Plan, actor: "User", why: str) -> None:
    """Close what is open for a plan locked by the caller, which is no draft any more."""
    for round_ in plan.consultations.running().select_for_update():
        end_round(round_, actor, why)
