"""Search and filters of the register; every one of them lives in the address."""

from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django_filters.filterset import FilterSet

from core import clock
from tasks.models import Directive, Task


class DirectiveFilter(FilterSet):
    """Search and filters over the register."""

    q = django_filters.CharFilter(
        label="搜索",
        method="search",
        widget=forms.SearchInput(attrs={"placeholder": "名称、内容、文号、批示人、任务编号"}),
    )
    kind = django_filters.MultipleChoiceFilter(
        label="类别", choices=Directive.Kind.choices, widget=forms.SelectMultiple(attrs={"data-enhance": ""})
    )
    stage = django_filters.ChoiceFilter(
        label="办理情况", choices=Directive.Stage.choices, empty_label="不限", method="by_stage"
    )
    leader = django_filters.ModelChoiceFilter(label="县领导", queryset=Directive.objects.none(), empty_label="不限")
    overdue = django_filters.ChoiceFilter(
        label="已超过要求时限", choices=(("1", "是"),), empty_label="不限", method="by_overdue"
    )
    received_from = django_filters.DateFilter(
        label="收到日期自", field_name="received_on", lookup_expr="gte", widget=forms.DateInput(attrs={"type": "date"})
    )
    received_to = django_filters.DateFilter(
        label="收到日期至", field_name="received_on", lookup_expr="lte", widget=forms.DateInput(attrs={"type": "date"})
    )
    primary = ("q", "kind", "stage", "leader")

    class Meta:
        model = Directive
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Directive.objects.filter(leader__isnull=False).order_by().values("leader_id")
        self.filters["leader"].queryset = get_user_model()._default_manager.filter(pk__in=known)

    def search(self, queryset: "QuerySet[Directive]", name: str, value: str) -> "QuerySet[Directive]":
        """Match every word in title, text, number, giver or the code of a task the viewer sees."""
        seen = Task.objects.visible_to(self.request.user).filter(directive__isnull=False)
        for word in value.replace("\x00", "").split()[:6]:
            coded = seen.filter(code__icontains=word).values("directive_id")
            queryset = queryset.filter(
                Q(title__icontains=word)
                | Q(text__icontains=word)
                | Q(number__icontains=word)
                | Q(giver__icontains=word)
                | Q(pk__in=coded)
            )
        return queryset

    def by_stage(self, queryset: "QuerySet[Directive]", name: str, value: str) -> "QuerySet[Directive]":
        """Keep what stands so."""
        return queryset.filter(pk__in=Directive.objects.in_stage(value).values("pk"))

    def by_overdue(self, queryset: "QuerySet[Directive]", name: str, value: str) -> "QuerySet[Directive]":
        """Keep what is not settled although its deadline has passed."""
        return queryset.filter(done_on__isnull=True, due_on__lt=clock.today())
