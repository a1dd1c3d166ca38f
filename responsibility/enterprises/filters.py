"""Filters of the list of enterprises; every one of them lives in the address."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django_filters.filterset import FilterSet

from responsibility.credit_code import tidy_credit_code
from responsibility.filters import search_field, words_of
from responsibility.models import Enterprise, Sector, Unit


class EnterpriseFilter(FilterSet):
    """Search and filters over enterprises; choices are those that occur among what the person may see."""

    q = search_field("名称、信用代码、拼音首字母、地址、负责人")
    sector = django_filters.ModelChoiceFilter(label="行业领域", queryset=Sector.objects.none(), empty_label="全部")
    township = django_filters.ModelChoiceFilter(label="属地", queryset=Unit.objects.none(), empty_label="全部")
    supervisor = django_filters.ModelChoiceFilter(label="监管部门", queryset=Unit.objects.none(), empty_label="全部")
    high_risk = django_filters.ChoiceFilter(
        label="高危企业", choices=(("1", "高危企业"), ("0", "其他企业")), empty_label="不限", method="by_high_risk"
    )
    risk = django_filters.MultipleChoiceFilter(
        label="风险等级", choices=Enterprise.Risk.choices, widget=forms.SelectMultiple(attrs={"data-enhance": ""})
    )
    closed = django_filters.ChoiceFilter(
        label="经营状态", choices=(("0", "在营"), ("1", "已停业注销")), empty_label="全部", method="by_closed"
    )
    primary = ("q", "sector", "township", "supervisor", "closed")

    class Meta:
        model = Enterprise
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = Enterprise.objects.visible_to(self.request.user).order_by()
        for name, model in (("sector", Sector), ("township", Unit), ("supervisor", Unit)):
            self.filters[name].queryset = model._default_manager.filter(pk__in=visible.values(f"{name}_id"))

    def search(self, rows: "QuerySet[Enterprise]", name: str, value: str) -> "QuerySet[Enterprise]":
        """Match every word in name, initials, credit code, address or contact."""
        for word in words_of(value):
            found = Q(name__icontains=word) | Q(address__icontains=word) | Q(contact__icontains=word)
            found |= Q(initials__contains=word.lower()) | Q(credit_code__contains=tidy_credit_code(word))
            rows = rows.filter(found)
        return rows

    def by_high_risk(self, rows: "QuerySet[Enterprise]", name: str, value: str) -> "QuerySet[Enterprise]":
        """Keep enterprises of high risk, or the others."""
        return rows.filter(high_risk=value == "1")

    def by_closed(self, rows: "QuerySet[Enterprise]", name: str, value: str) -> "QuerySet[Enterprise]":
        """Keep enterprises that are closed, or those that work."""
        return rows.filter(closed_on__isnull=value == "0")
