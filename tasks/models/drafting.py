"""The work on a draft: its steps, each of which can be taken back, and who is at it now."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from tasks.models.plan import Plan, PlanItem


class PlanStepQuerySet(models.QuerySet["PlanStep"]):
    """Reads of steps."""

    def live(self) -> Self:
        """Steps that hold, not those taken back."""
        return self.filter(undone_at__isnull=True)

    def since(self, change: int) -> Self:
        """Steps done, taken back or done again after the draft's change of that number."""
        return self.filter(touched__gt=change)


class PlanStep(models.Model):
    """步骤: one thing done to a draft, with what it changed before and after."""

    class Kind(models.TextChoices):
        """What was done."""

        EDIT = "edit", "修改条目"
        CHECK = "check", "标为已核对"
        UNCHECK = "uncheck", "取消已核对"
        ACCEPT = "accept", "采纳建议单位"
        DROP = "drop", "不纳入任务"
        RESTORE = "restore", "恢复纳入"
        FLAG = "flag", "核对存疑"
        SPLIT = "split", "拆分"
        MERGE = "merge", "合并"
        MOVE = "move", "移动"
        LEVEL = "level", "调整层级"
        ADD = "add", "增加条目"
        ASIDE = "aside", "标为不需分解"
        BACK = "back", "恢复为正文"
        SECTION = "section", "修改章节名称"
        CHARGE = "charge", "设定领导、领域、权重"
        FACTS = "facts", "修改基本信息"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField("步骤号")
    kind = models.CharField("类型", max_length=12, choices=Kind)
    summary = models.CharField("内容", max_length=300)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="办理人", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("时间", default=clock.now)
    # {key: [before, after]}, see tasks.services.step_states; None where there was nothing, or is nothing any more.
    states: models.JSONField[Any, Any] = models.JSONField("改动前后", default=dict)
    # Number of the draft's change when this step was first done, and when it was last done, taken back or done again.
    change = models.PositiveIntegerField("首次改动序号")
    touched = models.PositiveIntegerField("最近改动序号")
    touched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="最近改动人", on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="撤销人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    objects = PlanStepQuerySet.as_manager()

    class Meta:
        verbose_name = "核对步骤"
        verbose_name_plural = "核对步骤"
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_step_numbered_once"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="plan_step_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.number}步：{self.summary}"


class PlanVisit(models.Model):
    """A clerk's last look at a draft: where to go on, and who else is at it now."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="visits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="人员", on_delete=models.CASCADE, related_name="+")
    item = models.ForeignKey(
        PlanItem, verbose_name="所在条目", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    seen_at = models.DateTimeField("最近查看", default=clock.now)

    class Meta:
        verbose_name = "草稿查看记录"
        verbose_name_plural = "草稿查看记录"
        ordering = ["plan", "-seen_at"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "user"], name="plan_visit_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user}：{self.plan}"
