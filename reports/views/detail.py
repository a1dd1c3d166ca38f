"""A report's page, and the rows behind one of its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.trail import history_of
from core import clock
from core.ui import page_of
from documents.fonts import font_report
from reports.content import Figure, Row, RowSet
from reports.links import key_of, readable_rows
from reports.models import Report
from reports.permissions import allowed_transitions, get_report_for, may_read_rows
from reports.presenting import figure_path, shown_sections
from reports.rows import DATE
from reports.transitions import CORRECT, DISCARD, EDIT, FREEZE, NUMBER, RENDER

HISTORY_SHOWN = 100
# Moves that have a button on the report's page; drafts are checked and issued on a page of their own.
HERE = (NUMBER, CORRECT, DISCARD)


def file_context(request: HttpRequest, report: Report) -> dict[str, Any]:
    """Gather what the part of the page about the files shows."""
    return {
        "report": report,
        "waits_for_files": report.is_issued and not (report.pdf and report.xlsx) and not report.file_error,
        "may_render": RENDER in allowed_transitions(request.user, report),
        "may_read_rows": may_read_rows(request.user),
        "font_warnings": [finding.warning for finding in font_report() if finding.warning],
    }


def detail_context(request: HttpRequest, report: Report) -> dict[str, Any]:
    """Gather what the report's page shows to this person."""
    moves = allowed_transitions(request.user, report)
    return file_context(request, report) | {
        "today": clock.today(),
        "sections": shown_sections(report),
        "moves": [row for row in moves if row in HERE],
        "may_edit": EDIT in moves,
        "may_freeze": FREEZE in moves,
        "correction": report.corrections.visible_to(request.user).exclude(state=Report.State.DISCARDED).light().first(),
        "history": history_of(report)[:HISTORY_SHOWN],
    }


@require_safe
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one report: how it stands, its sections with every number a link, its files and history."""
    report = get_report_for(request.user, pk)
    return render(request, "reports/detail.html", detail_context(request, report))


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A frozen row on the page: its cells, and where the object it stands for is shown, if the viewer may open it."""

    cells: Sequence[Any]
    path: str


@require_safe
def figure(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Show how a figure was computed and the frozen rows it counted, searched and paged.

    `part=base` shows the rows of the denominator. Rows that are none of a unit's business are counted, not shown.
    """
    report = get_report_for(request.user, pk)
    found = report.content.figures.get(key)
    if found is None:
        raise Http404("报告中没有这个数字。")
    base = report.content.figures.get(found.base) if found.base else None
    on_base = base is not None and request.GET.get("part") == "base"
    shown = base if on_base and base is not None else found
    section = report.content.section(key.partition(".")[0])
    context = {
        "report": report,
        "figure": found,
        "section": section,
        "base": base,
        "on_base": on_base,
        "own_path": figure_path(report, found),
        "base_path": figure_path(report, found, "base") if base else "",
    }
    return render(request, "reports/figure.html", context | _rows_context(request, report, shown))


def _rows_context(request: HttpRequest, report: Report, shown: Figure) -> dict[str, Any]:
    if not shown.kind:
        return {"row_set": None, "hidden": 0}
    row_set = report.content.rows[shown.kind]
    readable = readable_rows(request.user, report, shown)
    words = request.GET.get("q", "").replace("\x00", "").split()[:6]
    matching = [row for row in readable.rows if all(_contains(row, word) for word in words)]
    page = page_of(request, matching)
    return {
        "row_set": row_set,
        "page": page,
        "rows": [ShownRow(list(_cells(row, row_set)), readable.paths.get(key_of(row), "")) for row in page],
        "q": " ".join(words),
        "hidden": readable.hidden,
        "count": len(matching),
    }


def _contains(row: Row, word: str) -> bool:
    return any(word.lower() in str(cell).lower() for cell in row.cells if cell is not None)


def _cells(row: Row, row_set: RowSet) -> Any:
    for cell, (head, kind) in zip(row.cells, row_set.heads, strict=True):
        yield head, "—" if cell in (None, "") else cell, kind == DATE
