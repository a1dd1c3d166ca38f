"""Reading units from pasted lines 编码,全称,简称,类别: every line checked by itself before anything is written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import UserError
from responsibility.models import Unit
from responsibility.services.units import UnitDraft, check_draft

# Typed by hand or pasted from a spreadsheet.
_SEPARATOR = re.compile(r"\s*[,，\t]\s*")
_KINDS = {label: value for value, label in Unit.Kind.choices} | {value: value for value in Unit.Kind.values}
HEADINGS = ("编码", "代码")


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One pasted line: its number from 1, its words, and either the unit read from it or what is wrong."""

    number: int
    text: str
    draft: UnitDraft | None
    error: str = ""


def _read(text: str, ordering: int) -> UnitDraft:
    """Read one line.

    Raises:
        UserError: it has not four parts, a part is too long or the kind is unknown.
    """
    parts = _SEPARATOR.split(text.strip())
    if len(parts) != 4:
        raise UserError(f"应为 4 项“编码,全称,简称,类别”，这一行有 {len(parts)} 项。")
    code, name, short_name, kind = parts
    for label, value, most in (("编码", code, 20), ("全称", name, 80), ("简称", short_name, 40)):
        if not value:
            raise UserError(f"{label}没有填写。")
        if len(value) > most:
            raise UserError(f"{label}请控制在 {most} 字以内。")
    if kind not in _KINDS:
        raise UserError(f"类别“{kind}”不存在，可用：{'、'.join(Unit.Kind.labels)}。")
    return UnitDraft(code=code, name=name, short_name=short_name, kind=_KINDS[kind], ordering=ordering)


def _names(draft: UnitDraft) -> Iterable[str]:
    return dict.fromkeys([draft.name, draft.short_name])


def read_unit_lines(text: str) -> list[UnitLine]:
    """Read pasted lines, leaving out empty ones and a heading; each is checked against the county and the others."""
    last = Unit.objects.order_by("-ordering").values_list("ordering", flat=True).first() or 0
    lines: list[UnitLine] = []
    seen: dict[str, int] = {}
    for number, words in enumerate(text.splitlines(), start=1):
        if not words.strip() or words.strip().startswith(HEADINGS):
            continue
        try:
            draft = _read(words, ordering=last + 10 * (len(lines) + 1))
            for name in (f"编码{draft.code}", *_names(draft)):
                if name in seen:
                    raise UserError(f"“{name}”与第 {seen[name]} 行重复。")
            check_draft(draft)
        except UserError as error:
            lines.append(UnitLine(number, words.strip(), None, error.message))
            continue
        seen |= dict.fromkeys((f"编码{draft.code}", *_names(draft)), number)
        lines.append(UnitLine(number, words.strip(), draft))
    return lines
