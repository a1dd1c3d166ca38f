"""The rows behind the figures: what each kind of row shows, frozen into the content."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core import clock
from drills.models import Drill
from hazards.models import Standing
from reports.building import keep_row
from reports.content import Content, RowSet
from reports.facts import CLASSES, class_of
from supervision.as_of import LetterSnapshot
from supervision.models import Letter
from tasks.as_of import TargetSnapshot, TaskSnapshot
from tasks.lamps import plain
from tasks.models import Operator, ProgressReport, Task, TaskTarget

TASK, TARGET, LETTER, ROUND, HAZARD, DRILL = "task", "target", "letter", "round", "hazard", "drill"
TEXT, NUMBER, DATE = "text", "number", "date"
_CLASS_WORDS = {name: f"{colour} {word}" for name, word, colour in CLASSES}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rows: its title, its columns (head, type), and whether every unit may read all of them."""

    title: str
    heads: Sequence[tuple[str, str]]
    public: bool = False


KINDS: dict[str, Kind] = {
    TASK: Kind(
        "任务",
        (
            ("编号", TEXT),
            ("任务", TEXT),
            ("章节", TEXT),
            ("牵头单位", TEXT),
            ("完成时限", DATE),
            ("状态", TEXT),
            ("亮灯", TEXT),
            ("进度（%）", NUMBER),
            ("超过时限", TEXT),
            ("销号日期", DATE),
        ),
        public=True,
    ),
    TARGET: Kind(
        "量化指标",
        (
            ("任务编号", TEXT),
            ("任务", TEXT),
            ("指标", TEXT),
            ("牵头单位", TEXT),
            ("要求", TEXT),
            ("完成值", NUMBER),
            ("计量单位", TEXT),
            ("完成率（%）", NUMBER),
            ("情况", TEXT),
            ("取数来源", TEXT),
        ),
        public=True,
    ),
    LETTER: Kind(
        "督办函件",
        (
            ("发文字号", TEXT),
            ("标题", TEXT),
            ("种类", TEXT),
            ("主送单位", TEXT),
            ("成文日期", DATE),
            ("回复期限", DATE),
            ("状态", TEXT),
            ("签收日期", DATE),
            ("回复日期", DATE),
            ("办结日期", DATE),
            ("逾期未回复", TEXT),
        ),
    ),
    HAZARD: Kind(
        "隐患",
        (
            ("隐患编号", TEXT),
            ("隐患名称", TEXT),
            ("单位（场所）", TEXT),
            ("属地", TEXT),
            ("行业领域", TEXT),
            ("监管部门", TEXT),
            ("等级", TEXT),
            ("发现日期", DATE),
            ("原整改期限", DATE),
            ("整改期限", DATE),
            ("状态", TEXT),
            ("申请验收日期", DATE),
        ),
    ),
    DRILL: Kind(
        "演练",
        (
            ("编号", TEXT),
            ("演练名称", TEXT),
            ("组织单位", TEXT),
            ("所属乡镇", TEXT),
            ("类型", TEXT),
            ("形式", TEXT),
            ("演练日期", DATE),
            ("参演人数", NUMBER),
        ),
    ),
    ROUND: Kind(
        "填报反映的问题",
        (
            ("任务编号", TEXT),
            ("任务", TEXT),
            ("牵头单位", TEXT),
            ("填报轮次", NUMBER),
            ("上报日期", DATE),
            ("存在问题", TEXT),
        ),
    ),
}


def row_set(content: Content, kind: str) -> RowSet:
    """Return the content's rows of a kind, beginning the set if there is none."""
    known = KINDS[kind]
    return content.rows.setdefault(kind, RowSet(known.title, known.heads, public=known.public))


def keep_tasks(content: Content, tasks: Iterable[TaskSnapshot]) -> None:
    """Freeze tasks as they stood on the day."""
    rows = row_set(content, TASK)
    for row in tasks:
        cells = (
            row.task.code,
            row.task.title,
            str(row.task.section or ""),
            row.lead.short_name,
            row.due_on,
            Task.State(row.state).label,
            _CLASS_WORDS[class_of(row)],
            row.percent,
            "是" if row.overdue else "否",
            row.closed_on,
        )
        keep_row(rows, row.task.pk, str(row.task), ("tasks.task", row.task.pk), cells)


def wanted_words(target: TaskTarget) -> str:
    """Return what a target asks for, such as 不低于400场次."""
    return f"{Operator(target.operator).label}{plain(target.value)}{target.unit}"


def keep_target(content: Content, row: TargetSnapshot, task: TaskSnapshot, *, judged: Sequence[object]) -> None:
    """Freeze a target; `judged` is its value, share in percent, standing in words and source."""
    value, share, standing, source = judged
    target = row.target
    cells = (
        task.task.code,
        task.task.title,
        target.metric,
        task.lead.short_name,
        wanted_words(target),
        value,
        target.unit,
        share,
        standing,
        source,
    )
    label = f"{task.task.code} {target.metric}"
    keep_row(row_set(content, TARGET), target.pk, label, ("tasks.task", task.task.pk), cells)


def keep_letters(content: Content, letters: Iterable[LetterSnapshot]) -> None:
    """Freeze letters as they stood on the day."""
    rows = row_set(content, LETTER)
    for row in letters:
        letter = row.letter
        cells = (
            letter.number,
            letter.title,
            letter.get_kind_display(),
            letter.unit.short_name,
            letter.issued_on,
            letter.reply_due_on,
            Letter.State(row.state).label,
            row.received_on,
            row.replied_on,
            row.closed_on,
            "是" if row.late else "否",
        )
        keep_row(rows, letter.pk, str(letter), ("supervision.letter", letter.pk), cells)


def keep_hazards(content: Content, standings: Iterable[Standing]) -> None:
    """Freeze hazards as they stood on the day; their standings come with the hazard and what it belongs to."""
    rows = row_set(content, HAZARD)
    for row in standings:
        hazard = row.hazard
        cells = (
            hazard.code,
            hazard.title,
            hazard.where,
            hazard.township.short_name,
            hazard.sector.name,
            hazard.supervisor.short_name,
            row.get_level_display(),
            hazard.found_on,
            hazard.original_due_on,
            row.due_on,
            row.get_state_display(),
            row.applied_on,
        )
        keep_row(rows, hazard.pk, str(hazard), ("hazards.hazard", hazard.pk), cells)


def keep_drills(content: Content, drills: Iterable[Drill]) -> None:
    """Freeze the records of drills that count."""
    rows = row_set(content, DRILL)
    for drill in drills:
        cells = (
            drill.code,
            drill.title,
            drill.organiser_name,
            drill.township.short_name if drill.township is not None else "",
            drill.get_kind_display(),
            drill.get_form_display(),
            drill.held_on,
            drill.headcount,
        )
        keep_row(rows, drill.pk, f"{drill.code} {drill.title}", ("drills.drill", drill.pk), cells)


def keep_rounds(content: Content, rounds: Iterable[tuple[ProgressReport, TaskSnapshot]]) -> None:
    """Freeze what units reported as their problems."""
    rows = row_set(content, ROUND)
    for report, task in rounds:
        submitted = clock.date_of(report.submitted_at) if report.submitted_at else None
        cells = (task.task.code, task.task.title, task.lead.short_name, report.round, submitted, report.problems)
        label = f"{task.task.code} {task.task.title} 第{report.round}次填报"
        keep_row(rows, report.pk, label, ("tasks.task", task.task.pk), cells)
