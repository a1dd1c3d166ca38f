"""The hazard's state machine as a table. Buttons, guards, tests and the manual read it; services only carry it out."""

from dataclasses import dataclass

from hazards.models.tracked import TO_RECTIFY, Level, State

# Parts that follow from a person's units: people of its enterprise, editors of its township, editors of the supervising
# unit, editors and heads of the supervising unit, who decides about more time (general hazards: the supervising unit or
# the office; major ones: the office), and the office.
ENTERPRISE, TOWNSHIP, SUPERVISOR, RECHECKER, DECIDER, OFFICE = (
    "enterprise",
    "township",
    "supervisor",
    "rechecker",
    "decider",
    "office",
)
# Parts that follow from what a person did: asked for the re-check, re-checked, asked for more time.
APPLICANT, RECHECKED, ASKER = "applicant", "rechecked", "asker"
REPORTERS = (ENTERPRISE, TOWNSHIP, SUPERVISOR)
ANY_LEVEL: tuple[str, ...] = (Level.GENERAL, Level.MAJOR)
NONE_PENDING, PENDING = "none", "pending"


@dataclass(frozen=True, slots=True)
class Transition:
    """One move.

    Attributes:
        action: stable name, also the audit action `hazard.<action>`.
        label: what the button says; it names the effect.
        sources: states it may start from.
        target: state it ends in; empty where the state stays.
        who: parts that may make it, any one of them.
        done: the sentence for the object's history.
        effect: what happens, shown beside the button.
        needs: what must be given with it: reason, progress, due_on.
        only: the part they must have played besides, such as having applied themselves.
        never: parts that must not make it: who did the work does not accept it.
        tells: parts that are told.
        levels: levels of hazards it is for.
        extension: NONE_PENDING or PENDING where it depends on an application for more time.
    """

    action: str
    label: str
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]
    done: str
    effect: str
    needs: tuple[str, ...] = ()
    only: str = ""
    never: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    levels: tuple[str, ...] = ANY_LEVEL
    extension: str = ""


EDIT = Transition(
    "edit",
    "修改登记信息",
    TO_RECTIFY,
    "",
    (SUPERVISOR, OFFICE),
    "修改登记信息",
    "整改期限不能在这里改，须申请延期。",
)
PLAN = Transition(
    "plan",
    "填写整改方案",
    TO_RECTIFY,
    "",
    (*REPORTERS, OFFICE),
    "填写整改方案",
    "整改责任人、管控措施和五落实，随时可以补充。",
)
APPLY = Transition(
    "apply",
    "申请验收，报监管部门复查",
    TO_RECTIFY,
    State.APPLIED,
    REPORTERS,
    "申请验收",
    "提交后不能再改，等待监管部门复查；是否按期以申请验收的日期为准。",
    tells=(RECHECKER,),
)
WITHDRAW = Transition(
    "withdraw",
    "撤回验收申请",
    (State.APPLIED,),
    State.RECTIFYING,
    REPORTERS,
    "撤回验收申请",
    "只有申请人本人可以撤回；回到整改中，可以补充后重新申请。",
    needs=("reason",),
    only=APPLICANT,
    tells=(RECHECKER,),
)
PASS_AND_CLOSE = Transition(
    "pass_and_close",
    "复查合格，予以销号",
    (State.APPLIED,),
    State.CLOSED,
    (RECHECKER,),
    "复查合格并销号",
    "一般隐患复查合格即销号。",
    needs=("reason",),
    never=(APPLICANT,),
    tells=(ENTERPRISE, APPLICANT),
    levels=(Level.GENERAL,),
)
PASS = Transition(
    "pass",
    "复查合格，报县安委办销号",
    (State.APPLIED,),
    State.PASSED,
    (RECHECKER,),
    "复查合格",
    "重大隐患复查合格后，由县安委办审批销号。",
    needs=("reason",),
    never=(APPLICANT,),
    tells=(OFFICE, ENTERPRISE, APPLICANT),
    levels=(Level.MAJOR,),
)
RETURN = Transition(
    "return",
    "复查不合格，退回整改",
    (State.APPLIED,),
    State.RETURNED,
    (RECHECKER,),
    "复查不合格，退回整改",
    "退回后继续整改，期限不变；超过期限仍未重新申请验收的计为逾期。",
    needs=("reason",),
    never=(APPLICANT,),
    tells=(ENTERPRISE, APPLICANT),
)
CLOSE = Transition(
    "close",
    "同意销号",
    (State.PASSED,),
    State.CLOSED,
    (OFFICE,),
    "销号",
    "重大隐患销号归档，通知监管部门和企业。",
    needs=("reason",),
    never=(APPLICANT, RECHECKED),
    tells=(RECHECKER, ENTERPRISE),
)
REFUSE_CLOSE = Transition(
    "refuse_close",
    "不同意销号，退回整改",
    (State.PASSED,),
    State.RETURNED,
    (OFFICE,),
    "不同意销号，退回整改",
    "退回后继续整改，须重新申请验收。",
    needs=("reason",),
    never=(APPLICANT, RECHECKED),
    tells=(RECHECKER, ENTERPRISE, APPLICANT),
)
EXTEND = Transition(
    "extend",
    "申请延期",
    TO_RECTIFY,
    "",
    REPORTERS,
    "申请延期",
    "须在整改期限届满前申请；批准前仍按原期限计算。一般隐患由监管部门或县安委办批复，重大隐患由县安委办批复。",
    needs=("reason", "progress", "due_on"),
    tells=(DECIDER,),
    extension=NONE_PENDING,
)
GRANT = Transition(
    "grant",
    "同意延期",
    TO_RECTIFY,
    "",
    (DECIDER,),
    "同意延期",
    "按批准的日期计算期限，原期限一直显示在台账和统计中。",
    needs=("reason", "due_on"),
    never=(ASKER,),
    tells=(ASKER, ENTERPRISE, RECHECKER),
    extension=PENDING,
)
REFUSE_EXTENSION = Transition(
    "refuse_extension",
    "不同意延期",
    TO_RECTIFY,
    "",
    (DECIDER,),
    "不同意延期",
    "仍按原期限整改。",
    needs=("reason",),
    never=(ASKER,),
    tells=(ASKER, ENTERPRISE, RECHECKER),
    extension=PENDING,
)
REOPEN = Transition(
    "reopen",
    "重新打开",
    (State.CLOSED,),
    State.RECTIFYING,
    (OFFICE,),
    "重新打开",
    "回头看发现未整改到位的，按新期限继续整改；重新打开过的隐患不再计入按期整改。",
    needs=("reason", "due_on"),
    tells=(RECHECKER, ENTERPRISE, TOWNSHIP),
)
VOID = Transition(
    "void",
    "作废（登记有误）",
    (State.RECTIFYING, State.APPLIED, State.RETURNED, State.PASSED),
    State.VOID,
    (OFFICE,),
    "作废",
    "作废后不能恢复，编号不再使用，作废之日起不计入统计。",
    needs=("reason",),
    tells=(RECHECKER, ENTERPRISE),
)

HAZARD_TRANSITIONS: tuple[Transition, ...] = (
    EDIT,
    PLAN,
    APPLY,
    WITHDRAW,
    PASS_AND_CLOSE,
    PASS,
    RETURN,
    CLOSE,
    REFUSE_CLOSE,
    EXTEND,
    GRANT,
    REFUSE_EXTENSION,
    REOPEN,
    VOID,
)
BY_ACTION = {row.action: row for row in HAZARD_TRANSITIONS}

# The way of a hazard as its page shows it, by level, and which of the steps is next in each state.
STEPS: dict[str, tuple[str, ...]] = {
    Level.GENERAL: ("登记", "整改", "申请验收", "复查销号"),
    Level.MAJOR: ("登记", "整改", "申请验收", "部门复查", "安委办销号"),
}
NEXT_STEP: dict[str, int] = {State.RECTIFYING: 1, State.RETURNED: 1, State.APPLIED: 3, State.PASSED: 4}
