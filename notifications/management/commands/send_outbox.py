"""Send the waiting e-mails now, as the job does every few minutes."""

from typing import Any

from django.core.management.base import BaseCommand

from notifications.outbox import send_outbox


class Command(BaseCommand):
    """`manage.py send_outbox`."""

    help = "发送到期的待发邮件（后台每 5 分钟自动执行，可重复运行）。"

    def handle(self, *args: Any, **options: Any) -> None:
        done = send_outbox()
        self.stdout.write(f"邮件：已发送 {done.sent} 封，待重试 {done.put_off} 封，失败 {done.failed} 封。")
