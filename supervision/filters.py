"""Filters of the list of letters; every one of them lives in the address, so that a figure can link to its rows."""

from typing import Any

import django_filters
from django import forms
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django_filters.filterset import FilterSet

from core import clock
from responsibility.models import Unit
from supervision.models import Letter

# People type whatever brackets the keyboard has; numbers carry six-cornered ones.
_BRACKETS = str.maketrans("[]()（）【】", "〔〕〔〕〔〕〔〕")


class LetterFilter(FilterSet):
    """Search and filters over letters."""

    q = django_filters.CharFilter(
        label="搜索",
        method="search",
        widget=forms.SearchInput(attrs={"placeholder": "发文字号、标题、主送单位、任务名称"}),
    )
    state = django_filters.MultipleChoiceFilter(
        label="状态", choices=Letter.State.choices, widget=forms.SelectMultiple(attrs={"data-enhance": ""})
    )
    unit = django_filters.ModelChoiceFilter(label="主送单位", queryset=Unit.objects.none(), empty_label="全部")
    kind = django_filters.ChoiceFilter(label="种类", choices=Letter.Kind.choices, empty_label="全部")
    year = django_filters.ChoiceFilter(label="发文年份", choices=(), empty_label="全部")
    late = django_filters.ChoiceFilter(label="超期未回复", choices=(("1", "是"),), empty_label="不限", method="by_late")
    primary = ("q", "state", "unit", "kind", "year")

    class Meta:
        model = Letter
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = Letter.objects.visible_to(self.request.user).order_by()
        years = visible.exclude(year=None).values_list("year", flat=True).distinct().order_by("-year")
        self.filters["year"].extra["choices"] = [(year, f"{year}年") for year in years]
        self.filters["unit"].queryset = Unit.objects.filter(pk__in=visible.values("unit_id"))

    def search(self, queryset: "QuerySet[Letter]", name: str, value: str) -> "QuerySet[Letter]":
        """Match every word in number, title, unit names or the titles of the tasks named."""
        year, sequence = Cast("year", CharField()), Cast("sequence", CharField())
        number = Concat("code", Value("〔"), year, Value("〕"), sequence, Value("号"), output_field=CharField())
        queryset = queryset.annotate(full_number=number)
        for word in value.replace("\x00", "").split()[:6]:
            named = Letter.objects.filter(items__title__icontains=word).values("pk")
            queryset = queryset.filter(
                Q(sequence__isnull=False, full_number__icontains=word.translate(_BRACKETS))
                | Q(title__icontains=word)
                | Q(unit__name__icontains=word)
                | Q(unit__short_name__icontains=word)
                | Q(unit__initials__startswith=word.lower())
                | Q(pk__in=named)
            )
        return queryset

    def by_late(self, queryset: Any, name: str, value: str) -> Any:
        """Keep letters whose reply is overdue."""
        return queryset.late_on(clock.today())
