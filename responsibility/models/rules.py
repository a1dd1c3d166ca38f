"""关键词规则: county rules that suggest a unit for a piece of work."""

from django.db import models
from django.db.models import Q

from core.models import VersionedModel
from responsibility.models.units import Unit


class KeywordRule(VersionedModel):
    """A county rule: text that names these words is usually this unit's business. It suggests, it never assigns."""

    class Part(models.TextChoices):
        """Which part in the work the unit is suggested for."""

        LEAD = "lead", "牵头"
        SUPPORT = "support", "配合"

    # Words separated by 、; any one of them is enough.
    keywords = models.CharField("关键词（任一）", max_length=300, help_text="多个词用顿号“、”分开，出现任意一个即命中")
    required = models.CharField(
        "且须同时出现", max_length=200, blank=True, help_text="多个词用顿号分开，须全部出现；可不填"
    )
    unit = models.ForeignKey(Unit, verbose_name="建议单位", on_delete=models.CASCADE, related_name="keyword_rules")
    part = models.CharField("建议为", max_length=10, choices=Part, default=Part.LEAD)
    weight = models.PositiveSmallIntegerField("权重", default=10, help_text="1–100，越大越优先")
    reason = models.CharField("依据", max_length=200)
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "关键词规则"
        verbose_name_plural = "关键词规则"
        ordering = ["unit", "-weight", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=100), name="keyword_rule_weight_range"),
        ]

    def __str__(self) -> str:
        return f"{self.keywords} → {self.unit.short_name}"
