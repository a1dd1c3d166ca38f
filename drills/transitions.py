"""The record's state machine as a table. Buttons, guards, tests and the manual read it; services only carry it out.

Who judges a record: an enterprise's own report is judged by the people of its township or of its supervising
department (or by the office); everything a unit files, for itself, for a village or for an enterprise without an
account, is judged by the office, because it counts for the unit's own quota. Who filed a record or handed it in never
judges it.
"""

from dataclasses import dataclass

from drills.models import Drill

S = Drill.State

# Who may act: those whose record it is, those who judge it, the office.
OWNER, REVIEWER, OFFICE = "owner", "reviewer", "office"


@dataclass(frozen=True, slots=True)
class Transition:
    """One move.

    Attributes:
        action: stable name, also the audit action `drill.<action>`.
        label: what the button says; it names the effect.
        sources: states it may start from.
        target: state it ends in; empty where the state stays.
        who: OWNER, REVIEWER or OFFICE.
        needs_reason: a reason must be given and is kept.
        done: the sentence for the object's history.
        effect: what happens, shown beside the button.
    """

    action: str
    label: str
    sources: tuple[str, ...]
    target: str
    who: str
    needs_reason: bool
    done: str
    effect: str


EDIT = Transition(
    "edit", "修改记录", (S.DRAFT, S.RETURNED), "", OWNER, False, "修改演练记录", "只改草稿，上报前别人看不到。"
)
SUBMIT = Transition(
    "submit",
    "上报审核",
    (S.DRAFT, S.RETURNED),
    S.SUBMITTED,
    OWNER,
    False,
    "上报演练记录",
    "取得编号并交审核；审核前可以撤回修改。",
)
WITHDRAW = Transition(
    "withdraw",
    "撤回修改",
    (S.SUBMITTED,),
    S.DRAFT,
    OWNER,
    True,
    "撤回演练记录",
    "回到草稿，编号保留；改好后重新上报。",
)
COUNT = Transition(
    "count",
    "审核通过并计入场次",
    (S.SUBMITTED,),
    S.COUNTED,
    REVIEWER,
    False,
    "审核通过，计入场次",
    "计入全县、所属乡镇的场次和应练完成情况，并通知填报方。",
)
RETURN = Transition(
    "return",
    "退回修改并通知填报方",
    (S.SUBMITTED,),
    S.RETURNED,
    REVIEWER,
    True,
    "退回演练记录",
    "填报方按退回意见补充后重新上报，编号不变。",
)
REFUSE = Transition(
    "refuse",
    "不计入场次并通知填报方",
    (S.SUBMITTED,),
    S.NOT_COUNTED,
    REVIEWER,
    True,
    "不计入场次",
    "记录留存备查，不计入场次，也不算完成应练任务。",
)
REOPEN = Transition(
    "reopen",
    "撤销审核结论",
    (S.COUNTED, S.NOT_COUNTED),
    S.SUBMITTED,
    OFFICE,
    True,
    "撤销审核结论",
    "回到待审核；已计入的场次从今天起扣除。",
)
VOID = Transition(
    "void",
    "作废",
    (S.DRAFT, S.RETURNED),
    S.VOID,
    OWNER,
    True,
    "作废演练记录",
    "重复登记或登记有误时使用，作废后不能恢复。",
)

DRILL_TRANSITIONS: tuple[Transition, ...] = (EDIT, SUBMIT, COUNT, RETURN, REFUSE, WITHDRAW, REOPEN, VOID)
BY_ACTION = {row.action: row for row in DRILL_TRANSITIONS}
