"""Pictures judged by their headers: what they are, and whether looking at them would use up the memory of a computer.

No pixel is decoded here: a file of a few kilobytes can unfold into gigabytes.
"""

import struct
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError
from pillow_heif import register_heif_opener

from core.errors import UserError

register_heif_opener()

# Larger pictures come from no camera; opening one would eat the memory of server and browser.
MAX_PIXELS = 120_000_000
# All frames of a moving picture together, and how many there may be.
MAX_MOVING_PIXELS = 400_000_000
MAX_FRAMES = 1_000
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

_FORMATS = {
    "JPEG": ("image/jpeg", ".jpg"),
    "MPO": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "GIF": ("image/gif", ".gif"),
    "WEBP": ("image/webp", ".webp"),
    "HEIF": ("image/heic", ".heic"),
}
MEDIA_TYPES = frozenset(kind for kind, _ in _FORMATS.values())
_TOO_LARGE = "图片“{}”的尺寸过大（超过 1.2 亿像素，或动图帧数过多），请缩小后再上传。"
# What Pillow raises over a picture that is broken, on purpose or not.
BROKEN = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
)


def picture_kind(head: bytes, stream: BinaryIO, name: str) -> tuple[str, str] | None:
    """Return (media type, suffix) of a picture, None where the content is none or broken.

    Args:
        head: the first 64 bytes.
        stream: the whole file, at its beginning.
        name: the file's name, for the sentence.

    Raises:
        UserError: the picture is too large to be opened.
    """
    # Pillow makes room for a whole WebP canvas as soon as it opens one.
    if _webp_pixels(head) > MAX_PIXELS:
        raise UserError(_TOO_LARGE.format(name))
    try:
        with Image.open(stream, formats=["JPEG", "PNG", "GIF", "WEBP", "HEIF"]) as picture:
            kind = _FORMATS.get(picture.format or "")
            pixels = picture.width * picture.height
            frames = 1
            if picture.format == "GIF":
                frames = _gif_frames(stream)
            elif picture.format in ("PNG", "WEBP"):
                # Both tell it in their headers.
                frames = getattr(picture, "n_frames", 1)
            if pixels > MAX_PIXELS or frames > MAX_FRAMES or pixels * frames > MAX_MOVING_PIXELS:
                raise UserError(_TOO_LARGE.format(name))
            picture.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UserError(_TOO_LARGE.format(name)) from None
    except BROKEN:
        return None
    return kind


def _gif_frames(stream: BinaryIO) -> int:
    """Return how many frames a GIF has, MAX_FRAMES + 1 for more; the stream stays where it is.

    Raises:
        ValueError: its blocks do not lead to an end, as in a script that only begins like a GIF.
    """
    place = stream.tell()
    stream.seek(0)
    content = stream.read()
    stream.seek(place)
    at, frames = 13 + _colours(content[10]), 0
    while frames <= MAX_FRAMES:
        if content[at] == 0x3B:
            return frames
        if content[at] == 0x2C:
            frames += 1
            at += 11 + _colours(content[at + 9])
        elif content[at] == 0x21:
            at += 2
        else:
            raise ValueError("no block of a GIF")
        while content[at]:
            at += 1 + content[at]
        at += 1
    return frames


def _colours(flags: int) -> int:
    """Return the size in bytes of the table of colours that these flags announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _webp_pixels(head: bytes) -> int:
    """Return width × height told by the header of a WebP file, 0 for any other file."""
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return 0
    if head[12:16] == b"VP8X":
        width, height = (1 + int.from_bytes(head[at : at + 3], "little") for at in (24, 27))
    elif head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    return width * height
