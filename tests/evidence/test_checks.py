"""What counts as evidence is decided by content, whatever the name says."""

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFile

from core.errors import UserError
from documents.pdf import page_to_pdf
from evidence.checks import detect_kind
from evidence.services import clean_name
from tests.evidence.hostile import REFUSED, old_office, package, picture

KINDS = ("GIF", "PNG", "WEBP", "JPEG", "HEIF")
PICTURES = {kind: picture(kind, frames=3 if kind in ("GIF", "WEBP") else 1) for kind in KINDS}
PACKAGE = package("[Content_Types].xml", "word/document.xml", "word/文.xml")


@pytest.mark.parametrize(
    ("content", "name", "media_type", "suffix"),
    [
        (b"%PDF-1.7\n...", "a.pdf", "application/pdf", ".pdf"),
        (b"%PDF-1.7\n...", "a.jpg", "application/pdf", ".pdf"),
        (picture("JPEG"), "a.jpg", "image/jpeg", ".jpg"),
        (picture("PNG"), "a.exe", "image/png", ".png"),
        (picture("WEBP"), "a", "image/webp", ".webp"),
        (picture("HEIF"), "IMG_1.HEIC", "image/heic", ".heic"),
        (
            package("word/document.xml"),
            "a.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ".docx",
        ),
        (
            package("xl/workbook.xml"),
            "a.zip",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ".xlsx",
        ),
        (package("OFD.xml"), "a.ofd", "application/ofd", ".ofd"),
        (old_office("WordDocument"), "a.wps", "application/vnd.ms-works", ".wps"),
    ],
)
def test_accepted_kinds(content: bytes, name: str, media_type: str, suffix: str) -> None:
    stream = io.BytesIO(content)
    assert detect_kind(stream, name) == (media_type, suffix)
    assert stream.tell() == 0


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_refused_kinds_are_named_in_the_sentence(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(self: ImageFile.ImageFile) -> None:
        raise AssertionError("a picture is judged by its header")

    name, make, sentence = REFUSED[case]
    content = make()
    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    with pytest.raises(UserError, match=sentence) as caught:
        detect_kind(io.BytesIO(content), name)
    assert f"“{name}”" in caught.value.message


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_moving_pictures_are_accepted(kind: str) -> None:
    assert detect_kind(io.BytesIO(picture(kind, frames=5)), "a")[0] == f"image/{kind.lower()}"


@given(st.sampled_from(KINDS), st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_picture_is_a_picture_or_refused(kind: str, data: st.DataObject) -> None:
    content = bytearray(PICTURES[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(1, len(content)))]
    with contextlib.suppress(UserError):
        detect_kind(io.BytesIO(bytes(content)), "图")


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_package_is_a_package_or_refused(data: st.DataObject) -> None:
    content = bytearray(PACKAGE)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(UserError):
        detect_kind(io.BytesIO(bytes(content)), "通知.docx")


def broken_package(offset: int, value: int) -> bytes:
    """Return a Word file whose list of contents has a wrong byte so far behind its beginning."""
    content = bytearray(package("word/文.xml"))
    content[content.rfind(b"PK\x01\x02") + offset] = value
    return bytes(content)


@pytest.mark.parametrize(("offset", "value"), [(6, 255), (46 + 5, 0xFF)], ids=["version", "name that is no UTF-8"])
def test_a_broken_package_is_refused_in_words(offset: int, value: int) -> None:
    with pytest.raises(UserError, match="不是可以接收的佐证材料"):
        detect_kind(io.BytesIO(broken_package(offset, value)), "通知.docx")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\材料\\照片.jpg", "照片.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\x00b\nc.pdf", "abc.pdf"),
        ("...", "未命名"),
        ("..", "未命名"),
        (". .pdf", "pdf"),
        ("CON", "_CON"),
        ("nul.pdf", "_nul.pdf"),
        ("COM1.tar.pdf", "_COM1.tar.pdf"),
        ("lpt².jpg", "_lpt².jpg"),
        ("console.pdf", "console.pdf"),
        ('甲<乙>:"|?*.pdf', "甲_乙______.pdf"),
        ("\u202e\u2066\u200b照片.jpg", "照片.jpg"),
        ("\r\nSet-Cookie: a=b.pdf", "Set-Cookie_ a=b.pdf"),
        ("长" * 5000 + ".pdf", "长" * 146 + ".pdf"),
        ("", "未命名"),
    ],
)
def test_names_lose_paths_and_tricks(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_printed_document_makes_nobody_lenient_with_pictures() -> None:
    # The PDF engine's import changes Pillow for the whole process.
    page_to_pdf("<!doctype html><title>甲</title><p>乙", "documents/official.css")
    assert not ImageFile.LOAD_TRUNCATED_IMAGES
    name, make, _ = REFUSED["PNG with a note that unfolds"]
    with pytest.raises(UserError):
        detect_kind(io.BytesIO(make()), name)
