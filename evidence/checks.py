"""What an uploaded file really is, judged by its content, and whether it may be kept."""

import re
from collections.abc import Callable
from typing import BinaryIO

from core.errors import UserError
from evidence import office, pictures
from evidence.office import old_kind, package_kind
from evidence.pictures import picture_kind

MAX_BYTES = 20 * 1024 * 1024
ACCEPTED = "PDF、图片（JPG、PNG、GIF、WEBP、HEIC）、Word、Excel、PPT、WPS、OFD"

# Of every file that is kept.
MEDIA_TYPES = sorted({"application/pdf", *office.MEDIA_TYPES, *pictures.MEDIA_TYPES})

# As far as browsers look when they guess what a file is.
_SNIFFED = 1_445
_PAGE = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|script|iframe|svg|\?php)\b", re.IGNORECASE)

Kind = tuple[str, str]


def _pdf(head: bytes, stream: BinaryIO, name: str) -> Kind | None:
    return ("application/pdf", ".pdf") if head.startswith(b"%PDF-") else None


_DETECTORS: tuple[Callable[[bytes, BinaryIO, str], Kind | None], ...] = (_pdf, package_kind, old_kind, picture_kind)


def detect_kind(stream: BinaryIO, name: str) -> Kind:
    """Return (media type, file suffix) of an upload, by content; the name only tells old Office formats apart.

    A file that is a picture or a PDF and begins like a web page or a script as well is refused: nobody's camera or
    printer makes one.

    Args:
        stream: seekable; left at its beginning.
        name: the file's name, for the message.

    Raises:
        UserError: the content is none of the kinds evidence may be, or one that harms whoever opens it.
    """
    beginning = stream.read(_SNIFFED)
    for detector in _DETECTORS:
        stream.seek(0)
        kind = detector(beginning[:64], stream, name)
        if kind is not None:
            if _PAGE.search(beginning):
                raise UserError(f"“{name}”中夹带了网页或脚本内容，不能接收。请重新导出或拍摄后再上传。")
            stream.seek(0)
            return kind
    raise UserError(f"“{name}”不是可以接收的佐证材料（按内容识别）。请上传{ACCEPTED}文件。")
