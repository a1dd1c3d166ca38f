"""The append-only audit trail: who did what to which object, when and why."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from core import clock


class Entry(models.Model):
    """One audited action. A database trigger refuses UPDATE and DELETE."""

    at = models.DateTimeField("时间", default=clock.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="操作人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Name and office of the person as they were on that day.
    actor_name = models.CharField("操作人姓名", max_length=120)
    action = models.CharField("动作", max_length=60)
    object_type = models.CharField("对象类型", max_length=60)
    object_id = models.CharField("对象编号", max_length=40)
    object_label = models.CharField("对象", max_length=200)
    summary = models.CharField("说明", max_length=300)
    reason = models.TextField("理由", blank=True)
    # [[label, old, new], …] in words a person reads.
    changes: models.JSONField[Any, Any] = models.JSONField("变更", default=list)
    operation = models.UUIDField("操作号", default=uuid.uuid4, db_index=True)

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["object_type", "object_id", "-at"], name="audit_object_idx")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.summary}"
