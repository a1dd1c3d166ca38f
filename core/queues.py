"""Work queues: what waits for a person, gathered from every app for the page 我的工作 and the daily digest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from core.registry import Registry


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One piece of work.

    Attributes:
        title: what it is.
        path: its page.
        tag: short word before the title, such as 牵头, 配合, 督促函.
        note: one line under the title (clause number, reason of return, unit).
        due_on: its deadline, if it has one.
        lamp, lamp_reason: colour code and sentence, empty where the thing has no lamp.
        percent, planned: progress in percent, None where it has none.
        met: nothing is counted against the deadline any more.
        action_label, action_path: the one primary button.
    """

    title: str
    path: str
    tag: str = ""
    note: str = ""
    due_on: date | None = None
    lamp: str = ""
    lamp_reason: str = ""
    percent: Decimal | None = None
    planned: Decimal | None = None
    met: bool = False
    action_label: str = "查看"
    action_path: str = ""


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """One queue of a person.

    Attributes:
        key: stable name.
        order: place on the page, small first.
        title: what stands above it, e.g. 退回待改.
        short: how the summary line counts it, e.g. "项退回待改".
        tone: red, yellow, blue or grey.
        count: how many rows there are in all.
        rows: the first of them.
        path: list page that shows all of them.
    """

    key: str
    order: int
    title: str
    short: str
    tone: str
    count: int
    rows: Sequence[QueueRow]
    path: str = ""


# Rows shown of each queue; the rest is one click away on its list page.
SHOWN = 10

work_queues: Registry[Callable[[Any], list[WorkQueue]]] = Registry("work queues")


@dataclass(frozen=True, slots=True)
class Placed:
    """The rows of one queue: how many there are in all, and the first of them."""

    count: int
    rows: list[Any]


NOTHING = Placed(0, [])


def placed(rows: "QuerySet[Any]", places: Mapping[str, Q], *order: str) -> dict[str, Placed]:
    """Sort rows into queues with one query, whatever the number of queues and rows.

    Args:
        rows: everything that may stand in one of the queues.
        places: key → condition, the first that fits counts; conditions over rows of other tables are `Exists`.
        order: names of fields that order each queue.

    Returns:
        The queues that hold something, each with its first `SHOWN` rows.
    """
    place = Case(*(When(condition, then=Value(key)) for key, condition in places.items()), output_field=CharField())
    found = (
        rows.order_by()
        .annotate(queue_key=place)
        .filter(queue_key__isnull=False)
        .annotate(
            queue_count=Window(Count("pk"), partition_by="queue_key"),
            queue_place=Window(RowNumber(), partition_by="queue_key", order_by=list(order)),
        )
        .filter(queue_place__lte=SHOWN)
        .order_by("queue_place")
    )
    queues: dict[str, Placed] = {}
    for row in found:
        queues.setdefault(row.queue_key, Placed(row.queue_count, [])).rows.append(row)
    return queues


def queues_of(user: Any) -> list[WorkQueue]:
    """Return the person's non-empty queues in their order."""
    found = [queue for source in work_queues.all() for queue in source(user) if queue.count]
    return sorted(found, key=lambda queue: queue.order)


def summary_line(queues: Sequence[WorkQueue]) -> str:
    """Put what waits for the person into one sentence: the top line of 我的工作 and of the daily digest.

    Grey queues are for looking up, nothing is to be done there now.
    """
    pressing = [queue for queue in queues if queue.tone != "grey"]
    if not pressing:
        return "当前没有需要您办理的事项。"
    return "您有 " + "、".join(f"{queue.count} {queue.short}" for queue in pressing) + "。"
