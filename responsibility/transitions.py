"""The duty list's state machine as a table. Buttons, guards and tests read it; services only carry it out."""

from dataclasses import dataclass

from responsibility.models import DutyList

S = DutyList.State

# Who may act: the office, and the editors and heads of the unit whose list it is.
OFFICE, UNIT = "office", "unit"


@dataclass(frozen=True, slots=True)
class Transition:
    """One move.

    Attributes:
        action: stable name, also the audit action `duties.<action>`.
        label: what the button says; it names the effect.
        sources: states it may start from.
        target: state it ends in; empty where the state stays.
        who: parts that may make it, any one of them.
        needs: "reason" where one must be given (kept in the history), else empty.
        done: the sentence for the object's history.
        effect: what happens, shown beside the button.
        others_only: whoever submitted the list may not make it: nobody judges their own work.
    """

    action: str
    label: str
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]
    needs: str
    done: str
    effect: str
    others_only: bool = False


EDIT = Transition(
    "edit", "编辑清单", (S.DRAFT, S.RETURNED), "", (UNIT, OFFICE), "", "编辑清单", "只改草稿，发布前不对外显示。"
)
SUBMIT = Transition(
    "submit",
    "提交县安委办审核",
    (S.DRAFT, S.RETURNED),
    S.SUBMITTED,
    (UNIT, OFFICE),
    "",
    "提交审核",
    "提交后不能再改，由县安委办审核发布；需要修改时可以撤回。",
)
WITHDRAW = Transition(
    "withdraw", "撤回修改", (S.SUBMITTED,), S.DRAFT, (UNIT,), "", "撤回", "撤回后可以继续修改，改好再提交。"
)
PUBLISH = Transition(
    "publish",
    "审核通过并发布",
    (S.SUBMITTED,),
    S.PUBLISHED,
    (OFFICE,),
    "",
    "审核发布",
    "发布后各责任人签收承诺，全县工作人员可以查看；本年度原来的版本同时停用。",
    others_only=True,
)
RETURN = Transition(
    "return",
    "退回修改并通知单位",
    (S.SUBMITTED,),
    S.RETURNED,
    (OFFICE,),
    "reason",
    "退回",
    "单位按退回理由修改后重新提交。",
    others_only=True,
)
REVISE = Transition(
    "revise",
    "编制新版",
    (S.PUBLISHED,),
    "",
    (UNIT, OFFICE),
    "",
    "编制新版",
    "复制现行清单为新版草稿；新版发布前，现行清单继续有效。职责没有变化的责任人不用重新签收。",
)
DISCARD = Transition(
    "discard",
    "作废草稿",
    (S.DRAFT, S.RETURNED),
    S.DISCARDED,
    (UNIT, OFFICE),
    "reason",
    "作废草稿",
    "作废后不能恢复，可以重新编制。",
)

DUTY_TRANSITIONS: tuple[Transition, ...] = (EDIT, SUBMIT, WITHDRAW, PUBLISH, RETURN, REVISE, DISCARD)
BY_ACTION = {row.action: row for row in DUTY_TRANSITIONS}

# The way of a list, as its page shows it, and which of the steps is next in each state.
STEPS = ("起草", "提交审核", "审核发布", "签收承诺", "履职")
NEXT_STEP: dict[str, int] = {S.DRAFT: 1, S.RETURNED: 1, S.SUBMITTED: 2, S.PUBLISHED: 3}
