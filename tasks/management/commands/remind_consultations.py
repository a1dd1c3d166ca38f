"""Remind the units that have not answered a round of 征求意见: what the daily job does."""

from typing import Any

from django.core.management.base import BaseCommand

from tasks.services.consulting import remind_consultations


class Command(BaseCommand):
    help = "提醒即将到期还没有反馈征求意见的单位（每日自动运行，可重复执行，同一天不重发）。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已提醒 {remind_consultations()} 个单位。")
