"""PDFium as this package uses it. Its bindings are made from C headers and carry no types."""

from __future__ import annotations

from importlib import import_module
from typing import Any

pdfium: Any = import_module("pypdfium2")
raw: Any = import_module("pypdfium2.raw")
PdfiumError: type[RuntimeError] = pdfium.PdfiumError
