"""The list of 任务分解报批, for the office and the county's leaders."""

import django_tables2 as tables
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import PersonRequest
from core.errors import NotAllowed
from core.ui import turn_page
from responsibility.authority import authority_of
from tasks.consulting.filters import ApprovalFilter
from tasks.models import PlanApproval
from tasks.plan_permissions import require_reader

TIGHT = {"td": {"class": "col-tight"}}


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
