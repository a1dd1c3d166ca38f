"""Filters of the list of reports; every one of them lives in the address."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django_filters.filterset import FilterSet

from reports.models import Report
from reports.permissions import may_make

_BRACKETS = str.maketrans("[]()（）【】", "〔〕〔〕〔〕〔〕")
QUARTERS = ((1, "第一季度"), (2, "第二季度"), (3, "第三季度"), (4, "第四季度"))


class ReportFilter(FilterSet):
    """Search and filters over reports."""

    q = django_filters.CharFilter(
        label="搜索", method="search", widget=forms.SearchInput(attrs={"placeholder": "标题、发文字号、签发人"})
    )
    year = django_filters.ChoiceFilter(label="年度", choices=(), empty_label="全部年度")
    quarter = django_filters.ChoiceFilter(label="季度", choices=QUARTERS, empty_label="全部季度")
    state = django_filters.MultipleChoiceFilter(
        label="状态", choices=Report.State.choices, widget=forms.SelectMultiple(attrs={"data-enhance": ""})
    )
    primary = ("q", "year", "quarter", "state")

    class Meta:
        model = Report
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = Report.objects.visible_to(self.request.user).order_by("-year")
        self.filters["year"].extra["choices"] = [
            (year, f"{year}年") for year in visible.values_list("year", flat=True).distinct()
        ]
        if not may_make(self.request.user):
            self.filters["state"].extra["choices"] = [
                choice for choice in Report.State.choices if choice[0] != Report.State.DISCARDED
            ]

    def search(self, queryset: "QuerySet[Report]", name: str, value: str) -> "QuerySet[Report]":
        """Match every word in title, number or signatory."""
        for word in value.replace("\x00", "").split()[:6]:
            queryset = queryset.filter(
                Q(title__icontains=word)
                | Q(doc_number__icontains=word.translate(_BRACKETS))
                | Q(signatory__icontains=word)
            )
        return queryset
