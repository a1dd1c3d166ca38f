"""What has to be in place before the processes of a one-machine installation start; quick when nothing is missing."""

import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import OutputWrapper
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from core import clock

Say = Callable[[str], None]
# Beat sends the day's reminders at half past seven; a machine switched on later sends them when it starts.
REMINDERS_FROM = 8


def prepare_database(say: Say) -> None:
    """Apply the migrations that are not applied yet.

    Raises:
        django.db.OperationalError: if the database cannot be reached or written.
    """
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    say("正在建立或升级数据库……")
    call_command("migrate", interactive=False, verbosity=0)


def _static_fingerprint() -> str:
    """Return a digest of every static file's name, size and time of change, and of how they are stored."""
    digest = hashlib.sha256(f"{django.VERSION} {settings.STORAGES}".encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static_files(say: Say) -> None:
    """Collect, fingerprint and compress the static files if any changed since the last start."""
    stamp = settings.VAR_DIR / "static.stamp"
    fingerprint = _static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint and settings.STATIC_ROOT.is_dir():
        return
    say("正在整理界面文件……")
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(fingerprint)


def create_first_accounts(say: Say, output: OutputWrapper, *, empty: bool) -> bool:
    """On the very first start load the demonstration county or, with `empty`, make the first administrator.

    Either happens as a whole or not at all, so that an interrupted first start is simply repeated.

    Returns:
        Whether this was the first start.
    """
    if get_user_model().objects.exists():
        if empty:
            say("数据库里已有账号，--empty 不起作用；要从头开始，请换一个数据目录（VAR_DIR）。")
        return False
    with transaction.atomic():
        if empty:
            call_command("make_administrator", interactive=False, stdout=output)
        else:
            say("首次启动，正在装入演示县数据……")
            # Its accounts are printed with the address, on this start as on every later one.
            with open(os.devnull, "w") as nowhere:
                call_command("load_demo", stdout=nowhere)
    return True


def catch_up() -> None:
    """Do what the machine may have slept through: lamps up to today, and today's reminders once their hour has come.

    Both are harmless to repeat.
    """
    with open(os.devnull, "w") as nowhere:
        call_command("recompute_lamps", stdout=nowhere)
        if timezone.localtime(clock.now()).hour >= REMINDERS_FROM:
            call_command("send_reminders", stdout=nowhere)


def addresses(host: str) -> list[str]:
    """Return the addresses under which a browser reaches a server listening on `host`."""
    if host not in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return [f"[{host}]" if ":" in host else host]
    found: list[Any] = ["127.0.0.1"]
    # Connecting a datagram socket sends nothing; it only makes the kernel choose the outgoing address.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            found.append(probe.getsockname()[0])
        except OSError:
            return found
    return found
