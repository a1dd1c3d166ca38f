"""Base models and row locking shared by every app."""

from typing import TypeVar

from django.db import models

from core.errors import StaleObject


class VersionedModel(models.Model):
    """A row whose edits are checked against the version the editor saw."""

    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        abstract = True


class Heartbeat(models.Model):
    """When something that ought to run again and again last did: one row for each, overwritten.

    A row and not a key in the cache: it outlives a restart of Redis, which would otherwise look like a clock that
    stopped, and writing it proves that the worker reaches the database (docs/adr/0005).
    """

    name = models.CharField("名称", max_length=40, primary_key=True)
    at = models.DateTimeField("最近一次")

    class Meta:
        verbose_name = "运行记录"
        verbose_name_plural = "运行记录"
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"


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
