"""The letter's state machine as a table. Buttons, guards, tests and the manual read it; services only carry it out."""

from dataclasses import dataclass

from supervision.models import Letter

S = Letter.State

# Who may act: the office, a county leader, the editors and heads of the unit the letter is addressed to.
OFFICE, LEADER, UNIT = "office", "leader", "unit"


@dataclass(frozen=True, slots=True)
class Transition:
    """One move.

    Attributes:
        action: stable name, also the audit action `letter.<action>`.
        label: what the button says; it names the effect.
        sources: states it may start from.
        target: state it ends in; empty where the state stays.
        who: parts that may make it, any one of them.
        needs: what must be given with it: "reason" (kept in the history), "signatory", or empty.
        done: the sentence for the object's history.
        effect: what happens, shown beside the button.
    """

    action: str
    label: str
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]
    needs: str
    done: str
    effect: str


EDIT = Transition("edit", "修改文稿", (S.DRAFT,), "", (OFFICE,), "", "修改文稿", "只改草稿，不取号，不通知主送单位。")
ISSUE = Transition(
    "issue",
    "签发并通知主送单位",
    (S.DRAFT,),
    S.ISSUED,
    (OFFICE, LEADER),
    "signatory",
    "签发",
    "立即取发文字号并排版PDF，通知主送单位签收；此后文稿不能再改，只能作废重发。",
)
VOID = Transition(
    "void",
    "作废",
    (S.DRAFT, S.ISSUED),
    S.VOID,
    (OFFICE,),
    "reason",
    "作废",
    "作废后不能恢复；已取的发文字号保留，不再使用。",
)
RECEIVE = Transition(
    "receive", "签收", (S.ISSUED,), S.RECEIVED, (UNIT,), "", "签收", "表示本单位已收到来函，并开始办理。"
)
REPLY = Transition(
    "reply",
    "提交回复，报县安委办审核",
    (S.RECEIVED,),
    S.REPLIED,
    (UNIT,),
    "",
    "回复",
    "提交后不能再改，等待县安委办审核。",
)
RETURN_REPLY = Transition(
    "return_reply",
    "退回重报并通知主送单位",
    (S.REPLIED,),
    S.RECEIVED,
    (OFFICE,),
    "reason",
    "退回回复",
    "主送单位按退回意见修改后重新回复。",
)
CLOSE = Transition(
    "close",
    "同意回复并办结",
    (S.REPLIED,),
    S.CLOSED,
    (OFFICE,),
    "reason",
    "办结",
    "本函办结归档；所列任务仍按任务流程上报和销号。",
)

LETTER_TRANSITIONS: tuple[Transition, ...] = (EDIT, ISSUE, VOID, RECEIVE, REPLY, CLOSE, RETURN_REPLY)
BY_ACTION = {row.action: row for row in LETTER_TRANSITIONS}

# The way of a letter that is not voided, as its page shows it, and which of the steps is next in each state.
STEPS = ("起草", "签发", "签收", "回复", "审核", "办结")
NEXT_STEP: dict[str, int] = {S.DRAFT: 1, S.ISSUED: 2, S.RECEIVED: 3, S.REPLIED: 4, S.CLOSED: 5}
