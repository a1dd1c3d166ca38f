"""JPEG previews of pictures no browser shows (HEIC of telephones); made in the background, once for each content."""

import io
import logging
from contextlib import suppress

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from PIL import Image, ImageOps

from evidence.models import File
from evidence.pictures import BROKEN

logger = logging.getLogger(__name__)

# Longer side in pixels; more than any screen of the office shows.
LONGEST = 2048
QUALITY = 82


def waiting() -> "list[int]":
    """Return the keys of the files that still lack their preview."""
    return list(File.objects.without_preview().values_list("pk", flat=True))


def make_preview(file_id: int) -> bool:
    """Make the preview of one file, unless it is there already.

    The picture is read outside any transaction. Where from and with what it was taken does not go into the preview.

    Returns:
        Whether this call gave the file its preview.
    """
    row = File.objects.without_preview().filter(pk=file_id).first()
    if row is None:
        return False
    twin = File.objects.filter(sha256=row.sha256).exclude(preview="").first()
    if twin is not None:
        return bool(File.objects.without_preview().filter(pk=row.pk).update(preview=twin.preview.name))
    try:
        content = _as_jpeg(row)
    except FileNotFoundError:
        return _failed(row, "原文件已不在存储中")
    except (*BROKEN, MemoryError, Image.DecompressionBombError):
        logger.exception("file %s could not be shown as a picture", row.pk)
        return _failed(row, "图片无法解码，请下载后查看")
    storage: Storage = row.preview.storage
    stored = storage.save(f"evidence/previews/{row.sha256}.jpg", ContentFile(content))
    kept = File.objects.without_preview().filter(pk=row.pk).update(preview=stored)
    if not kept:
        with suppress(FileNotFoundError):
            storage.delete(stored)
    return bool(kept)


def _as_jpeg(row: File) -> bytes:
    with row.content.storage.open(str(row.content.name), "rb") as stream, Image.open(stream) as picture:
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST, LONGEST))
        out = io.BytesIO()
        upright.convert("RGB").save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _failed(row: File, words: str) -> bool:
    File.objects.without_preview().filter(pk=row.pk).update(preview_error=words)
    return False


def make_missing_previews() -> int:
    """Make every preview that is missing: the sweep that picks up what the broker lost.

    Returns:
        How many were made.
    """
    return sum(make_preview(pk) for pk in waiting())
