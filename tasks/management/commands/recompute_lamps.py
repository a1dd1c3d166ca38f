"""Bring every open task's lamp to today: what the nightly job does."""

from typing import Any

from django.core.management.base import BaseCommand

from tasks.services.changes import recompute_lamps


class Command(BaseCommand):
    help = "按今天的日期重新计算所有任务的亮灯（每日自动运行，可重复执行）。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"亮灯已更新，{recompute_lamps()} 项任务变色。")
