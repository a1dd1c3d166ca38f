"""The list of 任务分解报批, for the office and the county's leaders."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_filters.filterset import FilterSet

from accounts.requests import PersonRequest
from core.errors import NotAllowed
from core.ui import turn_page
from responsibility.authority import authority_of
from tasks.models import Plan, PlanApproval
from tasks.plan_permissions import require_reader

TIGHT = {"td": {"class": "col-tight"}}


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


class ApprovalTable(tables.Table):
    """One row per time a draft was laid before a leader."""

    title = tables.Column(
        verbose_name="工作要点", accessor="plan__title", linkify=("plans:approval", {"pk": tables.A("plan_id")})
    )
    state = tables.TemplateColumn(
        "{% load ui %}{% badge record.label record.tone %}", verbose_name="状态", order_by=("state",)
    )
    leader = tables.Column(verbose_name="审批领导", orderable=False)
    submitted_by = tables.Column(verbose_name="报批人", orderable=False)
    submitted_at = tables.DateTimeColumn(verbose_name="报批时间", format="Y-m-d H:i", attrs=TIGHT)
    decided_at = tables.DateTimeColumn(verbose_name="办结时间", format="Y-m-d H:i", attrs=TIGHT)

    class Meta:
        model = PlanApproval
        fields: tuple[str, ...] = ()
        sequence = ("title", "state", "leader", "submitted_by", "submitted_at", "decided_at")
        order_by_field = "sort"


@require_safe
def approvals(request: PersonRequest) -> HttpResponse:
    """Show what was laid before leaders, and what became of it."""
    require_reader(request.user)
    authority = authority_of(request.user)
    if not (authority.is_office or authority.is_leader):
        raise NotAllowed("任务分解报批由县安委办和县领导办理。")
    rows = PlanApproval.objects.visible_to(request.user).select_related("plan", "leader", "submitted_by")
    filters = ApprovalFilter(request.GET, queryset=rows.order_by("-submitted_at", "-pk"), request=request)
    table = ApprovalTable(filters.qs)
    turn_page(request, table)
    context = {"filters": filters, "table": table, "count": table.paginator.count}
    return render(request, "plans/approvals.html", context)
