"""Units of the county and who acts for them."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
from core.models import VersionedModel

if TYPE_CHECKING:
    from accounts.models import User
    from responsibility.models.enterprises import Enterprise


class Unit(VersionedModel):
    """A department, township, park, or a collective name that stands for several of them."""

    class Kind(models.TextChoices):
        """What sort of unit it is."""

        OFFICE = "office", "安委办"
        PARTY = "party", "党委部门"
        GOVERNMENT = "government", "政府部门"
        STATIONED = "stationed", "驻县单位"
        TOWNSHIP = "township", "乡镇"
        SUBDISTRICT = "subdistrict", "街道"
        PARK = "park", "园区"
        GROUP = "group", "集合名称"

    code = models.CharField("编码", max_length=20, unique=True)
    name = models.CharField("全称", max_length=80, unique=True)
    short_name = models.CharField("简称", max_length=40)
    # First letters of the short name's pinyin, for typing ahead: 应急局 → yjj.
    initials = models.CharField("拼音首字母", max_length=40, blank=True, editable=False)
    kind = models.CharField("类别", max_length=20, choices=Kind)
    ordering = models.PositiveIntegerField("排序", default=0)
    members: models.ManyToManyField["Unit", "Unit"] = models.ManyToManyField(
        "self", verbose_name="成员单位", symmetrical=False, blank=True, related_name="groups"
    )
    head_reviews = models.BooleanField("上报前须负责人审签", default=False)
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = "单位"
        verbose_name_plural = "单位"
        ordering = ["ordering", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
                name="unit_valid_order",
            )
        ]

    def __str__(self) -> str:
        return self.name


class UnitAlias(models.Model):
    """Another way documents write the unit: a short form, a generic name, or a name it used to have."""

    unit = models.ForeignKey(Unit, verbose_name="单位", on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField("别名", max_length=80, unique=True)
    former = models.BooleanField("旧名称", default=False)

    class Meta:
        verbose_name = "单位别名"
        verbose_name_plural = "单位别名"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person is to a unit (or to the county)."""

    OFFICE = "office", "安委办"
    LEADER = "leader", "县领导"
    EDITOR = "editor", "联络员"
    HEAD = "head", "单位负责人"
    ENTERPRISE = "enterprise", "企业安全管理人员"
    AUDITOR = "auditor", "审计员"
    ADMINISTRATOR = "administrator", "系统管理员"


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def active_on(self, day: date) -> Self:
        """Keep those in force on `day`, in units in force on that day: nobody acts for a unit that is no more."""
        return self.filter(
            Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
            Q(unit__valid_from__isnull=True) | Q(unit__valid_from__lte=day),
            Q(unit__valid_to__isnull=True) | Q(unit__valid_to__gte=day),
        )


class Membership(models.Model):
    """A person's role in a unit for a span of days; a deputy (B角) acts for another person within the dates."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="人员", on_delete=models.PROTECT, related_name="memberships"
    )
    unit = models.ForeignKey(Unit, verbose_name="单位", on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField("角色", max_length=20, choices=Role)
    post = models.CharField("职务", max_length=60, blank=True)
    portfolio = models.CharField("分管工作", max_length=200, blank=True)
    valid_from = models.DateField("起始日期", default=clock.today)
    valid_to = models.DateField("截止日期", null=True, blank=True)
    # Only for people of an enterprise: which one; `unit` is then the township or department they report to.
    enterprise: "models.ForeignKey[Enterprise | None, Enterprise | None]" = models.ForeignKey(
        "responsibility.Enterprise",
        verbose_name="企业",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="memberships",
    )
    deputy_for: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="代理（A角）",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deputies",
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        verbose_name_plural = "任职"
        ordering = ["unit", "role", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "role"], condition=Q(valid_to__isnull=True), name="membership_once_open"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")), name="membership_valid_order"
            ),
            # A stand-in without an end date is a second office holder, not a deputy.
            models.CheckConstraint(
                condition=Q(deputy_for__isnull=True) | Q(valid_to__isnull=False), name="membership_deputy_dated"
            ),
            models.CheckConstraint(
                condition=Q(enterprise__isnull=True) | Q(role="enterprise"), name="membership_enterprise_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.unit.short_name} {self.get_role_display()}"
