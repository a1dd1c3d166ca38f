"""重点任务分解表: a plan's tasks in the columns county offices print and send round, before and after publication."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch

from core import clock
from spreadsheets.export import Column, Sheet
from tasks.lamps import plain
from tasks.models import ItemTarget, Plan, PlanItem, PlanSection, Task, TaskSupport, TaskTarget

COLUMNS = (
    Column("序号", 8),
    Column("章节", 22),
    Column("重点任务", 26),
    Column("目标要求", 34),
    Column("工作措施", 70),
    Column("牵头领导", 12),
    Column("牵头单位", 16),
    Column("配合单位", 26),
    Column("完成时限", 12),
    Column("备注", 14),
)
# Only in a file that may be sent back.
LEFT_OUT = Column("不纳入的理由", 18)
KEY = Column("条目标识", 14, hidden=True)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One task of the table.

    Attributes:
        number: place in the whole table, counted on.
        section: chapter it stands under, None before the first.
        title, aims, measures: what is to be done, its figures in words, the document's sentences.
        leader: the county leader in charge, empty where none is set.
        lead, supports: units by short name; "待定" where none is decided yet.
        due_on: deadline; the end of the year where the document names none.
        note: what changed since the publication, for whoever may see the task.
    """

    number: int
    section: PlanSection | None
    title: str
    aims: str
    measures: str
    leader: str
    lead: str
    supports: str
    due_on: date | None
    note: str

    @property
    def key(self) -> str:
        """What the row is known by in a file sent back; empty where it may not be changed there."""
        return ""


@dataclass(frozen=True, slots=True)
class BreakdownRow(TableRow):
    """A row of the document, with the plan's item behind it and the task it has become, for whoever may see it."""

    item: PlanItem
    task: Task | None

    @property
    def key(self) -> str:
        """What a row of a file sent back is known by: plan, item, and the version the file was made from."""
        version = self.task.version if self.task is not None else self.item.version
        return f"{self.item.plan_id}-{self.item.pk}-{version}"


def breakdown_rows(plan: Plan, user: Any) -> list[BreakdownRow]:
    """Return the plan's items as rows, in the order of the document; seven queries however many there are.

    What a task has become since (another lead, another deadline) counts for those who may see the task.
    """
    supports = Prefetch("supports", TaskSupport.objects.select_related("unit"))
    visible = (
        Task.objects.visible_to(user)
        .filter(plan=plan, item__isnull=False)
        .select_related("lead", "leader")
        .prefetch_related(supports)
    )
    tasks = {task.item_id: task for task in visible}
    targets = Prefetch("targets", ItemTarget.objects.filter(dropped=False))
    items = (
        plan.items.filter(dropped=False)
        .select_related("section", "lead", "leader")
        .prefetch_related("supports", targets)
    )
    return [_row(number, item, tasks.get(item.pk), plan) for number, item in enumerate(items, 1)]


def _row(number: int, item: PlanItem, task: Task | None, plan: Plan) -> BreakdownRow:
    if task is not None:
        lead, units = task.lead.short_name, [support.unit.short_name for support in task.supports.all()]
        due_on, note, leader = task.due_on, _note(task), task.leader
    else:
        lead = item.lead.short_name if item.lead else "待定"
        units = [unit.short_name for unit in item.supports.all()]
        due_on, note, leader = item.due_on or date(plan.year, 12, 31), "", item.leader
    aims = _aims(item.targets.all())
    words = (aims, item.text, str(leader or ""), lead, "、".join(units))
    return BreakdownRow(number, item.section, item.title, *words, due_on, note, item, task)


def opened_rows(plan: Plan, user: Any, after: int) -> list[TableRow]:
    """Return the tasks added to the plan since, for the register of directives, numbered on after `after`."""
    supports = Prefetch("supports", TaskSupport.objects.select_related("unit"))
    tasks = Task.objects.visible_to(user).filter(plan=plan, directive__isnull=False)
    rows = tasks.select_related("lead", "leader").prefetch_related(supports, "targets").order_by("code")
    chapter = PlanSection(marker="", title="交办事项")
    return [_opened_row(number, chapter, task) for number, task in enumerate(rows, after + 1)]


def _opened_row(number: int, chapter: PlanSection, task: Task) -> TableRow:
    units = "、".join(support.unit.short_name for support in task.supports.all())
    leader, lead = str(task.leader or ""), task.lead.short_name
    words = (_aims(task.targets.all()), task.source_text, leader, lead, units)
    note = "；".join(filter(None, (task.get_source_display(), _note(task))))
    return TableRow(number, chapter, task.title, *words, task.due_on, note)


def _aims(targets: "Iterable[ItemTarget | TaskTarget]") -> str:
    return "；".join(
        f"{target.metric}{target.get_operator_display()}{plain(target.value)}{target.unit}" for target in targets
    )


def _note(task: Task) -> str:
    return f"原定{task.original_due_on:%Y-%m-%d}" if task.due_on != task.original_due_on else ""


def by_section(rows: Sequence[TableRow]) -> list[tuple[PlanSection | None, list[TableRow]]]:
    """Return the rows under their chapters."""
    found: list[tuple[PlanSection | None, list[TableRow]]] = []
    for row in rows:
        if not found or found[-1][0] != row.section:
            found.append((row.section, []))
        found[-1][1].append(row)
    return found


def breakdown_sheet(plan: Plan, rows: Sequence[TableRow], *, keyed: bool = False) -> Sheet:
    """Return the table as a sheet.

    Args:
        plan: the plan.
        rows: its rows.
        keyed: the file may be changed and sent back (`tasks.breakdown_reading`): hidden keys, and for a draft a
            column in which the reason for leaving an item out is written.
    """
    draft = plan.state == Plan.State.DRAFT
    more = [*([LEFT_OUT] if draft else []), KEY] if keyed else []
    columns = [*COLUMNS, *more]

    def lines() -> Iterator[list[Any]]:
        for row in rows:
            values = cells_of(row) | {LEFT_OUT.header: "", KEY.header: row.key}
            yield [values[column.header] for column in columns]

    note = f"导出日期：{clock.today():%Y-%m-%d}。" + (
        "" if plan.state == Plan.State.PUBLISHED else "征求意见稿，未发布。"
    )
    return Sheet("重点任务分解表", columns, lines(), title=f"{plan.title}重点任务分解表", note=note)


def cells_of(row: TableRow) -> dict[str, Any]:
    """Return the cells of a row by their headers."""
    section = f"{row.section.marker}{row.section.title}" if row.section else ""
    what = (row.number, section, row.title, row.aims, row.measures)
    values = (*what, row.leader, row.lead, row.supports, row.due_on, row.note)
    return dict(zip((column.header for column in COLUMNS), values, strict=True))
