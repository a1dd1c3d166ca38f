"""What of the duty lists waits for a person, for 我的工作 and the daily digest."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from core.queues import NOTHING, Placed, QueueRow, WorkQueue, placed
from responsibility.authority import authority_of
from responsibility.duty_waiting import to_sign
from responsibility.models import DutyList
from responsibility.permissions import is_colleague

S = DutyList.State

# key, place on the page, title, how the summary counts it, what the button says, its page, filter of the list page
QueueKind = tuple[str, int, str, str, str, str, str]
RETURNED: QueueKind = (
    "returned",
    12,
    "责任清单退回待改",
    "份责任清单退回待改",
    "修改",
    "detail",
    f"state={S.RETURNED}",
)
SIGN: QueueKind = (
    "sign",
    46,
    "责任清单待签收",
    "份责任清单待签收",
    "签收承诺",
    "sign",
    f"state={S.PUBLISHED}&signing=mine",
)
REVIEW: QueueKind = (
    "review",
    54,
    "责任清单待审核发布",
    "份责任清单待审核发布",
    "审核",
    "detail",
    f"state={S.SUBMITTED}",
)


def duty_queues(user: Any) -> list[WorkQueue]:
    """Return the queues of duty lists of a person, by the roles and posts they hold today; one query."""
    if not is_colleague(user):
        return []
    authority = authority_of(user)
    places = {}
    if authority.units:
        places["returned"] = Q(state=S.RETURNED, unit_id__in=authority.units)
    if authority.is_office:
        places["review"] = Q(state=S.SUBMITTED) & ~Q(submitted_by=user.pk)
    places["sign"] = to_sign(user)
    found = placed(DutyList.objects.select_related("unit"), places, "year", "unit__ordering", "pk")
    return [_queue(kind, found.get(kind[0], NOTHING)) for kind in (RETURNED, SIGN, REVIEW)]


def _queue(kind: QueueKind, queue: Placed) -> WorkQueue:
    key, order, title, short, button, page, query = kind
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
    return WorkQueue(f"duties-{key}", order, title, short, tone, queue.count, rows, f"{reverse('duties:list')}?{query}")
