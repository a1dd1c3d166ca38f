"""The terms of a duty: the spans within which one drill is owed, and the drills that fulfil it. Pure, but for `Q`."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from drills.models import Drill, DrillRule

F = DrillRule.Frequency
K = Drill.Kind


@dataclass(frozen=True, slots=True)
class DutyPeriod:
    """A span of days, both ends included, within which one drill is owed; `key` stands in addresses."""

    key: str
    label: str
    start: date
    end: date


def periods_of(frequency: str, year: int, flood_starts: tuple[int, int] = (5, 1)) -> list[DutyPeriod]:
    """Return the spans of a duty that end in `year`.

    Args:
        frequency: one of `DrillRule.Frequency`.
        year: calendar year.
        flood_starts: month and day on which the flood season begins; what is owed before it ends the day before.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    if frequency == F.HALF_YEAR:
        return [
            DutyPeriod("H1", f"{year}年上半年", first, date(year, 6, 30)),
            DutyPeriod("H2", f"{year}年下半年", date(year, 7, 1), last),
        ]
    if frequency == F.FLOOD:
        return [DutyPeriod("F", f"{year}年汛前", first, date(year, *flood_starts) - timedelta(days=1))]
    if frequency == F.TWO_YEARS:
        return [DutyPeriod("Y2", f"{year - 1}–{year}年", date(year - 1, 1, 1), last)]
    if frequency == F.THREE_YEARS:
        return [DutyPeriod("Y3", f"{year - 2}–{year}年", date(year - 2, 1, 1), last)]
    if frequency == F.YEAR:
        return [DutyPeriod("Y", f"{year}年全年", first, last)]
    raise ValueError(f"unknown frequency: {frequency}")


# What stands in the filter of the list of duties, in the order of the year.
PERIOD_CHOICES = (
    ("Y", "全年"),
    ("H1", "上半年"),
    ("H2", "下半年"),
    ("F", "汛前"),
    ("Y2", "两年内"),
    ("Y3", "三年内"),
)


def fulfilling(what: str) -> Q:
    """Return the condition on records that a duty of this content asks for.

    A drill of another kind that included an evacuation fulfils the duty of evacuating.
    """
    conditions = {
        DrillRule.What.ANY: Q(),
        DrillRule.What.PLAN: Q(kind__in=[K.COMPREHENSIVE, K.SPECIAL]),
        DrillRule.What.COMPREHENSIVE: Q(kind=K.COMPREHENSIVE),
        DrillRule.What.EVACUATION: Q(kind=K.EVACUATION) | Q(with_evacuation=True),
        DrillRule.What.ON_SITE: Q(kind=K.ON_SITE),
        DrillRule.What.REPORTING: Q(kind=K.REPORTING),
    }
    return conditions[DrillRule.What(what)]
