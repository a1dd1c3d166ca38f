"""进展填报表: a unit's tasks of the period as one Excel sheet, and what of it was changed when it comes back.

The sheet holds what the report forms would open with. It is compared with the same content again, so that a file that
comes back untouched changes nothing, and it names draft and version of each row, so that nobody is overwritten.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.errors import UserError
from responsibility.models import Unit
from spreadsheets.export import Column, Sheet
from spreadsheets.reading import EMPTY, Cell, tidy
from tasks.forms.tasks import TEXT_LABELS, ReportForm
from tasks.lamps import plain
from tasks.models import ProgressReport, Task
from tasks.services.reporting import TEXT_FIELDS, ReportDraft
from tasks.supporting import current_label
from tasks.transitions import SUBMIT

R = ProgressReport.State
KEY, CODE, TITLE, PERCENT = "标识", "任务编号", "任务", "总体进度（%）"
COMPUTED = "自动折算"
OTHER_FILE = "这不是从“按表填报”下载的进展填报表，或表头被改动。请重新下载，只修改表中的内容，不要增删列。"


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that differs: the column's name, what stands there now and what the file says."""

    label: str
    old: str
    new: str


@dataclass(slots=True)
class SheetRow:
    """One row of a file that came back.

    Attributes:
        number: row in the file, as Excel counts.
        task: None where the row names none of the unit's tasks under way.
        version: of the draft when the file was made, 0 before there was one.
        changes: cells that differ.
        errors: sentences, each with the column's name.
        draft: all of the row as the service takes it; None where there is an error or no change.
    """

    number: int
    task: Task | None = None
    version: int = 0
    changes: list[Change] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    draft: ReportDraft | None = None


def fillable_tasks(unit: Unit) -> list[Task]:
    """Return the tasks the unit may report on now, in their order."""
    rows = Task.objects.filter(lead=unit, state__in=SUBMIT.sources).select_related("plan", "lead")
    return list(rows.prefetch_related("targets", "reports__values").order_by("code"))


def _opening(task: Task) -> tuple[dict[str, Any], int]:
    """Return what the report form of the task opens with, and the version of its draft."""
    rounds = list(task.reports.all())
    draft = next((row for row in rounds if row.state == R.DRAFT), None)
    last = next((row for row in rounds if row.state not in (R.DRAFT, R.DROPPED)), None)
    return ReportForm.initial_of(draft, last), draft.version if draft else 0


def _by_hand(task: Task) -> list[Any]:
    return [target for target in task.targets.all() if not target.ledger]


def _columns(places: int) -> list[Column]:
    found = [Column(KEY, 10, hidden=True), Column(CODE, 12), Column(TITLE, 34)]
    for place in range(1, places + 1):
        found += [Column(f"指标{place}", 26), Column(f"指标{place}累计完成值", 14)]
    return [*found, Column(PERCENT, 12), *(Column(TEXT_LABELS[name][0], 44) for name in TEXT_FIELDS)]


def progress_sheet(unit: Unit, tasks: Sequence[Task]) -> Sheet:
    """Return the sheet of the unit's tasks, each with its draft or what its form would open with."""
    places = max((len(_by_hand(task)) for task in tasks), default=0)
    return Sheet(
        name="进展填报表",
        columns=_columns(places),
        rows=[_cells(task, places) for task in tasks],
        title=f"{unit.name}进展填报表",
        note="只填“累计完成值”“总体进度”和后面四栏，不要增删行列；填好后在系统“按表填报”上传，核对后存为草稿，再逐项上报。",
    )


def _cells(task: Task, places: int) -> list[Any]:
    opening, version = _opening(task)
    cells: list[Any] = [f"{task.lead_id}/{current_label(task)}/{task.pk}/{version}", task.code, task.title]
    targets = _by_hand(task)
    for place in range(places):
        if place < len(targets):
            target = targets[place]
            wanted = f"{target.get_operator_display()}{plain(target.value)}{target.unit}"
            written = opening.get(f"value_{target.pk}", "")
            cells += [f"{target.metric}（目标{wanted}）", Decimal(written) if written else None]
        else:
            cells += ["—", None]
    form = ReportForm(task=task)
    percent = opening.get("percent", "")
    cells.append((Decimal(percent) if percent else None) if form.states_own_percent else COMPUTED)
    return cells + [opening.get(name, "") for name in TEXT_FIELDS]


def read_sheet(rows: Sequence[Sequence[Cell]], unit: Unit) -> list[SheetRow]:
    """Compare a file that came back with what stands now.

    Raises:
        UserError: it is another file, or one of another unit or period.
    """
    head = next((place for place, row in enumerate(rows) if row and row[0].text == KEY), None)
    if head is None:
        raise UserError(OTHER_FILE)
    names = [cell.text for cell in rows[head]]
    while names and not names[-1]:
        names.pop()
    places = sum(name.endswith("累计完成值") for name in names)
    if names != [column.header for column in _columns(places)]:
        raise UserError(OTHER_FILE)
    tasks = {task.pk: task for task in fillable_tasks(unit)}
    found: list[SheetRow] = []
    seen: set[int] = set()
    for number, row in enumerate(rows[head + 1 :], head + 2):
        cells = [*row, *[EMPTY] * len(names)][: len(names)]
        if any(cell.text for cell in cells):
            found.append(_read_row(number, dict(zip(names, cells, strict=True)), unit, tasks, seen))
    return found


def _read_row(number: int, cells: dict[str, Cell], unit: Unit, tasks: dict[int, Task], seen: set[int]) -> SheetRow:
    row = SheetRow(number)
    parts = cells[KEY].text.split("/")
    if len(parts) != 4 or not all(part.isdecimal() and len(part) < 18 for part in (parts[0], *parts[2:])):
        row.errors.append("这一行不是下载时的任务，不能填报。请不要新增行。")
        return row
    if int(parts[0]) != unit.pk:
        raise UserError(f"这份表是其他单位的，不能在{unit.short_name}名下填报。请下载本单位的表。")
    task = tasks.get(int(parts[2]))
    if task is None:
        row.errors.append(f"“{cells[CODE].text}”现在不能填报（可能已上报、待审签、已销号或已移交）。")
        return row
    if parts[1] != current_label(task):
        raise UserError(f"这份表是{parts[1]}的，现在是{current_label(task)}。请重新下载本期的表填写。")
    row.task, row.version = task, int(parts[3])
    if task.pk in seen:
        row.errors.append(f"“{task.code}”在表中重复出现，请只保留一行。")
        return row
    seen.add(task.pk)
    _compare(row, cells, task)
    return row


def _compare(row: SheetRow, cells: dict[str, Cell], task: Task) -> None:
    opening, version = _opening(task)
    blank = ReportForm(task=task)
    fields = {f"value_{target.pk}": f"指标{n}累计完成值" for n, target in enumerate(_by_hand(task), 1)}
    if blank.states_own_percent:
        fields["percent"] = PERCENT
    fields |= {name: TEXT_LABELS[name][0] for name in TEXT_FIELDS}
    formulas = [column for column in fields.values() if cells[column].formula]
    row.errors += [f"“{column}”是公式，请改为直接填写的内容。" for column in formulas]
    typed = {name: cells[column].text for name, column in fields.items()}
    form = ReportForm({**typed, "version": str(row.version)}, task=task)
    if not form.is_valid():
        row.errors += [f"“{fields[name]}”：{errors[0]}" for name, errors in form.errors.items() if name in fields]
        return
    for name, column in fields.items():
        old, new = tidy(str(opening.get(name, ""))), _written(form.cleaned_data[name])
        if old != new:
            row.changes.append(Change(_label(task, name, column), old, new))
    if row.changes and row.version != version:
        row.errors.append("下载之后已有人修改了这项草稿，请重新下载后再填，以免覆盖。")
    if row.changes and not row.errors:
        row.draft = form.draft()


def _written(value: Any) -> str:
    if value is None:
        return ""
    return plain(value) if isinstance(value, Decimal) else tidy(str(value))


def _label(task: Task, name: str, column: str) -> str:
    metrics = {f"value_{target.pk}": target.metric for target in task.targets.all()}
    return metrics.get(name, column)
