"""PDFs for the reader's tests: set from HTML or as an official letter, drawn as pictures, or written out by hand."""

import io
import zlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from html import escape
from typing import Any

import pypdfium2
from PIL import Image

from documents import pdf as typesetting
from documents.letter import OfficialLetter, paragraphs_from_text

engine: Any = pypdfium2
PAGE_CSS = """
@page { size: A4; margin: 34mm 26mm 32mm 28mm; @bottom-center { content: "- " counter(page) " -"; font-size: 10pt } }
body { font: 15pt/27pt "FandolFang R", "Noto Serif CJK SC"; text-align: justify }
p { margin: 0; text-indent: 2em }
h1 { font-size: 20pt; line-height: 30pt; text-align: center }
table { border-collapse: collapse; width: 100%; table-layout: fixed; font-size: 11pt; line-height: 15pt }
th, td { border: 0.25mm solid #000; padding: 2pt 4pt; text-align: left }
"""


@cache
def set_html(body: str, css: str = "") -> bytes:
    """Return a PDF of the elements in `body`, set by `PAGE_CSS` and `css`."""
    weasyprint = typesetting._engine()
    html = f'<html lang="zh-CN"><meta charset="utf-8"><style>{PAGE_CSS}{css}</style><body>{body}</body></html>'
    pdf: bytes = weasyprint.weasyprint.HTML(string=html, url_fetcher=weasyprint.fetcher).write_pdf(
        font_config=weasyprint.font_config
    )
    return pdf


def paragraphs(text: str) -> str:
    """Return the first line as the heading and each further one as a paragraph."""
    first, *rest = [escape(line) for line in text.splitlines() if line.strip()]
    return f"<h1>{first}</h1>" + "".join(f"<p>{line}</p>" for line in rest)


def set_letter(title: str, body: str) -> bytes:
    """Return a PDF in the official letter's layout: red head, two-line title, indents, outer page numbers."""
    letter = OfficialLetter(
        issuer="清泽县安全生产委员会",
        title=title,
        addressee="各乡镇人民政府，各成员单位",
        blocks=paragraphs_from_text(body),
        signer="清泽县安全生产委员会",
        issued_on=date(2026, 1, 20),
        doc_number="清安委〔2026〕1号",
        copies_to=("县委办公室", "县人大常委会办公室"),
    )
    return typesetting.render_pdf(letter)


def picture_pdf(pages: int = 1) -> bytes:
    """Return a PDF of pages that are nothing but a picture."""
    images = [Image.new("L", (620, 877), 200) for _ in range(pages)]
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=75)
    return out.getvalue()


def merged(*parts: bytes) -> bytes:
    """Return the pages of several PDFs one behind the other."""
    whole = engine.PdfDocument.new()
    for part in parts:
        source = engine.PdfDocument(part)
        whole.import_pages(source)
        source.close()
    return _saved(whole)


def rotated(data: bytes) -> bytes:
    """Return a PDF whose pages lie on their side."""
    document = engine.PdfDocument(data)
    for page in document:
        page.set_rotation(90)
    return _saved(document)


def blank_pages(count: int) -> bytes:
    """Return a PDF of so many empty pages."""
    document = engine.PdfDocument.new()
    for _ in range(count):
        document.new_page(595, 842).close()
    return _saved(document)


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def written(content: bytes, *, trailer: str = "", extra: Sequence[bytes] = ()) -> bytes:
    """Return a one-page PDF with this content stream, packed, written object by object."""
    packed = zlib.compress(content, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources"
        b" << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *extra,
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def without_codes() -> bytes:
    """Return a PDF whose characters stand for places of the private area, as subsets without a table do."""
    table = b"1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <20> <7e> <e020> endbfrange"
    table = b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap %s endcmap end end" % table
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(table), table)
    data = written(b"BT /F 12 Tf 72 720 Td (nothing of this can be read by anybody) Tj ET", extra=[stream])
    return data.replace(b"/BaseFont /Helvetica >>", b"/BaseFont /Helvetica /ToUnicode 6 0 R >>")


def with_password() -> bytes:
    """Return a PDF that wants a password to be opened."""
    lock = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"5a" * 32, b"a5" * 32)
    ids = "/Encrypt 6 0 R /ID [<0123456789abcdef0123456789abcdef> <0123456789abcdef0123456789abcdef>]"
    return written(b"BT /F 12 Tf 72 720 Td (secret) Tj ET", trailer=ids, extra=[lock])
