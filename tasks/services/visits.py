"""Who looks at a draft now, and where they left it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError

from core import clock
from tasks.models import Plan, PlanItem, PlanStep, PlanVisit

# A page tells every twenty seconds that it is open; three times not heard of, its reader has gone.
PRESENT_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Since:
    """What others have done to a draft since a page was opened."""

    steps: list[PlanStep]
    mine: list[PlanStep]

    @property
    def people(self) -> str:
        """Their names."""
        return "、".join(dict.fromkeys(str(step.touched_by) for step in self.steps))


def visit(*, user: Any, plan: Plan, item: PlanItem | None) -> None:
    """Note that somebody looks at an item of a draft; where they left off is where the draft opens for them."""
    facts: dict[str, Any] = {"item": item, "seen_at": clock.now()}
    try:
        PlanVisit.objects.bulk_create(
            [PlanVisit(plan=plan, user=user, **facts)],
            update_conflicts=True,
            unique_fields=["plan", "user"],
            update_fields=list(facts),
        )
    except IntegrityError:  # the item was merged away in the same moment
        PlanVisit.objects.filter(plan=plan, user=user).update(seen_at=clock.now())


@dataclass(frozen=True, slots=True)
class Visits:
    """Where somebody left a draft, and the visits of the others who look at it now."""

    last_item: int | None
    others: list[PlanVisit]


def visits_of(plan: Plan, user: Any) -> Visits:
    """Return who else looks at a draft now, and the item `user` last looked at."""
    since = clock.now() - PRESENT_FOR
    rows = list(plan.visits.select_related("user", "item"))
    mine = next((row.item_id for row in rows if row.user_id == user.pk), None)
    return Visits(mine, [row for row in rows if row.user_id != user.pk and row.seen_at >= since])


def steps_since(plan: Plan, user: Any, change: int, item_id: int | None) -> Since:
    """Return what others did after the draft's change of that number, and what of it concerns an item."""
    steps = [
        step
        for step in plan.steps.since(change).select_related("touched_by").order_by("-touched")
        if step.touched_by_id != user.pk
    ]
    return Since(steps, [step for step in steps if item_id is not None and f"item:{item_id}" in step.states])
