"""Read a work-points document and print what was found; nothing is stored."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tasks.reader import ReadingError, read_bytes, read_path
from tasks.reader.outline import outline


class Command(BaseCommand):
    """`manage.py read_plan [--json] FILE|-`: an outline for a person, or one JSON object; needs no database."""

    help = "读取一份工作要点，列出章节、条目、指标和时限（不写入数据库）"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="文件路径（.docx .pdf .txt .md）；用 - 表示从标准输入读取粘贴的文字")
        parser.add_argument("--json", action="store_true", dest="as_json", help="输出 JSON")
        parser.add_argument("--year", type=int, help="计划年度；不写则从文中读取")

    def handle(self, *args: Any, **options: Any) -> None:
        start: str = settings.FLOOD_SEASON_START
        year: int | None = options["year"]
        try:
            if options["file"] == "-":
                data = sys.stdin.buffer.read()
                reading = read_bytes(data, filename="", plan_year=year, flood_season_start=start)
            else:
                reading = read_path(Path(options["file"]), plan_year=year, flood_season_start=start)
        except ReadingError as error:
            raise CommandError(error.message) from error
        if options["as_json"]:
            self.stdout.write(json.dumps(reading.to_dict(), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(outline(reading))
