"""Tell what of the installation is in order: `/readyz` for a terminal, a container's health check and a script."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from safetyplan.health import PARTS, readiness

WORDS = {
    "database": "数据库",
    "migrations": "数据库结构",
    "broker": "消息队列（Redis）",
    "beat": "定时任务和后台任务",
}


class Command(BaseCommand):
    """`manage.py readiness [--only PART …]`: exit code 0 if all of it is in order, else 1."""

    help = "检查数据库、数据库结构、消息队列和定时任务是否正常；全部正常时退出码为 0。"
    # A health check has to be quick and must not fail for want of a typeface.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", nargs="+", choices=list(PARTS), default=[], help="只检查这几项")

    def handle(self, *args: Any, **options: Any) -> None:
        found = readiness(options["only"])
        for name, holds in found.items():
            self.stdout.write(f"{WORDS[name]}：{'正常' if holds else '不正常'}")
        failed = [WORDS[name] for name, holds in found.items() if not holds]
        if failed:
            raise CommandError(f"{'、'.join(failed)}不正常，请查看日志。")
