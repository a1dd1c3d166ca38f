"""A migrated SQLite database to begin with: running every migration costs each short test run several seconds.

The first run keeps a copy of the database it has migrated, named after the migrations; later runs load it into
memory before Django looks, which then finds nothing left to apply. PostgreSQL always migrates.
"""

import hashlib
import sqlite3
from pathlib import Path

import django
from django.conf import settings
from django.db import connection


def fingerprint() -> str:
    """Return a name for the state that all migrations of this checkout lead to."""
    digest = hashlib.sha256(f"{django.VERSION}{sqlite3.sqlite_version}".encode())
    root = Path(settings.BASE_DIR)
    digest.update((root / "requirements.txt").read_bytes())
    for path in sorted(root.glob("*/migrations/*.py")):
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()[:20]


def load(folder: Path) -> sqlite3.Connection | None:
    """Fill the database in memory that the tests will open from the kept copy.

    Args:
        folder: where copies are kept.

    Returns:
        A connection that keeps the database alive, to be closed at the end; None where nothing was loaded.
    """
    kept = folder / f"{fingerprint()}.sqlite3"
    if connection.vendor != "sqlite" or not kept.exists():
        return None
    alive = sqlite3.connect("file:memorydb_default?mode=memory&cache=shared", uri=True)
    source = sqlite3.connect(kept)
    source.backup(alive)
    source.close()
    return alive


def keep(folder: Path) -> None:
    """Keep a copy of the database just migrated, unless there is one; copies of former migrations are removed."""
    kept = folder / f"{fingerprint()}.sqlite3"
    if connection.vendor != "sqlite" or kept.exists():
        return
    for former in folder.glob("*.sqlite3"):
        former.unlink(missing_ok=True)
    # A whole copy gets its name at once: another worker may be doing the same.
    fresh = kept.with_suffix(f".{id(connection)}")
    target = sqlite3.connect(fresh)
    connection.ensure_connection()
    connection.connection.backup(target)
    target.close()
    fresh.replace(kept)
