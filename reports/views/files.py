"""A report's preview and its files."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from core.errors import NotAllowed
from core.sending import send_file
from documents.pdf import render_html
from reports.models import Report
from reports.permissions import get_report_for, may_read_rows
from reports.views.detail import file_context
from reports.wording import official_report
from spreadsheets.export import XLSX


@xframe_options_sameorigin
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the report as it prints, for the frame on its page."""
    return HttpResponse(render_html(official_report(get_report_for(request.user, pk)), screen=True))


@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the PDF; while it is not there, go back to the page that says so."""
    return _file(request, get_report_for(request.user, pk), "pdf", "application/pdf")


@require_safe
def xlsx(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the XLSX file with all rows behind the figures: to those who read the whole county's work."""
    report = get_report_for(request.user, pk)
    if not may_read_rows(request.user):
        raise NotAllowed(
            "附表含各单位的全部明细，只供县安委办、县领导和审计人员下载；点报告中的数字可查看本单位的明细。"
        )
    return _file(request, report, "xlsx", XLSX)


def _file(request: HttpRequest, report: Report, suffix: str, content_type: str) -> HttpResponseBase:
    file = report.pdf if suffix == "pdf" else report.xlsx
    if not file:
        waiting = "签发后生成文件。" if report.is_draft else "文件正在生成，请稍候刷新。"
        messages.info(request, report.file_error or waiting)
        return redirect("reports:detail", pk=report.pk)
    return send_file(
        request, file, f"{report.name}.{suffix}", content_type, gone="文件已不在存储中，请联系县安委办重新生成。"
    )


@require_safe
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the part of the page that waits for the files; asked again and again by script until they are there."""
    report = get_report_for(request.user, pk)
    if not getattr(request, "htmx", False):
        return redirect("reports:detail", pk=pk)
    return render(request, "reports/_files.html", file_context(request, report))
