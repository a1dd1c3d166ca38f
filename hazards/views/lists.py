"""The hazard ledger and its Excel file."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import PersonRequest
from core import clock
from core.ui import filter_chips, turn_page
from hazards.filters import HazardFilter
from hazards.ledger_sheet import ledger_sheet
from hazards.metrics import span_of
from hazards.models import Hazard
from hazards.permissions import may_register
from hazards.recurrence import with_recurrence
from hazards.tables import HazardTable
from spreadsheets.export import attachment, workbook


def _filtered(request: PersonRequest) -> tuple[HazardFilter, "QuerySet[Hazard]"]:
    rows = Hazard.objects.visible_to(request.user).select_related("enterprise", "supervisor", "township")
    filters = HazardFilter(request.GET, queryset=rows, request=request)
    # A filter that means nothing finds nothing; ignoring it would show more than was asked for.
    return filters, with_recurrence(filters.qs) if filters.is_valid() else rows.none()


def _metric_note(filters: HazardFilter) -> str:
    """Say how the rows were chosen where they are those behind a figure; the columns show how they stand today."""
    data = filters.form.cleaned_data if filters.is_valid() else {}
    if not data.get("metric"):
        return ""
    label = dict(filters.form.fields["metric"].choices)[data["metric"]]
    first, last = span_of(data.get("since"), data.get("until"))
    return f"以下是“{label}”（{first} 至 {last}）计入的隐患，按截至 {last} 的状态选出；表中显示的是今天的状态。"


@require_safe
def hazard_list(request: PersonRequest) -> HttpResponse:
    """Show the hazards the person may see, filtered, sorted and paged by the address."""
    filters, found = _filtered(request)
    table = HazardTable(found)
    turn_page(request, table)
    context = {
        "filters": filters,
        "table": table,
        "count": table.paginator.count,
        "today": clock.today(),
        "may_register": may_register(request.user),
        "metric_note": _metric_note(filters),
    }
    return render(request, "hazards/list.html", context)


@require_safe
def hazard_export(request: PersonRequest) -> HttpResponse:
    """Send what the list shows with the same filters, all pages of it, as an Excel file."""
    filters, found = _filtered(request)
    conditions = "；".join(f"{chip.label}：{chip.value}" for chip in filter_chips(filters, request.GET))
    return attachment(workbook([ledger_sheet(found, conditions)]), f"隐患台账{clock.today():%Y%m%d}")
