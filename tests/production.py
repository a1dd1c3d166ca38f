"""The processes of a production site, started by the very commands of docker-compose.yml, and a visitor to it."""

import http.client
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

from tests.serving import PYTHON, ROOT, STOP_WITHIN

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
HOST = "county.example"
# Celery says this past any logging when it is asked to end.
SAID_ALOUD = ("", "worker: Warm shutdown (MainProcess)")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def command_of(service: str, **changed: str) -> list[str]:
    """Return the command compose runs for a service, with this installation's programs and the given words changed."""
    words = [changed.get(word, word) for word in COMPOSE["services"][service]["command"]]
    return [str(Path(PYTHON).parent / words[0]), *words[1:]]


def health_check_of(service: str, port: int) -> list[str]:
    """Return the command by which compose asks whether a service is well, for a web process on `port`."""
    kind, *words = COMPOSE["services"][service]["healthcheck"]["test"]
    command = ["sh", "-c", *words] if kind == "CMD-SHELL" else words
    return [word.replace("$$", "$").replace("127.0.0.1:8000", f"127.0.0.1:{port}") for word in command]


@dataclass
class Process:
    """One running program and what it logs (one JSON object a line)."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        """Return the whole lines logged so far.

        Raises:
            AssertionError: something was printed that is no JSON object.
        """
        text = self.log.read_text(encoding="utf-8")
        found = []
        for line in text[: text.rfind("\n") + 1].splitlines():
            if line in SAID_ALOUD:
                continue
            assert line.startswith("{"), f"{self.name} printed: {line}"
            found.append(json.loads(line))
        return found

    def children(self) -> set[int]:
        """Return the processes it started itself (Linux)."""
        pid = self.process.pid
        return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}

    def stop(self) -> int:
        """End it as compose and systemd do; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_WITHIN)


@contextmanager
def running(name: str, command: list[str], environment: dict[str, str], logs: Path) -> Iterator[Process]:
    """Start a program in the folder of the code; whatever of it is left at the end is killed."""
    log = logs / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Process(name, process, log)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass
class Answer:
    """What a visitor got."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Visitor:
    """A browser behind the TLS proxy: every request on a connection of its own, cookies kept."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def request(
        self, method: str, path: str, *, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send what the proxy would send on, and these headers; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "10.0.0.7",
            "Referer": f"https://{HOST}{path}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(form) if form is not None else None, sent | (headers or {}))
            got = connection.getresponse()
            for cookie in got.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return Answer(got.status, dict(got.headers.items()), got.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        """Open a page, with headers besides."""
        return self.request("GET", path, headers=headers)

    def submit(self, page: str, path: str, **form: str) -> Answer:
        """Send a form of `page` (its HTML) with its token."""
        token = TOKEN.search(page)
        assert token, page
        return self.request("POST", path, form={"csrfmiddlewaretoken": token[1], **form})

    def readiness(self) -> tuple[int, dict[str, str]]:
        """Ask as the container does, past the proxy."""
        answer = self.get("/readyz", Host=f"127.0.0.1:{self.port}", **{"X-Forwarded-Proto": "http"})
        return answer.status, json.loads(answer.text)["checks"]
