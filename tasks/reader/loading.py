"""Choose how a file is read, by its content first and its name second; what cannot be read gets a clear sentence."""

from __future__ import annotations

import io
import zipfile

from tasks.reader.decoding import decode
from tasks.reader.model import ReadingError
from tasks.reader.pdf.process import read_pdf
from tasks.reader.source import Source

MOST_BYTES = 20 * 1024 * 1024
MOST_CHARACTERS = 2_000_000
_MOST_UNPACKED = 200 * 1024 * 1024
_MOST_MARKUP = 40 * 1024 * 1024  # of one part that has to be parsed
_MOST_MEMBERS = 5_000
_MOST_PACKED = 300  # times; text of a document shrinks to a tenth, seldom to a fiftieth
_WORTH_A_LOOK = 5 * 1024 * 1024

EMPTY = "文件是空的，没有可以读取的文字。请检查后重新选择文件，或直接粘贴正文。"
TOO_LARGE = "文件超过 20 MB。请只保留工作要点正文（去掉图片和附件）后再上传。"
TOO_LONG = "文字超过 200 万字，不像是一份工作要点。请只保留正文后再读取。"
BROKEN_WORD = "这个 Word 文件已损坏，无法打开。请用 WPS 或 Word 打开后另存为新的 .docx，再上传。"
_OLD_WORD = "这是旧版 Word（.doc）文件或加了密码的文件。请用 WPS 或 Word 打开，取消密码并另存为 .docx，再上传。"
_ENCRYPTED = "文件加了密码，无法读取。请用 WPS 或 Word 打开，取消密码后另存为 .docx，再上传。"
_NO_PDF = "这个文件的名称是 .pdf，内容却不是 PDF。请重新导出或下载后再上传，或把正文粘贴进来。"
_SHEET = "暂不支持 Excel 表格。请把表格复制到 Word 另存为 .docx，或把内容粘贴进来。"
_PICTURE = "这是图片，无法直接读取文字。请上传 Word（.docx）、文字版 PDF 或文本文件，或把正文粘贴进来。"
_OTHER = "不支持这种文件。请上传 Word（.docx）、文字版 PDF、.txt 或 .md 文件，或把正文粘贴进来。"
_BOMB = "压缩内容展开后过大，已停止读取。请用 WPS 或 Word 打开后另存为新的 .docx，再上传。"

_PDF_HEAD = 1024  # a PDF's first line stands within so many bytes
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_PACKED = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"%!PS", b"{\\rtf")
_BY_NAME = {
    "pdf": _NO_PDF,
    "xlsx": _SHEET,
    "xls": _SHEET,
    "et": _SHEET,
    "csv": _SHEET,
    "doc": _OLD_WORD,
    "wps": _OLD_WORD,
}


def load(data: bytes, filename: str) -> Source:
    """Return the text of a file; raise :class:`ReadingError` with a sentence for the person who chose it."""
    if len(data) > MOST_BYTES:
        raise ReadingError(TOO_LARGE)
    if not data.strip():
        raise ReadingError(EMPTY)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Source(_load_zip(data))
    if b"%PDF-" in data[:_PDF_HEAD]:
        return read_pdf(data)
    _refuse(data, filename.rsplit(".", 1)[-1].lower() if "." in filename else "")
    return Source(decode(data))


def _refuse(data: bytes, extension: str) -> None:
    """Raise for the kinds known by their first bytes, then for those known by name only."""
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise ReadingError(_ENCRYPTED if encrypted else _SHEET if extension in {"xls", "et"} else _OLD_WORD)
    if data.startswith(_PICTURES):
        raise ReadingError(_PICTURE)
    if data.startswith(_PACKED):
        raise ReadingError(_OTHER)
    if extension == "docx":
        raise ReadingError(BROKEN_WORD)
    if extension in _BY_NAME and extension != "csv":
        raise ReadingError(_BY_NAME[extension])


def _load_zip(data: bytes) -> str:
    """Read a .docx after its declared sizes were checked; refuse every other zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise ReadingError(BROKEN_WORD) from error
    names = {member.filename for member in members}
    if any(member.flag_bits & 1 for member in members):
        raise ReadingError(_ENCRYPTED)
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _MOST_UNPACKED:
        raise ReadingError(_BOMB)
    if any(_is_bomb(member) for member in members):
        raise ReadingError(_BOMB)
    if "word/document.xml" in names:
        from tasks.reader.word import read_word  # python-docx takes a quarter of a second to load

        return read_word(data, BROKEN_WORD)
    if any(name.startswith("xl/") for name in names):
        raise ReadingError(_SHEET)
    raise ReadingError(BROKEN_WORD if "[Content_Types].xml" in names else _OTHER)


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    """Whether a part would unpack to more than a document needs: by its size, or by how tightly it is packed."""
    if member.filename.endswith((".xml", ".rels")) and member.file_size > _MOST_MARKUP:
        return True
    return member.file_size > _WORTH_A_LOOK and member.file_size > _MOST_PACKED * max(member.compress_size, 1)
