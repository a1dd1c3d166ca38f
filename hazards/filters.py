"""Filters of the hazard ledger; every one of them lives in the address, so that a figure can link to its rows."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django_filters.filterset import FilterSet

from core import clock
from hazards.metrics import DENOMINATOR, HAZARD_METRICS, NUMERATOR, rows_behind, span_of
from hazards.models import Hazard
from hazards.models.tracked import Level, State
from hazards.queues import HAZARD_QUEUES, rows_of
from hazards.recurrence import recurring
from responsibility.models import Enterprise, Sector, Unit

YES = (("1", "是"),)


def _several(choices: Any) -> dict[str, Any]:
    return {"choices": choices, "widget": forms.SelectMultiple(attrs={"data-enhance": ""})}


def _day(label: str, field: str, lookup: str) -> Any:
    widget = forms.DateInput(attrs={"type": "date"})
    return django_filters.DateFilter(label=label, field_name=field, lookup_expr=lookup, widget=widget)


def _span(label: str) -> Any:
    return django_filters.DateFilter(label=label, method="with_metric", widget=forms.DateInput(attrs={"type": "date"}))


class HazardFilter(FilterSet):
    """Search and filters over hazards; choices are those that occur among what the person may see."""

    q = django_filters.CharFilter(
        label="搜索",
        method="search",
        widget=forms.SearchInput(attrs={"placeholder": "编号、名称、单位、描述、拼音首字母"}),
    )
    level = django_filters.ChoiceFilter(label="等级", choices=Level.choices, empty_label="全部")
    state = django_filters.MultipleChoiceFilter(label="状态", **_several(State.choices))
    supervisor = django_filters.ModelChoiceFilter(label="监管部门", queryset=Unit.objects.none(), empty_label="全部")
    township = django_filters.ModelChoiceFilter(label="属地", queryset=Unit.objects.none(), empty_label="全部")
    sector = django_filters.ModelChoiceFilter(label="行业领域", queryset=Sector.objects.none(), empty_label="全部")
    enterprise = django_filters.ModelChoiceFilter(
        label="生产经营单位", queryset=Enterprise.objects.none(), empty_label="全部"
    )
    source = django_filters.MultipleChoiceFilter(label="来源", **_several(Hazard.Source.choices))
    open = django_filters.ChoiceFilter(label="未销号", choices=YES, empty_label="不限", method="by_open")
    overdue = django_filters.ChoiceFilter(label="已逾期", choices=YES, empty_label="不限", method="by_overdue")
    extended = django_filters.ChoiceFilter(label="曾延期", choices=YES, empty_label="不限", method="by_extended")
    recurring = django_filters.ChoiceFilter(label="反复发生", choices=YES, empty_label="不限", method="by_recurring")
    unplanned = django_filters.ChoiceFilter(label="五落实不全", choices=YES, empty_label="不限", method="by_unplanned")
    queue = django_filters.ChoiceFilter(
        label="我的工作分类",
        choices=[(row.key, row.title) for row in HAZARD_QUEUES],
        empty_label="不限",
        method="by_queue",
    )
    due_from = _day("期限自", "due_on", "gte")
    due_to = _day("期限至", "due_on", "lte")
    found_from = _day("发现自", "found_on", "gte")
    found_to = _day("发现至", "found_on", "lte")
    # The rows behind a figure: of which one, which part of it, and for which span.
    metric = django_filters.ChoiceFilter(
        label="指标", choices=[(row.key, row.label) for row in HAZARD_METRICS], empty_label="不限", method="by_metric"
    )
    part = django_filters.ChoiceFilter(
        label="指标的",
        choices=((NUMERATOR, "分子（计数）"), (DENOMINATOR, "分母")),
        empty_label="分子（计数）",
        method="with_metric",
    )
    since = _span("统计期自")
    until = _span("统计至")
    primary = ("q", "level", "state", "supervisor", "township")

    class Meta:
        model = Hazard
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = Hazard.objects.visible_to(self.request.user).order_by()
        models = {"supervisor": Unit, "township": Unit, "sector": Sector, "enterprise": Enterprise}
        for name, model in models.items():
            self.filters[name].queryset = model._default_manager.filter(pk__in=visible.values(f"{name}_id"))

    def search(self, rows: "QuerySet[Hazard]", name: str, value: str) -> "QuerySet[Hazard]":
        """Match every word in code, title, description, place, enterprise or site."""
        for word in value.replace("\x00", "").split()[:6]:
            rows = rows.filter(
                Q(code__icontains=word)
                | Q(title__icontains=word)
                | Q(description__icontains=word)
                | Q(place__icontains=word)
                | Q(site__icontains=word)
                | Q(enterprise__name__icontains=word)
                | Q(enterprise__initials__contains=word.lower())
            )
        return rows

    def by_open(self, rows: Any, name: str, value: str) -> Any:
        """Keep what is not struck off."""
        return rows.open()

    def by_overdue(self, rows: Any, name: str, value: str) -> Any:
        """Keep what is overdue today."""
        return rows.overdue_on(clock.today())

    def by_extended(self, rows: "QuerySet[Hazard]", name: str, value: str) -> "QuerySet[Hazard]":
        """Keep what was given more time."""
        return rows.filter(extensions__decision="granted").distinct()

    def by_recurring(self, rows: "QuerySet[Hazard]", name: str, value: str) -> "QuerySet[Hazard]":
        """Keep what has come back within a year of 销号."""
        return rows.filter(recurring())

    def by_queue(self, rows: "QuerySet[Hazard]", name: str, value: str) -> "QuerySet[Hazard]":
        """Keep what stands in this queue of the viewer's 我的工作."""
        return rows.filter(pk__in=rows_of(value, self.request.user).values("pk"))

    def by_metric(self, rows: "QuerySet[Hazard]", name: str, value: str) -> "QuerySet[Hazard]":
        """Keep exactly the rows that a part of a figure counts; without a span, those of this year up to today."""
        data = self.form.cleaned_data
        first, last = span_of(data.get("since"), data.get("until"))
        return rows.filter(pk__in=rows_behind(value, data.get("part") or NUMERATOR, first, last).values("pk"))

    def with_metric(self, rows: "QuerySet[Hazard]", name: str, value: object) -> "QuerySet[Hazard]":
        """Leave the rows alone: part and span only say which rows of a figure are meant."""
        return rows

    def by_unplanned(self, rows: Any, name: str, value: str) -> Any:
        """Keep open major hazards whose 五落实 is not complete."""
        return rows.without_plan()
