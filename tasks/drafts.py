"""How far the check of a draft is: for the list of plans, for 我的工作 and for the page that publishes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from core.queues import SHOWN, QueueRow, WorkQueue
from responsibility.authority import authority_of
from tasks.coverage import uncovered
from tasks.models import Plan, PlanItem, ReadingFlag


@dataclass(frozen=True, slots=True)
class Standing:
    """What is done and what is open of a draft's check.

    Attributes:
        checked: items compared with the document, or left out with a reason.
        total: all items.
        uncovered: sentences in no item.
        doubtful: doubtful readings nobody has settled.
    """

    checked: int
    total: int
    uncovered: int
    doubtful: int

    @property
    def words(self) -> str:
        """The counters in one line."""
        return f"已核对 {self.checked}/总数 {self.total}，未覆盖 {self.uncovered} 句，存疑 {self.doubtful} 处"


def standings_of(plan_ids: Iterable[int]) -> dict[int, Standing]:
    """Return how far the check of each of these plans is; four queries whatever their number."""
    items = PlanItem.objects.only("plan_id", "start", "end", "more_spans", "dropped", "checked_by_id")
    doubtful = ReadingFlag.objects.filter(resolved=False).only("plan_id")
    plans = Plan.objects.filter(pk__in=list(plan_ids)).prefetch_related(
        "sections", Prefetch("items", items), Prefetch("flags", doubtful)
    )
    return {plan.pk: _standing(plan) for plan in plans}


def _standing(plan: Plan) -> Standing:
    rows = list(plan.items.all())
    return Standing(
        checked=sum(1 for row in rows if row.dropped or row.checked_by_id is not None),
        total=len(rows),
        uncovered=sum(1 for row in uncovered(plan, rows, list(plan.sections.all())) if not row.head),
        doubtful=len(plan.flags.all()),
    )


def draft_queues(user: Any) -> list[WorkQueue]:
    """Return, for the office, the drafts that are being checked: first those the person began.

    The button opens the check where this person left it.
    """
    if not authority_of(user).is_office:
        return []
    drafts = Plan.objects.filter(state=Plan.State.DRAFT).select_related("created_by")
    found = list(drafts.defer("source_text", "noise").order_by("-created_at"))
    found.sort(key=lambda plan: plan.created_by_id != user.pk)
    standings = standings_of(plan.pk for plan in found[:SHOWN])
    rows = [
        QueueRow(
            title=plan.title,
            path=reverse("plans:check", args=[plan.pk]),
            tag="我导入" if plan.created_by_id == user.pk else f"{plan.created_by}导入",
            note=standings[plan.pk].words,
            action_label="继续核对",
            action_path=reverse("plans:check", args=[plan.pk]),
        )
        for plan in found[:SHOWN]
    ]
    path = f"{reverse('plans:list')}?state={Plan.State.DRAFT}"
    return [WorkQueue("drafts", 57, "工作要点待核对", "份工作要点待核对", "blue", len(found), rows, path)]
