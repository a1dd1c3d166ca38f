"""What counts as evidence is decided by content, whatever the name says."""

import io
import zipfile

import pytest
from PIL import Image

from core.errors import UserError
from evidence.checks import detect_kind
from evidence.services import clean_name


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (10, 200, 30)).save(out, kind)
    return out.getvalue()


def package(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


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
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 50, "a.wps", "application/vnd.ms-works", ".wps"),
    ],
)
def test_accepted_kinds(content: bytes, name: str, media_type: str, suffix: str) -> None:
    stream = io.BytesIO(content)
    assert detect_kind(stream, name) == (media_type, suffix)
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><script>alert(1)</script>", "照片.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "图.png"),
        (b"MZ\x90\x00", "说明.pdf"),
        (package("evil.exe"), "材料.docx"),
        (b"PK\x03\x04broken", "材料.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "安装.msi"),
        (picture("PNG")[:60], "半张.png"),
        (picture("BMP"), "图.bmp"),
        (b"\x00", "x"),
    ],
)
def test_refused_kinds_are_named_in_the_sentence(content: bytes, name: str) -> None:
    with pytest.raises(UserError, match="不是可以接收的佐证材料") as caught:
        detect_kind(io.BytesIO(content), name)
    assert name in caught.value.message


def broken_package(offset: int, value: int) -> bytes:
    """Return a Word file whose list of contents has a wrong byte so far behind its beginning."""
    content = bytearray(package("word/文.xml"))
    content[content.rfind(b"PK\x01\x02") + offset] = value
    return bytes(content)


@pytest.mark.parametrize(("offset", "value"), [(6, 255), (46 + 5, 0xFF)], ids=["version", "name that is no UTF-8"])
def test_a_broken_package_is_refused_in_words(offset: int, value: int) -> None:
    with pytest.raises(UserError, match="不是可以接收的佐证材料"):
        detect_kind(io.BytesIO(broken_package(offset, value)), "通知.docx")


def test_enormous_picture_is_refused_without_being_opened() -> None:
    header = bytearray(picture("PNG"))
    header[16:24] = (50000).to_bytes(4, "big") + (50000).to_bytes(4, "big")
    with pytest.raises(UserError):
        detect_kind(io.BytesIO(bytes(header)), "巨图.png")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\材料\\照片.jpg", "照片.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\x00b\nc.pdf", "abc.pdf"),
        ("...", "未命名"),
        ("", "未命名"),
    ],
)
def test_names_lose_paths_and_tricks(given: str, kept: str) -> None:
    assert clean_name(given) == kept
