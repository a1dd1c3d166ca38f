"""Office files judged by what they contain, without unfolding them.

Decided for the county: a file that whoever reviews it cannot open (a password) or that would run something on their
computer (macros) is no evidence; the sentence says how to save it otherwise.
"""

import struct
import zipfile
from typing import BinaryIO

from core.errors import UserError

# A package of more parts, or that unfolds into more, was made to use up memory; a thick report has hundreds of parts.
MAX_PARTS = 10_000
MAX_UNFOLDED = 1024 * 1024 * 1024

_PARTS = {
    "word/document.xml": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "ppt/presentation.xml": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
    "OFD.xml": ("application/ofd", ".ofd"),
}
_MACRO_PARTS = ("vbaproject.bin", "jsaproject.bin")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Old formats share one container; installers and mails use it as well. The stream inside tells what it is.
_OLE_KINDS = {
    ".doc": ("WordDocument", "application/msword"),
    ".wps": ("WordDocument", "application/vnd.ms-works"),
    ".xls": ("Workbook", "application/vnd.ms-excel"),
    ".et": ("Workbook", "application/vnd.ms-excel"),
    ".ppt": ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ".dps": ("PowerPoint Document", "application/vnd.ms-powerpoint"),
}
MEDIA_TYPES = frozenset({kind for kind, _ in _PARTS.values()} | {kind for _, kind in _OLE_KINDS.values()})
_OLD_WORKBOOK = "Book"
# What zipfile raises over a broken list of contents, beside its own error.
_BROKEN_ZIP = (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, OSError, EOFError, struct.error)
_END_OF_LIST = b"PK\x05\x06"

_WITH_MACRO = "“{}”带有宏，可能在审核人的电脑上运行程序。请另存为不带宏的 .docx、.xlsx、.pptx 或 PDF 后再上传。"
_LOCKED = "“{}”加了打开密码，审核人打不开。请去掉密码后再上传。"
_BOMB = "“{}”解开后过大或内含文件过多，不能接收。请检查文件，或导出为 PDF 后再上传。"


def package_kind(head: bytes, stream: BinaryIO, name: str) -> tuple[str, str] | None:
    """Return (media type, suffix) of a .docx, .xlsx, .pptx or .ofd, None where the content is none of them or broken.

    Only the list of contents is read.

    Raises:
        UserError: it has macros, or would unfold into too much.
    """
    if not head.startswith(b"PK\x03\x04"):
        return None
    if _parts_told(stream) > MAX_PARTS:
        raise UserError(_BOMB.format(name))
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except _BROKEN_ZIP:
        return None
    names = {part.filename for part in parts}
    kind = next((kind for part, kind in _PARTS.items() if part in names), None)
    if kind is not None and (len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNFOLDED):
        raise UserError(_BOMB.format(name))
    if kind is not None and any(part.lower().endswith(_MACRO_PARTS) for part in names):
        raise UserError(_WITH_MACRO.format(name))
    return kind


def _parts_told(stream: BinaryIO) -> int:
    """Return how many parts the end of a zip file tells: reading a list of a million takes long."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 65_557))
    tail = stream.read()
    at = tail.rfind(_END_OF_LIST)
    return int.from_bytes(tail[at + 10 : at + 12], "little") if at >= 0 else 0


def old_kind(head: bytes, stream: BinaryIO, name: str) -> tuple[str, str] | None:
    """Return (media type, suffix) of an old Office or WPS file, told apart by its name among those of its content.

    Raises:
        UserError: it has macros or a password.
    """
    if not head.startswith(_OLE):
        return None
    content = stream.read()
    if _stream(content, "EncryptedPackage"):
        raise UserError(_LOCKED.format(name))
    suffix = "." + name.rpartition(".")[2].lower()
    inside, media_type = _OLE_KINDS.get(suffix, ("", ""))
    if not inside or not (_stream(content, inside) or (inside == "Workbook" and _stream(content, _OLD_WORKBOOK))):
        return None
    if _stream(content, "_VBA_PROJECT"):
        raise UserError(_WITH_MACRO.format(name))
    return media_type, suffix


def _stream(content: bytes, name: str) -> bool:
    """Tell whether the container lists a stream of this name; the list holds names as UTF-16."""
    return name.encode("utf-16-le") in content
