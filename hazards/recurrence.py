"""反复发生: a hazard found again where one like it was struck off within the year before.

Like it is: at the same enterprise, judged by the same standard and clause; where no clause was named, under the same
name. It counts from 销号 and as things stood on the day of finding, so that it stays what it was when the earlier one
is opened again or a year has gone by. Two that were open at a time are one hazard registered twice, not a recurrence.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, DateField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from hazards.models import Hazard, Standing
from hazards.models.tracked import State

# How long after 销号 it counts as come back.
WITHIN = timedelta(days=365)
WORDS = "同一单位、同一判定标准和条款（没有条款的按隐患名称）的隐患，销号后 365 天内再次发现"


def _closings_like(fact: Callable[[str], Any], since: Any) -> "QuerySet[Standing]":
    """Return the closings of hazards like the one of these facts, in force on the day it was found.

    Args:
        fact: name of a field of `Hazard` → its value, or an expression for it.
        since: the first day on which they may have been closed.
    """
    same_clause = ~Q(hazard__clause="") & Q(hazard__standard=fact("standard"))
    same_name = Q(hazard__clause="", hazard__title=fact("title"))
    return (
        Standing.objects.in_force_on(fact("found_on"))
        .filter(state=State.CLOSED, since__gte=since, hazard__enterprise_id=fact("enterprise_id"))
        .filter(same_clause | same_name, hazard__clause=fact("clause"))
        .exclude(hazard_id=fact("pk"))
    )


def recurs(prefix: str = "") -> Q:
    """Say of a row that it is, or with a prefix such as `hazard__` belongs to, a hazard that has come back."""
    first = ExpressionWrapper(OuterRef(f"{prefix}found_on") - WITHIN, output_field=DateField())
    closings = _closings_like(lambda name: OuterRef(prefix + name), first)
    return Q(Exists(closings))


def recurring() -> Q:
    """Say of a hazard that it has come back; a void one never was there."""
    return recurs() & ~Q(state=State.VOID)


def with_recurrence(rows: "QuerySet[Hazard]") -> "QuerySet[Hazard]":
    """Mark each hazard as `recurring` or not."""
    return rows.annotate(recurring=ExpressionWrapper(recurring(), output_field=BooleanField()))


def earlier_of(hazard: Hazard, user: Any) -> tuple[int, list[Hazard]]:
    """Return how many hazards this one repeats, and those of them the person may see, latest first."""
    if hazard.enterprise_id is None or hazard.state == State.VOID:
        return 0, []
    closings = _closings_like(lambda name: getattr(hazard, name), hazard.found_on - WITHIN)
    found = Hazard.objects.filter(pk__in=closings.values("hazard_id"))
    return found.count(), list(found.visible_to(user).order_by("-found_on", "-pk"))
