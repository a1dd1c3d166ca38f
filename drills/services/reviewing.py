"""审核: a record counts as a 场次, does not count, goes back, or its judgement is taken back."""

from typing import TYPE_CHECKING

from django.db import transaction

from core import clock
from core.errors import UserError
from drills.counting import missing_to_submit, shortfalls
from drills.models import Drill, DrillCount, DrillSetting
from drills.permissions import lock_drill_for
from drills.selectors import facts_of
from drills.services.moves import carry_out, check_reason, tell_owners, tell_reviewers
from drills.transitions import COUNT, REFUSE, REOPEN, RETURN, Transition

if TYPE_CHECKING:
    from accounts.models import User


def _judge(drill: Drill, move: Transition, *, actor: "User", reason: str, fields: tuple[str, ...] = ()) -> None:
    drill.reviewed_by, drill.reviewed_at, drill.review_comment = actor, clock.now(), reason
    fields = ("reviewed_by", "reviewed_at", "review_comment", *fields)
    carry_out(drill, move, actor=actor, reason=reason, fields=fields)
    tell_owners(drill, f"{move.done}：{drill}", reason, actor=actor)


@transaction.atomic
def count_drill(*, actor: "User", drill_id: int, comment: str = "", expected_version: int | None = None) -> Drill:
    """计入场次: the record counts from today on, if the county's rule lets it.

    Raises:
        UserError: the rule does not let it count; the message lists why.
        NotAllowed: the person filed the record or handed it in.
        Http404, WrongState, StaleObject: see `drills.permissions.lock_drill_for`.
    """
    # One at a time: of two records of the same drill the second has to see the first.
    rule = DrillSetting.objects.select_for_update().get(pk=1)
    drill = lock_drill_for(actor, drill_id, COUNT, expected_version)
    comment = check_reason(COUNT, comment)
    facts = facts_of(drill)
    lacks = missing_to_submit(facts, clock.today()) + shortfalls(facts, rule)
    if lacks:
        raise UserError("按计入规则不能计入：" + "".join(lacks) + "可退回补充，或按“不计入场次”办理。")
    drill.counted_on = clock.today()
    DrillCount.objects.create(drill=drill, counted_on=drill.counted_on)
    _judge(drill, COUNT, actor=actor, reason=comment, fields=("counted_on",))
    return drill


@transaction.atomic
def return_drill(*, actor: "User", drill_id: int, reason: str, expected_version: int | None = None) -> Drill:
    """退回: the record is to be mended and handed in again.

    Raises:
        UserError: no reason.
        NotAllowed: the person filed the record or handed it in.
        Http404, WrongState, StaleObject: see `drills.permissions.lock_drill_for`.
    """
    drill = lock_drill_for(actor, drill_id, RETURN, expected_version)
    _judge(drill, RETURN, actor=actor, reason=check_reason(RETURN, reason))
    return drill


@transaction.atomic
def refuse_drill(*, actor: "User", drill_id: int, reason: str, expected_version: int | None = None) -> Drill:
    """不计入: the record is kept and counts for nothing.

    Raises:
        UserError: no reason.
        NotAllowed: the person filed the record or handed it in.
        Http404, WrongState, StaleObject: see `drills.permissions.lock_drill_for`.
    """
    drill = lock_drill_for(actor, drill_id, REFUSE, expected_version)
    _judge(drill, REFUSE, actor=actor, reason=check_reason(REFUSE, reason))
    return drill


@transaction.atomic
def reopen_drill(*, actor: "User", drill_id: int, reason: str, expected_version: int | None = None) -> Drill:
    """撤销审核结论: the record waits for judgement again; from today on it counts no more.

    Raises:
        UserError: no reason.
        Http404, NotAllowed, WrongState, StaleObject: see `drills.permissions.lock_drill_for`.
    """
    drill = lock_drill_for(actor, drill_id, REOPEN, expected_version)
    reason = check_reason(REOPEN, reason)
    drill.counts.filter(ended_on__isnull=True).update(ended_on=clock.today())
    drill.counted_on = None
    carry_out(drill, REOPEN, actor=actor, reason=reason, fields=("counted_on",))
    tell_owners(drill, f"审核结论被撤销，重新审核：{drill}", reason, actor=actor)
    tell_reviewers(drill, f"请重新审核演练记录：{drill}", reason, actor=actor)
    return drill
