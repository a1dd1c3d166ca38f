"""Draft a quarter's report as the job and the button do, and write its PDF and XLSX file to a folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import UserError
from reports.quarters import read_quarter
from reports.services.drafting import make_report
from reports.services.rendering import report_pdf, report_xlsx


class Command(BaseCommand):
    help = (
        "编制季度报告：没有报告时生成草稿，已有草稿或已签发的报告时原样使用，不重新计算。"
        "加 --out 时写出PDF和附表；签发在网页上办理。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("quarter", help="年份和季度，例如 2026Q1")
        parser.add_argument("--out", type=Path, metavar="DIR", help="写出PDF和附表的目录")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path | None = options["out"]
        try:
            report, made = make_report(actor=None, quarter=read_quarter(options["quarter"]))
            state = "已生成草稿" if made else f"已有报告（{report.get_state_display()}）"
            self.stdout.write(f"{report.name}：{state}，数据截至{report.as_of:%Y-%m-%d}。")
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
                for suffix, content in (("xlsx", report_xlsx(report)), ("pdf", report_pdf(report))):
                    path = folder / f"{report.name}.{suffix}"
                    path.write_bytes(content)
                    self.stdout.write(f"已写出 {path}")
        except UserError as error:
            raise CommandError(error.message) from None
        except OSError as error:
            raise CommandError(f"不能写入目录 {folder}：{error.strerror}。请换一个可写的目录。") from None
