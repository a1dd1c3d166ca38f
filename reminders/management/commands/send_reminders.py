"""Do what the daily job does: write reminder rows, send the digests, and deliver their e-mails."""

from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core import clock
from notifications.outbox import send_outbox
from reminders.services import scan, send_digests

# When the daily job runs (see CELERY_BEAT_SCHEDULE); a past day is replayed as of this time.
MORNING = time(7, 30)


class Command(BaseCommand):
    """`manage.py send_reminders [--day YYYY-MM-DD]`."""

    help = "生成到期提醒并发送每日摘要（站内消息和邮件）；每天自动执行，可重复运行，不会重复发送。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", help="按哪一天计算，格式 2026-07-15；默认今天，不能晚于今天")

    def handle(self, *args: Any, **options: Any) -> None:
        today = clock.today()
        day = self._parse(options["day"]) if options["day"] else today
        if day > today:
            raise CommandError(f"--day 不能晚于今天（{today}）：提前写入的提醒到时不会再发。")
        moment = clock.now() if day == today else timezone.make_aware(datetime.combine(day, MORNING))
        with clock.travel(moment):
            written, sent = scan(day), send_digests(day)
        mails = send_outbox()
        self.stdout.write(
            f"{day}：新增提醒 {written} 条，发出摘要 {sent} 份，发送邮件 {mails.sent} 封"
            f"（待重试 {mails.put_off} 封，失败 {mails.failed} 封）。"
        )

    def _parse(self, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise CommandError(f"日期“{text}”不对，请写成 2026-07-15 这样的格式。") from error
