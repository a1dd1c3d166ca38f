"""Duty lists as spreadsheets: how they stand, and every duty in them with how it is kept."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core import clock
from responsibility.duty_selectors import items_of_lists, progress_by_item, subject_of
from responsibility.models import DutyItem, DutyList
from spreadsheets.export import Column, Sheet

if TYPE_CHECKING:
    from accounts.models import User

LISTS = (
    Column("单位", 28),
    Column("年度", 8),
    Column("版次", 8),
    Column("状态", 12),
    Column("职责（项）", 10),
    Column("应签收", 10),
    Column("已签收", 10),
    Column("发布日期", 13),
    Column("退回理由", 36),
)
WHOSE = (Column("单位", 28), Column("年度", 8), Column("版次", 8), Column("状态", 12))
DUTIES = (
    Column("层级", 10),
    Column("责任主体", 24),
    Column("职责事项", 50),
    Column("三管", 12),
    Column("职责类型", 12),
    Column("依据", 36),
    Column("履职方式", 30),
    Column("频次", 18),
    Column("完成时限", 13),
)
KEPT = (Column("本年履职（次）", 10), Column("未达到（期）", 10), Column("履职情况", 30))


def lists_sheet(lists: Sequence[Any]) -> Sheet:
    """Return how duty lists stand, one line each; they come with coverage (`duty_selectors.with_coverage`)."""
    rows = [
        [
            row.unit.name,
            row.year,
            row.edition,
            row.get_state_display(),
            row.item_count,
            row.due,
            row.signed,
            row.published_on,
            row.review_comment if row.was_returned else "",
        ]
        for row in lists
    ]
    return Sheet(
        "编制和签收", LISTS, rows, "安全生产责任清单编制和签收情况", f"截至 {clock.today()}，共 {len(rows)} 份"
    )


def duties_sheet(lists: Sequence[DutyList], user: "User | Any") -> Sheet:
    """Return every duty of the lists with its basis, how often it is due and, to who may read it, how it is kept.

    Only lists that are or were in force have anything to keep; for the others, and for those of whose records the
    person sees nothing, these cells are empty.
    """
    found = items_of_lists(lists)
    progress = progress_by_item(found, user)
    rows = []
    for row, item in found:
        kept = progress.get(item.pk)
        counts = [kept.total, kept.missed, kept.words] if kept else [None, None, None]
        rows.append([row.unit.name, row.year, row.edition, row.get_state_display(), *duty_cells(row, item), *counts])
    note = f"截至 {clock.today()}，共 {len(rows)} 项；履职情况只含您有权查看的单位，未发布的清单不统计"
    return Sheet("职责事项", (*WHOSE, *DUTIES, *KEPT), rows, "安全生产责任清单职责事项和履职情况", note)


def list_sheet(duty_list: DutyList) -> Sheet:
    """Return the duties of one list, as it is handed round."""
    rows = [duty_cells(duty_list, item) for _, item in items_of_lists([duty_list])]
    return Sheet("责任清单", DUTIES, rows, str(duty_list), f"{duty_list.get_state_display()}，共 {len(rows)} 项")


def duty_cells(duty_list: DutyList, item: DutyItem) -> list[Any]:
    """Return one duty, a value for each of `DUTIES`."""
    return [
        item.get_layer_display(),
        subject_of(item, duty_list),
        item.text,
        item.get_kind_display(),
        item.get_duty_type_display(),
        item.basis,
        item.how,
        item.frequency_words,
        item.due_on,
    ]
