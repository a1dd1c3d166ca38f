"""What the application imports is what its installation brings: nothing leans on a package only the tests have."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OWN = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} | {"manage"}


def normal(name: str) -> str:
    """Return a distribution's name as requirements files write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported_modules() -> Iterator[tuple[str, Path]]:
    """Return each top-level module that code outside the tests imports, with the file that does."""
    for app in OWN - {"tests", "manage"}:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    yield from ((alias.name.partition(".")[0], path) for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module.partition(".")[0], path


def test_every_import_is_installed_by_the_runtime_requirements() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    locked = {normal(line.partition("==")[0]) for line in lines if "==" in line}
    distributions = packages_distributions()
    missing = {
        f"{path.relative_to(ROOT)}: {module}"
        for module, path in imported_modules()
        if module not in OWN
        and module not in sys.stdlib_module_names
        and not {normal(name) for name in distributions.get(module, [])} & locked
    }
    assert missing == set()


def test_the_locks_carry_hashes_and_no_addresses() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        blocks = re.split(r"\n(?=\S)", text.strip())
        assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
