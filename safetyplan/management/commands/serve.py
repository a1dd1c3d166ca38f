"""Run the whole application on one machine: web, worker, beat and, unless REDIS_URL is set, the embedded Valkey."""

import errno
import fcntl
import http.client
import os
import socket
import sys
import time
from argparse import ArgumentParser
from typing import IO, Any

from django.conf import settings
from django.core.checks import CRITICAL
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections

from safetyplan import embedded_valkey
from safetyplan.management import preparation
from safetyplan.management.supervisor import Child, StopRequested, Supervisor

READY_WITHIN = 60.0
# Ctrl-C is answered within the supervisor's patience.
WEB_OPTIONS = "--config deploy/gunicorn.conf.py --graceful-timeout 8 safetyplan.wsgi"
WORKER_OPTIONS = "--loglevel WARNING --concurrency 1 --without-gossip --without-mingle --without-heartbeat"


class Command(BaseCommand):
    """`manage.py serve`: prepare the data, start every process, keep them alive until Ctrl-C."""

    help = "启动全部服务（网页、后台任务、定时任务，及自带的 Valkey），按 Ctrl+C 停止。"
    # Checked below, so that a failed check (fonts, for one) is told and does not keep the office from its work.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="网页端口，默认 8000")
        parser.add_argument("--host", default="127.0.0.1", help="监听地址，默认只供本机；0.0.0.0 供同一网络的电脑访问")
        parser.add_argument("--empty", action="store_true", help="首次启动不装演示数据，只建第一个系统管理员")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        host, port = options["host"], options["port"]
        self._require_free_port(host, port)
        with self._only_one(f"{host}:{port}"):
            # Data of the county: readable by the account that runs the service only.
            os.umask(0o077)
            supervisor = Supervisor(say=self._say)
            supervisor.listen()
            try:
                self._start_broker(supervisor)
                self._prepare(empty=options["empty"])
                self._start_processes(supervisor, host, port)
                self._announce(host, port, time.monotonic() - started)
                supervisor.watch()
            except StopRequested:
                pass
            finally:
                self._say("正在停止……")
                supervisor.stop()
        self._say("已停止。")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def _require_free_port(self, host: str, port: int) -> None:
        """Raise CommandError with a plain sentence unless the web server will be able to listen there."""
        if not 1 <= port <= 65535:
            raise CommandError(f"端口号 {port} 无效，请用 1024 到 65535 之间的数，例如 --port 8001。")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                probe.listen()
            except socket.gaierror as error:
                raise CommandError(f"监听地址 {host} 无效，请用 127.0.0.1 或 0.0.0.0。") from error
            except PermissionError as error:
                raise CommandError(f"没有权限使用端口 {port}，请换 1024 以上的端口，例如 --port 8000。") from error
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    running = self._running_instance()
                    hint = f"本系统已在运行（{running}）。" if running else ""
                    raise CommandError(
                        f"端口 {port} 已被占用。{hint}请先停止占用它的程序，或换一个端口，例如 --port {port + 1}。"
                    ) from error
                raise CommandError(f"无法监听 {host}:{port}：{error.strerror}。请检查 --host 和 --port。") from error

    def _running_instance(self) -> str:
        """Return what the running instance with the same data wrote about itself, empty if none runs."""
        path = settings.VAR_DIR / "serve.lock"
        if not path.exists():
            return ""
        with path.open() as note:
            try:
                fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return note.read().strip()
        return ""

    def _only_one(self, address: str) -> IO[str]:
        """Take the lock of the data directory; it goes with the process, however that ends.

        Raises:
            CommandError: if another instance with the same data runs.
        """
        descriptor = os.open(settings.VAR_DIR / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
        lock = os.fdopen(descriptor, "r+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise CommandError(
                f"本系统已在运行（{self._running_instance()}），数据目录 {settings.VAR_DIR} 同时只能启动一次。"
                "请直接打开浏览器使用，或先在那个窗口按 Ctrl+C 停止。"
            ) from error
        lock.truncate(0)
        lock.write(f"{address}，进程 {os.getpid()}")
        lock.flush()
        return lock

    def _child(self, name: str, command: list[str], *, needed_by_others: bool = False) -> Child:
        environment = os.environ | {
            "VAR_DIR": str(settings.VAR_DIR),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")])),
            "PYTHONUNBUFFERED": "1",
        }
        return Child(name, command, environment, settings.BASE_DIR, needed_by_others)

    def _start_broker(self, supervisor: Supervisor) -> None:
        """Start the embedded Valkey, or make sure that the server named by REDIS_URL answers."""
        if os.environ.get("REDIS_URL"):
            if not embedded_valkey.answers(settings.REDIS_URL):
                raise CommandError("REDIS_URL 指定的 Redis 服务连接不上，请检查该服务是否已启动、地址是否正确。")
            return
        path = embedded_valkey.socket_path(settings.VAR_DIR)
        if path.parent != settings.VAR_DIR:
            try:
                embedded_valkey.make_private_directory(path.parent)
            except PermissionError as error:
                raise CommandError(f"目录 {path.parent} 不属于当前用户或对他人开放，请删除后重试。") from error
        directory = settings.VAR_DIR / "valkey"
        directory.mkdir(exist_ok=True)
        valkey = self._child("内置 Valkey ", embedded_valkey.server_command(path, directory), needed_by_others=True)
        supervisor.add(valkey)
        if not supervisor.wait_for(valkey, lambda: embedded_valkey.answers(settings.REDIS_URL), READY_WITHIN):
            raise CommandError(f"内置的 Valkey 启动失败，原因见 {directory / 'valkey.log'}。")

    def _prepare(self, *, empty: bool) -> None:
        """Bring database, static files and first accounts up to date."""
        self.check(fail_level=CRITICAL)
        try:
            preparation.prepare_database(self._say)
            preparation.collect_static_files(self._say)
            # On the first start there is nothing the machine could have slept through.
            if not preparation.create_first_accounts(self._say, self.stdout, empty=empty):
                preparation.catch_up()
        except OperationalError as error:
            raise CommandError(
                f"数据库连接或写入失败：{error}".strip() + "。请检查 DATABASE_URL、数据库服务和磁盘空间。"
            ) from error
        finally:
            connections.close_all()

    def _start_processes(self, supervisor: Supervisor, host: str, port: int) -> None:
        bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        python = sys.executable
        celery = [python, "-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "-A", "safetyplan"]
        web = self._child("网页服务", [python, "-m", "gunicorn", *WEB_OPTIONS.split(), "--bind", bind])
        worker = self._child("后台任务", [*celery, "worker", *WORKER_OPTIONS.split()])
        schedule = str(settings.VAR_DIR / "beat-schedule")
        beat = self._child("定时任务", [*celery, "beat", "--loglevel", "WARNING", "--schedule", schedule, "--pidfile="])
        # The web first and alone: on a small machine it answers sooner, and nobody waits for the other two.
        supervisor.add(web)
        if not supervisor.wait_for(web, lambda: self._web_answers(host, port), READY_WITHIN):
            raise CommandError("网页服务没有启动成功，原因见上面的输出。")
        supervisor.add(worker)
        supervisor.add(beat)

    def _web_answers(self, host: str, port: int) -> bool:
        own = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
        connection = http.client.HTTPConnection(own, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _announce(self, host: str, port: int, seconds: float) -> None:
        self._say(f"\n已就绪（用时 {seconds:.1f} 秒），请用浏览器打开：")
        for address in preparation.addresses(host):
            self._say(f"    http://{address}:{port}/")
        if host == "127.0.0.1":
            self._say("（只供本机访问；要让同一网络的其他电脑使用，启动时加 --host 0.0.0.0。）")
        accounts = settings.VAR_DIR / "demo-accounts.txt"
        if accounts.exists():
            self._say(f"\n演示账号（也记在 {accounts}）：\n{accounts.read_text(encoding='utf-8').strip()}")
        self._say("\n按 Ctrl+C 停止。")
