"""演练记录: what was held, by whom, how it was judged and whether it counts as a 场次."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from core import clock
from core.models import VersionedModel
from responsibility.authority import authority_of
from responsibility.models import Enterprise, Unit


class DrillCounter(models.Model):
    """Running number of the records of one year: begins at 1, never reused."""

    year = models.PositiveSmallIntegerField("年度", unique=True)
    last = models.PositiveIntegerField("已用到", default=0)

    class Meta:
        verbose_name = "演练编号"
        verbose_name_plural = "演练编号"
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.year}年已用到{self.last}"


def owned(user: Any) -> Q:
    """Say of a record: the person may write it. It is of their unit or enterprise, or filed by their unit for one."""
    authority = authority_of(user)
    own = Q(organiser_id__in=authority.units) | Q(filer_id__in=authority.units)
    if authority.enterprises:
        own |= Q(enterprise_id__in=authority.enterprises)
    if authority.is_office:
        own |= Q(filer__kind=Unit.Kind.OFFICE)
    return own


def awaiting_review(user: Any) -> Q:
    """Say of a record: it waits for this person to be judged.

    What an enterprise handed in by itself is its township's or supervisor's to judge, everything else the office's.
    Who filed or handed in a record never judges it. The office may judge an enterprise's record too
    (`drills.permissions`), it is just not asked to.
    """
    authority = authority_of(user)
    mine = Q(pk__in=[])
    if authority.is_office:
        mine |= Q(filer__isnull=False)
    if authority.units:
        care = Q(township_id__in=authority.units) | Q(enterprise__supervisor_id__in=authority.units)
        mine |= Q(filer__isnull=True) & care
    wrote = Q(submitted_by=user.pk) | Q(created_by=user.pk)
    return Q(state=Drill.State.SUBMITTED) & ~wrote & mine


class DrillQuerySet(models.QuerySet["Drill"]):
    """Reads of records."""

    def owned_by(self, user: Any) -> Self:
        """Keep what the person may write."""
        return self.filter(owned(user))

    def visible_to(self, user: Any) -> Self:
        """Return what the person may see.

        Everything but other people's drafts for office, leaders and auditors; for a unit's people what it organised,
        took part in or filed, what lies in its township, and what the enterprises in its care held; for an
        enterprise's people their own.
        """
        authority = authority_of(user)
        own = Q(pk__in=Drill.objects.owned_by(user).values("pk"))
        # Drafts, and drafts given up before they had a number, are their writers' own business.
        handed_in = ~Q(state=Drill.State.DRAFT) & Q(code__isnull=False)
        if authority.reads_county:
            return self.filter(handed_in | own)
        if not authority.units:
            return self.filter(enterprise_id__in=authority.enterprises)
        joined = Drill.objects.filter(participants__in=authority.units).values("pk")
        near = (
            Q(township_id__in=authority.units)
            | Q(pk__in=joined)
            | Q(enterprise_id__in=Enterprise.objects.visible_to(user).values("pk"))
        )
        return self.filter(own | (near & handed_in))

    def awaiting_review_by(self, user: Any) -> Self:
        """Keep what waits for this person to be judged."""
        return self.filter(awaiting_review(user))

    def counted_by(self, day: date) -> Self:
        """Keep what counted at the end of `day`, also where it was taken back or counted again since."""
        if day >= clock.today():
            return self.filter(state=Drill.State.COUNTED)
        spans = DrillCount.objects.filter(drill=OuterRef("pk"), counted_on__lte=day)
        return self.filter(Exists(spans.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day))))


class Drill(VersionedModel):
    """演练记录: one drill held."""

    class State(models.TextChoices):
        """Where the record stands; moves are `drills.transitions.DRILL_TRANSITIONS`."""

        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "已上报待审核"
        RETURNED = "returned", "退回待改"
        COUNTED = "counted", "计入场次"
        NOT_COUNTED = "not_counted", "不计入"
        VOID = "void", "已作废"

    class Level(models.TextChoices):
        """At which level it was organised."""

        COUNTY = "county", "县级"
        DEPARTMENT = "department", "部门"
        TOWNSHIP = "township", "乡镇（街道、园区）"
        VILLAGE = "village", "村（社区）"
        ENTERPRISE = "enterprise", "企业"

    class Kind(models.TextChoices):
        """What it exercised."""

        COMPREHENSIVE = "comprehensive", "综合演练"
        SPECIAL = "special", "专项演练"
        SINGLE = "single", "单项演练"
        EVACUATION = "evacuation", "疏散逃生演练"
        ON_SITE = "on_site", "现场处置方案演练"
        REPORTING = "reporting", "报灾业务演练"

    class Form(models.TextChoices):
        """How it was done."""

        FIELD = "field", "实战演练"
        FUNCTIONAL = "functional", "功能演练"
        BLIND = "blind", "双盲演练"
        DESK = "desk", "桌面推演"

    class Hazard(models.TextChoices):
        """Which disaster or accident it was about: the subject (科目) by which duplicates are told."""

        FLOOD = "flood", "洪涝、台风、内涝"
        GEOLOGY = "geology", "地质灾害"
        EARTHQUAKE = "earthquake", "地震"
        COLD = "cold", "低温雨雪冰冻"
        FOREST_FIRE = "forest_fire", "森林草原火灾"
        FIRE = "fire", "建筑火灾、消防疏散"
        CHEMICAL = "chemical", "危险化学品事故"
        MINE = "mine", "矿山事故"
        CONSTRUCTION = "construction", "建筑施工事故"
        TRAFFIC = "traffic", "道路、水上交通事故"
        GAS = "gas", "燃气事故"
        CONFINED_SPACE = "confined_space", "有限空间作业事故"
        SPECIAL_EQUIPMENT = "special_equipment", "特种设备事故"
        CROWD = "crowd", "人员密集场所踩踏、拥挤"
        PUBLIC_HEALTH = "public_health", "食品药品、公共卫生事件"
        POWER = "power", "供电、供水、通信中断"
        OTHER = "other", "其他"

    class Conclusion(models.TextChoices):
        """Overall grade of the evaluation (AQ/T 9009-2015)."""

        EXCELLENT = "excellent", "优"
        GOOD = "good", "良"
        FAIR = "fair", "中"
        POOR = "poor", "差"

    class Revision(models.TextChoices):
        """What the drill meant for the plan it tested."""

        NONE = "none", "不需要修订"
        PLANNED = "planned", "需要修订，尚未完成"
        DONE = "done", "已修订"

    # Taken with the first handing in: YL-2026-0001.
    code = models.CharField("编号", max_length=20, unique=True, null=True, blank=True, editable=False)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    title = models.CharField("演练名称", max_length=120, blank=True)
    # Exactly one of the two organised it.
    organiser = models.ForeignKey(
        Unit, verbose_name="组织单位", null=True, blank=True, on_delete=models.PROTECT, related_name="drills"
    )
    enterprise = models.ForeignKey(
        Enterprise, verbose_name="组织企业", null=True, blank=True, on_delete=models.PROTECT, related_name="drills"
    )
    # The unit whose people filed the record; none where the enterprise did so itself.
    filer = models.ForeignKey(
        Unit, verbose_name="填报单位", null=True, blank=True, on_delete=models.PROTECT, related_name="filed_drills"
    )
    # The township whose quota it counts for: the organiser or the enterprise's place; none for departments' own.
    township = models.ForeignKey(
        Unit, verbose_name="所属乡镇", null=True, blank=True, on_delete=models.PROTECT, related_name="local_drills"
    )
    # No ledger of villages exists: the village is named as its township writes it.
    village = models.CharField("村（社区）", max_length=40, blank=True)
    level = models.CharField("级别", max_length=12, choices=Level)
    kind = models.CharField("演练类型", max_length=20, choices=Kind, default=Kind.COMPREHENSIVE)
    form = models.CharField("演练形式", max_length=12, choices=Form, default=Form.FIELD)
    hazard = models.CharField("灾种或事故类型", max_length=20, choices=Hazard, blank=True)
    hazard_other = models.CharField("其他类型的名称", max_length=40, blank=True)
    with_evacuation = models.BooleanField("含疏散逃生科目", default=False)
    unscripted = models.BooleanField("无脚本演练", default=False)
    held_on = models.DateField("演练日期", null=True, blank=True)
    starts_at = models.TimeField("开始时间", null=True, blank=True)
    ends_at = models.TimeField("结束时间", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    plan_name = models.CharField("对应预案或演练方案", max_length=120, blank=True)
    scenario = models.TextField("情景设置", blank=True)
    headcount = models.PositiveIntegerField(
        "参演人数", null=True, blank=True, validators=[MaxValueValidator(1_000_000)]
    )
    observers = models.PositiveIntegerField(
        "观摩人数", null=True, blank=True, validators=[MaxValueValidator(1_000_000)]
    )
    participants: models.ManyToManyField[Unit, Unit] = models.ManyToManyField(
        Unit, verbose_name="参演单位", blank=True, related_name="joined_drills"
    )
    other_participants = models.CharField("其他参演方", max_length=300, blank=True)
    equipment = models.TextField("投入装备", blank=True)
    # Heads of an evaluation, as AQ/T 9009-2015 and the rules on plans name what is to be judged.
    evaluator = models.CharField("评估组（评估人）", max_length=120, blank=True)
    eval_execution = models.TextField("演练执行情况", blank=True)
    eval_plan = models.TextField("预案的合理性与可操作性", blank=True)
    eval_command = models.TextField("指挥协调和应急联动", blank=True)
    eval_people = models.TextField("参演人员处置情况", blank=True)
    eval_equipment = models.TextField("装备和物资适用性", blank=True)
    eval_advice = models.TextField("改进意见建议", blank=True)
    conclusion = models.CharField("评估结论", max_length=12, choices=Conclusion, blank=True)
    revision = models.CharField("预案修订", max_length=12, choices=Revision, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("登记时间", default=clock.now)
    saved_at = models.DateTimeField("最近保存", default=clock.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="上报人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    submitted_at = models.DateTimeField("上报时间", null=True, blank=True)
    # "A（由B代）" where a deputy handed it in.
    submitted_as = models.CharField("上报署名", max_length=120, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="审核人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    review_comment = models.TextField("审核意见", blank=True)
    counted_on = models.DateField("计入日期", null=True, blank=True)

    objects = DrillQuerySet.as_manager()

    class Meta:
        verbose_name = "演练记录"
        verbose_name_plural = "演练记录"
        ordering = ["-held_on", "-pk"]
        indexes = [
            models.Index(fields=["state", "held_on"], name="drill_state_day"),
            models.Index(fields=["enterprise", "state", "held_on"], name="drill_enterprise_day"),
            models.Index(fields=["organiser", "state", "held_on"], name="drill_organiser_day"),
            models.Index(fields=["township", "state", "held_on"], name="drill_township_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(organiser__isnull=False, enterprise__isnull=True, filer__isnull=False)
                | Q(organiser__isnull=True, enterprise__isnull=False),
                name="drill_one_organiser",
            ),
            models.CheckConstraint(
                condition=Q(level="enterprise", enterprise__isnull=False)
                | (~Q(level="enterprise") & Q(enterprise__isnull=True)),
                name="drill_level_of_enterprise",
            ),
            models.CheckConstraint(condition=Q(level="village") | Q(village=""), name="drill_village_of_village"),
            models.CheckConstraint(condition=Q(hazard="other") | Q(hazard_other=""), name="drill_other_hazard"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "void"])
                | (Q(code__isnull=False, held_on__isnull=False, submitted_by__isnull=False) & ~Q(title="")),
                name="drill_handed_in_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["counted", "not_counted"])
                | (Q(reviewed_by__isnull=False) & ~Q(reviewed_by=F("submitted_by")) & ~Q(reviewed_by=F("created_by"))),
                name="drill_judged_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="counted", counted_on__isnull=False)
                | (~Q(state="counted") & Q(counted_on__isnull=True)),
                name="drill_counted_day",
            ),
            # Same organiser, subject and day is one 场次.
            models.UniqueConstraint(
                fields=["organiser", "village", "hazard", "hazard_other", "held_on"],
                condition=Q(state="counted", organiser__isnull=False),
                name="drill_counted_once_unit",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "hazard", "hazard_other", "held_on"],
                condition=Q(state="counted", enterprise__isnull=False),
                name="drill_counted_once_enterprise",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code or ''} {self.title or '未命名的演练'}".strip()

    @property
    def organiser_name(self) -> str:
        """Who organised it; the village stands behind its township."""
        if self.enterprise is not None:
            return self.enterprise.name
        name = self.organiser.short_name if self.organiser is not None else ""
        return f"{name} {self.village}".strip()

    @property
    def subject(self) -> str:
        """演练科目 in words: the hazard it was about."""
        return self.hazard_other if self.hazard == self.Hazard.OTHER else self.get_hazard_display()

    @property
    def tone(self) -> str:
        """Tone of the state's badge."""
        return _TONES[self.State(self.state)]

    @property
    def is_open(self) -> bool:
        """Its owner may still write it."""
        return self.state in (self.State.DRAFT, self.State.RETURNED)


_TONES = {
    Drill.State.DRAFT: "grey",
    Drill.State.SUBMITTED: "blue",
    Drill.State.RETURNED: "orange",
    Drill.State.COUNTED: "green",
    Drill.State.NOT_COUNTED: "yellow",
    Drill.State.VOID: "grey",
}


class DrillProblem(VersionedModel):
    """演练发现的问题: what went wrong in a drill and who puts it right by when."""

    drill = models.ForeignKey(Drill, verbose_name="演练", on_delete=models.CASCADE, related_name="problems")
    order = models.PositiveSmallIntegerField("序号")
    text = models.CharField("问题", max_length=300)
    responsible = models.CharField("整改责任人", max_length=60, blank=True)
    due_on = models.DateField("整改期限", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    result = models.CharField("整改情况", max_length=300, blank=True)

    class Meta:
        verbose_name = "演练发现的问题"
        verbose_name_plural = "演练发现的问题"
        ordering = ["drill", "order"]
        constraints = [models.UniqueConstraint(fields=["drill", "order"], name="drill_problem_order")]

    def __str__(self) -> str:
        return self.text


class DrillCount(models.Model):
    """计入期间: from which day to which a record counted, so that past days can be shown as they stood."""

    drill = models.ForeignKey(Drill, verbose_name="演练", on_delete=models.CASCADE, related_name="counts")
    counted_on = models.DateField("计入日期")
    # The day it was taken back; it no longer counts on this day.
    ended_on = models.DateField("撤销计入日期", null=True, blank=True)

    class Meta:
        verbose_name = "演练计入期间"
        verbose_name_plural = "演练计入期间"
        ordering = ["drill", "counted_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["drill"], condition=Q(ended_on__isnull=True), name="drill_count_one_open"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(counted_on__lte=F("ended_on")), name="drill_count_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counted_on}起计入"
