"""Files of every kind: what can be read is read the same, what cannot be read gets a sentence."""

import io
import zipfile
from pathlib import Path

import pytest

from tasks.reader import ReadingError, read_bytes, read_path, read_text
from tasks.reader.loading import MOST_BYTES

TEXT = "2026年县防震工作要点\r\n一、备好物资。帐篷200顶。\r\n二、开展演练。桌面推演。\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_encodings(encoding: str) -> None:
    reading = read_bytes(TEXT.encode(encoding), filename="plan.txt")
    assert reading.text == TEXT.replace("\r\n", "\n")
    assert [item.title for item in reading.items] == ["备好物资", "开展演练"]


def message(data: bytes, filename: str = "plan.txt") -> str:
    with pytest.raises(ReadingError) as caught:
        read_bytes(data, filename=filename)
    return caught.value.message


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return buffer.getvalue()


def test_what_cannot_be_read_is_said_in_a_sentence() -> None:
    assert "空的" in message(b"")
    assert "空的" in message(b" \n\t ")
    assert "空的" in message("\ufeff \n".encode())
    assert "20 MB" in message(b"a" * (MOST_BYTES + 1))
    assert "PDF 已损坏" in message(b"%PDF-1.7 ...")
    assert "内容却不是 PDF" in message(b"words", "plan.pdf")
    assert "另存为 .docx" in message(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "密码" in message(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))
    assert "图片" in message(b"\x89PNG\r\n\x1a\n" + bytes(50))
    assert "编码" in message(bytes(range(256)) * 20)
    assert "编码" in message(b"\x01\x02ab" * 200)
    assert "不支持" in message(zipped(readme=b"x"))
    assert "Excel" in message(zipped(xl__workbook=b"<x/>"))
    assert "损坏" in message(b"PK\x03\x04 broken")
    assert "损坏" in message("不是压缩包".encode(), "plan.docx")
    assert "损坏" in message(zipped(**{"word__document.xml": b"<w:document"}))
    assert "Excel" in message(b"a", "plan.xlsx")


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_opened() -> None:
    for members in (
        {"word__document.xml": bytes(210 * 1024 * 1024)},  # in all
        {"word__document.xml": bytes(41 * 1024 * 1024)},  # one part that has to be parsed
        {"word__document.xml": b"<w/>", "word__media__a.bmp": bytes(6 * 1024 * 1024)},  # packed a thousand times
    ):
        bomb = zipped(**members)
        assert len(bomb) < MOST_BYTES
        assert "展开后过大" in message(bomb, "plan.docx")


def test_a_zip_that_tells_less_than_it_holds_is_read_no_further() -> None:
    data = zipped(**{"word__document.xml": b"<w:document>" + bytes(8 * 1024 * 1024)})
    told = (8 * 1024 * 1024 + 12).to_bytes(4, "little")
    assert data.count(told) == 2
    assert "损坏" in message(data.replace(told, (40).to_bytes(4, "little")), "plan.docx")


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(ReadingError, match="200 万字"):
        read_text("字" * 2_000_001)


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="打不开文件"):
        read_path(tmp_path / "none.txt")


def test_a_path_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(TEXT, encoding="utf-8")
    assert len(read_path(path).items) == 2
