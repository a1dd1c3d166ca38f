"""Official documents as HTML and PDF.

WeasyPrint and the system libraries it stands on are loaded on first use only: without them the application runs and
shows the HTML; asking for a PDF raises `PdfUnavailable`. Render in a worker or outside transactions: a letter takes
about 0.15 s once the engine is warm, the first about a second.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from PIL import ImageFile

from core.errors import UserError
from documents.composition import compose
from documents.fonts import configure_fontconfig
from documents.justification import spread_characters
from documents.letter import OfficialLetter
from documents.libraries import missing_libraries
from documents.ordinary import OrdinaryDocument

Document = OfficialLetter | OrdinaryDocument


@dataclass(frozen=True)
class _Form:
    """How a form of document is printed: its template, what stands at its foot, and its stylesheets in their order."""

    template: str
    foot: str
    sheets: tuple[str, ...]


_SHARED = "documents/official.css"
_LETTER = _Form("documents/letter.html", "documents/_copies.html", (_SHARED, "documents/letter.css"))
_ORDINARY = _Form("documents/ordinary.html", "documents/_imprint.html", (_SHARED, "documents/ordinary.css"))


class PdfUnavailable(UserError):
    """This machine lacks what PDF export needs; the document can still be shown and printed as a page."""


def _form_of(document: Document) -> _Form:
    return _ORDINARY if isinstance(document, OrdinaryDocument) else _LETTER


def render_html(document: Document, *, screen: bool = False) -> str:
    """Return `document` as a whole HTML page, all its texts escaped.

    Args:
        document: what to set.
        screen: link the stylesheets, for a preview in the browser (strict Content-Security-Policy: nothing inline);
            otherwise the page carries no address at all and the stylesheets are handed to the PDF engine.
    """
    form = _form_of(document)
    context = {"document": compose(document), "screen": screen, "foot": form.foot, "sheets": form.sheets}
    return render_to_string(form.template, context)


def render_pdf(document: Document) -> bytes:
    """Return `document` as a PDF, fonts embedded as subsets.

    Raises:
        PdfUnavailable: if Pango or another library is not installed.
    """
    html = render_html(document)
    engine = _engine()
    with engine.lock:
        sheets = [engine.stylesheets[sheet] for sheet in _form_of(document).sheets]
        pdf: bytes = engine.weasyprint.HTML(string=html, url_fetcher=engine.fetcher).write_pdf(
            stylesheets=sheets, font_config=engine.font_config, presentational_hints=True
        )
    return pdf


@dataclass(frozen=True)
class _Engine:
    """The PDF engine of this process; its font map is shared, so one document is rendered at a time."""

    weasyprint: Any
    font_config: Any
    stylesheets: dict[str, Any]
    fetcher: Any
    lock: Lock


@cache
def _engine() -> _Engine:
    if missing := missing_libraries():
        raise PdfUnavailable(
            f"服务器缺少{'、'.join(missing)}，暂不能生成PDF，可先用浏览器打印预览页，并请系统管理员安装后重试。"
        )
    configure_fontconfig()
    # Only now: fontconfig reads its settings once, and the import fails where the libraries are missing.
    weasyprint: Any = import_module("weasyprint")
    text_fonts: Any = import_module("weasyprint.text.fonts")
    from weasyprint.urls import URLFetcher

    # WeasyPrint makes Pillow lenient with broken pictures in the whole process; our documents hold no picture, and
    # what is uploaded must be judged alike before and after the first PDF.
    ImageFile.LOAD_TRUNCATED_IMAGES = False

    class RefusingFetcher(URLFetcher):
        """Fetches nothing: a document consists of its text and our stylesheets."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            raise ValueError(f"a document loads nothing: {url}")

    spread_characters()
    font_config = text_fonts.FontConfiguration()
    fetcher = RefusingFetcher()  # type: ignore[no-untyped-call]
    sheets = {
        name: weasyprint.CSS(string=_stylesheet(name), url_fetcher=fetcher, font_config=font_config)
        for name in {*_LETTER.sheets, *_ORDINARY.sheets}
    }
    return _Engine(weasyprint, font_config, sheets, fetcher, Lock())


def _stylesheet(name: str) -> str:
    source = finders.find(name)
    if source is None:
        raise FileNotFoundError(name)
    return Path(source).read_text(encoding="utf-8")


@cache
def _further_stylesheet(name: str) -> Any:
    """Return a stylesheet of our own that belongs to no official document, parsed once in this process."""
    engine = _engine()
    return engine.weasyprint.CSS(string=_stylesheet(name), url_fetcher=engine.fetcher, font_config=engine.font_config)


def page_to_pdf(html: str, stylesheet: str) -> bytes:
    """Return a page of our own templates as a PDF.

    Args:
        html: the whole page, its texts escaped, without any address.
        stylesheet: name of the static file it is set with.

    Raises:
        PdfUnavailable: if Pango or another library is not installed.
    """
    engine = _engine()
    with engine.lock:
        sheet = _further_stylesheet(stylesheet)
        pdf: bytes = engine.weasyprint.HTML(string=html, url_fetcher=engine.fetcher).write_pdf(
            stylesheets=[sheet], font_config=engine.font_config, presentational_hints=True
        )
    return pdf
