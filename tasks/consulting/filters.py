"""Filters of the lists of 征求意见 and 报批: rounds for the office, what it was asked for a unit, items of a round."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django_filters.filterset import FilterSet

from core import clock
from responsibility.models import Unit
from tasks.models import Consultation, ConsultationItem, ConsultationReply, Plan, PlanApproval

YES_NO = (("1", "是"), ("0", "否"))


def _search_box(words: str) -> forms.SearchInput:
    return forms.SearchInput(attrs={"placeholder": words})


def _words(value: str) -> list[str]:
    return value.replace("\x00", "").split()[:6]


class RoundFilter(FilterSet):
    """Search and filters over rounds."""

    q = django_filters.CharFilter(label="搜索", method="search", widget=_search_box("标题、单位"))
    state = django_filters.ChoiceFilter(label="状态", choices=Consultation.State.choices, empty_label="全部")
    waiting = django_filters.ChoiceFilter(
        label="有待处理的意见", choices=(("1", "是"),), empty_label="不限", method="by_waiting"
    )

    class Meta:
        model = Consultation
        fields: list[str] = []

    def search(self, queryset: "QuerySet[Consultation]", name: str, value: str) -> "QuerySet[Consultation]":
        """Match every word in the title or a unit asked."""
        for word in _words(value):
            asked = ConsultationReply.objects.filter(
                Q(unit__name__icontains=word) | Q(unit__short_name__icontains=word)
            ).values("consultation_id")
            queryset = queryset.filter(Q(title__icontains=word) | Q(pk__in=asked))
        return queryset

    def by_waiting(self, queryset: Any, name: str, value: str) -> Any:
        """Keep rounds with counter-proposals nobody has decided on."""
        return queryset.filter(waiting__gt=0, plan__state="draft")


class ReplyFilter(FilterSet):
    """Search and filters over what a unit was asked."""

    q = django_filters.CharFilter(label="搜索", method="search", widget=_search_box("标题"))
    answered = django_filters.ChoiceFilter(label="已反馈", choices=YES_NO, empty_label="不限", method="by_answered")

    class Meta:
        model = ConsultationReply
        fields: list[str] = []

    def search(self, queryset: "QuerySet[ConsultationReply]", name: str, value: str) -> "QuerySet[ConsultationReply]":
        """Match every word in the title."""
        for word in _words(value):
            queryset = queryset.filter(consultation__title__icontains=word)
        return queryset

    def by_answered(self, queryset: Any, name: str, value: str) -> Any:
        """Keep what was sent; or what can still be answered and was not."""
        if value == "1":
            return queryset.filter(sent_at__isnull=False)
        open_ = Q(consultation__answer_by__gte=clock.today()) | Q(consultation__late_allowed=True)
        return queryset.filter(open_, consultation__state=Consultation.State.OPEN, sent_at__isnull=True)


class ItemFilter(FilterSet):
    """Search and filters over the items of one round."""

    q = django_filters.CharFilter(label="搜索", method="search", widget=_search_box("任务、目标要求"))
    show = django_filters.ChoiceFilter(
        label="只看",
        choices=(("counter", "有不同意见"), ("waiting", "意见待处理"), ("agreed", "没有不同意见")),
        empty_label="全部条目",
        method="by_show",
    )
    unit = django_filters.ModelChoiceFilter(
        label="单位", queryset=Unit.objects.none(), empty_label="全部单位", method="by_unit"
    )

    class Meta:
        model = ConsultationItem
        fields: list[str] = []

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = consultation.replies.values("unit_id")
        self.filters["unit"].queryset = Unit.objects.filter(pk__in=asked)

    def search(self, queryset: "QuerySet[ConsultationItem]", name: str, value: str) -> "QuerySet[ConsultationItem]":
        """Match every word in what was sent."""
        for word in _words(value):
            queryset = queryset.filter(Q(title__icontains=word) | Q(aims__icontains=word) | Q(measures__icontains=word))
        return queryset

    def by_show(self, queryset: Any, name: str, value: str) -> Any:
        """Keep the items somebody disagrees with, those that wait for a decision, or the others."""
        wanted = {"counter": {"disputed": True}, "waiting": {"open_counter": True}, "agreed": {"disputed": False}}
        return queryset.filter(**wanted[value])

    def by_unit(self, queryset: Any, name: str, value: Unit) -> Any:
        """Keep the items that concern a unit."""
        return queryset.filter(answers__reply__unit=value)


class ApprovalFilter(FilterSet):
    """Search and filters over approvals."""

    q = django_filters.CharFilter(
        label="搜索", method="search", widget=forms.SearchInput(attrs={"placeholder": "标题"})
    )
    state = django_filters.ChoiceFilter(label="状态", choices=PlanApproval.State.choices, empty_label="全部")
    mine = django_filters.ChoiceFilter(label="待我审批", choices=(("1", "是"),), empty_label="不限", method="by_mine")

    class Meta:
        model = PlanApproval
        fields: list[str] = []

    def search(self, queryset: "QuerySet[PlanApproval]", name: str, value: str) -> "QuerySet[PlanApproval]":
        """Match every word in the plan's title."""
        for word in value.replace("\x00", "").split()[:6]:
            queryset = queryset.filter(plan__title__icontains=word)
        return queryset

    def by_mine(self, queryset: Any, name: str, value: str) -> Any:
        """Keep what waits for the person who looks."""
        waiting = {"state": PlanApproval.State.SUBMITTED, "plan__state": Plan.State.DRAFT}
        return queryset.filter(leader=self.request.user, **waiting)
