"""Keeps the processes of a one-machine installation alive, and leaves none behind when it stops."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
# A process that ran this many seconds is taken as sound again: its next restart waits only FIRST_DELAY.
SOUND_AFTER = 60.0
GRACE = 10.0
POLL_EVERY = 0.2
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)


class StopRequested(BaseException):
    """Somebody asked the supervisor to end (Ctrl-C, SIGTERM, closed terminal) while it was preparing."""


def _end_with_parent() -> None:
    """Ask the kernel to end this process when the supervisor is gone, even if that was killed outright."""
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One program under supervision; it leads a process group of its own, so a terminal's Ctrl-C passes it by."""

    name: str
    command: list[str]
    environment: dict[str, str]
    directory: Path
    # Others talk to it until their end, so it is stopped after them.
    needed_by_others: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    delay: float = FIRST_DELAY
    restart_at: float | None = None

    def start(self) -> None:
        """Start the program.

        Raises:
            OSError: if it cannot be executed.
        """
        self.restart_at = None
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
            self.command,
            env=self.environment,
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )

    def exit_code(self) -> int | None:
        """Return the exit code of the program (negative: the signal that ended it), None while it runs."""
        return self.process.poll() if self.process else None

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the program and everything it started."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def terminate(self) -> None:
        """Ask the program itself to end; it takes its own children down in order."""
        if self.process and self.process.poll() is None:
            self.process.terminate()


@dataclass
class Supervisor:
    """Starts children, restarts the ones that die, stops them in reverse order of dependence."""

    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    preparing: bool = True
    stop_signals: int = 0

    def listen(self) -> None:
        """Take over SIGINT, SIGTERM and SIGHUP of the calling (main) thread."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stop_signals += 1
        if self.preparing and self.stop_signals == 1:
            raise StopRequested

    def add(self, child: Child) -> None:
        """Start a child and look after it from now on."""
        child.start()
        self.children.append(child)

    def wait_for(self, child: Child, ready: Callable[[], bool], seconds: float) -> bool:
        """Wait until `ready` answers yes; False if the child ends before that or the time is over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if ready():
                return True
            if child.exit_code() is not None:
                return False
            time.sleep(0.05)
        return False

    def watch(self) -> None:
        """Restart whatever dies, until a stop signal arrives."""
        self.preparing = False
        while not self.stop_signals:
            for child in self.children:
                self._tend(child)
            time.sleep(POLL_EVERY)

    def _tend(self, child: Child) -> None:
        now = time.monotonic()
        if child.restart_at is not None:
            if now >= child.restart_at:
                child.start()
                self.say(f"{child.name}已重新启动。")
            return
        code = child.exit_code()
        if code is None:
            return
        child.signal_group(signal.SIGKILL)
        if now - child.started_at >= SOUND_AFTER:
            child.delay = FIRST_DELAY
        self.say(f"{child.name}意外退出（代码 {code}），{child.delay:.0f} 秒后重新启动。")
        child.restart_at = now + child.delay
        child.delay = min(child.delay * 2, LONGEST_DELAY)

    def stop(self) -> None:
        """End all children, those the others need at the very end.

        A child gets GRACE seconds to finish what it does; a second stop signal cuts that short.
        """
        self.preparing = False
        signals_before = self.stop_signals
        for needed in (False, True):
            self._end([child for child in self.children if child.needed_by_others is needed], signals_before)
        self.children.clear()

    def _end(self, children: list[Child], signals_before: int) -> None:
        for child in children:
            child.terminate()
        deadline = time.monotonic() + GRACE
        while any(child.process and child.process.poll() is None for child in children):
            if time.monotonic() >= deadline or self.stop_signals > signals_before:
                break
            time.sleep(0.05)
        for child in children:
            child.signal_group(signal.SIGKILL)
            if child.process:
                child.process.wait()
