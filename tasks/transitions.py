"""The task's state machine as a table. Buttons, guards, tests and the manual read it; services only carry it out."""

from dataclasses import dataclass

from tasks.models import Task

S = Task.State

# What the button that opens the report form says.
REPORT_LABEL = "填报进展"
# Handed in on a form of their own, not by a button of the task's page.
BY_FORM = ("submit", "to_head", "report_for")

# Who may act: the lead unit's editor, the unit's head, the office.
LEAD, HEAD, OFFICE = "lead", "head", "office"


@dataclass(frozen=True, slots=True)
class Transition:
    """One move.

    Attributes:
        action: stable name, also the audit action `task.<action>`.
        label: what the button says; it names the effect.
        sources: states it may start from.
        target: state it ends in.
        who: LEAD, HEAD or OFFICE.
        needs_reason: a reason must be given and is kept.
        done: the sentence for the object's history.
        asks: further fields of its form: "adjustment" (a proposed lead and deadline), "decision" (those decided on),
            "lead" (the new lead unit); empty for none.
    """

    action: str
    label: str
    sources: tuple[str, ...]
    target: str
    who: str
    needs_reason: bool
    done: str
    asks: str = ""


SIGN = Transition("sign", "签收任务", (S.ASSIGNED,), S.ACTIVE, LEAD, False, "签收任务")
PROPOSE = Transition("propose", "提出调整", (S.ASSIGNED,), S.ADJUSTING, LEAD, True, "提出调整", "adjustment")
TAKE_BACK = Transition("take_back", "撤回调整意见", (S.ADJUSTING,), S.ASSIGNED, LEAD, True, "撤回调整意见")
ACCEPT_ADJUSTMENT = Transition(
    "accept_adjustment", "接受调整并通知牵头单位", (S.ADJUSTING,), S.ASSIGNED, OFFICE, True, "接受调整", "decision"
)
KEEP = Transition("keep", "维持原分工并通知牵头单位", (S.ADJUSTING,), S.ASSIGNED, OFFICE, True, "维持原分工")
TRANSFER = Transition(
    "transfer",
    "移交其他单位牵头",
    (S.ASSIGNED, S.ACTIVE, S.RETURNED),
    S.ASSIGNED,
    OFFICE,
    True,
    "移交其他单位牵头",
    "lead",
)
SUBMIT = Transition("submit", "上报县安委办审核", (S.ACTIVE, S.RETURNED), S.REPORTED, LEAD, False, "上报进展")
TO_HEAD = Transition(
    "to_head", "报本单位负责人审签", (S.ACTIVE, S.RETURNED), S.ENDORSING, LEAD, False, "报本单位负责人审签"
)
REPORT_FOR = Transition("report_for", "代报进展并送审", (S.ACTIVE, S.RETURNED), S.REPORTED, OFFICE, True, "代报进展")
ENDORSE = Transition("endorse", "审签同意，上报县安委办", (S.ENDORSING,), S.REPORTED, HEAD, False, "审签同意并上报进展")
DECLINE = Transition("decline", "不同意，退本单位联络员修改", (S.ENDORSING,), S.RETURNED, HEAD, True, "审签退回")
WITHDRAW = Transition("withdraw", "撤回修改", (S.REPORTED, S.ENDORSING), S.ACTIVE, LEAD, True, "撤回上报的进展")
PASS = Transition("pass", "审核通过", (S.REPORTED,), S.ACTIVE, OFFICE, False, "审核通过进展")
RETURN = Transition("return", "退回并通知牵头单位", (S.REPORTED,), S.RETURNED, OFFICE, True, "退回进展")
REQUEST_CLOSE = Transition("request_close", "申请销号", (S.ACTIVE,), S.CLOSING, LEAD, True, "申请销号")
CLOSE = Transition("close", "同意销号", (S.CLOSING,), S.CLOSED, OFFICE, True, "销号")
CLOSE_DIRECTLY = Transition("close_directly", "直接销号（单位未申请）", (S.ACTIVE,), S.CLOSED, OFFICE, True, "直接销号")
REFUSE_CLOSE = Transition("refuse_close", "不同意销号并退回", (S.CLOSING,), S.ACTIVE, OFFICE, True, "不同意销号")
REOPEN = Transition("reopen", "重新打开", (S.CLOSED,), S.ACTIVE, OFFICE, True, "重新打开任务")

TASK_TRANSITIONS: tuple[Transition, ...] = (
    SIGN,
    PROPOSE,
    TAKE_BACK,
    ACCEPT_ADJUSTMENT,
    KEEP,
    TRANSFER,
    SUBMIT,
    TO_HEAD,
    REPORT_FOR,
    ENDORSE,
    DECLINE,
    WITHDRAW,
    PASS,
    RETURN,
    REQUEST_CLOSE,
    CLOSE,
    CLOSE_DIRECTLY,
    REFUSE_CLOSE,
    REOPEN,
)
BY_ACTION = {row.action: row for row in TASK_TRANSITIONS}
