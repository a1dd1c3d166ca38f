"""The list of records, on screen and as Excel."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.ui import filter_chips, turn_page
from drills.filters import DrillFilter
from drills.models import Drill
from drills.permissions import is_worker, may_file
from drills.tables import DrillTable
from drills.workbook import records_workbook
from spreadsheets.export import attachment


def _filtered(request: HttpRequest) -> tuple[DrillFilter, "QuerySet[Drill]"]:
    rows = Drill.objects.visible_to(request.user).select_related("organiser", "enterprise")
    filters = DrillFilter(request.GET, queryset=rows.order_by("-held_on", "-pk"), request=request)
    # A filter that means nothing finds nothing; ignoring it would show more than was asked for.
    return filters, filters.qs if filters.is_valid() else rows.none()


@require_safe
def drill_list(request: HttpRequest) -> HttpResponse:
    """Show the records the person may see, filtered, sorted and paged by the address."""
    filters, found = _filtered(request)
    table = DrillTable(found)
    turn_page(request, table)
    context: dict[str, Any] = {
        "filters": filters,
        "table": table,
        "count": table.paginator.count,
        "may_file": may_file(request.user),
        "is_worker": is_worker(request.user),
        "query": request.GET.urlencode(),
    }
    return render(request, "drills/list.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Send what the filters of the address find as an Excel file."""
    filters, found = _filtered(request)
    chips = [f"{chip.label}：{chip.value}" for chip in filter_chips(filters, request.GET)]
    return attachment(records_workbook(found, chips), f"演练记录{clock.today():%Y%m%d}")
