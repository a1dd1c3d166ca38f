"""What the first start leaves in the data directory: one key whoever came first, for nobody else's eyes."""

import os
import secrets
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from safetyplan import settings


def test_two_processes_that_start_together_have_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    make = secrets.token_urlsafe
    other: list[str] = []

    def slowly(size: int) -> str:
        if not other:
            other.append("")
            other[0] = settings._secret_key()
        return make(size)

    monkeypatch.setattr(secrets, "token_urlsafe", slowly)
    assert [settings._secret_key(), settings._secret_key()] == other * 2
    assert len(other[0]) >= 50
    assert os.listdir(tmp_path) == ["secret.key"]


def test_data_directory_and_key_are_private(tmp_path: Path) -> None:
    var_dir = tmp_path / "new" / "var"
    environment = os.environ | {"VAR_DIR": str(var_dir)}
    environment.pop("SECRET_KEY", None)
    command = [sys.executable, "-c", "import os; os.umask(0o022); import safetyplan.settings"]
    subprocess.run(command, check=True, env=environment, cwd=settings.BASE_DIR)
    assert stat.S_IMODE(var_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((var_dir / "secret.key").stat().st_mode) == 0o600
