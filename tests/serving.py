"""The real application, started as people start it, for the tests that need more than one process."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# script/test names an environment of the locked runtime packages alone, so that nothing leans on what only tests have.
PYTHON = os.environ.get("RUNTIME_PYTHON") or sys.executable
# A first start with the demonstration county on two busy cores.
START_WITHIN = 240.0
STOP_WITHIN = 40.0
# Settings of the tests' own process that an installation out of the box does not have.
NOT_INHERITED = ("DATABASE_URL", "REDIS_URL", "DEBUG", "HTTPS", "SITE_URL", "EMAIL_URL", "SECRET_KEY", "ALLOWED_HOSTS")


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class RunningServer:
    """A started `manage.py serve`.

    Attributes:
        url: address of the start page without the closing slash.
        var_dir: its data directory.
        environment: what its own management commands have to be run with.
        process: the supervisor.
        log: what it and its children print.
    """

    url: str
    var_dir: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    log: Path

    def output(self) -> str:
        """Return what was printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a management command on the same data, as an administrator would beside the running server."""
        return run_manage(self.environment, *arguments)

    def wait_for(self, text: str, seconds: float) -> bool:
        """Wait until `text` is printed; False if the server ends before that or the time is over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if text in self.output():
                return True
            if self.process.poll() is not None:
                return text in self.output()
            time.sleep(0.1)
        return False


def environment_of(var_dir: Path, **more: str) -> dict[str, str]:
    """Return the environment of an installation in `var_dir`: out of the box, plus what is given."""
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    return inherited | {"VAR_DIR": str(var_dir), "DJANGO_SETTINGS_MODULE": "safetyplan.settings"} | more


def run_manage(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `manage.py` without a terminal; output and error output come back together in `stdout`."""
    return subprocess.run(
        [PYTHON, str(ROOT / "manage.py"), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=START_WITHIN,
        check=False,
    )


@contextmanager
def running_server(environment: dict[str, str], *options: str) -> Iterator[RunningServer]:
    """Start `manage.py serve` on a free port with these options, and stop it at the end.

    Raises:
        RuntimeError: if it does not come up; the message holds what it printed.
    """
    var_dir = Path(environment["VAR_DIR"])
    var_dir.mkdir(parents=True, exist_ok=True)
    port = free_port()
    log = var_dir / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [PYTHON, str(ROOT / "manage.py"), "serve", "--port", str(port), *options],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = RunningServer(f"http://127.0.0.1:{port}", var_dir, environment, process, log)
    try:
        if not server.wait_for("已就绪", START_WITHIN):
            raise RuntimeError(f"the server did not come up:\n{server.output()}")
        yield server
    finally:
        stop(server)


def stop(server: RunningServer) -> int:
    """End the server as `kill` does; return its exit code."""
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGTERM)
    try:
        return server.process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()
        raise


def processes_of(var_dir: Path) -> list[int]:
    """Return the processes of this machine that work on `var_dir`, by their environment or command line (Linux)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            known = (entry / "environ").read_bytes() + b"\0" + (entry / "cmdline").read_bytes()
            zombie = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            continue
        if not zombie and os.fsencode(var_dir) in known:
            found.append(int(entry.name))
    return found
