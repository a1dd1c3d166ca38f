"""The read_plan command: outline for a person, JSON for programs, sentences for mistakes; no database."""

import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

TEXT = (
    "2026年县防震工作要点\n一、备灾\n（一）备好物资。汛前购置帐篷200顶、水泵3台。（责任单位：县应急管理局）\n二、演练\n"
)


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_json(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("read_plan", "--json", str(plan_file))
    reading = json.loads(capsys.readouterr().out)
    assert (reading["title"], reading["plan_year"]) == ("2026年县防震工作要点", 2026)
    assert [section["title"] for section in reading["sections"]] == ["备灾", "演练"]
    assert [target["value"] for target in reading["items"][0]["targets"]] == [3]


def test_outline(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("read_plan", str(plan_file))
    shown = capsys.readouterr().out
    for part in (
        "章节 2 个，条目 1 条",
        "二、演练（无条目）",
        "[1] （一）备好物资",
        "2026-04-30",
        "县应急管理局（责任）",
    ):
        assert part in shown


def test_the_countys_flood_season_is_used(
    plan_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "FLOOD_SEASON_START", "06-01")
    call_command("read_plan", str(plan_file))
    assert "2026-05-31" in capsys.readouterr().out


def test_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(TEXT.encode())))
    call_command("read_plan", "-", "--json", "--year", "2030")
    assert json.loads(capsys.readouterr().out)["plan_year"] == 2030


def test_mistakes_are_sentences(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    with pytest.raises(CommandError, match="空的"):
        call_command("read_plan", str(empty))
    with pytest.raises(CommandError, match="打不开文件"):
        call_command("read_plan", str(tmp_path / "none.txt"))


def test_the_reader_needs_no_django() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, tasks.reader; print('django' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
