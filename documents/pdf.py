"""Letters as HTML and PDF.

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

from core.errors import UserError
from documents.composition import compose
from documents.fonts import configure_fontconfig
from documents.justification import spread_characters
from documents.letter import OfficialLetter
from documents.libraries import missing_libraries

STYLESHEET = "documents/letter.css"


class PdfUnavailable(UserError):
    """This machine lacks what PDF export needs; the letter can still be shown and printed as a page."""


def render_letter_html(letter: OfficialLetter, *, screen: bool = False) -> str:
    """Return `letter` as a whole HTML page, all its texts escaped.

    Args:
        letter: what to set.
        screen: link the stylesheet, for a preview in the browser (strict Content-Security-Policy: nothing inline);
            otherwise the page carries no address at all and the stylesheet is handed to the PDF engine.
    """
    return render_to_string("documents/letter.html", {"letter": compose(letter), "screen": screen})


def render_letter_pdf(letter: OfficialLetter) -> bytes:
    """Return `letter` as a PDF, fonts embedded as subsets.

    Raises:
        PdfUnavailable: if Pango or another library is not installed.
    """
    html = render_letter_html(letter)
    engine = _engine()
    with engine.lock:
        pdf: bytes = engine.weasyprint.HTML(string=html, url_fetcher=engine.fetcher).write_pdf(
            stylesheets=[engine.stylesheet], font_config=engine.font_config, presentational_hints=True
        )
    return pdf


@dataclass(frozen=True)
class _Engine:
    """The PDF engine of this process; its font map is shared, so one letter is rendered at a time."""

    weasyprint: Any
    font_config: Any
    stylesheet: Any
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

    class RefusingFetcher(URLFetcher):
        """Fetches nothing: a letter consists of its text and our stylesheet."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            raise ValueError(f"a letter loads nothing: {url}")

    spread_characters()
    font_config = text_fonts.FontConfiguration()
    fetcher = RefusingFetcher()  # type: ignore[no-untyped-call]
    source = finders.find(STYLESHEET)
    if source is None:
        raise FileNotFoundError(STYLESHEET)
    css = Path(source).read_text(encoding="utf-8")
    stylesheet = weasyprint.CSS(string=css, url_fetcher=fetcher, font_config=font_config)
    return _Engine(weasyprint, font_config, stylesheet, fetcher, Lock())


@cache
def _further_stylesheet(name: str) -> Any:
    """Return a stylesheet of our own that is not the letter's, parsed once in this process."""
    source = finders.find(name)
    if source is None:
        raise FileNotFoundError(name)
    engine, css = _engine(), Path(source).read_text(encoding="utf-8")
    return engine.weasyprint.CSS(string=css, url_fetcher=engine.fetcher, font_config=engine.font_config)


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
