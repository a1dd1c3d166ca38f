"""Reminder rules and the rows that prove what was reminded."""

from django.conf import settings
from django.db import models

from core import clock
from responsibility.models import Role
from tasks.models import Task


class ReminderRule(models.Model):
    """When to remind whom: so many days before (negative), on (0) or after (positive) the deadline."""

    name = models.CharField("名称", max_length=40)
    offset_days = models.SmallIntegerField("相对期限的天数", unique=True, help_text="负数为期限前，正数为期限后")
    role = models.CharField(
        "提醒对象", max_length=20, choices=[(Role.EDITOR, "联络员"), (Role.HEAD, "单位负责人和联络员")]
    )
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "提醒规则"
        verbose_name_plural = "提醒规则"
        ordering = ["offset_days"]

    def __str__(self) -> str:
        return self.name


class Reminder(models.Model):
    """One reminder: written once for a rule, task, deadline and person, whatever happens in between."""

    rule = models.ForeignKey(ReminderRule, on_delete=models.PROTECT, related_name="reminders")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="reminders")
    due_on = models.DateField("完成时限")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="提醒对象", on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField("生成时间", default=clock.now)
    # Day of the digest that carried it; empty while it waits, or when a later step overtook it.
    sent_on = models.DateField("发送日期", null=True, blank=True)
    superseded = models.BooleanField("被后续提醒覆盖", default=False)

    class Meta:
        verbose_name = "提醒记录"
        verbose_name_plural = "提醒记录"
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["recipient", "sent_on"], name="reminder_waiting_idx")]
        constraints = [
            models.UniqueConstraint(fields=["rule", "task", "due_on", "recipient"], name="reminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.task.code} {self.recipient}"
