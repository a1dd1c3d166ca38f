"""Base models and row locking shared by every app, and the requests the interface must not carry out twice."""

from typing import TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
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


class IdempotentRequest(models.Model):
    """A POST sent to the interface with a key of the caller's: carried out once, its answer kept and sent again.

    The row is there before the work begins, so that a twin sent meanwhile meets it; the answer is stored in the same
    transaction as the work itself. What was refused leaves no row and may be tried again (`core.api.idempotency`).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="账号", on_delete=models.CASCADE, related_name="+")
    method = models.CharField("方法", max_length=8)
    path = models.CharField("地址", max_length=200)
    key = models.CharField("幂等键", max_length=100)
    body_sha256 = models.CharField("内容 SHA-256", max_length=64)
    # When the request that is being carried out began; a later one takes over what a crash left behind.
    begun_at = models.DateTimeField("开始时间", default=clock.now)
    status = models.PositiveSmallIntegerField("回答状态", null=True, blank=True)
    answer = models.TextField("回答内容", blank=True)
    # Those of the answer's headers that belong to it: Location, ETag.
    headers: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField("回答头", default=dict)
    expires_at = models.DateTimeField("保留至", db_index=True)

    class Meta:
        verbose_name = "接口幂等请求"
        verbose_name_plural = "接口幂等请求"
        ordering = ["-begun_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "method", "path", "key"], name="idempotent_request_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("begun_at")), name="idempotent_request_expires_later"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"
