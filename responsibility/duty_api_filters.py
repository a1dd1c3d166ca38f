"""Filters over duties and fulfilment records, whose lists stand on no page of their own."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django_filters.filterset import FilterSet

from responsibility.duty_filters import year_choices
from responsibility.filters import search_field, words_of
from responsibility.models import DutyItem, DutyList, Fulfilment, Layer, Unit


class _OfVisibleList(FilterSet):
    """Filters over what belongs to duty lists the person may see."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        lists = DutyList.objects.visible_to(self.request.user)
        self.filters["list"].queryset = lists
        self.filters["unit"].queryset = Unit.objects.filter(pk__in=lists.order_by().values("unit_id"))
        self.filters["year"].extra["choices"] = year_choices(lists)


class DutyItemFilter(_OfVisibleList):
    """Search and filters over duties."""

    q = search_field("职责事项、依据、履职方式")
    list = django_filters.ModelChoiceFilter(label="责任清单", queryset=DutyList.objects.none(), field_name="duty_list")
    unit = django_filters.ModelChoiceFilter(label="单位", queryset=Unit.objects.none(), field_name="duty_list__unit")
    year = django_filters.ChoiceFilter(label="年度", choices=(), field_name="duty_list__year")
    state = django_filters.ChoiceFilter(
        label="责任清单的状态", choices=DutyList.State.choices, field_name="duty_list__state"
    )
    layer = django_filters.ChoiceFilter(label="层级", choices=Layer.choices)
    kind = django_filters.ChoiceFilter(label="三管", choices=DutyItem.Kind.choices)

    class Meta:
        model = DutyItem
        fields: tuple[str, ...] = ()

    def search(self, rows: "QuerySet[DutyItem]", name: str, value: str) -> "QuerySet[DutyItem]":
        """Match every word in the duty, its basis or how it is done."""
        for word in words_of(value):
            rows = rows.filter(Q(text__icontains=word) | Q(basis__icontains=word) | Q(how__icontains=word))
        return rows


class FulfilmentFilter(_OfVisibleList):
    """Search and filters over fulfilment records."""

    q = search_field("履职情况、履职人、职责事项")
    item = django_filters.ModelChoiceFilter(label="职责事项", queryset=DutyItem.objects.none())
    list = django_filters.ModelChoiceFilter(
        label="责任清单", queryset=DutyList.objects.none(), field_name="item__duty_list"
    )
    unit = django_filters.ModelChoiceFilter(
        label="单位", queryset=Unit.objects.none(), field_name="item__duty_list__unit"
    )
    year = django_filters.ChoiceFilter(label="年度", choices=(), field_name="item__duty_list__year")
    done = django_filters.DateFromToRangeFilter(label="履职日期", field_name="done_on")

    class Meta:
        model = Fulfilment
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = DutyList.objects.visible_to(self.request.user)
        self.filters["item"].queryset = DutyItem.objects.filter(duty_list__in=lists.order_by().values("pk"))

    def search(self, rows: "QuerySet[Fulfilment]", name: str, value: str) -> "QuerySet[Fulfilment]":
        """Match every word in what was done, by whom, or in the duty."""
        for word in words_of(value):
            rows = rows.filter(Q(text__icontains=word) | Q(person__icontains=word) | Q(item__text__icontains=word))
        return rows
