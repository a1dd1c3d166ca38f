"""报批's state machine as a table. Buttons, guards, tests and the interface read it; services only carry it out."""

from dataclasses import dataclass

from tasks.models import PlanApproval

S = PlanApproval.State
# Who may act: the leader it is laid before, the office.
LEADER, OFFICE = "leader", "office"


@dataclass(frozen=True, slots=True)
class ApprovalMove:
    """One move.

    Attributes:
        action: stable name, also the audit action `plan_approval.<action>`.
        label: what the button says.
        sources: states it may start from.
        target: state it ends in.
        who: LEADER or OFFICE.
        needs_reason: an opinion must be given.
        done: the sentence for the plan's history.
        as_seen: the draft must still be what was submitted.
    """

    action: str
    label: str
    sources: tuple[str, ...]
    target: str
    who: str
    needs_reason: bool
    done: str
    as_seen: bool = False


APPROVE = ApprovalMove("approve", "同意并批准", (S.SUBMITTED,), S.APPROVED, LEADER, False, "批准任务分解", as_seen=True)
RETURN = ApprovalMove("return", "退回修改", (S.SUBMITTED,), S.RETURNED, LEADER, True, "退回任务分解")
WITHDRAW = ApprovalMove("withdraw", "撤回报批", (S.SUBMITTED,), S.WITHDRAWN, OFFICE, True, "撤回任务分解报批")

APPROVAL_MOVES: tuple[ApprovalMove, ...] = (APPROVE, RETURN, WITHDRAW)
BY_ACTION = {row.action: row for row in APPROVAL_MOVES}
