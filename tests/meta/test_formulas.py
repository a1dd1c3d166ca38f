"""What people type never becomes a formula in a spreadsheet they download, whatever list it comes from."""

import io
import zipfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, InternalError, models, transaction
from django.urls import reverse
from openpyxl import load_workbook

from spreadsheets.export import XLSX, Column, Sheet, workbook
from tests.meta.scene import Scene
from tests.meta.url_roles import ROLES
from tests.meta.walk import Row, files

pytestmark = pytest.mark.django_db
# What a spreadsheet takes for a formula, or another program when the sheet is saved as text.
BEGINNINGS = ("=1+1", "+1+1", "-1+1", '@SUM("1")', '=HYPERLINK("//example.test","x")', "=cmd|' /C calc'!A0")
# Fields whose content is not typed in, or decides where an object is found.
KEPT = {"password", "username", "sha256", "media_type", "owner_type", "content", "pdf", "path", "session_key", "key"}
# Rows of each model that are changed.
ROWS = 40


def typed_fields(model: type[models.Model]) -> Iterator["models.Field[Any, Any]"]:
    """Yield the fields of a model that hold what people typed."""
    for field in model._meta.local_fields:
        plain = type(field) in (models.CharField, models.TextField) and not field.choices and not field.unique
        if plain and field.name not in KEPT:
            yield field


def type_formulas() -> int:
    """Put a formula in front of the texts of every model; return how many fields took one."""
    beginnings = cycle(BEGINNINGS)
    taken = 0
    for config in apps.get_app_configs():
        if Path(config.path).parent != Path(settings.BASE_DIR):
            continue
        for model in config.get_models():
            for field in typed_fields(model):
                taken += sum(_put(row, field, next(beginnings)) for row in model._default_manager.all()[:ROWS])
    return taken


def _put(row: models.Model, field: "models.Field[Any, Any]", beginning: str) -> bool:
    text = (beginning + str(getattr(row, field.name)))[: field.max_length or None]
    try:
        with transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**{field.name: text})
    except (IntegrityError, InternalError):
        # A code of a given form, a name that must not be twice, a record that only grows.
        return False
    return True


def formulas(content: bytes) -> list[str]:
    """Return the cells of an .xlsx file that are formulas."""
    book = load_workbook(io.BytesIO(content))
    found = [
        f"{sheet.title}!{cell.coordinate}: {cell.value}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" or cell.hyperlink
    ]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        found += [name for name in names if b"<f>" in archive.read(name) or b"<f " in archive.read(name)]
    return found


def test_a_formula_is_found() -> None:
    content = io.BytesIO()
    book = load_workbook(io.BytesIO(workbook([Sheet("甲", [Column("乙")], [["=1+1"]])])))
    book["甲"]["A5"] = "=1+1"
    book.save(content)
    assert len(formulas(content.getvalue())) == 2


@pytest.mark.parametrize("row", files(), ids=str)
def test_a_downloaded_sheet_holds_no_formula(scene: Scene, row: Row) -> None:
    assert type_formulas() > 100
    address = reverse(row.name, kwargs=scene.samples[row.sample])
    typed = []
    for role in ROLES:
        answer: Any = scene.client(role).get(address) if row.status[role] == 200 else None
        content = answer.getvalue() if answer is not None else b""
        if answer is None or answer.headers["Content-Type"] != XLSX:
            continue
        assert formulas(content) == [], role
        if not answer.streaming:
            sheets = load_workbook(io.BytesIO(content))
            values = [cell for sheet in sheets for line in sheet.iter_rows(values_only=True) for cell in line]
            typed.append(any(str(value).startswith(BEGINNINGS) for value in values))
    # A sheet made on the spot holds what was typed; otherwise the test would say nothing about it.
    assert not typed or any(typed)
