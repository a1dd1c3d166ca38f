"""Fill an installation with the usual sectors and who leads them."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import UserError
from responsibility.services.sector_presets import PROPOSED_BASIS, load_sectors


class Command(BaseCommand):
    """`manage.py load_sectors`: safe to run again, what the county has is left alone."""

    help = "装入常用行业领域及主管部门（按单位全称末尾匹配）；可重复执行，已有的行业领域不改动。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--basis", default=PROPOSED_BASIS, help="依据（文件名称、文号），例如“清安委〔2025〕3号”")
        parser.add_argument("--from", dest="valid_from", type=date.fromisoformat, help="起始日期，默认今年1月1日")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = load_sectors(actor=None, basis=options["basis"], valid_from=options["valid_from"])
        except UserError as error:
            raise CommandError(error.message) from error
        self.stdout.write(done.in_words())
        for sector, partner in done.without_partner:
            self.stdout.write(f"“{sector}”的配合部门“{partner}”未找到对应单位，未列入。")
