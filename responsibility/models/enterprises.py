"""生产经营单位: where hazards are found and drills are owed."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import clock
from core.models import VersionedModel
from responsibility.models.sectors import Sector, SectorSupervision
from responsibility.models.units import Unit


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    """Reads of enterprises."""

    def visible_to(self, user: Any) -> Self:
        """Return what the person may see.

        Everything for office, leaders and auditors; for a unit's people the enterprises it supervises, that lie in
        its township, or whose sector it leads today; for an enterprise's people their own.
        """
        from responsibility.authority import authority_of

        authority = authority_of(user)
        if authority.reads_county:
            return self
        units = authority.units
        led = SectorSupervision.objects.in_force_on(clock.today()).filter(lead_id__in=units).values("sector_id")
        of_units = Q(supervisor_id__in=units) | Q(township_id__in=units) | Q(sector_id__in=led)
        return self.filter((of_units if units else Q(pk__in=[])) | Q(pk__in=authority.enterprises))

    def operating(self) -> Self:
        """Keep those that have not been closed."""
        return self.filter(closed_on__isnull=True)


class Enterprise(VersionedModel):
    """生产经营单位: one enterprise or place with its supervision."""

    class Risk(models.TextChoices):
        """Risk colour of the enterprise, highest first."""

        RED = "red", "红（重大）"
        ORANGE = "orange", "橙（较大）"
        YELLOW = "yellow", "黄（一般）"
        BLUE = "blue", "蓝（低）"

    name = models.CharField("名称", max_length=80, unique=True)
    # GB 32100-2015; checked by `responsibility.credit_code`.
    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    initials = models.CharField("拼音首字母", max_length=80, blank=True, editable=False)
    sector = models.ForeignKey(Sector, verbose_name="行业领域", on_delete=models.PROTECT, related_name="enterprises")
    township = models.ForeignKey(
        Unit, verbose_name="属地（乡镇、街道、园区）", on_delete=models.PROTECT, related_name="local_enterprises"
    )
    supervisor = models.ForeignKey(
        Unit, verbose_name="监管部门", on_delete=models.PROTECT, related_name="supervised_enterprises"
    )
    address = models.CharField("地址", max_length=120)
    contact = models.CharField("安全负责人", max_length=40)
    phone = models.CharField("联系电话", max_length=40)
    staff = models.PositiveIntegerField("从业人数", default=0)
    high_risk = models.BooleanField(
        "高危企业", default=False, help_text="高危企业每半年至少演练一次，其他企业每年至少一次"
    )
    risk = models.CharField("风险等级", max_length=8, choices=Risk, default=Risk.BLUE)
    closed_on = models.DateField("停业注销日期", null=True, blank=True)

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = "生产经营单位"
        verbose_name_plural = "生产经营单位"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(credit_code__regex=r"^[0-9A-Z]{18}$"), name="enterprise_code_form"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def risk_tone(self) -> str:
        """Tone of the risk colour's badge."""
        return self.risk
