"""Where a task comes from, who in the county's leadership answers for it, its weight and its field."""

from decimal import Decimal

from django.conf import settings
from django.db import models

from responsibility.models import Sector


class Source(models.TextChoices):
    """来源: what a task goes back to."""

    PLAN = "plan", "要点"
    SUPERIOR = "superior", "上级部署"
    LEADER = "leader", "领导批示"
    MEETING = "meeting", "会议决定"
    INSPECTION = "inspection", "巡查反馈"


class Charge(models.Model):
    """What an item of a plan and the task it becomes have in common: 牵头领导, 权重, 行业领域."""

    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="牵头领导",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    # Counts where a mean is taken over several tasks; a figure without unit, above 0.
    weight = models.DecimalField("权重", max_digits=5, decimal_places=2, default=Decimal(1))
    sector = models.ForeignKey(
        Sector, verbose_name="行业领域", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        abstract = True
