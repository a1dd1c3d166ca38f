"""Bytes of a text file to text: UTF-8 with or without BOM, UTF-16, GB18030."""

from __future__ import annotations

import codecs

from tasks.reader.model import ReadingError

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ALLOWED_CONTROLS = frozenset("\t\n\r\x0b\x0c\x1a")
UNREADABLE = "无法识别该文件的文字编码，可能不是文本文件。请用记事本或 WPS 打开后另存为 UTF-8 文本或 .docx，再上传。"


def decode(data: bytes) -> str:
    """Return the text of ``data`` with ``\\n`` line ends and no BOM; raise :class:`ReadingError` for binary data."""
    for encoding in _encodings(data):
        bom = next((mark for mark, name in _BOMS if name == encoding and data.startswith(mark)), b"")
        try:
            text = data[len(bom) :].decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _is_binary(text):
            return normalise_line_ends(text)
    raise ReadingError(UNREADABLE)


def normalise_line_ends(text: str) -> str:
    """Turn every kind of line end into ``\\n`` and drop a leading BOM."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\x0b", "\n").replace("\x0c", "\n").replace("\u2028", "\n").replace("\u2029", "\n")


def _encodings(data: bytes) -> list[str]:
    """The encodings to try, best guess first."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return [name]
    sample = data[:4000]
    if sample.count(0) > len(sample) // 10:  # UTF-16 without BOM: line ends and digits hold a zero byte
        odd = sample[1::2].count(0) >= sample[0::2].count(0)
        return ["utf-16-le" if odd else "utf-16-be"]
    return ["utf-8", "gb18030"]


def _is_binary(text: str) -> bool:
    """Whether control characters show that this is no text (a handful of stray ones is forgiven)."""
    odd = sum(1 for c in text if c < " " and c not in _ALLOWED_CONTROLS)
    return odd > len(text) // 100
