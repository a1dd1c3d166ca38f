"""Official tables as HTML and PDF."""

from django.template.loader import render_to_string

from documents.ledger import OfficialLedger, set_closing_rows, set_rows
from documents.pdf import page_to_pdf
from documents.typography import title_lines

STYLESHEET = "documents/ledger.css"
# Characters of 22 pt that fit across the page: 243 mm are 689 pt.
_TITLE_WIDTH = 30


def render_ledger_html(ledger: OfficialLedger) -> str:
    """Return the table as a whole HTML page without any address, all its texts escaped."""
    context = {
        "ledger": ledger,
        "title_lines": title_lines(ledger.title, _TITLE_WIDTH),
        "rows": set_rows(ledger),
        "span": len(ledger.columns) + 1,
        "number_percent": 100 - sum(column.percent for column in ledger.columns),
        "closing_rows": set_closing_rows(ledger),
        "closing_number_percent": 100 - sum(column.percent for column in ledger.closing_columns),
    }
    return render_to_string("documents/ledger.html", context)


def render_ledger_pdf(ledger: OfficialLedger) -> bytes:
    """Return the table as a PDF on A4 across, fonts embedded as subsets.

    Raises:
        PdfUnavailable: if Pango or another library is not installed.
    """
    return page_to_pdf(render_ledger_html(ledger), STYLESHEET)
