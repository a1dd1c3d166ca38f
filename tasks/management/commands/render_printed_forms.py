"""Typeset every printed form that lacks its file: what the sweeping job does."""

from typing import Any

from django.core.management.base import BaseCommand

from tasks.models import PrintedForm
from tasks.services.printed_rendering import render_missing_forms


class Command(BaseCommand):
    help = "为已申请打印而没有PDF的进展情况报送表生成PDF，并清理过期的（后台每10分钟自动运行，可重复执行）。"

    def handle(self, *args: Any, **options: Any) -> None:
        made = render_missing_forms()
        self.stdout.write(f"已生成 {made} 份PDF。")
        for form in PrintedForm.objects.without_file():
            self.stderr.write(f"{form} 未能生成：{form.pdf_error}")
