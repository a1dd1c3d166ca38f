"""进展情况报送表 on paper: what a unit fills by hand, signs, stamps and sends where it cannot report on the screen."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from tasks.models.task import Task

if TYPE_CHECKING:
    from accounts.models import User


def printed_file_name(instance: "PrintedForm", filename: str) -> str:
    """Return where the typeset form lies below MEDIA_ROOT."""
    return f"progress-forms/{instance.pk}.pdf"


class PrintedFormQuerySet(models.QuerySet["PrintedForm"]):
    """Reads of printed forms."""

    def visible_to(self, user: "User | Any") -> Self:
        """Those the person asked for, of tasks they still see: a filled one holds a draft."""
        return self.filter(requested_by=user.pk, task__in=Task.objects.visible_to(user).order_by().values("pk"))

    def without_file(self) -> Self:
        """Those still to be typeset."""
        return self.filter(pdf="")


class PrintedForm(models.Model):
    """One form, blank or filled, as it was asked for; typeset by a job from what is kept here."""

    task = models.ForeignKey(Task, verbose_name="任务", on_delete=models.PROTECT, related_name="printed_forms")
    period_label = models.CharField("期次", max_length=30)
    filled = models.BooleanField("已填内容")
    # What stands on the paper, as texts; the draft may change while the job waits.
    content: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField("内容")
    digest = models.CharField("内容 SHA-256", max_length=64)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="打印人", on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField("打印时间", default=clock.now, db_index=True)
    pdf = models.FileField("PDF", upload_to=printed_file_name, max_length=200, blank=True)
    pdf_error = models.CharField("排版错误", max_length=300, blank=True)

    objects = PrintedFormQuerySet.as_manager()

    class Meta:
        verbose_name = "进展情况报送表"
        verbose_name_plural = "进展情况报送表"
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "requested_by", "digest"], name="printed_form_once"),
            models.CheckConstraint(condition=~Q(period_label=""), name="printed_form_of_a_period"),
        ]

    def __str__(self) -> str:
        return f"{self.task.code} 进展情况报送表（{self.period_label}）"
