"""Base models and row locking shared by every app."""

from typing import TypeVar

from django.db import models

from core.errors import StaleObject


class VersionedModel(models.Model):
    """A row whose edits are checked against the version the editor saw."""

    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        abstract = True


VersionedT = TypeVar("VersionedT", bound=VersionedModel)


def lock_row(queryset: "models.QuerySet[VersionedT]", pk: int, expected_version: int | None = None) -> VersionedT:
    """Lock one row for the current transaction and return it freshly read.

    Args:
        queryset: where the row must lie (already narrowed to what the caller may see).
        pk: primary key of the row.
        expected_version: version shown on the form the user sent; None where no form was open.

    Raises:
        DoesNotExist: the row is not in the queryset.
        StaleObject: the row was changed since `expected_version`.
    """
    # Related rows joined by a nullable key cannot be locked on PostgreSQL, and need not be.
    row = queryset.select_for_update(of=("self",)).get(pk=pk)
    if expected_version is not None and row.version != expected_version:
        raise StaleObject(
            "在您打开页面之后，已有其他人修改了这条记录。请核对最新内容后再提交，您填写的内容已保留在页面上。"
        )
    return row


def bump(row: VersionedModel, *fields: str) -> None:
    """Save the named fields and raise the row's version by one (the row must be locked)."""
    row.version += 1
    row.save(update_fields=[*fields, "version"])
