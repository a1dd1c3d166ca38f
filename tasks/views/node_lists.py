"""节点与期次: the year's milestones and occurrences as a list and as an Excel file."""

from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.requests import PersonRequest
from core import clock
from core.ui import address, filter_chips, turn_page
from spreadsheets.export import attachment, workbook
from tasks.filters import NodeFilter
from tasks.models import TaskNode
from tasks.models.nodes import TONES
from tasks.sheets import node_sheet
from tasks.tables import NodeTable
from tasks.views.indicators import StandingCount

# Shown as figures above the list; what was cancelled is found by its filter.
COUNTED = (TaskNode.State.OVERDUE, TaskNode.State.OPEN, TaskNode.State.WAITING, TaskNode.State.DONE)


def _filtered(request: PersonRequest) -> tuple[NodeFilter, "QuerySet[TaskNode]"]:
    rows = (
        TaskNode.objects.visible_to(request.user)
        .with_standing(clock.today())
        .select_related("task__lead", "task__section")
        .order_by("due_on", "task__code", "number")
    )
    filters = NodeFilter(request.GET, queryset=rows, request=request)
    # A filter that means nothing finds nothing; ignoring it would show more than was asked for.
    return filters, filters.qs if filters.is_valid() else rows.none()


@require_safe
def node_list(request: PersonRequest) -> HttpResponse:
    """Show the milestones and occurrences the person may see, filtered, sorted and paged by the address."""
    filters, found = _filtered(request)
    table = NodeTable(found)
    turn_page(request, table)
    context = {
        "filters": filters,
        "table": table,
        "count": table.paginator.count,
        "today": clock.today(),
        "standings": _standings(request, found),
    }
    return render(request, "tasks/nodes.html", context)


def _standings(request: PersonRequest, found: "QuerySet[TaskNode]") -> list[StandingCount]:
    by_standing = found.order_by().values("standing").annotate(number=Count("pk"))  # type: ignore[misc]
    counts = {row["standing"]: row["number"] for row in by_standing}
    base = reverse("tasks:nodes")
    return [
        StandingCount(
            str(state.label), counts.get(state, 0), base + address(request.GET, standing=state, page=None), TONES[state]
        )
        for state in COUNTED
    ]


@require_safe
def node_export(request: PersonRequest) -> HttpResponse:
    """Send what the list shows with the same filters, all pages of it, as an Excel file."""
    filters, found = _filtered(request)
    conditions = "；".join(f"{chip.label}：{chip.value}" for chip in filter_chips(filters, request.GET))
    return attachment(workbook([node_sheet(found, conditions)]), f"节点与期次{clock.today():%Y%m%d}")
