"""Who owes which drill how often, when a record counts as a 场次, and how many villages a township has."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from core import clock
from core.models import VersionedModel
from responsibility.models import Enterprise, Sector, Unit

FIRST_YEAR, LAST_YEAR = 2000, 2100
YEAR_RANGE = [MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]


class DrillRuleQuerySet(models.QuerySet["DrillRule"]):
    """Reads of rules."""

    def in_force(self, year: int) -> Self:
        """Keep the rules that hold in a year."""
        return self.filter(Q(active=True, from_year__lte=year), Q(to_year__isnull=True) | Q(to_year__gte=year))


class DrillRule(VersionedModel):
    """应练规则: a kind of subject owes a kind of drill so often; the year's duties are derived from these rows."""

    class Subject(models.TextChoices):
        """Who owes the drill."""

        COUNTY = "county", "全县（县级演练）"
        TOWNSHIP = "township", "乡镇（街道、园区）"
        VILLAGE = "village", "村（社区）"
        DEPARTMENT = "department", "县级部门"
        SUPERVISOR = "supervisor", "行业主管部门"
        ENTERPRISE = "enterprise", "企业（高危企业除外）"
        HIGH_RISK = "high_risk", "高危企业"
        ALL_ENTERPRISES = "all_enterprises", "全部企业"
        SECTOR = "sector", "指定行业领域的单位"

    class What(models.TextChoices):
        """Which drills fulfil the duty; what each takes in is `drills.duty_terms.fulfilling`."""

        ANY = "any", "各类演练"
        PLAN = "plan", "综合或专项演练"
        COMPREHENSIVE = "comprehensive", "综合演练"
        EVACUATION = "evacuation", "疏散逃生演练"
        ON_SITE = "on_site", "现场处置方案演练"
        REPORTING = "reporting", "报灾业务演练"

    class Frequency(models.TextChoices):
        """Within which span one drill is owed; the spans are `drills.duty_terms.periods_of`."""

        YEAR = "year", "每年"
        HALF_YEAR = "half_year", "每半年"
        FLOOD = "flood", "每年汛前"
        TWO_YEARS = "two_years", "每两年"
        THREE_YEARS = "three_years", "每三年"

    subject = models.CharField("应练对象", max_length=20, choices=Subject)
    sector = models.ForeignKey(
        Sector,
        verbose_name="行业领域",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="drill_rules",
        help_text="仅“指定行业领域的单位”填写，例如学校",
    )
    what = models.CharField("演练内容", max_length=20, choices=What)
    frequency = models.CharField("频次", max_length=20, choices=Frequency)
    # A joint drill is its organiser's; whether it also fulfils the duty of those who took part is the rule's to say.
    by_joining = models.BooleanField(
        "参演可抵", default=False, help_text="勾选后，参加其他单位组织的演练也算完成；只适用于单位，不适用于企业和村"
    )
    basis = models.CharField("依据", max_length=300)
    ordering = models.PositiveIntegerField("排序", default=100)
    from_year = models.PositiveSmallIntegerField("自年度起", validators=YEAR_RANGE)
    to_year = models.PositiveSmallIntegerField("至年度止", null=True, blank=True, validators=YEAR_RANGE)
    active = models.BooleanField("启用", default=True)

    objects = DrillRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "应练规则"
        verbose_name_plural = "应练规则"
        ordering = ["ordering", "pk"]
        constraints = [
            # A rule for a sector needs one before it can bind anybody.
            models.CheckConstraint(
                condition=(Q(subject="sector") & (Q(sector__isnull=False) | Q(active=False)))
                | (~Q(subject="sector") & Q(sector__isnull=True)),
                name="drill_rule_sector",
            ),
            models.CheckConstraint(
                condition=Q(to_year__isnull=True) | Q(from_year__lte=F("to_year")), name="drill_rule_years"
            ),
            models.CheckConstraint(
                condition=Q(by_joining=False) | Q(subject__in=["township", "department", "supervisor"]),
                name="drill_rule_joining",
            ),
        ]

    def __str__(self) -> str:
        who = self.sector.name if self.sector is not None else self.get_subject_display()
        return f"{who}{self.get_frequency_display()}{self.get_what_display()}"

    @property
    def is_of_enterprises(self) -> bool:
        """Enterprises and places owe it, not units."""
        return self.subject in ENTERPRISE_SUBJECTS


ENTERPRISE_SUBJECTS = (
    DrillRule.Subject.ENTERPRISE,
    DrillRule.Subject.HIGH_RISK,
    DrillRule.Subject.ALL_ENTERPRISES,
    DrillRule.Subject.SECTOR,
)


class DrillSetting(VersionedModel):
    """计入规则: what makes a record one 场次 in this county; a single row.

    No national standard defines a 场次, so that each county sets its own. What has been counted stays counted when the
    rule changes.
    """

    min_participants = models.PositiveIntegerField("单位演练最少参演人数", default=20)
    min_participants_enterprise = models.PositiveIntegerField(
        "企业演练最少参演人数", default=5, help_text="小微企业人少，可另定"
    )
    photos_needed = models.PositiveSmallIntegerField("最少现场照片张数", default=2)
    desk_counts = models.BooleanField("桌面推演计入场次", default=False)
    plan_needed = models.BooleanField("须有对应预案或演练方案", default=True)
    evaluation_needed = models.BooleanField("须有评估记录和结论", default=True)
    flood_month = models.PositiveSmallIntegerField(
        "汛期开始（月）", default=5, validators=[MinValueValidator(2), MaxValueValidator(12)]
    )
    flood_day = models.PositiveSmallIntegerField(
        "汛期开始（日）", default=1, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    grace_days = models.PositiveSmallIntegerField(
        "新设宽限天数",
        default=90,
        validators=[MaxValueValidator(180)],
        help_text="新设单位距该期结束不足这些天的，当期不要求演练",
    )

    class Meta:
        verbose_name = "演练计入规则"
        verbose_name_plural = "演练计入规则"
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="drill_setting_single")]

    def __str__(self) -> str:
        return "演练计入规则"


class VillageCount(VersionedModel):
    """村（社区）数: how many villages and communities a township has, from a year on until another row says else."""

    unit = models.ForeignKey(
        Unit, verbose_name="乡镇（街道、园区）", on_delete=models.PROTECT, related_name="village_counts"
    )
    year = models.PositiveSmallIntegerField("自年度起", validators=YEAR_RANGE)
    number = models.PositiveIntegerField("村（社区）数")

    class Meta:
        verbose_name = "村（社区）数"
        verbose_name_plural = "村（社区）数"
        ordering = ["unit", "-year"]
        constraints = [models.UniqueConstraint(fields=["unit", "year"], name="village_count_once_a_year")]

    def __str__(self) -> str:
        return f"{self.unit.short_name}{self.year}年起{self.number}个"


class DutyWaiver(models.Model):
    """免练登记: a subject is let off the periods that end within a span: newly opened, out of work, being rebuilt."""

    unit = models.ForeignKey(
        Unit, verbose_name="单位", null=True, blank=True, on_delete=models.PROTECT, related_name="drill_waivers"
    )
    enterprise = models.ForeignKey(
        Enterprise, verbose_name="企业", null=True, blank=True, on_delete=models.PROTECT, related_name="drill_waivers"
    )
    valid_from = models.DateField("免练起")
    valid_to = models.DateField("免练止", null=True, blank=True)
    reason = models.CharField("理由", max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("登记时间", default=clock.now)
    withdrawn_on = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        verbose_name = "免练登记"
        verbose_name_plural = "免练登记"
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, enterprise__isnull=True)
                | Q(unit__isnull=True, enterprise__isnull=False),
                name="drill_waiver_of_one",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")), name="drill_waiver_order"
            ),
        ]

    def __str__(self) -> str:
        until = f"至{self.valid_to}" if self.valid_to else "起"
        return f"{self.unit or self.enterprise}{self.valid_from}{until}免练"
