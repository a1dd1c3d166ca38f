"""Bring signatures up to who holds the posts today and make missing PDFs: what the sweeping job does."""

from typing import Any

from django.core.management.base import BaseCommand

from responsibility.models import DutyList
from responsibility.services.duty_rendering import realign_all_signatures, render_missing_files


class Command(BaseCommand):
    """`manage.py refresh_duty_lists`: safe to run again."""

    help = "按今天的任岗人核对责任清单应签人，并为已发布而没有PDF的责任清单生成PDF（后台自动运行，可重复执行）。"

    def handle(self, *args: Any, **options: Any) -> None:
        units = realign_all_signatures()
        made = render_missing_files()
        self.stdout.write(f"已核对 {units} 个单位的应签人，已生成 {made} 份PDF。")
        for duty_list in DutyList.objects.without_file().select_related("unit"):
            self.stderr.write(f"{duty_list} 未能生成：{duty_list.pdf_error}")
