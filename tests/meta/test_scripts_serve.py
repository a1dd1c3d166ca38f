"""`manage.py serve` and `make_administrator` as an administrator meets them."""

import io
import os
import re
import signal
import socket
import time
import urllib.request
from pathlib import Path
from typing import Any

import psycopg2  # type: ignore[import-untyped]
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from responsibility.models import Membership, Role, Unit
from safetyplan import embedded_valkey
from tests.serving import environment_of, free_port, processes_of, run_manage, running_server, stop


def installation(var_dir: Path) -> dict[str, str]:
    """Return the environment of an empty installation on the kind of servers this run of the tests uses."""
    if connection.vendor == "sqlite":
        return environment_of(var_dir)
    server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    name = f"serve_{os.getpid()}_{time.monotonic_ns()}"
    admin = psycopg2.connect(os.environ["DATABASE_URL"])
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    admin.close()
    redis_server, _, _ = os.environ["REDIS_URL"].rpartition("/")
    return environment_of(var_dir, DATABASE_URL=f"{server}/{name}", REDIS_URL=f"{redis_server}/15")


def children_of(pid: int) -> dict[int, str]:
    """Return the direct children of a process with their command lines."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found[int(child)] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def test_life_of_an_installation(tmp_path: Path, settings: Any) -> None:
    environment = installation(tmp_path / "var")
    # As a user of a group of their own finds it: Debian's usual umask leaves it open to the group.
    (tmp_path / "var").mkdir()
    (tmp_path / "var").chmod(0o775)
    with running_server(environment, "--empty") as server:
        first_output = server.output()
        password = re.search(r"密码 +(\S+)", first_output)
        assert password
        assert len(password[1]) == 14
        assert server.url in first_output
        assert "演示账号" not in first_output
        with urllib.request.urlopen(f"{server.url}/accounts/login/", timeout=30) as answer:
            assert "csrfmiddlewaretoken" in answer.read().decode()
        # Nobody else on the machine reads the county's data.
        kept = [server.var_dir / name for name in ("db.sqlite3", "secret.key", "serve.lock", "valkey", "static")]
        assert [path.name for path in kept if path.exists() and path.stat().st_mode & 0o077] == []

        settings.VAR_DIR = server.var_dir
        with pytest.raises(CommandError, match=f"已被占用。本系统已在运行（.*进程 {server.process.pid}）"):
            call_command("serve", port=int(server.url.rpartition(":")[2]))
        with pytest.raises(CommandError, match="本系统已在运行"):
            call_command("serve", port=free_port())

        worker = next(pid for pid, command in children_of(server.process.pid).items() if " worker " in command)
        os.kill(worker, signal.SIGKILL)
        assert server.wait_for("后台任务意外退出（代码 -9）", 20)
        assert server.wait_for("后台任务已重新启动", 20)

        assert stop(server) == 0
        assert server.output().rstrip().endswith("已停止。")
        assert processes_of(server.var_dir) == []

    # The second start keeps the account, tells no password, and leaves nothing behind even when killed outright.
    with running_server(environment, "--empty") as server:
        assert "密码" not in server.output()
        assert "--empty 不起作用" in server.output()
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        deadline = time.monotonic() + 40
        while processes_of(server.var_dir) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert processes_of(server.var_dir) == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"port": 0}, "端口号 0 无效"),
        ({"port": 70000}, "端口号 70000 无效"),
        ({"host": "nowhere.invalid"}, "监听地址 nowhere.invalid 无效"),
        ({"host": "192.0.2.1"}, "无法监听 192.0.2.1"),
    ],
)
def test_an_address_that_cannot_be_listened_on_is_named(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("serve", **{"port": free_port()} | options)


def test_a_port_of_another_program_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"端口 {port} 已被占用。请先停止占用它的程序.*--port {port + 1}"):
            call_command("serve", port=port)


def test_a_broker_that_does_not_answer_is_named(tmp_path: Path) -> None:
    environment = environment_of(tmp_path / "var", REDIS_URL="redis://127.0.0.1:1/0")
    refused = run_manage(environment, "serve", "--port", "18999")
    assert refused.returncode == 1
    assert "REDIS_URL 指定的 Redis 服务连接不上" in refused.stdout
    assert "Traceback" not in refused.stdout


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    environment = environment_of(tmp_path / "var", DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    refused = run_manage(environment, "serve", "--port", "18998")
    assert refused.returncode == 1
    assert "请检查 DATABASE_URL" in refused.stdout
    assert "Traceback" not in refused.stdout
    assert processes_of(tmp_path / "var") == []


def test_socket_lies_beside_the_data_unless_the_path_is_too_long(tmp_path: Path) -> None:
    assert embedded_valkey.socket_path(Path("/srv/plan")) == Path("/srv/plan/valkey.sock")
    deep = tmp_path / ("长" * 40)
    short = embedded_valkey.socket_path(deep)
    assert len(os.fsencode(short)) <= embedded_valkey.LONGEST_SOCKET_PATH
    assert short == embedded_valkey.socket_path(deep)
    assert short != embedded_valkey.socket_path(deep / "other")


def test_socket_directory_open_to_others_is_refused(tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    with pytest.raises(PermissionError):
        embedded_valkey.make_private_directory(open_to_all)
    embedded_valkey.make_private_directory(tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


@pytest.mark.django_db
def test_the_first_administrator_gets_a_password_once_and_the_role() -> None:
    output = io.StringIO()
    call_command("make_administrator", interactive=False, stdout=output)
    user = User.objects.get(username="admin")
    password = re.search(r"密码 +(\S+)", output.getvalue())
    assert password
    assert user.check_password(password[1])
    membership = Membership.objects.get(user=user)
    assert membership.role == Role.ADMINISTRATOR
    assert membership.unit.kind == Unit.Kind.OFFICE


@pytest.mark.django_db
def test_an_administrator_is_not_made_twice() -> None:
    call_command("make_administrator", interactive=False, stdout=io.StringIO())
    with pytest.raises(CommandError, match=r"已存在.*changepassword"):
        call_command("make_administrator", interactive=False, stdout=io.StringIO())
    call_command("make_administrator", username="second", interactive=False, stdout=io.StringIO())
    assert Unit.objects.filter(kind=Unit.Kind.OFFICE).count() == 1


@pytest.mark.django_db
def test_a_user_name_with_blanks_is_refused() -> None:
    with pytest.raises(CommandError, match="无效"):
        call_command("make_administrator", username="a b", interactive=False, stdout=io.StringIO())
    assert not User.objects.exists()
