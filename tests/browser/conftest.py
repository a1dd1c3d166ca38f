"""A real Chromium against the real application, started as people start it, with the demonstration county."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visitor import ARTIFACTS, Visitor
from tests.serving import RunningServer, environment_of, running_server

pytest.register_assert_rewrite(*(f"tests.browser.steps_{part}" for part in ("plan", "work", "watch", "letters")))

CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]

FAILED = pytest.StashKey[bool]()


def chromium() -> str:
    """Return the path of the machine's Chromium: CHROMIUM, else the first one on the PATH.

    Raises:
        RuntimeError: if there is none; the tests fail then, they do not skip.
    """
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else CHROMIUM_NAMES
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    raise RuntimeError("no Chromium on this machine; run script/setup --dev or name one by CHROMIUM")


@dataclass(frozen=True)
class DemoServer:
    """The running application and the passwords of its demonstration accounts by user name."""

    server: RunningServer
    passwords: dict[str, str]

    @property
    def url(self) -> str:
        """Address of the start page without the closing slash."""
        return self.server.url


def demo_passwords(var_dir: Path) -> dict[str, str]:
    """Return user name → password from the list written on the first start (its last two columns)."""
    lines = (var_dir / "demo-accounts.txt").read_text(encoding="utf-8").splitlines()[1:]
    columns = [re.split(r"\s{2,}", line.strip()) for line in lines if line.strip()]
    return {row[-2]: row[-1] for row in columns}


@pytest.fixture(scope="session")
def demo_server() -> Iterator[DemoServer]:
    """Run the application out of the box (SQLite, embedded Valkey, real worker) with the demonstration county."""
    with tempfile.TemporaryDirectory(prefix="safetyplan-browser-") as scratch:
        var_dir = Path(scratch) / "var"
        with running_server(environment_of(var_dir)) as server:
            yield DemoServer(server, demo_passwords(var_dir))


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """Run one Chromium for all browser tests.

    Its driver has an event loop in this thread; Django is told that the database may be used from it all the same.
    """
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


NewVisitor = Callable[..., Visitor]


@pytest.fixture
def new_visitor(
    chromium_browser: Browser, demo_server: DemoServer, request: pytest.FixtureRequest
) -> Iterator[NewVisitor]:
    """Give `new_visitor(username="", script=True)`: a fresh browser window at 1366×768, logged in if a name is given.

    What a window complained of fails the test at its end.
    """
    visitors: list[Visitor] = []
    with ExitStack() as windows:

        def open_window(username: str = "", *, script: bool = True) -> Visitor:
            context = chromium_browser.new_context(
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                viewport={"width": 1366, "height": 768},
                java_script_enabled=script,
                accept_downloads=True,
            )
            windows.callback(context.close)
            visitor = Visitor(context.new_page(), demo_server.url)
            visitor.watch(context)
            visitors.append(visitor)
            if username:
                visitor.log_in(username, demo_server.passwords[username])
            return visitor

        yield open_window
        if request.node.stash.get(FAILED, False):
            for number, visitor in enumerate(visitors):
                visitor.picture(f"failed-{request.node.name}-{number}")
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Leave word for `new_visitor` that the test failed, so that it keeps a last picture."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where the pictures are."""
    if ARTIFACTS.is_dir():
        terminalreporter.write_line(f"screenshots: {ARTIFACTS}")
