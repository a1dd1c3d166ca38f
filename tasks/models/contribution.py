"""配合进展: what a supporting unit gives the lead unit for its report, and what it thinks of the report handed in."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from core.models import VersionedModel
from responsibility.models import Unit
from tasks.models.progress import ProgressReport
from tasks.models.task import Task, TaskTarget


class Contribution(VersionedModel):
    """What one supporting unit did for a task in one reporting period; the lead unit reports once for all."""

    task = models.ForeignKey(Task, verbose_name="任务", on_delete=models.PROTECT, related_name="contributions")
    unit = models.ForeignKey(Unit, verbose_name="配合单位", on_delete=models.PROTECT, related_name="contributions")
    period_label = models.CharField("期次", max_length=30)
    text = models.TextField("配合情况")
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="填写人", on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField("保存时间", default=clock.now)

    class Meta:
        verbose_name = "配合进展"
        verbose_name_plural = "配合进展"
        ordering = ["task", "unit__ordering", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "unit", "period_label"], name="contribution_once_a_period"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(period_label=""), name="contribution_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.task.code} {self.unit.short_name}配合进展（{self.period_label}）"


class ContributionValue(models.Model):
    """The supporting unit's part of one target's figure."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="values")
    target = models.ForeignKey(TaskTarget, on_delete=models.PROTECT, related_name="contributed")
    value = models.DecimalField("本单位完成值", max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = "配合完成值"
        verbose_name_plural = "配合完成值"
        ordering = ["target_id"]
        constraints = [
            models.UniqueConstraint(fields=["contribution", "target"], name="contributed_value_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="contributed_value_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.target.metric}：{self.value}"


class SupportOpinion(models.Model):
    """What a supporting unit says of the report the lead unit handed in: for the reviewer's eye, it stops nothing."""

    class Verdict(models.TextChoices):
        """The two answers."""

        AGREES = "agrees", "已确认"
        OBJECTS = "objects", "有异议"

    report = models.ForeignKey(
        ProgressReport, verbose_name="进展填报", on_delete=models.CASCADE, related_name="opinions"
    )
    unit = models.ForeignKey(Unit, verbose_name="配合单位", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField("意见", max_length=8, choices=Verdict)
    note = models.TextField("说明", blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="确认人", on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField("确认时间", default=clock.now)

    class Meta:
        verbose_name = "配合单位意见"
        verbose_name_plural = "配合单位意见"
        ordering = ["report", "unit__ordering"]
        constraints = [
            models.UniqueConstraint(fields=["report", "unit"], name="opinion_once"),
            models.CheckConstraint(condition=Q(verdict="agrees") | ~Q(note=""), name="objection_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.unit.short_name}：{self.get_verdict_display()}"
