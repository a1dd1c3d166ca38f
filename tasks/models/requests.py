"""What a lead unit asks of the office about its task: 提出调整 before signing, 申请延期 before the deadline."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from core.models import VersionedModel
from responsibility.models import Unit
from tasks.models.task import Task


class TaskRequest(VersionedModel):
    """One request and what the office decided; kept for ever, so that extensions can be counted apart."""

    class Kind(models.TextChoices):
        """What is asked for."""

        ADJUST = "adjust", "提出调整"
        EXTEND = "extend", "申请延期"

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", "待县安委办决定"
        GRANTED = "granted", "已同意"
        REFUSED = "refused", "未同意"
        WITHDRAWN = "withdrawn", "已撤回"
        # Nobody decided: the task was closed first.
        LAPSED = "lapsed", "已失效"

    task = models.ForeignKey(Task, verbose_name="任务", on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField("种类", max_length=8, choices=Kind)
    state = models.CharField("状态", max_length=12, choices=State, default=State.OPEN)
    reason = models.TextField("理由")
    # Extensions: what has been done so far.
    progress = models.TextField("当前进展", blank=True)
    due_on = models.DateField("申请时的时限")
    proposed_due_on = models.DateField("拟定时限", null=True, blank=True)
    proposed_lead = models.ForeignKey(
        Unit, verbose_name="建议牵头单位", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="+"
    )
    # "A（由B代）" where a deputy asked.
    asked_as = models.CharField("申请署名", max_length=120)
    asked_at = models.DateTimeField("申请时间", default=clock.now)
    # What the office granted, which need not be what was proposed.
    granted_due_on = models.DateField("批准时限", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="决定人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decision = models.TextField("决定意见", blank=True)

    class Meta:
        verbose_name = "任务申请"
        verbose_name_plural = "任务申请"
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["state", "kind", "asked_at"], name="request_state_kind")]
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(state="open"), name="request_one_open"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
                name="request_asker_never_decides",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "refused"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="request_decision_signed",
            ),
            models.CheckConstraint(
                condition=~Q(kind="extend") | Q(proposed_due_on__gt=models.F("due_on")), name="request_extends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task.code} {self.get_kind_display()}"

    @property
    def tone(self) -> str:
        """Tone of the state's badge."""
        tones = {"open": "blue", "granted": "green", "refused": "red", "withdrawn": "grey", "lapsed": "grey"}
        return tones[self.state]


class Obstacle(VersionedModel):
    """受阻事项 in three parts: why, what was done, who must solve it and by when; open until it is solved."""

    task = models.ForeignKey(Task, verbose_name="任务", on_delete=models.PROTECT, related_name="obstacles")
    cause = models.TextField("受阻原因")
    done = models.TextField("已做工作")
    needs_whom = models.CharField("需要谁协调解决", max_length=200)
    needed_by = models.DateField("希望何时解决")
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上报人", on_delete=models.PROTECT, related_name="+"
    )
    raised_at = models.DateTimeField("上报时间", default=clock.now)
    solved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="解除人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    solved_at = models.DateTimeField("解除时间", null=True, blank=True)
    outcome = models.TextField("解决情况", blank=True)

    class Meta:
        verbose_name = "受阻事项"
        verbose_name_plural = "受阻事项"
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(solved_at__isnull=True), name="obstacle_one_open"),
            models.CheckConstraint(
                condition=Q(solved_at__isnull=True, solved_by__isnull=True)
                | Q(solved_at__isnull=False, solved_by__isnull=False),
                name="obstacle_solved_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task.code} 受阻"
