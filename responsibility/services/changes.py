"""What the services of this app share: the audit trail's triples and the database's last word."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import IntegrityError, models, transaction

from audit.trail import Change
from core.errors import UserError


def words(row: models.Model, name: str) -> str:
    """Return a field's value as a person reads it."""
    field = row._meta.get_field(name)
    value = getattr(row, name)
    if getattr(field, "choices", None):
        return str(getattr(row, f"get_{name}_display")())
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def assign(row: models.Model, values: Mapping[str, Any]) -> list[Change]:
    """Set the fields of a row that differ and return them as (label, old, new); the caller saves."""
    changes: list[Change] = []
    for name, value in values.items():
        if getattr(row, name) == value:
            continue
        old = words(row, name)
        setattr(row, name, value)
        label = str(getattr(row._meta.get_field(name), "verbose_name", name))
        changes.append((label, old, words(row, name)))
    return changes


@contextmanager
def refusing_twins(sentence: str) -> Iterator[None]:
    """Turn the database's refusal of a second row of the same key into `UserError(sentence)`.

    The services look first and say more; this is for two people at the same moment.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise UserError(sentence) from error
