"""Evidence files: what a unit shows to back up what it reports."""

import uuid
from pathlib import PurePosixPath
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from core import clock


def stored_name(instance: "File", filename: str) -> str:
    """Return the path below MEDIA_ROOT; nothing of the user's file name goes into it but the checked suffix."""
    suffix = PurePosixPath(filename).suffix
    return f"evidence/{clock.today():%Y/%m}/{uuid.uuid4().hex}{suffix}"


HEIC = "image/heic"


class FileQuerySet(models.QuerySet["File"]):
    """Reads of files."""

    def without_preview(self) -> Self:
        """Keep pictures no browser shows whose preview is still to be made."""
        return self.filter(media_type=HEIC, preview="", preview_error="")


class File(models.Model):
    """One uploaded file; never overwritten."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner_type = models.CharField("所属类型", max_length=60)
    owner_id = models.PositiveBigIntegerField("所属编号")
    name = models.CharField("文件名", max_length=200)
    content = models.FileField("文件", upload_to=stored_name, max_length=200)
    media_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    uploaded_at = models.DateTimeField("上传时间", default=clock.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+"
    )
    # Files are taken off a draft, never wiped: the row and the bytes stay for the audit.
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)
    # What a browser shows in place of a picture it cannot show; shared by files of the same content.
    preview = models.FileField("预览图", max_length=200, blank=True)
    preview_error = models.CharField("预览出错", max_length=100, blank=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "佐证材料"
        verbose_name_plural = "佐证材料"
        ordering = ["uploaded_at", "id"]
        indexes = [models.Index(fields=["owner_type", "owner_id"], name="evidence_owner_idx")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """The browser can show it as a picture, a HEIC by its preview."""
        return bool(self.preview) or self.media_type in ("image/jpeg", "image/png", "image/gif", "image/webp")

    @property
    def picture_path(self) -> str:
        """Address of what the browser shows."""
        return reverse("evidence:preview" if self.preview else "evidence:download", args=[self.uid])

    @property
    def preview_state(self) -> str:
        """Why a picture is not shown, in words; empty where it is, or is none."""
        if self.media_type != HEIC or self.preview:
            return ""
        return self.preview_error or "预览图正在生成，请稍后刷新"
