"""The county's yearly target of drills and how it is shared out to the townships."""

from django.db import models
from django.db.models import Q

from core.models import VersionedModel
from drills.models.records import Drill
from drills.models.rules import YEAR_RANGE
from responsibility.models import Unit


class DrillTarget(VersionedModel):
    """年度目标: so many drills are to be held in the year."""

    year = models.PositiveSmallIntegerField("年度", unique=True, validators=YEAR_RANGE)
    value = models.PositiveIntegerField("目标场次")
    # Empty: every kind counts.
    kind = models.CharField("计入的演练类型", max_length=20, choices=Drill.Kind, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "演练年度目标"
        verbose_name_plural = "演练年度目标"
        ordering = ["-year"]
        constraints = [models.CheckConstraint(condition=Q(value__gte=1), name="drill_target_positive")]

    def __str__(self) -> str:
        return f"{self.year}年{self.kind_words}不少于{self.value}场次"

    @property
    def kind_words(self) -> str:
        """Which drills count, in words."""
        return self.get_kind_display() if self.kind else "各类演练"


class DrillQuota(models.Model):
    """任务分解: the number of drills a township owes toward the target; changed only with its target."""

    target = models.ForeignKey(DrillTarget, verbose_name="目标", on_delete=models.CASCADE, related_name="quotas")
    unit = models.ForeignKey(
        Unit, verbose_name="乡镇（街道、园区）", on_delete=models.PROTECT, related_name="drill_quotas"
    )
    number = models.PositiveIntegerField("任务场次")

    class Meta:
        verbose_name = "演练任务分解"
        verbose_name_plural = "演练任务分解"
        ordering = ["target", "unit__ordering", "unit__code"]
        constraints = [models.UniqueConstraint(fields=["target", "unit"], name="drill_quota_once")]

    def __str__(self) -> str:
        return f"{self.unit.short_name}{self.number}场次"
