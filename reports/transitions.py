"""The report's state machine as a table. Buttons, guards, tests and the manual read it; services only carry it out."""

from dataclasses import dataclass

from reports.models import Report

S = Report.State

# Who may act: the office, a county leader.
OFFICE, LEADER = "office", "leader"


@dataclass(frozen=True, slots=True)
class Transition:
    """One move.

    Attributes:
        action: stable name, also the audit action `report.<action>`.
        label: what the button says; it names the effect.
        sources: states it may start from.
        target: state it ends in; empty where the state stays.
        who: parts that may make it, any one of them; nobody where another move brings it about.
        needs: what must be given with it: "reason" (kept in the history), "signatory", "number", or empty.
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


EDIT = Transition("edit", "修改文字", (S.DRAFT,), "", (OFFICE,), "", "修改文字", "只改文字，数字由系统计算，不能改。")
RECALCULATE = Transition(
    "recalculate",
    "重新计算数字",
    (S.DRAFT,),
    "",
    (OFFICE,),
    "",
    "重新计算数字",
    "按现在的数据重新计算；已改写的文字保留，请核对其中的数字。",
)
FREEZE = Transition(
    "freeze",
    "签发并冻结",
    (S.DRAFT,),
    S.FROZEN,
    (OFFICE, LEADER),
    "signatory",
    "签发",
    "数字、明细和文字就此固定，生成PDF和附表，各单位可以查看；此后只能另出更正版。",
)
DISCARD = Transition(
    "discard",
    "作废草稿",
    (S.DRAFT,),
    S.DISCARDED,
    (OFFICE,),
    "reason",
    "作废草稿",
    "草稿作废后不能恢复，可以重新生成。",
)
NUMBER = Transition(
    "number",
    "登记发文字号",
    (S.FROZEN,),
    "",
    (OFFICE,),
    "number",
    "登记发文字号",
    "文号印入版头，PDF重新生成；数字和文字不变。",
)
RENDER = Transition(
    "render",
    "重新生成文件",
    (S.FROZEN, S.SUPERSEDED),
    "",
    (OFFICE,),
    "",
    "重新生成文件",
    "按冻结的内容重新排版PDF和附表；数字和文字不变。",
)
CORRECT = Transition(
    "correct",
    "起草更正版",
    (S.FROZEN,),
    "",
    (OFFICE,),
    "reason",
    "起草更正版",
    "按同一截止日期重新计算，另起一份草稿；签发后本报告标为“已更正”，仍可查看。",
)
SUPERSEDE = Transition(
    "supersede", "由更正版代替", (S.FROZEN,), S.SUPERSEDED, (), "", "由更正版代替", "更正版签发时自动标记。"
)

REPORT_TRANSITIONS: tuple[Transition, ...] = (
    EDIT,
    RECALCULATE,
    FREEZE,
    DISCARD,
    NUMBER,
    RENDER,
    CORRECT,
    SUPERSEDE,
)
BY_ACTION = {row.action: row for row in REPORT_TRANSITIONS}
