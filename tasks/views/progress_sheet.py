"""按表填报: a unit's progress of the period out as an Excel file, back in with a preview, kept as drafts."""

from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PersonRequest
from core.errors import NotAllowed, UserError
from responsibility.authority import authority_of
from responsibility.models import Unit
from spreadsheets.export import attachment, workbook
from spreadsheets.reading import read_rows
from tasks.progress_sheet import SheetRow, fillable_tasks, progress_sheet, read_sheet
from tasks.services.sheet_drafts import KeptRow, save_rows

SALT = "tasks.progress_sheet"
# Seconds between preview and saving.
OLDEST = 2 * 60 * 60
MOST_BYTES = 5 * 1024 * 1024


def _unit_of(request: HttpRequest) -> Unit:
    """Return the unit the person reports for: the one asked for, else the first."""
    own = Unit.objects.filter(pk__in=authority_of(request.user).editor_units).order_by("ordering", "pk")
    asked = request.GET.get("unit", "")
    unit = own.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 18 else own.first()
    if unit is None:
        raise NotAllowed("只有牵头单位的联络员可以按表填报。")
    return unit


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """Send the unit's tasks under way as a file to fill in."""
    unit = _unit_of(request)
    return attachment(workbook([progress_sheet(unit, fillable_tasks(unit))]), f"{unit.short_name}进展填报表")


@require_http_methods(["GET", "HEAD", "POST"])
def sheet_upload(request: HttpRequest) -> HttpResponse:
    """Show how it works; with a file, show what it would change."""
    unit = _unit_of(request)
    context: dict[str, Any] = {"unit": unit, "count": len(fillable_tasks(unit))}
    if request.method != "POST":
        return render(request, "tasks/sheet.html", context)
    try:
        rows = read_sheet(read_rows(_content(request.FILES.get("file"))), unit)
    except UserError as error:
        return render(request, "tasks/sheet.html", context | {"error": error.message}, status=409)
    changed = [row for row in rows if row.draft is not None]
    context |= {
        "rows": [row for row in rows if row.changes or row.errors],
        "changed": changed,
        "wrong": [row for row in rows if row.errors],
        "kept": signing.dumps([_packed(row) for row in changed], salt=SALT, compress=True) if changed else "",
    }
    return render(request, "tasks/sheet_preview.html", context)


def _content(upload: "UploadedFile[Any] | None") -> bytes:
    if upload is None or not upload.size:
        raise UserError("请选择填好的 .xlsx 文件。")
    if upload.size > MOST_BYTES:
        raise UserError("文件超过 5 MB，不像是从本系统下载的表，请核对文件。")
    return bytes(upload.read())


def _packed(row: SheetRow) -> dict[str, Any]:
    assert row.task is not None and row.draft is not None  # noqa: S101, PT018 - only such rows are kept
    draft = row.draft
    return {
        "task": row.task.pk,
        "version": row.version,
        "values": {str(pk): None if value is None else str(value) for pk, value in draft.values.items()},
        "percent": None if draft.percent is None else str(draft.percent),
        "keeps_percent": draft.keeps_percent,
        "texts": dict(draft.texts),
    }


@require_POST
def sheet_apply(request: PersonRequest) -> HttpResponse:
    """Keep the rows of the preview as drafts, each by itself; what is refused stops none of the others."""
    _unit_of(request)
    try:
        rows: list[KeptRow] = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=OLDEST)
    except signing.BadSignature:
        return redirect("tasks:sheet_upload")
    results = save_rows(actor=request.user, rows=rows)
    return render(request, "tasks/sheet_result.html", {"results": results, "saved": sum(row.ok for row in results)})
