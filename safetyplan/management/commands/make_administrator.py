"""Make an administrator's account: the first one of an empty installation, or one more."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from accounts.services import generate_password
from core import clock
from responsibility.models import Membership, Role, Unit


def office_unit() -> Unit:
    """Return the unit of the safety committee office, made here if the county has no unit yet."""
    found = Unit.objects.filter(kind=Unit.Kind.OFFICE).first()
    if found:
        return found
    return Unit.objects.create(
        code="AWB",
        name=f"{settings.COUNTY_NAME}安全生产委员会办公室",
        short_name=f"{settings.COUNTY_NAME}安委办",
        kind=Unit.Kind.OFFICE,
    )


class Command(BaseCommand):
    """`manage.py make_administrator`: ask for name and password at a terminal, else generate and print once."""

    help = "建立系统管理员账号；不在终端里运行时自动生成密码并显示一次。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default="admin", help="用户名，默认 admin")
        parser.add_argument("--name", default="系统管理员", help="姓名")
        parser.add_argument("--no-input", action="store_false", dest="interactive", help="不提问，自动生成密码")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User(username=options["username"], display_name=options["name"], is_staff=True, is_superuser=True)
        try:
            User.username_validator(user.username)
        except ValidationError as error:
            raise CommandError(f"用户名“{user.username}”无效，只能用字母、数字和 @ . + - _。") from error
        if User.objects.filter(username=user.username).exists():
            raise CommandError(
                f"用户名“{user.username}”已存在，请用 --username 换一个；"
                f"忘记密码请运行 manage.py changepassword {user.username}。"
            )
        asked = self._ask_password(user) if options["interactive"] and sys.stdin.isatty() else ""
        password = asked or generate_password()
        user.set_password(password)
        with transaction.atomic():
            user.save()
            Membership.objects.create(user=user, unit=office_unit(), role=Role.ADMINISTRATOR, valid_from=clock.today())
        self.stdout.write(f"已建立系统管理员账号：\n    用户名  {user.username}")
        if asked:
            self.stdout.write("    密码    刚才输入的密码")
        else:
            self.stdout.write(f"    密码    {password}\n密码只显示这一次，请记下，并在首次登录后修改。")

    def _ask_password(self, user: User) -> str:
        """Ask until the password is good enough and typed the same twice; empty means: generate one."""
        while True:
            password = getpass.getpass(f"为“{user.username}”设置密码（直接回车则自动生成）：")
            if not password:
                return ""
            try:
                validate_password(password, user)
            except ValidationError as error:
                self.stderr.write("".join(error.messages) + "请重新输入。")
                continue
            if getpass.getpass("再输入一次：") == password:
                return password
            self.stderr.write("两次输入的密码不一致，请重新输入。")
