"""Make the files of every issued report that lacks one: what the sweeping job does."""

from typing import Any

from django.core.management.base import BaseCommand

from reports.models import Report
from reports.services.rendering import render_missing_reports


class Command(BaseCommand):
    help = "为已签发而缺少PDF或附表的季度报告生成文件（后台每10分钟自动运行，可重复执行）。"

    def handle(self, *args: Any, **options: Any) -> None:
        made = render_missing_reports()
        self.stdout.write(f"已为 {made} 份报告生成文件。")
        for report in Report.objects.without_files().light():
            self.stderr.write(f"{report.name} 未能生成：{report.file_error}")
