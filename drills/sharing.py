"""What a township's share of the target may be weighed by, and the shares proposed from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from core.errors import UserError
from drills.quotas import share_out
from drills.selectors import townships, village_numbers
from responsibility.models import Unit

BASES = {"both": "企业数＋村（社区）数", "enterprises": "企业数", "villages": "村（社区）数", "equal": "平均分配"}


@dataclass(frozen=True, slots=True)
class Weight:
    """What a township's share may be weighed by."""

    unit: Unit
    enterprises: int
    villages: int | None


def weights(year: int) -> list[Weight]:
    """Return the townships in the county's order with their open enterprises and their villages of the year."""
    rows = townships().annotate(
        open_enterprises=Count("local_enterprises", filter=Q(local_enterprises__closed_on__isnull=True))
    )
    numbers = village_numbers(year)
    return [Weight(row, row.open_enterprises, numbers.get(row.pk)) for row in rows]


def propose(total: int, rows: Sequence[Weight], basis: str) -> dict[int, int]:
    """Share the target out to the townships, together exactly `total`.

    Args:
        total: the target.
        rows: the townships.
        basis: one of `BASES`.

    Raises:
        UserError: there is nothing to weigh by, or nobody to share with.
    """
    if basis not in BASES:
        raise UserError("请选择分配方法。")
    if not rows:
        raise UserError("还没有乡镇（街道、园区），请先在“单位”中添加。")
    counted = {
        "both": [row.enterprises + (row.villages or 0) for row in rows],
        "enterprises": [row.enterprises for row in rows],
        "villages": [row.villages or 0 for row in rows],
        "equal": [1 for _ in rows],
    }[basis]
    if not any(counted):
        raise UserError(f"各乡镇的{BASES[basis]}都是 0，不能按它分配；请先登记，或选择平均分配。")
    return dict(zip([row.unit.pk for row in rows], share_out(total, counted), strict=True))
