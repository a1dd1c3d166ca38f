"""From frozen rows to the objects they stand for: which of them a person may open."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from drills.models import Drill
from hazards.models import Hazard
from reports.content import Figure, Row
from reports.models import Report
from reports.permissions import may_read_rows
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


@dataclass(frozen=True, slots=True)
class Readable:
    """The frozen rows behind a figure as far as a person may read them.

    Attributes:
        rows: those they may read.
        paths: addresses of the objects they may open, by `key_of`.
        hidden: how many more were counted.
    """

    rows: list[Row]
    paths: dict[tuple[str, int], str]
    hidden: int


def key_of(row: Row) -> tuple[str, int]:
    """Return which object a row stands for."""
    return row.object_type, row.object_id


def readable_rows(user: Any, report: Report, figure: Figure) -> Readable:
    """Return the rows behind a figure the person may read; rows that are none of a unit's business are only counted."""
    if not figure.kind:
        return Readable([], {}, 0)
    rows = [row for _, row in report.content.rows_of(figure)]
    paths = reachable(user, rows)
    public = report.content.rows[figure.kind].public or may_read_rows(user)
    readable = rows if public else [row for row in rows if key_of(row) in paths]
    return Readable(readable, paths, len(rows) - len(readable))


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
