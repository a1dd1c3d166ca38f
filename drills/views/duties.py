"""应练清单 and 演练情况: what is owed, what was held."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import PersonRequest
from core import clock
from core.ui import filter_chips, page_of
from drills.duties import Duties, duties
from drills.duty_lines import DutyPages, may_hold
from drills.filters import DutyFilter
from drills.overview import overview_of, years_to_show
from drills.permissions import is_worker, require_worker
from drills.workbook import duties_workbook
from responsibility.authority import authority_of
from spreadsheets.export import attachment


def _asked(request: PersonRequest) -> tuple[DutyFilter, Duties | None]:
    filters = DutyFilter(request.GET, request=request)
    question = filters.question()
    return filters, duties(question) if question else None


@require_safe
def duty_list(request: PersonRequest) -> HttpResponse:
    """Show what the person's county, units or enterprises owe in a year, and how each stands."""
    filters, found = _asked(request)
    page = page_of(request, DutyPages(found) if found else [])
    context = {
        "filters": filters,
        "page": page,
        "count": page.paginator.count,
        "lines": [(line, may_hold(request.user, line)) for line in page],
        "question": found.question if found else None,
        "today": clock.today(),
        "query": request.GET.urlencode(),
        "is_worker": is_worker(request.user),
        "is_office": authority_of(request.user).is_office,
    }
    return render(request, "drills/duties.html", context)


@require_safe
def duty_export(request: PersonRequest) -> HttpResponse:
    """Send what the filters of the address find as an Excel file."""
    filters, found = _asked(request)
    chips = [f"{chip.label}：{chip.value}" for chip in filter_chips(filters, request.GET)]
    return attachment(duties_workbook(found, chips), f"应练清单{clock.today():%Y%m%d}")


@require_safe
def overview(request: PersonRequest) -> HttpResponse:
    """Show a year's drills against the target and the duties."""
    require_worker(request.user)
    years = years_to_show()
    asked = request.GET.get("year", "")
    year = next((each for each in years if str(each) == asked), clock.today().year)
    authority = authority_of(request.user)
    context = {
        "years": years,
        "year": year,
        "today": clock.today(),
        "found": overview_of(request.user, year),
        "is_office": authority.is_office,
        "reads_county": authority.reads_county,
    }
    return render(request, "drills/overview.html", context)
