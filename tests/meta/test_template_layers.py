"""Templates and style sheets keep the order of the apps: a page uses parts of its own app, of apps to its left, of ui/.

Imports are watched by the contract in pyproject.toml; what a template includes or a view renders is not an import.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# Folders of templates that are not called like their app.
FOLDERS = {
    "account": "accounts",
    "api": "safetyplan",
    "consultations": "tasks",
    "directives": "tasks",
    "django": "core",
    "plans": "tasks",
    "ui": "core",
}
# Style sheets and scripts of one app; the others are everybody's.
SHEETS = {
    "plans": "tasks",
    "plan-check": "tasks",
    "letters": "supervision",
    "api": "safetyplan",
    "api-docs": "safetyplan",
}
NAMED_BY_TEMPLATE = re.compile(r"\{%\s*(?:include|extends|static)\s+[\"']([\w./-]+)[\"']")
NAMED_BY_CODE = re.compile(r"[\"']([a-z_]+/[\w-]+\.html)[\"']")


def _layers() -> list[str]:
    """Return the apps from left to right, as the contract of the imports has them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    return next(list(reversed(each["layers"])) for each in contracts if each["type"] == "layers")


LAYERS = _layers()


def owner(name: str) -> str:
    """Return the app whose template or static file this is; "" for one that is everybody's."""
    folder, _, rest = name.partition("/")
    stem = rest.partition(".")[0] if folder in ("css", "js") else folder
    app = {**FOLDERS, **SHEETS}.get(stem, stem)
    return app if app in LAYERS else ""


def reaching(app: str, text: str, named: re.Pattern[str]) -> Iterator[str]:
    """Yield the names in this text of `app` that belong to apps to its right."""
    for name in named.findall(text):
        other = owner(name)
        if other and LAYERS.index(other) > LAYERS.index(app):
            yield name


def test_the_check_finds_what_it_is_for() -> None:
    text = """{% include "tasks/_round.html" %}{% extends "base.html" %}{% include "ui/files.html" with files=files %}
        <link rel="stylesheet" href="{% static 'css/letters.css' %}"><link href="{% static 'css/app.css' %}">"""
    assert list(reaching("responsibility", text, NAMED_BY_TEMPLATE)) == ["tasks/_round.html", "css/letters.css"]
    assert list(reaching("tasks", text, NAMED_BY_TEMPLATE)) == ["css/letters.css"]
    assert list(reaching("reports", text, NAMED_BY_TEMPLATE)) == []
    assert list(reaching("tasks", 'render(request, "hazards/list.html")', NAMED_BY_CODE)) == ["hazards/list.html"]


@pytest.mark.parametrize("folder", sorted(path.name for path in (ROOT / "templates").iterdir() if path.is_dir()))
def test_a_template_uses_only_what_is_to_the_left_of_its_app(folder: str) -> None:
    app = FOLDERS.get(folder, folder)
    assert app in LAYERS
    # The shared parts are core's, and may not know any app's.
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "templates" / folder).rglob("*.html")
        for name in reaching(app, path.read_text(encoding="utf-8"), NAMED_BY_TEMPLATE)
    ]
    assert wrong == []


@pytest.mark.parametrize("app", LAYERS)
def test_an_app_renders_only_templates_of_apps_to_its_left(app: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / app).rglob("*.py")
        for name in reaching(app, path.read_text(encoding="utf-8"), NAMED_BY_CODE)
    ]
    assert wrong == []
