"""Rounds of rectification with their re-checks, and applications for more time."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
from core.models import VersionedModel
from hazards.models.hazard import Hazard


class Rectification(VersionedModel):
    """整改与复查: one round. Its evidence files show the place after rectification."""

    class Outcome(models.TextChoices):
        """How far the round has come."""

        DRAFT = "draft", "填写中"
        APPLIED = "applied", "待复查"
        WITHDRAWN = "withdrawn", "已撤回"
        RETURNED = "returned", "不合格退回"
        PASSED = "passed", "复查合格"
        REFUSED = "refused", "不同意销号"

    hazard = models.ForeignKey(Hazard, verbose_name="隐患", on_delete=models.CASCADE, related_name="rounds")
    round = models.PositiveSmallIntegerField("轮次")
    outcome = models.CharField("结果", max_length=12, choices=Outcome, default=Outcome.DRAFT)
    measures = models.TextField("整改情况", blank=True)
    done_on = models.DateField("整改完成日期", null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="申请人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    applied_on = models.DateField("申请验收日期", null=True, blank=True)
    # "A（由B代）" where a deputy acted.
    applied_as = models.CharField("申请署名", max_length=120, blank=True)
    rechecked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="复查人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    rechecked_on = models.DateField("复查日期", null=True, blank=True)
    rechecked_as = models.CharField("复查署名", max_length=120, blank=True)
    opinion = models.TextField("复查意见", blank=True)
    # 销号审批 of major hazards, by the office.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="销号审批人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    approved_on = models.DateField("销号审批日期", null=True, blank=True)
    approval = models.TextField("销号审批意见", blank=True)

    class Meta:
        verbose_name = "整改与复查"
        verbose_name_plural = "整改与复查"
        ordering = ["hazard", "-round"]
        constraints = [
            models.UniqueConstraint(fields=["hazard", "round"], name="rectification_round_once"),
            models.UniqueConstraint(
                fields=["hazard"], condition=Q(outcome__in=["draft", "applied"]), name="rectification_one_open"
            ),
            models.CheckConstraint(
                condition=Q(outcome="draft") | Q(applied_by__isnull=False, applied_on__isnull=False),
                name="rectification_applied_signed",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["draft", "applied", "withdrawn"])
                | Q(rechecked_by__isnull=False, rechecked_on__isnull=False),
                name="rectification_rechecked_signed",
            ),
            # Who did the work never accepts it, and who re-checked does not approve the closing.
            models.CheckConstraint(
                condition=Q(rechecked_by__isnull=True) | ~Q(rechecked_by=F("applied_by")),
                name="rectifier_never_rechecks",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (~Q(approved_by=F("applied_by")) & ~Q(approved_by=F("rechecked_by"))),
                name="rechecker_never_approves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hazard.code} 第{self.round}轮"

    @property
    def tone(self) -> str:
        """Tone of the outcome's badge."""
        return {"passed": "green", "returned": "orange", "refused": "orange", "applied": "blue"}.get(
            self.outcome, "grey"
        )


class Extension(models.Model):
    """延期申请: asked before the deadline, decided with an exact date or refused; every one is kept."""

    class Decision(models.TextChoices):
        """What became of it."""

        PENDING = "pending", "待批复"
        GRANTED = "granted", "同意延期"
        REFUSED = "refused", "不同意"
        LAPSED = "lapsed", "未批复，已失效"

    hazard = models.ForeignKey(Hazard, verbose_name="隐患", on_delete=models.CASCADE, related_name="extensions")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="+"
    )
    asked_on = models.DateField("申请日期", default=clock.today)
    due_was = models.DateField("原期限")
    wanted_on = models.DateField("拟延至")
    reason = models.TextField("延期原因")
    progress = models.TextField("当前进展")
    decision = models.CharField("批复", max_length=12, choices=Decision, default=Decision.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="批复人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    decided_on = models.DateField("批复日期", null=True, blank=True)
    granted_on = models.DateField("批准延至", null=True, blank=True)
    opinion = models.TextField("批复意见", blank=True)

    class Meta:
        verbose_name = "延期申请"
        verbose_name_plural = "延期申请"
        ordering = ["hazard", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["hazard"], condition=Q(decision="pending"), name="extension_one_pending"),
            models.CheckConstraint(
                condition=Q(asked_on__lte=F("due_was"), wanted_on__gt=F("due_was")), name="extension_asked_in_time"
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=["granted", "refused"])
                | Q(decided_by__isnull=False, decided_on__isnull=False),
                name="extension_decision_signed",
            ),
            models.CheckConstraint(
                condition=Q(decision="granted", granted_on__gt=F("due_was"))
                | (~Q(decision="granted") & Q(granted_on__isnull=True)),
                name="extension_granted_dated",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="asker_never_decides"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hazard.code} {self.due_was} → {self.granted_on or self.wanted_on}"

    @property
    def is_pending(self) -> bool:
        """Nobody has decided yet."""
        return self.decision == self.Decision.PENDING

    @property
    def tone(self) -> str:
        """Tone of the decision's badge."""
        return {"granted": "green", "refused": "orange", "pending": "blue"}.get(self.decision, "grey")
