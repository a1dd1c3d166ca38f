"""内设机构 and 岗位 of a unit, and who has held each post from when to when."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q

from core import clock
from core.models import VersionedModel
from responsibility.models.units import Unit


def _holds_on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class InnerOfficeQuerySet(models.QuerySet["InnerOffice"]):
    """Reads of inner offices."""

    def in_force_on(self, day: date) -> Self:
        """Keep those that exist on `day`."""
        return self.filter(_holds_on(day))


class InnerOffice(VersionedModel):
    """内设机构: a section (股室, 科室, 站所) of a unit."""

    unit = models.ForeignKey(Unit, verbose_name="单位", on_delete=models.PROTECT, related_name="inner_offices")
    name = models.CharField("内设机构", max_length=60)
    ordering = models.PositiveIntegerField("排序", default=0)
    valid_from = models.DateField("设立日期", default=clock.today)
    valid_to = models.DateField("撤销日期", null=True, blank=True)

    objects = InnerOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = "内设机构"
        verbose_name_plural = "内设机构"
        ordering = ["unit", "ordering", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"], condition=Q(valid_to__isnull=True), name="inner_office_once_open"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")), name="inner_office_valid_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PostQuerySet(models.QuerySet["Post"]):
    """Reads of posts."""

    def in_force_on(self, day: date) -> Self:
        """Keep those that exist on `day`."""
        return self.filter(_holds_on(day))

    def with_holders(self) -> Self:
        """Fetch unit, inner office and every tenure, latest first, as `tenures_known`."""
        tenures = Tenure.objects.select_related("user").order_by("-valid_from", "-pk")
        return self.select_related("unit", "office").prefetch_related(
            Prefetch("tenures", tenures, to_attr="tenures_known")
        )


class Post(VersionedModel):
    """岗位: a post in an inner office, or among the unit's leaders (班子成员) where it is in none."""

    unit = models.ForeignKey(Unit, verbose_name="单位", on_delete=models.PROTECT, related_name="posts")
    office: "models.ForeignKey[InnerOffice | None, InnerOffice | None]" = models.ForeignKey(
        InnerOffice,
        verbose_name="内设机构",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="posts",
    )
    title = models.CharField("岗位（职务）", max_length=60)
    leader = models.BooleanField("班子成员", default=False)
    # The head of the unit among its leaders, the head of the office within it: who answers for the whole.
    in_charge = models.BooleanField("主要负责人", default=False)
    portfolio = models.CharField("分管工作", max_length=300, blank=True)
    ordering = models.PositiveIntegerField("排序", default=0)
    valid_from = models.DateField("设岗日期", default=clock.today)
    valid_to = models.DateField("撤岗日期", null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位"
        verbose_name_plural = "岗位"
        ordering = ["unit", "ordering", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(leader=True, office__isnull=True) | Q(leader=False, office__isnull=False),
                name="post_of_leader_or_office",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")), name="post_valid_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office.name} {self.title}" if self.office else self.title

    def holder_on(self, day: date) -> "Tenure | None":
        """Return who holds the post on `day`; the tenures must be fetched (`with_holders`)."""
        known: list[Tenure] = self.tenures_known  # type: ignore[attr-defined]
        return next((row for row in known if row.holds_on(day)), None)


class TenureQuerySet(models.QuerySet["Tenure"]):
    """Reads of tenures."""

    def in_force_on(self, day: date) -> Self:
        """Keep those that hold on `day`."""
        return self.filter(_holds_on(day))


class Tenure(models.Model):
    """任岗: a person in a post from a day on; with an account, or by name alone."""

    post = models.ForeignKey(Post, verbose_name="岗位", on_delete=models.PROTECT, related_name="tenures")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="账号",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tenures",
    )
    name = models.CharField("姓名", max_length=60)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    valid_from = models.DateField("任岗日期", default=clock.today)
    valid_to = models.DateField("离岗日期", null=True, blank=True)

    objects = TenureQuerySet.as_manager()

    class Meta:
        verbose_name = "任岗"
        verbose_name_plural = "任岗"
        ordering = ["post", "-valid_from", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["post"], condition=Q(valid_to__isnull=True), name="post_one_holder"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")), name="tenure_valid_order"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="tenure_named"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.post}）"

    def holds_on(self, day: date) -> bool:
        """Say whether the person holds the post on `day`."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)
