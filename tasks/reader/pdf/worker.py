"""The process that opens a PDF: bytes on standard input, one JSON object on standard output.

Started by :mod:`tasks.reader.pdf.process` with the seconds and bytes it may use. Before it looks at the document it
binds itself to them and gives up writing files; what goes wrong is answered with a word, what it cannot answer any
more shows in its exit code.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from tasks.reader.pdf.assembly import Composed, compose
from tasks.reader.pdf.engine import PdfiumError, pdfium, raw
from tasks.reader.pdf.glyphs import Sheet, read_sheet

MOST_PAGES = 200
MOST_CHARACTERS = 100_000
_UNREADABLE_SHARE = 0.2
_FEWEST_CHARACTERS = 8


def main() -> None:
    """Read standard input, answer on standard output."""
    _bound(seconds=int(sys.argv[1]), memory=int(sys.argv[2]))
    data = sys.stdin.buffer.read()
    json.dump(answer(data), sys.stdout, ensure_ascii=True)


def _bound(*, seconds: int, memory: int) -> None:
    """Set the limits of this process; where the system knows none, the parent's time limit remains."""
    try:
        import resource
    except ImportError:
        return
    for limit, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(limit)
        resource.setrlimit(limit, (value if most == resource.RLIM_INFINITY else min(value, most), most))


def answer(data: bytes) -> dict[str, Any]:
    """Return text, furniture and pages without text of a PDF, or ``error`` with what is wrong with it."""
    try:
        document = pdfium.PdfDocument(data)
    except PdfiumError as error:
        return {"error": "password" if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD else "broken"}
    try:
        return _read(document)
    except PdfiumError:
        return {"error": "broken"}
    except MemoryError:
        return {"error": "heavy"}
    finally:
        document.close()


def _read(document: Any) -> dict[str, Any]:
    pages = len(document)
    if pages > MOST_PAGES:
        return {"error": "pages", "pages": pages}
    sheets: list[Sheet] = []
    left = MOST_CHARACTERS
    for index in range(pages):
        sheet = read_sheet(document, index, left)
        if sheet is None:
            return {"error": "characters"}
        sheets.append(sheet)
        left -= len(sheet.glyphs)
    characters = MOST_CHARACTERS - left
    if characters and sum(sheet.unreadable for sheet in sheets) > _UNREADABLE_SHARE * characters:
        return {"error": "garbled"}
    composed = compose(sheets)
    if _is_scan(composed):
        return {"error": "scan"}
    return {"text": composed.text, "furniture": composed.furniture, "pictures": composed.pictures}


def _is_scan(composed: Composed) -> bool:
    """Whether next to nothing can be read: no words but what is set aside."""
    aside = sum(end - start for start, end, _ in composed.furniture)
    return len(composed.text) - aside - composed.text.count("\n") < _FEWEST_CHARACTERS + 30 * composed.scanned_pages


if __name__ == "__main__":
    main()
