"""What of the duty lists waits for a person, for 我的工作 and the daily digest."""

from typing import Any

from django.urls import reverse

from core.queues import NOTHING, Placed, QueueRow, WorkQueue, placed
from responsibility.duty_waiting import places_of
from responsibility.models import DutyList
from responsibility.permissions import is_colleague

# key, place on the page, title, how the summary counts it, what the button says, its page
QueueKind = tuple[str, int, str, str, str, str]
RETURNED: QueueKind = (
    "returned",
    12,
    "责任清单退回待改",
    "份责任清单退回待改",
    "修改",
    "detail",
)
SIGN: QueueKind = (
    "sign",
    46,
    "责任清单待签收",
    "份责任清单待签收",
    "签收承诺",
    "sign",
)
REVIEW: QueueKind = (
    "review",
    54,
    "责任清单待审核发布",
    "份责任清单待审核发布",
    "审核",
    "detail",
)


def duty_queues(user: Any) -> list[WorkQueue]:
    """Return the queues of duty lists of a person, by the roles and posts they hold today; one query."""
    if not is_colleague(user):
        return []
    found = placed(DutyList.objects.select_related("unit"), places_of(user), "year", "unit__ordering", "pk")
    return [_queue(kind, found.get(kind[0], NOTHING)) for kind in (RETURNED, SIGN, REVIEW)]


def _queue(kind: QueueKind, queue: Placed) -> WorkQueue:
    key, order, title, short, button, page = kind
    rows = [
        QueueRow(
            title=str(duty_list),
            path=reverse("duties:detail", args=[duty_list.pk]),
            tag="责任清单",
            note=f"退回理由：{duty_list.review_comment}" if duty_list.was_returned else duty_list.unit.short_name,
            action_label=button,
            action_path=reverse(f"duties:{page}", args=[duty_list.pk]),
        )
        for duty_list in queue.rows
    ]
    tone = "red" if key == "returned" else "blue"
    path = f"{reverse('duties:list')}?waits={key}"
    return WorkQueue(f"duties-{key}", order, title, short, tone, queue.count, rows, path)
