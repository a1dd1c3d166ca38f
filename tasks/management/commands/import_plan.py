"""Import a work-points document from a file, and publish it where every item has a lead."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.http import Http404

from accounts.models import User
from core.errors import UserError
from evidence.checks import MAX_BYTES
from responsibility.models import Role
from responsibility.selectors import people_of
from tasks.models import ItemDeadline, ItemTarget, Plan
from tasks.services.importing import DEFAULT_DUE, import_reading, read_document
from tasks.services.item_editing import accept_suggestions
from tasks.services.publishing import publish_plan


class Command(BaseCommand):
    """Read, keep as a draft, and with --publish turn into tasks."""

    help = "导入工作要点：读取 FILE 并存为草稿；加 --publish 则在每条都有牵头单位时发布。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="工作要点文件（.docx、文字版 .pdf 或 .txt）")
        parser.add_argument("--year", type=int, required=True, help="年度，例如 2026")
        parser.add_argument("--user", default="", metavar="USERNAME", help="以哪位安委办工作人员的名义办理")
        parser.add_argument(
            "--accept-suggestions",
            action="store_true",
            help="由您决定：把系统建议的牵头、配合单位全部采纳到各条目，不再逐条确认",
        )
        parser.add_argument("--publish", action="store_true", help="导入后发布；有条目未定牵头单位时不发布，保留草稿")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(
                options["file"],
                options["year"],
                user=options["user"],
                accept=options["accept_suggestions"],
                publish=options["publish"],
            )
        except UserError as error:
            raise CommandError(error.message) from error
        except (Http404, PermissionDenied) as error:
            raise CommandError(str(error)) from error

    def _run(self, path: Path, year: int, *, user: str, accept: bool, publish: bool) -> None:
        actor = _clerk(user)
        if publish and Plan.objects.filter(year=year, state=Plan.State.PUBLISHED).exists():
            raise CommandError(f"{year}年已有发布的工作要点，同一年度目前只能发布一份。去掉 --publish 可只存为草稿。")
        content = _read(path)
        read = read_document(content, filename=path.name, year=year)
        plan = import_reading(
            actor=actor,
            reading=read.reading,
            year=year,
            source_name=path.name,
            sha256=hashlib.sha256(content).hexdigest(),
        )
        if read.stated_year not in (None, year):
            self.stderr.write(f"注意：原文写的是{read.stated_year}年，已按{year}年导入。")
        self._say_what_was_read(plan)
        if accept:
            self._accept(actor, plan)
        if publish:
            self._publish(actor, plan)

    def _say_what_was_read(self, plan: Plan) -> None:
        items = plan.items.all()
        deadlines = ItemDeadline.objects.filter(item__plan=plan).count()
        targets = ItemTarget.objects.filter(item__plan=plan).count()
        self.stdout.write(f"已导入《{plan.title}》（草稿编号 {plan.pk}，{plan.year}年）")
        self.stdout.write(
            f"  章节 {plan.sections.count()}，条目 {items.count()}，量化指标 {targets}，时限 {deadlines}，"
            f"存疑 {plan.flags.count()}，剔除杂讯 {len(plan.noise)}"
        )
        self.stdout.write(
            f"  原文未写明时限、按年底计算 {items.filter(due_basis=DEFAULT_DUE).count()} 条，"
            f"有牵头建议 {items.filter(suggestions__part='lead').distinct().count()} 条"
        )

    def _accept(self, actor: User, plan: Plan) -> None:
        done = accept_suggestions(actor=actor, plan_id=plan.pk, item_ids=plan.items.values_list("pk", flat=True))
        self.stdout.write(f"按 --accept-suggestions 采纳建议单位：{done.changed} 条；没有建议 {done.without} 条")

    def _publish(self, actor: User, plan: Plan) -> None:
        try:
            tasks = publish_plan(actor=actor, plan_id=plan.pk)
        except UserError as error:
            where = f"草稿已保存（编号 {plan.pk}），请在浏览器“工作要点”中打开核对、定下单位后发布"
            hint = "" if plan.items.filter(lead__isnull=False).exists() else "；或加 --accept-suggestions 采纳系统建议"
            raise CommandError(f"{error.message}\n{where}{hint}。") from error
        units = len({task.lead_id for task in tasks})
        self.stdout.write(f"已发布：生成任务 {len(tasks)} 项，由 {units} 个单位牵头，已通知各单位联络员")


def _clerk(username: str) -> User:
    """Return the clerk in whose name the command acts; without a name the only one there is."""
    clerks = people_of(role=Role.OFFICE)
    if username:
        found = clerks.filter(username=username).first()
        if found is None:
            raise CommandError(f"“{username}”不是在岗的安委办工作人员，请核对用户名。")
        return found
    found_all = list(clerks[:6])
    if len(found_all) == 1:
        return found_all[0]
    if not found_all:
        raise CommandError("还没有在岗的安委办工作人员，请先在系统管理中建立账号和任职。")
    names = "、".join(person.username for person in found_all)
    raise CommandError(f"安委办有多名工作人员，请用 --user 指明以谁的名义办理：{names}。")


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CommandError(f"文件超过 {MAX_BYTES // 1024 // 1024} MB。请删去其中的图片后另存再导入。")
        return path.read_bytes()
    except FileNotFoundError:
        raise CommandError(f"没有找到文件“{path}”。") from None
    except OSError as error:
        raise CommandError(f"打不开文件“{path}”：{error.strerror}。") from error
