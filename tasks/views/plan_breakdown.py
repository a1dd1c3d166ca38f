"""重点任务分解表 of a plan: a page made for printing on A3, and the same as an Excel file and as a Word document."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import PersonRequest
from core import clock
from documents.word_table import word_attachment
from responsibility.authority import authority_of
from spreadsheets.export import attachment, workbook
from tasks.breakdown import TableRow, breakdown_rows, breakdown_sheet, by_section, opened_rows
from tasks.breakdown_word import breakdown_document
from tasks.models import Plan
from tasks.plan_permissions import get_plan_for


def _rows(plan: Plan, request: PersonRequest) -> list[TableRow]:
    rows = breakdown_rows(plan, request.user)
    return [*rows, *opened_rows(plan, request.user, len(rows))]


@require_safe
def breakdown(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the table, section by section."""
    plan = get_plan_for(request.user, pk)
    rows = _rows(plan, request)
    context = {
        "plan": plan,
        "sections": by_section(rows),
        "count": len(rows),
        "today": clock.today(),
        "is_office": authority_of(request.user).is_office,
    }
    return render(request, "plans/breakdown.html", context)


@require_safe
def breakdown_export(request: PersonRequest, pk: int) -> HttpResponse:
    """Send the table as an Excel file; for the office one that may be changed and sent back."""
    plan = get_plan_for(request.user, pk)
    office = authority_of(request.user).is_office
    # What is sent back changes the document's own items; tasks opened since are changed on their pages.
    rows = breakdown_rows(plan, request.user) if office else _rows(plan, request)
    sheet = breakdown_sheet(plan, rows, keyed=office)
    return attachment(workbook([sheet]), f"{plan.year}年重点任务分解表{clock.today():%Y%m%d}")


@require_safe
def breakdown_word(request: PersonRequest, pk: int) -> HttpResponse:
    """Send the table as a Word document."""
    plan = get_plan_for(request.user, pk)
    content = breakdown_document(plan, _rows(plan, request))
    return word_attachment(content, f"{plan.year}年重点任务分解表{clock.today():%Y%m%d}")
