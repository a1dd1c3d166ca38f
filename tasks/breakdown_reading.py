"""重点任务分解表 come back from Excel: which cells were changed, and what they mean.

A cell that holds what would be exported now is unchanged, whatever it holds; only the others are understood. So a file
sent back as it was downloaded never changes anything, also where a text could be read in several ways.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core import clock
from core.errors import UserError
from responsibility.models import Unit, UnitAlias
from spreadsheets.export import cell_text
from spreadsheets.reading import EMPTY, Cell, tidy
from tasks.breakdown import KEY, LEFT_OUT, BreakdownRow, cells_of
from tasks.lamps import plain
from tasks.models import Operator, Plan
from tasks.suggestions import UnitNames, units_in_force

TITLE, AIMS, LEAD, SUPPORTS, DUE = "重点任务", "目标要求", "牵头单位", "配合单位", "完成时限"
DRAFT_COLUMNS = (TITLE, AIMS, LEAD, SUPPORTS, DUE, LEFT_OUT.header)
PUBLISHED_COLUMNS = (LEAD, DUE)
NOT_DECIDED = "待定"
_HEAD_ROWS = 10
_KEY = re.compile(r"(\d{1,15})-(\d{1,15})-(\d{1,9})")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_WORDS = {operator.label: operator.value for operator in Operator}
_AIM = re.compile(rf"(.+?)({'|'.join(_WORDS)})\s*([\d,，.]+)\s*(\S*)", re.DOTALL)
_LONGEST = {TITLE: 200, LEFT_OUT.header: 200}
_BIGGEST = Decimal(10) ** 14


class NotUnderstood(Exception):
    """A cell cannot be read; the message says why and what would do."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cell whose change is not taken over: its row and column in the file, and why."""

    row: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """What is changed of one item.

    Attributes:
        item_id, version: the item, and the version of it (of its task, once published) the file was made from.
        number, title: for sentences.
        values: column → new value as JSON holds it: text, key of a unit, keys, ISO day, targets.
        words: (column, old, new) for the preview.
    """

    item_id: int
    version: int
    number: int
    title: str
    values: dict[str, Any]
    words: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class BreakdownReading:
    """A file read against the plan as it is now.

    Attributes:
        changes: rows with changes, in the order of the file.
        troubles: changes that are not taken over.
        absent: tasks of the plan the file has no row for; they stay as they are.
    """

    changes: list[RowChange] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many cells are changed."""
        return sum(len(row.words) for row in self.changes)


def read_breakdown(plan: Plan, rows: Sequence[BreakdownRow], lines: Sequence[Sequence[Cell]]) -> BreakdownReading:
    """Compare a file with the plan.

    Args:
        plan: the plan it is sent back to.
        rows: the plan's rows as they are now.
        lines: the file's cells (`spreadsheets.reading.read_rows`).

    Raises:
        UserError: it is not this plan's table, or its header row or keys are gone.
    """
    head, columns = _header(lines)
    reading, known, seen = BreakdownReading(), {row.item.pk: row for row in rows}, set()
    reader = _RowReader(plan)
    for place, line in enumerate(lines[head + 1 :], head + 2):
        cells = {name: line[at] if at < len(line) else EMPTY for name, at in columns.items()}
        if not any(cell.text for cell in cells.values()):
            continue
        match = _KEY.fullmatch(cells[KEY.header].text)
        if match is None:
            reading.troubles.append(
                Trouble(place, KEY.header, "这一行没有条目标识，是新增的行，不能导入；请在核对页增加条目。")
            )
            continue
        plan_id, item_id, version = map(int, match.groups())
        if plan_id != plan.pk:
            raise UserError(f"这个文件不是《{plan.title}》的分解表，没有导入。请在这份工作要点的页面重新下载后再改。")
        row = known.get(item_id)
        if row is None:
            reading.troubles.append(Trouble(place, TITLE, "这个条目已合并、撤销或不再纳入，没有可以修改的条目。"))
        elif item_id in seen:
            reading.troubles.append(Trouble(place, KEY.header, "这个条目在文件中出现了两次，只看第一次。"))
        else:
            seen.add(item_id)
            reader.read(place, row, version, cells, reading)
    reading.absent = [row.title for row in rows if row.item.pk not in seen]
    return reading


def _header(lines: Sequence[Sequence[Cell]]) -> tuple[int, dict[str, int]]:
    for place, line in enumerate(lines[:_HEAD_ROWS]):
        columns = {cell.text: at for at, cell in reversed(list(enumerate(line))) if cell.text}
        if TITLE in columns and KEY.header in columns:
            return place, columns
    raise UserError(
        f"没有找到表头。请上传在本页下载、修改后的 Excel，不要改动表头行，也不要删除隐藏的“{KEY.header}”列。"
    )


class _RowReader:
    """Reads rows against the county's units as they are today."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.names = UnitNames(units_in_force(clock.today()), UnitAlias.objects.all())
        published = plan.state == Plan.State.PUBLISHED
        self.editable = PUBLISHED_COLUMNS if published else DRAFT_COLUMNS
        self.fixed = (
            "已发布，只能改牵头单位和完成时限，这一格没有导入。" if published else "这一列不能在 Excel 里改，没有导入。"
        )
        self.readers: dict[str, Callable[[BreakdownRow, Cell], tuple[Any, str] | None]] = {
            TITLE: self._title,
            AIMS: _aims,
            LEAD: self._lead,
            SUPPORTS: self._supports,
            DUE: _due,
            LEFT_OUT.header: _left_out,
        }

    def read(
        self, place: int, row: BreakdownRow, version: int, cells: dict[str, Cell], reading: BreakdownReading
    ) -> None:
        """Add to the reading what is changed in one row of the file."""
        expected = {name: _shown(value) for name, value in cells_of(row).items()} | {LEFT_OUT.header: ""}
        change = RowChange(row.item.pk, version, row.number, row.title, {})
        for name, cell in cells.items():
            if name not in expected or (cell.text == expected[name] and not cell.formula):
                continue
            if name not in self.editable:
                reading.troubles.append(Trouble(place, name, self.fixed))
                continue
            try:
                if cell.formula:
                    raise NotUnderstood("这一格是公式，请改成文字或日期。")
                found = self.readers[name](row, cell)
            except NotUnderstood as error:
                reading.troubles.append(Trouble(place, name, str(error)))
                continue
            if found is not None:
                change.values[name] = found[0]
                change.words.append((name, expected[name], found[1]))
        if not change.words:
            return
        if row.key != f"{self.plan.pk}-{row.item.pk}-{version}":
            sentence = "下载之后这一条已被修改，没有导入。请重新下载，在新的表里改。"
            reading.troubles.append(Trouble(place, change.words[0][0], sentence))
            return
        reading.changes.append(change)

    @staticmethod
    def _title(row: BreakdownRow, cell: Cell) -> tuple[str, str] | None:
        title = " ".join(cell.text.split())
        if not title:
            raise NotUnderstood("任务名称不能为空；不再作为任务的，请填写“不纳入的理由”。")
        _check_length(TITLE, title)
        return (title, title) if title != row.title else None

    def _unit(self, name: str) -> Unit:
        unit = self.names.find(name)
        if unit is None:
            raise NotUnderstood(f"单位表里没有“{name[:40]}”，请写全称、简称或别名。")
        return unit

    def _lead(self, row: BreakdownRow, cell: Cell) -> tuple[int | None, str] | None:
        now = row.task.lead if row.task is not None else row.item.lead
        if cell.text in ("", NOT_DECIDED):
            if row.task is not None:
                raise NotUnderstood("已发布的任务必须有牵头单位。")
            return (None, NOT_DECIDED) if now is not None else None
        unit = self._unit(cell.text)
        if unit.kind == Unit.Kind.GROUP:
            raise NotUnderstood(f"“{unit.short_name}”是集合名称，不能作牵头单位。")
        return (unit.pk, unit.short_name) if now is None or unit.pk != now.pk else None

    def _supports(self, row: BreakdownRow, cell: Cell) -> tuple[list[int], str] | None:
        units = {unit.pk: unit for unit in map(self._unit, _names(cell.text))}
        if set(units) == {unit.pk for unit in row.item.supports.all()}:
            return None
        return list(units), "、".join(unit.short_name for unit in units.values())


def _shown(value: Any) -> str:
    """Return what the exported cell holds, as it is read again."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return tidy(cell_text(str(value)))


def _check_length(name: str, text: str) -> None:
    if len(text) > _LONGEST[name]:
        raise NotUnderstood(f"请控制在 {_LONGEST[name]} 字以内，现在是 {len(text)} 字。")
    if "\x00" in text:
        raise NotUnderstood("含有无法保存的字符，请删去。")


def _names(text: str) -> Iterator[str]:
    """Yield the names of a list; a mark inside brackets belongs to the name: 各乡镇（街道、园区）."""
    depth, name = 0, ""
    for character in text:
        depth += (character in "（(") - (character in "）)")
        if depth <= 0 and character in "、，,；;\n":
            if name.strip():
                yield name.strip()
            name = ""
        else:
            name += character
    if name.strip():
        yield name.strip()


def _due(row: BreakdownRow, cell: Cell) -> tuple[str, str] | None:
    value: Any = cell.value
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        match = _DAY.fullmatch(cell.text)
        try:
            value = date(*map(int, match.groups())) if match else None
        except ValueError:
            value = None
        if value is None:
            raise NotUnderstood(f"“{cell.text[:20]}”不是日期，请写成 2026-06-30 的样子。")
    if not row.item.plan.year - 1 <= value.year <= row.item.plan.year + 1:
        raise NotUnderstood(f"{value.year}年离工作要点的年度太远，请核对年份。")
    return (value.isoformat(), value.isoformat()) if value != row.due_on else None


def _left_out(row: BreakdownRow, cell: Cell) -> tuple[str, str]:
    reason = cell.text
    _check_length(LEFT_OUT.header, reason)
    return reason, f"不纳入（{reason}）"


def _aims(row: BreakdownRow, cell: Cell) -> tuple[list[dict[str, Any]], str] | None:
    """Lay the aims as written over the item's targets: alike, then of one name, else new; what is gone is dropped."""
    present = {target.pk: target for target in row.item.targets.all()}
    as_shown = {
        pk: tidy(f"{target.metric}{target.get_operator_display()}{plain(target.value)}{target.unit}")
        for pk, target in present.items()
    }
    left, found = dict(as_shown), []
    parts = [part.strip() for part in re.split(r"[；;\n]", cell.text) if part.strip()]
    unknown = []
    for part in parts:
        same = next((pk for pk, shown in left.items() if shown == part), None)
        if same is None:
            unknown.append(part)
        else:
            del left[same]
    for part in unknown:
        aim = _aim(part)
        same = next((pk for pk in left if present[pk].metric == aim["metric"]), None)
        if same is not None:
            del left[same]
        found.append(aim | {"id": same, "dropped": False})
    for pk in left:
        target = present[pk]
        kept = {"metric": target.metric, "operator": target.operator, "value": str(target.value), "unit": target.unit}
        found.append(kept | {"id": pk, "dropped": True})
    return (found, "；".join(parts)) if found else None


def _aim(part: str) -> dict[str, Any]:
    match = _AIM.fullmatch(part)
    if match is None:
        raise NotUnderstood(
            f"“{part[:30]}”看不懂，请写成“指标名称不低于400场次”的样子（不低于、不超过、达到），几个指标用分号分开。"
        )
    metric, operator, number, unit = match.groups()
    try:
        value = Decimal(number.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise NotUnderstood(f"“{number}”不是数。") from None
    exponent = value.as_tuple().exponent
    if value >= _BIGGEST or (isinstance(exponent, int) and exponent < -2):
        raise NotUnderstood(f"“{number}”太大，或小数超过两位。")
    if len(metric.strip()) > 120 or len(unit) > 20:
        raise NotUnderstood("指标名称请控制在 120 字以内，计量单位 20 字以内。")
    return {"metric": metric.strip(), "operator": _WORDS[operator], "value": str(value), "unit": unit}
