"""隐患台账: one row per hazard, 一患一档."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
from core.models import VersionedModel
from hazards.models import tracked
from hazards.models.tracked import Level, State, Tracked
from responsibility.authority import authority_of
from responsibility.models import Enterprise, Sector, SectorSupervision, Unit

if TYPE_CHECKING:
    from accounts.models import User


class HazardCounter(models.Model):
    """Running number of a year's hazards: begins at 1, never reused."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    last = models.PositiveIntegerField("已用到", default=0)

    class Meta:
        verbose_name = "隐患编号"
        verbose_name_plural = "隐患编号"
        ordering = ["year"]

    def __str__(self) -> str:
        return f"YH-{self.year}-{self.last:04d}"


class HazardQuerySet(models.QuerySet["Hazard"]):
    """Reads of hazards."""

    def visible_to(self, user: "User | Any") -> Self:
        """Return what the person may see.

        Everything for office, leaders and auditors; for a unit's people what it supervises, what lies in its township,
        what it found, and what belongs to a sector it leads today; for an enterprise's people their own.
        """
        authority = authority_of(user)
        if authority.reads_county:
            return self
        seen = Q(enterprise_id__in=authority.enterprises) if authority.enterprises else Q(pk__in=[])
        if units := authority.units:
            led = SectorSupervision.objects.in_force_on(clock.today()).filter(lead_id__in=units).values("sector_id")
            seen |= Q(supervisor_id__in=units) | Q(township_id__in=units) | Q(finder_unit_id__in=units)
            seen |= Q(sector_id__in=led)
        return self.filter(seen)

    def open(self) -> Self:
        """Keep what is not struck off yet (存量)."""
        return self.filter(tracked.open_stock())

    def overdue_on(self, day: date) -> Self:
        """Keep what is overdue on `day` as it stands now (超期未整改)."""
        return self.filter(tracked.overdue_on(day))

    def without_plan(self) -> Self:
        """Keep open major hazards whose 五落实 is not complete."""
        missing = Q()
        for name in Hazard.PLAN_FIELDS:
            missing |= Q(**{name: ""})
        return self.open().filter(missing, level=Level.MAJOR)


class Hazard(Tracked, VersionedModel):
    """One hazard, from finding to closing."""

    class Source(models.TextChoices):
        """How it came to light."""

        SELF = "self", "企业自查"
        INSPECTION = "inspection", "部门检查"
        SUPERIOR = "superior", "上级督导"
        TIP = "tip", "举报"
        ACCIDENT = "accident", "事故倒查"
        EXPERT = "expert", "专家帮扶"

    # 五落实 in their order: 责任、措施、资金、时限、预案.
    PLAN_FIELDS = ("plan_duty", "plan_measures", "plan_funds", "plan_schedule", "plan_emergency")

    code = models.CharField("隐患编号", max_length=20, unique=True)
    enterprise = models.ForeignKey(
        Enterprise,
        verbose_name="生产经营单位",
        on_delete=models.PROTECT,
        related_name="hazards",
        null=True,
        blank=True,
    )
    # The place where it is no enterprise: a road, a square, a flat.
    site = models.CharField("场所名称", max_length=80, blank=True)
    title = models.CharField("隐患名称", max_length=80)
    description = models.TextField("隐患描述")
    place = models.CharField("具体部位", max_length=120)
    standard = models.CharField("判定标准", max_length=150, blank=True)
    clause = models.CharField("判定条款", max_length=300, blank=True)
    source = models.CharField("隐患来源", max_length=12, choices=Source)
    found_on = models.DateField("发现日期")
    finder_unit = models.ForeignKey(
        Unit, verbose_name="发现单位", on_delete=models.PROTECT, related_name="found_hazards", null=True, blank=True
    )
    finder = models.CharField("发现人", max_length=60, blank=True)
    original_due_on = models.DateField("原整改期限")
    rectifier = models.CharField("整改责任人", max_length=60)
    overseer = models.CharField("监管责任人", max_length=60, blank=True)
    controls = models.TextField("管控措施", blank=True)
    plan_duty = models.TextField("责任落实", blank=True)
    plan_measures = models.TextField("措施落实", blank=True)
    plan_funds = models.TextField("资金落实", blank=True)
    plan_schedule = models.TextField("时限落实", blank=True)
    plan_emergency = models.TextField("预案落实", blank=True)
    sector = models.ForeignKey(Sector, verbose_name="行业领域", on_delete=models.PROTECT, related_name="hazards")
    township = models.ForeignKey(
        Unit, verbose_name="属地（乡镇、街道、园区）", on_delete=models.PROTECT, related_name="local_hazards"
    )
    # Re-checks, and for general hazards closes.
    supervisor = models.ForeignKey(
        Unit, verbose_name="监管部门", on_delete=models.PROTECT, related_name="supervised_hazards"
    )
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    registered_at = models.DateTimeField("登记时间", default=clock.now)
    rechecked_on = models.DateField("复查合格日期", null=True, blank=True)
    closed_on = models.DateField("销号日期", null=True, blank=True)
    void_reason = models.TextField("作废理由", blank=True)

    objects = HazardQuerySet.as_manager()

    class Meta:
        verbose_name = "隐患"
        verbose_name_plural = "隐患"
        ordering = ["-code"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="hazard_state_due"),
            models.Index(fields=["supervisor", "state"], name="hazard_supervisor_state"),
            models.Index(fields=["found_on"], name="hazard_found"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False, site="") | (Q(enterprise__isnull=True) & ~Q(site="")),
                name="hazard_enterprise_or_site",
            ),
            models.CheckConstraint(
                condition=Q(level="general") | (~Q(standard="") & ~Q(clause="")), name="hazard_major_judged"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False) | (~Q(state="closed") & Q(closed_on__isnull=True)),
                name="hazard_closed_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["passed", "closed"])
                | Q(applied_on__isnull=False, rechecked_on__isnull=False, applied_on__lte=F("rechecked_on")),
                name="hazard_rechecked_before_closing",
            ),
            models.CheckConstraint(
                condition=Q(found_on__lte=F("original_due_on"), original_due_on__lte=F("due_on")),
                name="hazard_dates_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def where(self) -> str:
        """The enterprise or place it was found at."""
        return self.enterprise.name if self.enterprise is not None else self.site

    @property
    def is_major(self) -> bool:
        """Judged 重大 by a standard."""
        return self.level == Level.MAJOR

    @property
    def is_open(self) -> bool:
        """Not struck off yet."""
        return self.state in tracked.OPEN

    @property
    def is_extended(self) -> bool:
        """The deadline is no longer the one first set."""
        return self.due_on != self.original_due_on

    @property
    def is_met(self) -> bool:
        """Nothing is counted against the deadline any more: removed, void, or handed in by the deadline."""
        in_time = self.applied_on is not None and self.applied_on <= self.due_on
        return self.state in (*tracked.RECTIFIED, State.VOID) or (self.state == State.APPLIED and in_time)

    @property
    def missing_plan(self) -> list[str]:
        """Names of the parts of 五落实 that a major hazard still lacks."""
        if not self.is_major:
            return []
        fields = (self._meta.get_field(name) for name in self.PLAN_FIELDS if not getattr(self, name))
        return [str(field.verbose_name).removesuffix("落实") for field in fields]  # type: ignore[union-attr]

    @property
    def tone(self) -> str:
        """Tone of the state's badge."""
        return _TONES[State(self.state)]

    @property
    def level_tone(self) -> str:
        """Tone of the level's badge."""
        return "red" if self.is_major else "grey"


_TONES = {
    State.RECTIFYING: "yellow",
    State.APPLIED: "blue",
    State.RETURNED: "orange",
    State.PASSED: "blue",
    State.CLOSED: "green",
    State.VOID: "grey",
}
