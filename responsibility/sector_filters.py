"""Search and filters over sectors; they live in the address, so that a figure links to exactly its rows."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_filters.filterset import FilterSet

from core import clock
from responsibility.filters import YES_NO, search_field, words_of
from responsibility.models import Sector, SectorSupervision, Unit

GAPS = (
    ("none", "无主管部门"),
    ("lapsed", "依据已到期"),
    ("undocumented", "依据待补文号"),
)
YES = (("1", "是"), ("0", "否"))


def decisions_on(day: date) -> "QuerySet[SectorSupervision]":
    """Return the decisions in force on a day of the sector of an outer query."""
    return SectorSupervision.objects.in_force_on(day).filter(sector=OuterRef("pk"))


def gap_condition(gap: str, day: date | None = None) -> Q:
    """Return what a sector with this gap fulfils; a sector out of use has none.

    Args:
        gap: `none`: nobody supervises it on the day; `lapsed`: nor is anybody to, though somebody did; `undocumented`:
            the decision in force names no document number.
        day: the day that counts; None for today.
    """
    day = day or clock.today()
    if gap == "undocumented":
        return Q(Exists(decisions_on(day).exclude(basis__regex=r"〔\d{4}〕\s*\d+\s*号")), active=True)
    nobody = Q(~Exists(decisions_on(day)), active=True)
    if gap == "lapsed":
        return nobody & Q(Exists(SectorSupervision.objects.filter(sector=OuterRef("pk"), valid_to__lt=day)))
    return nobody


class SectorFilter(FilterSet):
    """Search and filters over sectors."""

    q = search_field("行业领域、主管或配合部门、依据文号")
    lead = django_filters.ModelChoiceFilter(
        label="主管部门", queryset=Unit.objects.none(), empty_label="全部", method="by_lead"
    )
    gap = django_filters.ChoiceFilter(label="缺口", choices=GAPS, empty_label="不限", method="by_gap")
    high_risk = django_filters.ChoiceFilter(label="高危", choices=YES, empty_label="不限", method="by_mark")
    emerging = django_filters.ChoiceFilter(label="新兴业态", choices=YES, empty_label="不限", method="by_mark")
    active = django_filters.ChoiceFilter(label="状态", choices=YES_NO, empty_label="全部", method="by_mark")
    primary = ("q", "lead", "gap", "high_risk", "emerging")

    class Meta:
        model = Sector
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        leads = SectorSupervision.objects.in_force_on(clock.today()).values("lead_id")
        self.filters["lead"].queryset = Unit.objects.filter(pk__in=leads)

    @property
    def day(self) -> date:
        """The day whose decisions count."""
        return clock.today()

    def search(self, rows: "QuerySet[Sector]", name: str, value: str) -> "QuerySet[Sector]":
        """Match every word in the sector, or in the decision in force: its units or its basis."""
        for word in words_of(value):
            unit = Q(lead__name__icontains=word) | Q(lead__short_name__icontains=word) | Q(basis__icontains=word)
            unit |= Q(partners__name__icontains=word) | Q(partners__short_name__icontains=word)
            found = Exists(decisions_on(self.day).filter(unit))
            rows = rows.filter(Q(name__icontains=word) | Q(code__iexact=word) | found)
        return rows

    def by_lead(self, rows: "QuerySet[Sector]", name: str, value: Unit) -> "QuerySet[Sector]":
        """Keep the sectors the unit supervises on the day."""
        return rows.filter(Exists(decisions_on(self.day).filter(lead=value)))

    def by_gap(self, rows: "QuerySet[Sector]", name: str, value: str) -> "QuerySet[Sector]":
        """Keep the sectors with this gap."""
        return rows.filter(gap_condition(value, self.day))

    def by_mark(self, rows: "QuerySet[Sector]", name: str, value: str) -> "QuerySet[Sector]":
        """Keep the sectors that bear the mark or do not."""
        return rows.filter(**{name: value == "1"})
