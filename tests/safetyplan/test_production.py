"""The production path once as real processes: two gunicorn workers, a Celery worker and beat on PostgreSQL and Redis.

They are started by the commands of docker-compose.yml, which the systemd units share, and lose one thing after the
other: a web worker, the broker, the database.
"""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.county import PASSWORD
from tests.production import HOST, Process, Visitor, command_of, health_check_of, running
from tests.servers import Postgres, Valkey, folder_for_servers, poll
from tests.serving import PYTHON, ROOT, environment_of, free_port, run_manage

pytestmark = pytest.mark.postgres
KEY = "not-a-real-key-only-for-this-test-0123456789-abcdefghijklmnop"
ALL_WELL = {"database": "ok", "migrations": "ok", "broker": "ok", "beat": "ok"}


class Site:
    """The installation with all that belongs to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = Postgres(folder / "postgres")
        self.valkey = Valkey(folder / "valkey")
        self.port = free_port()
        self.visitor = Visitor(self.port)
        self.environment = environment_of(
            folder / "var",
            DATABASE_URL=self.postgres.url,
            REDIS_URL=self.valkey.url,
            SECRET_KEY=KEY,
            ALLOWED_HOSTS=HOST,
            HTTPS="true",
            LOG_FORMAT="json",
            # Tests run as root where the suite does.
            PYTHONWARNINGS="ignore:You're running the worker",
        )
        self.stack = ExitStack()
        self.drafts: list[str] = []

    def manage(self, *arguments: str) -> str:
        done = run_manage(self.environment, *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def prepare(self) -> None:
        """Do what the service `migrate` of compose and the build of the image do, and make the county of the test."""
        self.manage("check", "--deploy", "--fail-level", "WARNING")
        self.manage("migrate", "--noinput")
        self.manage("collectstatic", "--noinput")
        seed = [sys.executable, "manage.py", "shell", "--no-imports", "-c"]
        code = "from tests.production_seed import seed; seed()"
        done = subprocess.run([*seed, code], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True)
        self.drafts = done.stdout.split()

    def start(self, service: str, **changed: str) -> Process:
        command = command_of(service, **changed)
        return self.stack.enter_context(running(service, command, self.environment, self.folder))

    def is_well(self, service: str) -> bool:
        """Ask as compose does."""
        more = {"PATH": f"{Path(PYTHON).parent}:{os.environ['PATH']}", "HOSTNAME": socket.gethostname()}
        command = health_check_of(service, self.port)
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment | more, capture_output=True, timeout=60, check=False
        )
        return done.returncode == 0

    def end(self) -> None:
        self.stack.close()
        self.valkey.stop()
        self.postgres.end()


@pytest.fixture
def site() -> Iterator[Site]:
    with folder_for_servers() as folder:
        made = Site(folder)
        try:
            made.postgres.start()
            made.valkey.start()
            made.prepare()
            yield made
        finally:
            made.end()


def test_a_production_site_works_and_survives(site: Site) -> None:
    web = site.start("web", **{"0.0.0.0:8000": f"127.0.0.1:{site.port}"})
    worker = site.start("worker")
    beat = site.start("beat", **{"--schedule=/var/lib/safetyplan/beat-schedule": f"--schedule={site.folder}/beat"})
    visitor = site.visitor
    poll(lambda: _answers(visitor), 60, "the web answers")
    poll(lambda: visitor.readiness() == (200, ALL_WELL), 60, "everything is ready, the clock included")
    assert [site.is_well(service) for service in ("web", "worker", "beat")] == [True, True, True]

    log_in(visitor)
    both_workers_serve_and_one_may_die(web, visitor)
    a_letter_becomes_a_pdf(site, worker, site.drafts[0])

    site.valkey.stop()
    assert not site.is_well("worker")
    poll(lambda: visitor.readiness() == (503, ALL_WELL | {"broker": "failed"}), 20, "the broker is missed")
    assert visitor.get("/tasks/").status == 200
    site.valkey.start()
    poll(lambda: visitor.readiness() == (200, ALL_WELL), 20, "the broker is found again")
    # The worker found it again, too.
    a_letter_becomes_a_pdf(site, worker, site.drafts[1])

    the_database_goes_and_comes_back(site)

    for process in (beat, worker, web):
        assert process.process.poll() is None, process.log.read_text()
        assert process.stop() == 0, process.log.read_text()
        assert_no_secret(process)


def _answers(visitor: Visitor) -> bool:
    try:
        return visitor.get("/healthz").status == 200
    except OSError:
        return False


def log_in(visitor: Visitor) -> None:
    assert visitor.get("/tasks/").headers["Location"].startswith("/accounts/login/")
    page = visitor.get("/accounts/login/")
    # Fingerprinted files, with the headers of a site behind TLS.
    style = re.search(r'href="(/static/css/app\.[0-9a-f]{12}\.css)"', page.text)
    assert style
    assert visitor.get(style[1]).headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    answer = visitor.submit(page.text, "/accounts/login/", login="office", password=PASSWORD)
    assert (answer.status, answer.headers["Location"]) == (302, "/")
    assert visitor.get("/tasks/").status == 200
    # Without the proxy's word that it was HTTPS, one is sent there.
    plain = visitor.get("/tasks/", **{"X-Forwarded-Proto": "http"})
    assert (plain.status, plain.headers["Location"]) == (301, f"https://{HOST}/tasks/")


def served_by(web: Process) -> set[int]:
    return {line["process"] for line in web.lines() if line["logger"] == "core.requests" and line["status"] == 200}


def both_workers_serve_and_one_may_die(web: Process, visitor: Visitor) -> None:
    def fetch() -> bool:
        assert visitor.get("/tasks/").status == 200
        return len(served_by(web)) == 2

    poll(fetch, 30, "a page from either worker")
    victim = min(web.children())
    os.kill(victim, signal.SIGKILL)

    def replaced() -> bool:
        assert visitor.get("/tasks/").status == 200
        return len(web.children()) == 2 and victim not in web.children()

    poll(replaced, 30, "another worker in its place, while pages are served")


def a_letter_becomes_a_pdf(site: Site, worker: Process, pk: str) -> None:
    page = site.visitor.get(f"/letters/{pk}/").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    answer = site.visitor.submit(page, f"/letters/{pk}/do/issue/", version=version[1], signatory="冀立夏")
    assert answer.status == 302
    poll(lambda: site.visitor.get(f"/letters/{pk}/pdf/").status == 200, 60, "the worker's PDF")
    assert site.visitor.get(f"/letters/{pk}/pdf/").body.startswith(b"%PDF-")
    # The job's line knows which request ordered it.
    number = answer.headers["X-Request-ID"]
    (line,) = [line for line in worker.lines() if line.get("request_id") == number and line["message"] == "job"]
    assert (line["job"], line["state"]) == ("supervision.jobs.render_letter", "SUCCESS")


def the_database_goes_and_comes_back(site: Site) -> None:
    visitor = site.visitor
    login = visitor.get("/accounts/logout/").text
    site.postgres.stop()
    away = visitor.get("/tasks/")
    assert (away.status, away.headers["Retry-After"]) == (503, "30")
    assert "数据库暂时连接不上" in away.text
    assert f"错误编号：<code>{away.headers['X-Request-ID']}</code>" in away.text
    # Neither a change nor a page that would be refused is answered otherwise.
    assert visitor.submit(login, "/accounts/logout/").status == 503
    assert visitor.get("/nowhere/").status == 503
    assert visitor.get("/tasks/", **{"HX-Request": "true"}).status == 503
    assert visitor.get("/healthz").status == 200
    failed = ALL_WELL | dict.fromkeys(("database", "migrations", "beat"), "failed")
    assert visitor.readiness() == (503, failed)
    site.postgres.start()
    # The same session goes on.
    assert visitor.get("/tasks/").status == 200
    assert visitor.readiness() == (200, ALL_WELL)


def assert_no_secret(process: Process) -> None:
    text = process.log.read_text(encoding="utf-8")
    assert process.lines() or process.name != "web"
    for secret in (KEY, PASSWORD, Valkey.PASSWORD):
        assert secret not in text
