"""What waits for a county leader: drafts laid before them."""

from typing import Any

from django.urls import reverse

from core.queues import SHOWN, QueueRow, WorkQueue
from responsibility.authority import authority_of
from tasks.models import Plan, PlanApproval


def approval_queues(user: Any) -> list[WorkQueue]:
    """Return, for a county leader, the drafts that wait for this leader's approval, the oldest first."""
    if not authority_of(user).is_leader:
        return []
    waiting = PlanApproval.objects.filter(
        state=PlanApproval.State.SUBMITTED, leader=user, plan__state=Plan.State.DRAFT
    ).select_related("plan", "submitted_by")
    found = list(waiting.order_by("submitted_at", "pk"))
    rows = [
        QueueRow(
            title=row.plan.title,
            path=reverse("plans:approval", args=[row.plan_id]),
            tag="报批",
            note=f"{row.submitted_by}报批" + ("（报批后又有改动）" if row.overtaken else ""),
            action_label="审批",
            action_path=reverse("plans:approval", args=[row.plan_id]),
        )
        for row in found[:SHOWN]
    ]
    path = f"{reverse('plans:approvals')}?mine=1"
    return [WorkQueue("approvals", 49, "任务分解待审批", "份任务分解待审批", "blue", len(found), rows, path)]
