"""Excel files: sheets with a title line, a header row that stays in sight, and cells that are never formulas."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What XML 1.0 does not allow in a cell.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Longest text Excel takes in a cell.
_LONGEST = 32_767
_THIN = Side(style="thin", color="FF9AA5B1")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD = PatternFill("solid", fgColor="FFE3EEFB")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, its width in characters, and whether it is hidden (keys for reading the file again)."""

    header: str
    width: float = 16
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet.

    Attributes:
        name: what its tab says; characters Excel refuses are left out, 31 at most.
        columns: headers and widths.
        rows: one value per column: text, number, date, moment or None. A generator is written as it comes.
        title: line above the header row; empty for none.
        note: line under the title (filters, date of the figures); empty for none.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    title: str = ""
    note: str = ""


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return an .xlsx file with these sheets.

    Text stays text whatever it begins with: what a person typed never becomes a formula in Excel.
    """
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "", sheet.name)[:31])
        _write(page, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cell_text(text: str) -> str:
    """Return a text as its cell holds it: without what XML does not allow, no longer than Excel takes."""
    return _CONTROL.sub("", text)[:_LONGEST]


def attachment(content: bytes, name: str) -> HttpResponse:
    """Return an .xlsx file as a download that no browser keeps."""
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = _disposition(name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _disposition(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=f"{name}.xlsx") or "attachment"


def _write(page: Any, sheet: Sheet) -> None:
    above = [line for line in (sheet.title, sheet.note) if line]
    for place, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(place)].width = column.width
        page.column_dimensions[get_column_letter(place)].hidden = column.hidden
    page.freeze_panes = f"A{len(above) + 2}"
    page.print_title_rows = f"{len(above) + 1}:{len(above) + 1}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for place, line in enumerate(above):
        cell = _cell(page, line)
        cell.font = Font(bold=place == 0, size=14 if place == 0 else 10)
        page.append([cell])
    page.append([_styled(page, column.header, head=True) for column in sheet.columns])
    for row in sheet.rows:
        page.append([_styled(page, value) for value in row])


def _styled(page: Any, value: Any, *, head: bool = False) -> Any:
    cell = _cell(page, value)
    cell.border = _BORDER
    cell.alignment = Alignment(vertical="center" if head else "top", wrap_text=True)
    if head:
        cell.font, cell.fill = Font(bold=True), _HEAD
    return cell


def _cell(page: Any, value: Any) -> Any:
    cell: Any
    if isinstance(value, datetime):
        value = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
        cell = WriteOnlyCell(page, value)
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell = WriteOnlyCell(page, value)  # type: ignore[arg-type]
        cell.number_format = "yyyy-mm-dd"
    elif value is None or isinstance(value, (bool, int, float, Decimal)):
        shown: Any = ("是" if value else "否") if isinstance(value, bool) else value
        cell = WriteOnlyCell(page, shown)
    else:
        cell = WriteOnlyCell(page, cell_text(str(value)))
        # openpyxl takes a text beginning with = for a formula, and one like #N/A for an error.
        cell.data_type = "s"
    return cell
