"""Lines of the 应练清单 as people read them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from drills.duties import COLUMNS, COUNTY, ENTERPRISE, Duties
from drills.duty_terms import DutyPeriod
from drills.models import Drill, DrillRule
from drills.permissions import may_file
from responsibility.authority import authority_of


@dataclass(frozen=True, slots=True)
class Duty:
    """One line of the list: who owes what within which period, and how it stands on the day asked for."""

    rule: DrillRule
    period: DutyPeriod
    kind: str
    subject_id: int
    name: str
    township: str
    required: int | None
    done: int
    drill: Drill | None
    as_of: date

    @property
    def met(self) -> bool:
        """Fulfilled."""
        return self.required is not None and self.done >= self.required

    @property
    def overdue(self) -> bool:
        """Not fulfilled although its period is over."""
        return not self.met and self.period.end < self.as_of

    @property
    def of_villages(self) -> bool:
        """A township's row that sums up its villages."""
        return self.rule.subject == DrillRule.Subject.VILLAGE

    @property
    def words(self) -> str:
        """How it stands, in words."""
        if self.of_villages:
            if self.required is None:
                return "未填村（社区）数"
            return f"已练 {self.done} / {self.required} 个"
        if self.met:
            return "已完成"
        return "逾期未练" if self.overdue else "待练"

    @property
    def held_path(self) -> str:
        """List page of the subject's own counted records of the period."""
        params: dict[str, object] = {"held_from": self.period.start, "held_to": self.period.end, "counted": 1}
        if self.kind == COUNTY:
            params["level"] = Drill.Level.COUNTY
        elif self.kind == ENTERPRISE:
            params["enterprise"] = self.name
        else:
            params["organiser"] = self.subject_id
        if self.of_villages:
            params["level"] = Drill.Level.VILLAGE
        return f"{reverse('drills:list')}?{urlencode(params)}"

    @property
    def new_path(self) -> str:
        """The form of a new record, filled in with what the duty says."""
        params: dict[str, object] = {}
        if self.kind != COUNTY:
            params["enterprise" if self.kind == ENTERPRISE else "organiser"] = self.subject_id
        if self.rule.what in Drill.Kind.values:
            params["kind"] = self.rule.what
        if self.of_villages or self.kind == COUNTY:
            params["level"] = Drill.Level.VILLAGE if self.of_villages else Drill.Level.COUNTY
        return f"{reverse('drills:create')}?{urlencode(params)}"

    @property
    def tone(self) -> str:
        """Tone of its badge."""
        if self.met:
            return "green"
        return "red" if self.overdue else "yellow"


def read_duties(found: Duties, start: int = 0, stop: int | None = None) -> list[Duty]:
    """Return the lines from `start` up to `stop`, each with the record that fulfils it."""
    if found.rows is None:
        return []
    rows: list[Any] = [dict(zip(COLUMNS, row, strict=True)) for row in found.rows[start:stop]]
    drills = Drill.objects.in_bulk({row["drill_key"] for row in rows if row["drill_key"]})
    return [
        Duty(
            *found.terms[row["rule_key"], row["period_key"]],
            row["subject_kind"],
            row["subject_key"],
            row["subject_name"],
            row["township_name"],
            row["required"],
            row["done"],
            drills.get(row["drill_key"]),
            found.question.as_of,
        )
        for row in rows
    ]


class DutyPages:
    """The lines as a sequence that `core.ui.page_of` can page: what is on no page is never read."""

    def __init__(self, found: Duties) -> None:
        self.found = found

    def count(self) -> int:
        """Return how many lines there are."""
        return self.found.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, place: slice) -> list[Duty]:
        """Return the lines of a page."""
        return read_duties(self.found, place.start or 0, place.stop)


def may_hold(user: Any, line: Duty) -> bool:
    """Say whether the person is offered to record the drill that a duty asks for.

    Every enterprise a person sees is one they may file for (`drills.selectors.enterprises_to_file_for`).
    """
    if line.met or not may_file(user):
        return False
    authority = authority_of(user)
    if line.kind == COUNTY:
        return authority.is_office
    return authority.is_office or line.kind == ENTERPRISE or line.subject_id in authority.units
