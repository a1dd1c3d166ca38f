"""From frozen rows to the objects they stand for: which of them a person may open."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from drills.models import Drill
from hazards.models import Hazard
from reports.content import Row
from supervision.models import Letter
from tasks.models import Task


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an object is shown: what of its kind a person may see, and the name of its page."""

    model: Any
    page: str

    def visible_to(self, user: Any) -> "QuerySet[Any]":
        """Return what the person may see."""
        rows: QuerySet[Any] = self.model.objects.visible_to(user)
        return rows


DESTINATIONS: dict[str, Destination] = {
    "drills.drill": Destination(Drill, "drills:detail"),
    "hazards.hazard": Destination(Hazard, "hazards:detail"),
    "tasks.task": Destination(Task, "tasks:detail"),
    "supervision.letter": Destination(Letter, "supervision:detail"),
}


def reachable(user: Any, rows: Iterable[Row]) -> dict[tuple[str, int], str]:
    """Return the addresses of the objects behind rows that the person may open; one query for each kind of object."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.object_type].add(row.object_id)
    found = {}
    for kind, ids in wanted.items():
        destination = DESTINATIONS.get(kind)
        if destination is None:
            continue
        for pk in destination.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True):
            found[kind, pk] = reverse(destination.page, args=[pk])
    return found
