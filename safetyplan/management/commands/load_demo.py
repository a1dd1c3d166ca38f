"""Fill an empty database with the demonstration county."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from core import clock
from notifications.models import Notification
from responsibility.models import Unit
from safetyplan.demo.consultations import consultation_ledger
from safetyplan.demo.county import Account, People, county_name, make_people
from safetyplan.demo.directives import directive_ledger
from safetyplan.demo.drills import drill_events
from safetyplan.demo.duties import duty_events
from safetyplan.demo.enterprises import make_enterprises
from safetyplan.demo.hazards import hazard_ledger
from safetyplan.demo.plans import publish_demo_plan
from safetyplan.demo.present import live_through
from safetyplan.demo.replay import Event, Replay
from safetyplan.demo.reports import quarterly_reports
from safetyplan.demo.sectors import make_sectors
from safetyplan.demo.story import moment_of
from tasks.models import Plan, Task

# Older messages of the replayed year are not news to anybody.
NEWS_DAYS = 14
# Each makes what a ledger of the demonstration begins with and returns what happens in it, in no order.
LEDGERS: tuple[Callable[[People, datetime], list[Event]], ...] = (
    hazard_ledger,
    directive_ledger,
    drill_events,
    duty_events,
    quarterly_reports,
    consultation_ledger,
)


def accounts_text(accounts: list[Account]) -> str:
    """Return the accounts as aligned columns."""
    rows = [("角色", "姓名", "单位", "用户名", "密码")]
    rows += [(row.role, row.name, row.unit, row.username, row.password) for row in accounts]
    widths = [max(_width(row[column]) for row in rows) for column in range(5)]
    lines = [
        "  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)) for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


class Command(BaseCommand):
    help = "在空数据库中装入虚构的演示县（单位、人员、两年工作要点及办理过程），并生成演示账号。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, help="演示到哪一天为止（YYYY-MM-DD），默认今天")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists() or Unit.objects.exists() or Plan.objects.exists():
            raise CommandError("数据库中已有数据，不能装入演示县。请换一个空的数据目录（VAR_DIR）或空数据库后重试。")
        today: date = options["today"] or clock.today()
        until = clock.now() if options["today"] is None else moment_of(today, 18)
        with transaction.atomic():
            people = make_people()
            make_sectors(people, year=today.year - 1)
            make_enterprises(people, year=today.year - 1)
            stories = [
                publish_demo_plan(people, story="progress_last_year.json", year=today.year - 1, until=until),
                publish_demo_plan(people, story="progress.json", year=today.year, until=until),
            ]
            more = [event for ledger in LEDGERS for event in ledger(people, until)]
            events = live_through([Replay(people, story) for story in stories], until=until, more=more)
            Notification.objects.filter(created_at__lt=until - timedelta(days=NEWS_DAYS)).update(read_at=until)
        settings.COUNTY_FILE.write_text(county_name(), encoding="utf-8")
        text = accounts_text(people.accounts)
        self._keep_accounts(settings.VAR_DIR / "demo-accounts.txt", text)
        self.stdout.write(
            f"演示县已装入：单位{Unit.objects.count()}个，人员{User.objects.count()}名，任务{Task.objects.count()}项，"
            f"办理记录{events}条。演示账号：\n\n{text}"
        )

    def _keep_accounts(self, path: Path, text: str) -> None:
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(text, encoding="utf-8")
