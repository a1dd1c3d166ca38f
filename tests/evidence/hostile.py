"""Files made to harm whoever receives or opens them, small enough to be made on the spot."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HTML = b"<html><script>alert(1)</script></html>"


def picture(kind: str, size: tuple[int, int] = (40, 30), frames: int = 1) -> bytes:
    """Return a picture, a moving one if more frames are asked for."""
    out = io.BytesIO()
    images = [Image.new("RGB", size, (number % 256, 200, 30)) for number in range(frames)]
    more = {"save_all": True, "append_images": images[1:]} if frames > 1 else {}
    images[0].save(out, kind, **more)
    return out.getvalue()


def package(*names: str, content: bytes = b"x") -> bytes:
    """Return a zip file with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


def old_office(*streams: str) -> bytes:
    """Return the beginning of an old Office file that lists these streams."""
    return OLE + b"\0" * 504 + b"".join(name.encode("utf-16-le") + b"\0" * 32 for name in streams)


def huge_png() -> bytes:
    """Return a PNG of 50,000 × 50,000 that holds one line."""
    return _png(50_000, 50_000, zlib.compress(b"\0" * 10))


def png_bomb() -> bytes:
    """Return a PNG with a note of a few kilobytes that unfolds into 64 MB."""
    return _png(40, 30, zlib.compress(b"\0" * 10), text=b"zTXt" + b"a\0\0" + zlib.compress(bytes(64 * 1024 * 1024)))


def _png(width: int, height: int, body: bytes, text: bytes = b"") -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    extra = chunk(text[:4], text[4:]) if text else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def apng_of_many_frames() -> bytes:
    """Return a PNG that announces two million frames."""
    plain = picture("PNG")
    control = b"acTL" + struct.pack(">II", 2_000_000, 0)
    after_head = 8 + 25
    return (
        plain[:after_head]
        + struct.pack(">I", 8)
        + control
        + struct.pack(">I", zlib.crc32(control))
        + plain[after_head:]
    )


def huge_jpeg() -> bytes:
    """Return a JPEG whose header says 65,535 × 65,535."""
    plain = bytearray(picture("JPEG"))
    at = plain.find(b"\xff\xc0") + 5
    plain[at : at + 4] = b"\xff\xff\xff\xff"
    return bytes(plain)


def huge_webp() -> bytes:
    """Return an extended WebP whose canvas is 16,777,216 × 255."""
    return (
        b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + b"\xff\xff\xff\xfe\0\0"
    )


def huge_heic() -> bytes:
    """Return a HEIC that says it is 65,535 × 65,535."""
    plain = picture("HEIF", (64, 64))
    return plain.replace(
        b"ispe\0\0\0\0" + struct.pack(">II", 64, 64), b"ispe\0\0\0\0" + struct.pack(">II", 65_535, 65_535)
    )


def gif_of_many_frames() -> bytes:
    """Return a GIF of 5,000 frames in a few kilobytes."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 5_000, 5_000, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + frame * 5_000 + b"\x3b"


def zip_of_many_parts() -> bytes:
    """Return the end of a zip file that announces 60,000 parts."""
    content = bytearray(package("word/document.xml"))
    at = content.rfind(b"PK\x05\x06")
    content[at + 8 : at + 12] = struct.pack("<HH", 60_000, 60_000)
    return bytes(content)


def zip_bomb() -> bytes:
    """Return a Word file whose parts say that they unfold into four gigabytes."""
    content = bytearray(package("word/document.xml", "word/media/a"))
    at = content.find(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 0xFFFF_0000)
    return bytes(content)


NO_KIND = "不是可以接收的佐证材料"
LARGE, MACRO, LOCKED, MIXED, BOMB = "尺寸过大", "带有宏", "打开密码", "夹带了网页或脚本", "解开后过大"
# Name given, how it is made, what the sentence says.
REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "web page": ("照片.jpg", lambda: HTML, NO_KIND),
    "drawing with a script": (
        "图.png",
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        NO_KIND,
    ),
    "Windows program": ("说明.pdf", lambda: b"MZ\x90\x00" + bytes(200), NO_KIND),
    "Linux program": ("说明.pdf", lambda: b"\x7fELF\x02\x01\x01" + bytes(200), NO_KIND),
    "shell script": ("说明.jpg", lambda: b"#!/bin/sh\nrm -rf /\n", NO_KIND),
    "script of Windows": ("说明.jpg", lambda: b"@echo off\r\ndel *.*\r\n", NO_KIND),
    "Java archive": ("说明.docx", lambda: package("META-INF/MANIFEST.MF", "a.class"), NO_KIND),
    "archive": ("材料.zip", lambda: package("a.txt"), NO_KIND),
    "GIF that is a script": ("动图.jpg", lambda: b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)//", NO_KIND),
    "GIF with a page": ("动图.gif", lambda: picture("GIF")[:-1] + b"\x21\xfe\x08<script>\0\x3b", MIXED),
    "PDF with a page before it": ("材料.pdf", lambda: HTML + b"%PDF-1.7\n", NO_KIND),
    "PDF with a page in it": ("材料.pdf", lambda: b"%PDF-1.7\n" + HTML, MIXED),
    "JPEG with a page in it": (
        "照片.jpg",
        lambda: picture("JPEG")[:2] + b"\xff\xfe\x00\x28" + HTML + picture("JPEG")[2:],
        MIXED,
    ),
    "huge PNG": ("巨图.png", huge_png, LARGE),
    "PNG with a note that unfolds": ("图.png", png_bomb, NO_KIND),
    "PNG of many frames": ("动图.png", apng_of_many_frames, LARGE),
    "huge JPEG": ("巨图.jpg", huge_jpeg, LARGE),
    "huge WebP": ("巨图.webp", huge_webp, LARGE),
    "huge HEIC": ("巨图.heic", huge_heic, LARGE),
    "GIF of many frames": ("动图.gif", gif_of_many_frames, LARGE),
    "Word file with macros": ("通知.docx", lambda: package("word/document.xml", "word/vbaProject.bin"), MACRO),
    "Excel file with macros": ("台账.xlsm", lambda: package("xl/workbook.xml", "xl/vbaProject.bin"), MACRO),
    "WPS file with macros": ("台账.xlsx", lambda: package("xl/workbook.xml", "xl/JSAProject.bin"), MACRO),
    "old Word file with macros": ("通知.doc", lambda: old_office("WordDocument", "_VBA_PROJECT"), MACRO),
    "Word file with a password": ("通知.docx", lambda: old_office("EncryptionInfo", "EncryptedPackage"), LOCKED),
    "Excel file with a password": ("台账.xlsx", lambda: old_office("EncryptedPackage"), LOCKED),
    "installer named as Word": ("通知.doc", lambda: old_office("SummaryInformation"), NO_KIND),
    "mail named as Excel": ("台账.xls", lambda: old_office("__properties_version1.0"), NO_KIND),
    "Word file of many parts": ("通知.docx", zip_of_many_parts, BOMB),
    "Word file that unfolds": ("通知.docx", zip_bomb, BOMB),
    "broken zip": ("通知.docx", lambda: b"PK\x03\x04broken", NO_KIND),
    "half a picture": ("半张.png", lambda: picture("PNG")[:60], NO_KIND),
    "text": ("说明.txt", lambda: "说明".encode(), NO_KIND),
    "one byte": ("x", lambda: b"\0", NO_KIND),
}
