"""进展填报: what the lead unit reports for a task, round by round."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from core.models import VersionedModel
from tasks.models.task import Task, TaskTarget


class ProgressReport(VersionedModel):
    """One round: drafted and submitted by the lead unit, passed or returned by the office."""

    class State(models.TextChoices):
        """Where the round stands."""

        DRAFT = "draft", "草稿"
        ENDORSING = "endorsing", "待负责人审签"
        SUBMITTED = "submitted", "待审核"
        RETURNED = "returned", "已退回"
        PASSED = "passed", "已通过"
        DROPPED = "dropped", "已作废"

    task = models.ForeignKey(Task, verbose_name="任务", on_delete=models.PROTECT, related_name="reports")
    round = models.PositiveSmallIntegerField("轮次")
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    period_label = models.CharField("期次", max_length=30, blank=True)
    percent = models.DecimalField("总体进度（%）", max_digits=5, decimal_places=1, null=True, blank=True)
    actions_taken = models.TextField("主要做法", blank=True)
    results = models.TextField("工作成效", blank=True)
    problems = models.TextField("存在问题", blank=True)
    next_steps = models.TextField("下一步打算", blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="填报人", on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField("保存时间", default=clock.now)
    submitted_at = models.DateTimeField("上报时间", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="上报人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    # "A（由B代）" where a deputy submitted.
    submitted_as = models.CharField("上报署名", max_length=120, blank=True)
    # 审签: the head of the unit agrees before the report leaves it, where the unit wants that.
    endorsed_at = models.DateTimeField("审签时间", null=True, blank=True)
    endorsed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="审签人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    endorsed_as = models.CharField("审签署名", max_length=120, blank=True)
    head_comment = models.TextField("负责人退回意见", blank=True)
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="审核人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    review_comment = models.TextField("审核意见", blank=True)
    # What the round says it delivers; it counts once the office has passed the round.
    nodes: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "tasks.TaskNode", verbose_name="本次完成的节点、期次", related_name="claims", blank=True
    )
    # 代报: why the office entered the round for the unit; empty for the unit's own.
    on_behalf = models.TextField("代报原因", blank=True)
    # The unit's own draft that made way for the office's, given back when the unit takes over.
    set_aside = models.ForeignKey(
        "self", verbose_name="代报时搁置的草稿", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = "进展填报"
        verbose_name_plural = "进展填报"
        ordering = ["task", "-round"]
        constraints = [
            models.UniqueConstraint(fields=["task", "round"], name="report_round_once"),
            # One open round at a time: two editors meet on the same draft.
            models.UniqueConstraint(
                fields=["task"], condition=Q(state__in=["draft", "endorsing", "submitted"]), name="report_one_open"
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=100), name="report_percent_range"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=models.F("submitted_by")),
                name="report_submitter_never_reviews",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=models.F("endorsed_by")),
                name="report_endorser_never_reviews",
            ),
            # Entering for a unit is doing its work: who typed it does not accept it.
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | Q(on_behalf="") | ~Q(reviewed_by=models.F("created_by")),
                name="report_typist_never_reviews",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task.code} 第{self.round}次填报"

    @property
    def tone(self) -> str:
        """Tone of the state's badge."""
        return _TONES[self.state]

    @property
    def makers(self) -> frozenset[int | None]:
        """Keys of those who made the report and therefore never review it."""
        typist = self.created_by_id if self.on_behalf else None
        return frozenset({self.submitted_by_id, self.endorsed_by_id, typist})


_TONES = {
    "draft": "grey",
    "endorsing": "yellow",
    "submitted": "blue",
    "returned": "red",
    "passed": "green",
    "dropped": "grey",
}


class ReportValue(models.Model):
    """The value reported for one target in one round."""

    report = models.ForeignKey(ProgressReport, on_delete=models.CASCADE, related_name="values")
    target = models.ForeignKey(TaskTarget, on_delete=models.PROTECT, related_name="reported")
    value = models.DecimalField("本期累计值", max_digits=16, decimal_places=2, null=True, blank=True)
    # How a ledger came to the value, where one did: what was divided and the last day counted.
    numerator = models.PositiveIntegerField("分子", null=True, blank=True)
    denominator = models.PositiveIntegerField("分母", null=True, blank=True)
    as_of = models.DateField("台账截止日期", null=True, blank=True)

    class Meta:
        verbose_name = "填报值"
        verbose_name_plural = "填报值"
        ordering = ["target_id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "target"], name="value_once"),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True, denominator__isnull=True) | Q(as_of__isnull=False),
                name="value_basis_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target.metric}：{self.value}"

    @property
    def basis(self) -> str:
        """How a ledger came to the value, in words; empty for a value filled in by hand."""
        if self.as_of is None:
            return ""
        counted = f"{self.numerator}÷{self.denominator}，" if self.denominator is not None else ""
        return f"台账取数：{counted}截至{self.as_of:%Y-%m-%d}"
