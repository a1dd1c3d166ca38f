"""量化指标: the list of the year's figures, one figure with its months, and the list as an Excel file."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.requests import PersonRequest
from core import clock
from core.ui import address, filter_chips, turn_page
from spreadsheets.export import attachment, workbook
from tasks.filters import IndicatorFilter
from tasks.indicators import STANDING_TONES, STANDINGS, monthly_values, outlook, visible_indicators
from tasks.models import TaskTarget
from tasks.sheets import indicator_sheet
from tasks.tables import IndicatorTable
from tasks.target_rows import target_row


@dataclass(frozen=True, slots=True)
class StandingCount:
    """How many of the found indicators stand so, and the address of exactly those."""

    label: str
    count: int
    path: str
    tone: str
    note: str = ""


def _filtered(request: PersonRequest) -> tuple[IndicatorFilter, "QuerySet[TaskTarget]"]:
    rows = visible_indicators(request.user)
    filters = IndicatorFilter(request.GET, queryset=rows, request=request)
    # A filter that means nothing finds nothing; ignoring it would show more than was asked for.
    return filters, filters.qs if filters.is_valid() else rows.none()


@require_safe
def indicator_list(request: PersonRequest) -> HttpResponse:
    """Show the quantified targets of the tasks the person may see, filtered, sorted and paged by the address."""
    filters, found = _filtered(request)
    table = IndicatorTable(found)
    turn_page(request, table)
    context = {
        "filters": filters,
        "table": table,
        "count": table.paginator.count,
        "standings": _standings(request, found),
    }
    return render(request, "tasks/indicators.html", context)


def _standings(request: PersonRequest, found: "QuerySet[TaskTarget]") -> list[StandingCount]:
    # Counted by the database: years of targets are never read for four numbers.
    by_standing = found.order_by().values("standing").annotate(number=Count("pk"))  # type: ignore[misc]
    counts = {row["standing"]: row["number"] for row in by_standing}
    base = reverse("tasks:indicators")
    return [
        StandingCount(label, counts.get(key, 0), base + address(request.GET, standing=key, page=None), tone)
        for key, label in STANDINGS
        for tone in [STANDING_TONES[key]]
    ]


@require_safe
def indicator_export(request: PersonRequest) -> HttpResponse:
    """Send what the list shows with the same filters, all pages of it, as an Excel file."""
    filters, found = _filtered(request)
    conditions = "；".join(f"{chip.label}：{chip.value}" for chip in filter_chips(filters, request.GET))
    return attachment(workbook([indicator_sheet(found, conditions)]), f"量化指标{clock.today():%Y%m%d}")


@require_safe
def indicator_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one indicator: what is wanted, where it stands, where the figure comes from, and its months."""
    target = visible_indicators(request.user).filter(pk=pk).first()
    if target is None:
        raise Http404("没有这项指标。")
    today = clock.today()
    standing: str = target.standing  # type: ignore[attr-defined]
    context = {
        "target": target,
        "label": dict(STANDINGS)[standing],
        "tone": STANDING_TONES[standing],
        "outlook": outlook(target, target.current, today),  # type: ignore[attr-defined]
        "row": target_row(target, target.task),
        "months": monthly_values(target, today),
    }
    return render(request, "tasks/indicator.html", context)
