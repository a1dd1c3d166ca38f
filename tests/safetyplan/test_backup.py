"""`deploy/backup` against a real PostgreSQL, and back again by the commands of docs/部署.md."""

import os
import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2  # type: ignore[import-untyped]
import pytest

from tests.servers import Postgres, folder_for_servers
from tests.serving import ROOT

pytestmark = pytest.mark.postgres


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    with folder_for_servers() as folder:
        made = Postgres(folder / "postgres")
        try:
            made.start()
            yield made
        finally:
            made.end()


def query(postgres: Postgres, database: str, statement: str) -> str:
    connection = psycopg2.connect(host="127.0.0.1", port=postgres.port, user="postgres", dbname=database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    connection.close()
    return str(row[0]) if row else ""


def back_up(postgres: Postgres, var_dir: Path, target: Path) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {
        "PGHOST": str(postgres.folder),
        "PGPORT": str(postgres.port),
        "PGUSER": "postgres",
        "DATABASE": "postgres",
        "VAR_DIR": str(var_dir),
    }
    command = [str(ROOT / "deploy" / "backup"), str(target)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def var_dir(tmp_path: Path) -> Path:
    made = tmp_path / "var"
    for name in ("media/letters/a.pdf", "fonts/own.ttf", "static/app.css", "beat-schedule"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(name, encoding="utf-8")
    return made


def test_what_was_backed_up_comes_back(postgres: Postgres, var_dir: Path, tmp_path: Path) -> None:
    query(postgres, "postgres", "CREATE TABLE task (title text)")
    query(postgres, "postgres", "INSERT INTO task VALUES ('开展演练')")
    target = tmp_path / "backup"
    old = target / "2020-01-01-013000"
    old.mkdir(parents=True)
    os.utime(old, (0, 0))
    done = back_up(postgres, var_dir, target)
    assert done.returncode == 0, done.stderr
    # Whole, for its owner alone, and in place of what is older than KEEP_DAYS.
    (made,) = target.iterdir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-\d{6}", made.name)
    assert str(made) in done.stdout
    assert made.stat().st_mode & 0o077 == 0
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=made, check=True)

    with tarfile.open(made / "files.tar.gz") as archive:
        archive.extractall(tmp_path / "restored", filter="data")
    restored = tmp_path / "restored"
    kept = sorted(str(path.relative_to(restored)) for path in restored.rglob("*") if path.is_file())
    assert kept == ["fonts/own.ttf", "media/letters/a.pdf"]

    query(postgres, "postgres", "CREATE DATABASE restored TEMPLATE template0 ENCODING 'UTF8'")
    with (made / "database.dump").open("rb") as dump:
        server = ["--host=127.0.0.1", f"--port={postgres.port}", "--username=postgres"]
        subprocess.run(["pg_restore", *server, "--dbname=restored", "--exit-on-error"], stdin=dump, check=True)
    assert query(postgres, "restored", "SELECT title FROM task") == "开展演练"


def test_a_backup_that_failed_leaves_nothing_that_looks_like_one(
    postgres: Postgres, var_dir: Path, tmp_path: Path
) -> None:
    postgres.stop()
    done = back_up(postgres, var_dir, tmp_path / "backup")
    assert done.returncode != 0
    assert list((tmp_path / "backup").iterdir()) == []
