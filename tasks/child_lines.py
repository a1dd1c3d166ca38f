"""Pasted lines read as children of a task: title, lead unit, deadline, weight, apart by tabs or upright strokes."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from core import clock
from responsibility.models import Unit, UnitAlias
from tasks.models import Task
from tasks.services.charge import MOST_WEIGHT
from tasks.services.children import NewChild
from tasks.suggestions import UnitNames, units_in_force

_APART = re.compile(r"[\t|｜]")
_DAY = re.compile(r"(?:(\d{4})[-./年])?(\d{1,2})[-./月](\d{1,2})日?")
_NUMBER = re.compile(r"^(?:\d{1,3}[.、．]|[（(]\d{1,3}[）)])\s*")
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class ChildLine:
    """A line as read.

    Attributes:
        place: number of the line in what was pasted, from 1.
        child: what it becomes.
        lead, due_on: what holds after the parent's have been put in.
        errors: what is wrong with it, each a sentence; empty where it can be added.
    """

    place: int
    child: NewChild
    lead: Unit
    due_on: date
    errors: tuple[str, ...]


def read_lines(parent: Task, text: str) -> list[ChildLine]:
    """Read one child from every line that is not blank; numbers before the title (1.、（1）) are left out."""
    reader = _Reader(parent)
    lines = text.replace("\x00", "").replace("\r\n", "\n").split("\n")
    return [reader.read(place, line) for place, line in enumerate(lines, 1) if line.strip()]


class _Reader:
    """Reads lines against the units of today."""

    def __init__(self, parent: Task) -> None:
        self.parent = parent
        self.names = UnitNames(units_in_force(clock.today()), UnitAlias.objects.all())

    def read(self, place: int, line: str) -> ChildLine:
        """Read one line."""
        cells = [cell.strip() for cell in _APART.split(line)] + ["", "", ""]
        errors: list[str] = []
        title = " ".join(_NUMBER.sub("", cells[0]).split())
        if not title:
            errors.append("没有任务名称。")
        elif len(title) > LONGEST_TITLE:
            errors.append(f"任务名称超过 {LONGEST_TITLE} 字。")
        lead, due_on = self._lead(cells[1], errors), self._day(cells[2], errors)
        child = NewChild(title, lead, due_on, self._weight(cells[3], errors))
        if len(cells) > 7 and any(cells[4:]):
            errors.append("一行最多四项：名称、牵头单位、完成时限、权重。")
        return ChildLine(place, child, lead or self.parent.lead, due_on or self.parent.due_on, tuple(errors))

    def _lead(self, name: str, errors: list[str]) -> Unit | None:
        if not name:
            return None
        unit = self.names.find(name)
        if unit is None:
            errors.append(f"单位表中没有“{name}”。")
        elif unit.kind == Unit.Kind.GROUP:
            errors.append(f"“{name}”是集合名称，不能作牵头单位。")
        return unit

    def _day(self, text: str, errors: list[str]) -> date | None:
        if not text:
            return None
        found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
        try:
            year, month, day = found.groups() if found else ("", "", "")
            due = date(int(year or self.parent.plan.year), int(month), int(day))
        except ValueError:
            errors.append(f"“{text}”不是日期，请写成 2026-06-30 或 6月30日。")
            return None
        if due > self.parent.due_on:
            errors.append(f"时限不能晚于上级任务的时限（{self.parent.due_on:%Y-%m-%d}）。")
        elif due < self.parent.starts_on:
            errors.append("时限不能早于上级任务的开始日期。")
        return due

    def _weight(self, text: str, errors: list[str]) -> Decimal:
        try:
            weight = Decimal(unicodedata.normalize("NFKC", text)) if text else Decimal(1)
            fits = weight.is_finite() and 0 < weight <= MOST_WEIGHT and weight == weight.quantize(Decimal("0.01"))
        except InvalidOperation:
            fits = False
        if not fits:
            errors.append(f"权重“{text}”应是大于 0、不超过 {MOST_WEIGHT} 的数，最多两位小数。")
            return Decimal(1)
        return weight
