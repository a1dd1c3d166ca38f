"""What an uploaded file really is, judged by its content, and whether it may be kept."""

import struct
import zipfile
from collections.abc import Callable
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError
from pillow_heif import register_heif_opener

from core.errors import UserError

register_heif_opener()

MAX_BYTES = 20 * 1024 * 1024
# Larger pictures come from no camera; opening one would eat the server's memory.
MAX_PIXELS = 120_000_000
ACCEPTED = "PDF、图片（JPG、PNG、GIF、WEBP、HEIC）、Word、Excel、PPT、WPS、OFD"

_PICTURES = {
    "JPEG": ("image/jpeg", ".jpg"),
    "MPO": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "GIF": ("image/gif", ".gif"),
    "WEBP": ("image/webp", ".webp"),
    "HEIF": ("image/heic", ".heic"),
}
_OFFICE_PARTS = {
    "word/document.xml": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "ppt/presentation.xml": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
    "OFD.xml": ("application/ofd", ".ofd"),
}
_OLE_SUFFIXES = {
    ".doc": "application/msword",
    ".wps": "application/vnd.ms-works",
    ".xls": "application/vnd.ms-excel",
    ".et": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".dps": "application/vnd.ms-powerpoint",
}

# Of every file that is kept.
MEDIA_TYPES = sorted(
    {"application/pdf", *(kind for kind, _ in (*_PICTURES.values(), *_OFFICE_PARTS.values()))}
    | set(_OLE_SUFFIXES.values())
)

# What zipfile raises over a broken list of contents, beside its own error.
_BROKEN_ZIP = (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, OSError, EOFError, struct.error)

Kind = tuple[str, str]


def _pdf(head: bytes, stream: BinaryIO, suffix: str) -> Kind | None:
    return ("application/pdf", ".pdf") if head.startswith(b"%PDF-") else None


def _office(head: bytes, stream: BinaryIO, suffix: str) -> Kind | None:
    if not head.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
    except _BROKEN_ZIP:
        return None
    return next((kind for part, kind in _OFFICE_PARTS.items() if part in names), None)


def _old_office(head: bytes, stream: BinaryIO, suffix: str) -> Kind | None:
    if not head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") or suffix not in _OLE_SUFFIXES:
        return None
    return _OLE_SUFFIXES[suffix], suffix


def _picture(head: bytes, stream: BinaryIO, suffix: str) -> Kind | None:
    try:
        with Image.open(stream, formats=["JPEG", "PNG", "GIF", "WEBP", "HEIF"]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise UserError("图片尺寸过大，请缩小后再上传。")
            kind = _PICTURES.get(picture.format or "")
            picture.verify()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return None
    return kind


_DETECTORS: tuple[Callable[[bytes, BinaryIO, str], Kind | None], ...] = (_pdf, _office, _old_office, _picture)


def detect_kind(stream: BinaryIO, name: str) -> Kind:
    """Return (media type, file suffix) of an upload, by content; the name only tells old Office formats apart.

    Args:
        stream: seekable; left at its beginning.
        name: the file's name, for the message.

    Raises:
        UserError: the content is none of the kinds evidence may be.
    """
    head = stream.read(16)
    suffix = "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""
    for detector in _DETECTORS:
        stream.seek(0)
        kind = detector(head, stream, suffix)
        if kind is not None:
            stream.seek(0)
            return kind
    raise UserError(f"“{name}”不是可以接收的佐证材料（按内容识别）。请上传{ACCEPTED}文件。")
