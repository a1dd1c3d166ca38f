"""What of plans and reports a person may see; for pages and the interface alike."""

from typing import Any

from django.db.models import Q, QuerySet

from responsibility.authority import authority_of
from tasks.models import Plan, PlanItem, ProgressReport, Task


def visible_items(user: Any) -> "QuerySet[PlanItem]":
    """Return the items of the plans the person may see; what was left out of the tasks is the office's to know."""
    rows = PlanItem.objects.filter(plan__in=Plan.objects.visible_to(user).order_by().values("pk"))
    return rows if authority_of(user).is_office else rows.filter(dropped=False)


def visible_reports(user: Any) -> "QuerySet[ProgressReport]":
    """Return the rounds of the tasks the person may see.

    A draft is the unit's own business until it is submitted; one that was dropped when the task was handed over is
    nobody's any more.
    """
    state = ProgressReport.State
    own = Q(task__lead_id__in=authority_of(user).units)
    rows = ProgressReport.objects.filter(task__in=Task.objects.visible_to(user).order_by().values("pk"))
    if authority_of(user).is_office:
        # What a clerk enters for a unit is the office's draft as well.
        own |= ~Q(on_behalf="")
    return rows.exclude(state=state.DROPPED).filter(own | ~Q(state__in=[state.DRAFT, state.ENDORSING]))
