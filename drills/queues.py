"""What of the drills waits for a person, for 我的工作 and the daily digest."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from core.queues import SHOWN, QueueRow, WorkQueue
from drills.models import Drill
from drills.permissions import may_file

S = Drill.State


def drill_queues(user: Any) -> list[WorkQueue]:
    """Return the queues of a person: records returned to them, records that wait for their judgement."""
    rows, found = Drill.objects.select_related("organiser", "enterprise"), []
    if may_file(user):
        returned = rows.owned_by(user).filter(state=S.RETURNED).order_by("reviewed_at", "pk")
        found.append(_queue("drills-returned", 12, "演练记录退回待改", "条演练记录退回待改", "returned", returned))
    waiting = rows.awaiting_review_by(user).order_by("submitted_at", "pk")
    found.append(_queue("drills-review", 54, "演练记录待审核计入", "条演练记录待审核", "review", waiting))
    return found


def _queue(key: str, order: int, title: str, short: str, name: str, drills: "QuerySet[Drill]") -> WorkQueue:
    shown = list(drills[:SHOWN])
    returned = name == "returned"
    rows = [
        QueueRow(
            title=str(drill),
            path=reverse("drills:detail", args=[drill.pk]),
            tag=drill.get_level_display(),
            note=f"退回意见：{drill.review_comment}" if returned else f"{drill.organiser_name} · {drill.subject}",
            action_label="修改后重报" if returned else "审核",
            action_path=reverse("drills:edit" if returned else "drills:detail", args=[drill.pk]),
        )
        for drill in shown
    ]
    count = len(shown) if len(shown) < SHOWN else drills.count()
    path = f"{reverse('drills:list')}?queue={name}"
    return WorkQueue(key, order, title, short, "red" if returned else "blue", count, rows, path)
