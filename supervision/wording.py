"""The words of a letter: what is proposed to the office when it drafts, and the letter as it is typeset.

Every text is a proposal with the figures filled in; the office may change all of it. What depends on a field that may
still change (the reply deadline, the contact) is not written into the texts but set when the letter is typeset.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from documents.letter import Block, LetterTable, OfficialLetter, Paragraph, paragraphs_from_text
from documents.numbering import official_date
from supervision.models import Letter, LetterItem
from tasks.lamps import plain
from tasks.models import Plan, Source, Task, TaskTarget
from tasks.progress import is_limit, limit_broken

K = Letter.Kind

# Targets named in a proposed requirement; a longer list is the unit's own to look up.
NAMED_TARGETS = 2
# Longest task name that still makes a title of two lines.
LONGEST_NAME = 22

DEMANDS: dict[str, str] = {
    K.URGING: (
        "（一）查明原因。请逐项分析未按要求推进的原因，明确责任领导、责任人和完成日期。\n"
        "（二）抓紧办理。请按上表办理要求集中力量推进，完成后及时上报进展和佐证材料，以备核实。\n"
        "（三）严肃责任。收到本函后仍未落实或逾期不回复的，将按规定予以通报，并作为年度考核的依据。"
    ),
    K.REMINDER: (
        "（一）对照时限倒排进度。请明确责任人和每个阶段的完成日期，确保按期完成。\n"
        "（二）及时报送进展。请按报送周期上报完成数量、主要做法和佐证材料。\n"
        "（三）提前反映困难。确需其他单位配合或协调解决的，请在回复中逐项说明。"
    ),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a task stands on the day a letter is drafted.

    Attributes:
        task: with its plan and lead unit.
        colour, reason: lamp of that day and the sentence that explains it.
        overdue: past its deadline and not met (see `Task.objects.overdue_on`).
        days_overdue: days since the deadline; negative while it is still ahead.
        percent: progress that counts, 0–100.
        requirement: proposed sentence on what the unit is to do.
        open_letter: a letter that names the task and has not been answered, if any.
    """

    task: Task
    colour: str
    reason: str
    overdue: bool
    days_overdue: int
    percent: Decimal
    requirement: str
    open_letter: Letter | None

    def refusal(self, kind: str) -> str:
        """Say why the task cannot stand in a letter of this kind; empty where it can."""
        if self.task.state == Task.State.CLOSED or self.task.completed_on is not None:
            return "任务已完成，无需发函。"
        if kind == K.URGING and not self.overdue and self.colour != Task.Lamp.RED:
            return "未逾期也未亮红灯，不能列入督促函，可改发提醒函。"
        return ""


def requirement_for(task: Task, targets: Iterable[TaskTarget]) -> str:
    """Propose what the unit is to do about one task: the step that is missing, and the figures still to reach."""
    steps = []
    if task.state == Task.State.ASSIGNED:
        steps.append("尽快签收任务并组织实施")
    elif task.state == Task.State.RETURNED:
        steps.append("按退回意见修改后重新上报")
    elif task.submitted_on is None:
        steps.append("尽快报送进展情况")
    figures = [words for target in targets if (words := _missing_figure(target))]
    steps += figures[:NAMED_TARGETS] or ["加快完成剩余工作"]
    return f"请{'，'.join(steps)}，完成后及时上报佐证材料。"


def _missing_figure(target: TaskTarget) -> str:
    value = target.verified_value
    if is_limit(target):
        limit = f"{plain(target.value)}{target.unit}"
        return f"将“{target.metric}”控制在{limit}以内" if limit_broken(target, value) else ""
    gap = target.value - (value or Decimal(0))
    unit = "个百分点" if target.unit == "%" else target.unit
    return f"补足“{target.metric}”差额{plain(gap)}{unit}" if gap > 0 else ""


def _matter(standings: Sequence[Standing]) -> str:
    """Return how tasks stand in one word for the title: overdue, behind, or both."""
    overdue = sum(row.overdue for row in standings)
    if overdue == len(standings):
        return "逾期"
    return "逾期和滞后" if overdue else "滞后"


def title_for(kind: str, standings: Sequence[Standing]) -> str:
    """Propose the title 关于…的督促函 (提醒函): a single task by its name, several by their number."""
    name = standings[0].task.title
    if len(standings) > 1:
        what = f"{len(standings)}项{_matter(standings) if kind == K.URGING else '重点'}任务"
    elif len(name) <= LONGEST_NAME:
        what = f"“{name}”任务"
    else:
        what = f"{_matter(standings) if kind == K.URGING else '重点'}任务"
    return f"关于加快办理{what}的督促函" if kind == K.URGING else f"关于按期完成{what}的提醒函"


def opening_for(
    kind: str, plan: Plan, standings: Sequence[Standing], day: date, predecessor: Letter | None = None
) -> str:
    """Propose the opening paragraph: basis, figures as of `day`, the letter sent before, and what follows."""
    basis = _basis(plan, standings)
    figures = _urging_figures(standings) if kind == K.URGING else _reminding_figures(standings)
    before = ""
    if predecessor is not None:
        verb = "督促" if predecessor.kind == K.URGING else "提醒"
        before = f"前期已以{predecessor.number}函{verb}，相关任务仍未落实到位。"
    purpose = "为确保年度任务落实" if kind == K.URGING else "为确保任务按期完成"
    return (
        f"根据{basis}安排，截至{official_date(day)}，你单位牵头的{figures}。{before}{purpose}，现将有关事项函告如下："
    )


def _basis(plan: Plan, standings: Sequence[Standing]) -> str:
    """Name what the tasks go back to: the plan, and what else they were opened for."""
    named = f"《{plan.title}》" + (f"（{plan.doc_number}）" if plan.doc_number else "")
    others = [
        row.task.get_source_display()
        for row in standings
        if row.task.item_id is None and row.task.source != Source.PLAN
    ]
    parts = [named] if len(others) < len(standings) else []
    return "、".join(dict.fromkeys(parts + others))


def _urging_figures(standings: Sequence[Standing]) -> str:
    overdue = [row for row in standings if row.overdue]
    behind = len(standings) - len(overdue)
    parts = []
    if len(overdue) == 1:
        row = overdue[0]
        parts.append(f"1项任务已逾期，应于{official_date(row.task.due_on)}前完成，至今逾期{row.days_overdue}天")
    elif overdue:
        first = min(overdue, key=lambda row: row.task.due_on)
        parts.append(
            f"{len(overdue)}项任务已逾期，其中最早的应于{official_date(first.task.due_on)}前完成，"
            f"至今逾期{first.days_overdue}天"
        )
    if behind:
        parts.append(f"{behind}项任务进度明显滞后")
    return "，另有".join(parts)


def _reminding_figures(standings: Sequence[Standing]) -> str:
    overdue = sum(row.overdue for row in standings)
    ahead = [row for row in standings if row.days_overdue <= 0]
    parts = [f"{len(standings)}项任务尚未完成"]
    if ahead:
        nearest = min(row.task.due_on for row in ahead)
        parts.append(
            f"最近的完成时限为{official_date(nearest)}" if len(ahead) > 1 else f"完成时限为{official_date(nearest)}"
        )
    if overdue:
        parts.append(f"其中{overdue}项已逾期")
    return "，".join(parts)


def item_situation(item: LetterItem) -> str:
    """Return how the item stood when the letter was drafted, for the letter's table."""
    if item.days_overdue > 0:
        return f"逾期{item.days_overdue}天，进度{plain(item.percent)}%"
    return item.situation.rstrip("。")


def official_letter(letter: Letter) -> OfficialLetter:
    """Return the letter with its items as it is typeset: a draft without number and date, in their place a note."""
    table = LetterTable(
        headers=("任务事项", "完成时限", "当前情况", "办理要求"),
        rows=[
            (item.title, official_date(item.due_on), item_situation(item), item.requirement)
            for item in letter.items.all()
        ],
        widths=(8, 8.2, 6.8, 11),
    )
    deadline = official_date(letter.reply_due_on)
    blocks: list[Block] = [
        *paragraphs_from_text(letter.opening),
        Paragraph("任务情况", level=1),
        table,
        Paragraph("工作要求", level=1),
        *paragraphs_from_text(letter.demand),
        Paragraph("回复要求", level=1),
        Paragraph(
            f"请收到本函后及时签收，并于{deadline}前逐项书面回复办理情况、存在问题和完成日期，附佐证材料。"
            "确实不能按期完成的，请说明原因和下一步措施。"
        ),
    ]
    return OfficialLetter(
        issuer=letter.issuer,
        title=letter.title,
        addressee=letter.unit.name,
        blocks=blocks,
        signer=letter.issuer,
        doc_number=letter.number or f"{letter.code}〔　　〕　号（草稿）",
        issued_on=letter.issued_on,
        contact_note=f"联系人：{letter.contact}",
    )
