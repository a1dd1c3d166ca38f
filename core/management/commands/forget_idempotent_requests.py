"""Do what the daily job does: delete stored answers of the interface that are no longer kept."""

from typing import Any

from django.core.management.base import BaseCommand

from core.api.idempotency import forget_expired


class Command(BaseCommand):
    """`manage.py forget_idempotent_requests`."""

    help = "删除已过保留期的接口幂等请求记录；每天自动执行，可重复运行。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已删除 {forget_expired()} 条过期记录。")
