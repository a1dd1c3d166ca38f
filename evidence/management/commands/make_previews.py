"""Make the preview of every picture that lacks one: what the sweeping job does."""

from typing import Any

from django.core.management.base import BaseCommand

from evidence.models import File
from evidence.previews import make_missing_previews


class Command(BaseCommand):
    """`manage.py make_previews`."""

    help = "为浏览器不能直接显示的照片（HEIC）生成预览图（后台每10分钟自动运行，可重复执行）。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已生成 {make_missing_previews()} 张预览图。")
        for row in File.objects.exclude(preview_error=""):
            self.stderr.write(f"{row.name} 未能生成：{row.preview_error}")
