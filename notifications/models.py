"""In-app notifications and the outbox of e-mails."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock


class Notification(models.Model):
    """A message to one person. It reminds; the work queue is the record, so closing it removes no work."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="收件人", on_delete=models.CASCADE, related_name="notifications"
    )
    title = models.CharField("标题", max_length=200)
    body = models.TextField("内容", blank=True)
    # Path inside the application, never a foreign address.
    path = models.CharField("链接", max_length=300, blank=True)
    # What the message is about; the same key never reaches the same person twice.
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField("时间", default=clock.now)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    class Meta:
        verbose_name = "消息"
        verbose_name_plural = "消息"
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["recipient", "read_at"], name="notification_unread_idx")]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], name="notification_once"),
            models.CheckConstraint(
                condition=Q(path="") | (Q(path__startswith="/") & ~Q(path__startswith="//")),
                name="notification_path_local",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OutboxMail(models.Model):
    """An e-mail to be sent; written with the change it tells of, sent by a job, failure stays visible."""

    class State(models.TextChoices):
        """Where the mail stands."""

        WAITING = "waiting", "待发送"
        SENT = "sent", "已发送"
        FAILED = "failed", "发送失败"

    notification = models.OneToOneField(Notification, on_delete=models.CASCADE, related_name="mail")
    address = models.EmailField("邮箱")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    last_error = models.CharField("最近错误", max_length=300, blank=True)
    next_attempt_at = models.DateTimeField("下次尝试", default=clock.now)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)

    class Meta:
        verbose_name = "待发邮件"
        verbose_name_plural = "待发邮件"
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="outbox_due_idx")]

    def __str__(self) -> str:
        return f"{self.address} {self.get_state_display()}"
