"""行业领域 and the dated decisions of who supervises each: one lead unit, its partners and the document it rests on."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from core.models import VersionedModel
from responsibility.models.units import Unit


class Sector(VersionedModel):
    """行业领域: a branch or a kind of place that somebody has to supervise."""

    code = models.CharField("编码", max_length=20, unique=True)
    name = models.CharField("行业领域", max_length=60, unique=True)
    ordering = models.PositiveIntegerField("排序", default=0)
    # Mines, dangerous chemicals, construction and the like: drills are owed twice a year.
    high_risk = models.BooleanField("高危行业领域", default=False)
    emerging = models.BooleanField("新兴业态", default=False)
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "行业领域"
        verbose_name_plural = "行业领域"
        ordering = ["ordering", "code"]

    def __str__(self) -> str:
        return self.name


class SupervisionQuerySet(models.QuerySet["SectorSupervision"]):
    """Reads of decisions."""

    def in_force_on(self, day: date) -> Self:
        """Keep the decisions that hold on `day`."""
        return self.filter(Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class SectorSupervision(VersionedModel):
    """监管分工: the decision that a unit leads the supervision of a sector from a day on (安全生产法第十条)."""

    sector = models.ForeignKey(Sector, verbose_name="行业领域", on_delete=models.PROTECT, related_name="decisions")
    lead = models.ForeignKey(Unit, verbose_name="主管部门", on_delete=models.PROTECT, related_name="supervised_sectors")
    partners: models.ManyToManyField[Unit, Unit] = models.ManyToManyField(
        Unit, verbose_name="配合部门", blank=True, related_name="partnered_sectors"
    )
    basis = models.CharField("依据（文件名称、文号）", max_length=200)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("截止日期", null=True, blank=True)

    objects = SupervisionQuerySet.as_manager()

    class Meta:
        verbose_name = "监管分工"
        verbose_name_plural = "监管分工"
        ordering = ["sector", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["sector"], condition=Q(valid_to__isnull=True), name="sector_one_open_decision"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")), name="sector_decision_order"
            ),
            # That no two overlap is a trigger of migration 0004: the databases have no such constraint in common.
        ]

    def __str__(self) -> str:
        return f"{self.sector}：{self.lead.short_name}"

    def holds_on(self, day: date) -> bool:
        """Say whether the decision holds on `day`."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)
