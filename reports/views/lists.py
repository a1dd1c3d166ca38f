"""The list of reports, and drafting one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotAllowed, UserError
from core.ui import turn_page
from reports.filters import ReportFilter
from reports.models import Report
from reports.permissions import may_make, may_read_rows, require_reader
from reports.quarters import read_quarter
from reports.selectors import makeable_quarters
from reports.services.drafting import make_report
from reports.tables import ReportTable


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Show the reports the person may read, filtered, sorted and paged by the address."""
    require_reader(request.user)
    filters = ReportFilter(request.GET, queryset=Report.objects.visible_to(request.user).light(), request=request)
    table = ReportTable(filters.qs, with_rows=may_read_rows(request.user))
    turn_page(request, table)
    context = {
        "filters": filters,
        "table": table,
        "count": table.paginator.count,
        "may_make": may_make(request.user),
        "quarters": makeable_quarters() if may_make(request.user) else [],
    }
    return render(request, "reports/list.html", context)


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Draft the report of a quarter and open it; a quarter that has one is opened as it is."""
    require_reader(request.user)
    try:
        report, made = make_report(actor=request.user, quarter=read_quarter(request.POST.get("quarter", "")))  # type: ignore[arg-type]
    except NotAllowed:
        raise
    except UserError as error:
        messages.error(request, error.message)
        return redirect("reports:list")
    if made:
        messages.success(request, f"已生成{report.name}草稿，请核对各节文字后签发。")
    else:
        messages.info(request, f"{report.of.period.label}已有报告，没有重复生成。")
    return redirect("reports:detail", pk=report.pk)
