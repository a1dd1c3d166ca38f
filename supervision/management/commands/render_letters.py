"""Make the PDF of every letter that lacks one: what the sweeping job does."""

from typing import Any

from django.core.management.base import BaseCommand

from supervision.models import Letter
from supervision.services.rendering import render_missing_letters


class Command(BaseCommand):
    help = "为已签发而没有PDF的函件生成PDF（后台每10分钟自动运行，可重复执行）。"

    def handle(self, *args: Any, **options: Any) -> None:
        made = render_missing_letters()
        self.stdout.write(f"已生成 {made} 份PDF。")
        for letter in Letter.objects.without_file():
            self.stderr.write(f"{letter} 未能生成：{letter.pdf_error}")
