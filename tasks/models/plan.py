"""The work-points document as read and as confirmed by the office."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from core.models import VersionedModel
from core.periods import MONTH, QUARTER
from responsibility.authority import authority_of
from responsibility.models import Unit
from tasks import reading_words
from tasks.models.origin import Charge
from tasks.models.recurrence import Recurring, recurrence_checked
from tasks.spans import Span, minus, words

if TYPE_CHECKING:
    from accounts.models import User


def plain(value: Decimal) -> str:
    """Write a figure without trailing zeros and without an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Operator(models.TextChoices):
    """How the value reached is compared with the target."""

    AT_LEAST = ">=", "不低于"
    AT_MOST = "<=", "不超过"
    EQUAL = "=", "达到"


class PlanQuerySet(models.QuerySet["Plan"]):
    """Reads of plans."""

    def visible_to(self, user: "User | Any") -> Self:
        """Published plans for everybody who works here; drafts, withdrawn ones too, for the office."""
        authority = authority_of(user)
        if authority.is_office:
            return self
        if authority.roles - {"enterprise", "administrator"}:
            return self.filter(state=Plan.State.PUBLISHED)
        return self.none()


class Plan(VersionedModel):
    """工作要点: one year's work points."""

    class State(models.TextChoices):
        """A draft is being checked by the office; a published plan has tasks; a withdrawn draft is kept."""

        DRAFT = "draft", "核对中"
        PUBLISHED = "published", "已发布"
        WITHDRAWN = "withdrawn", "已作废"

    class Every(models.TextChoices):
        """How often units report."""

        MONTH = MONTH, "每月"
        QUARTER = QUARTER, "每季度"

    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("标题", max_length=200)
    doc_number = models.CharField("文号", max_length=60, blank=True)
    issuer = models.CharField("印发机关", max_length=120, blank=True)
    issued_on = models.DateField("印发日期", null=True, blank=True)
    report_every = models.CharField("报送周期", max_length=10, choices=Every, default=Every.QUARTER)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    source_name = models.CharField("来源文件", max_length=200, blank=True)
    source_sha256 = models.CharField("来源文件 SHA-256", max_length=64, blank=True)
    # The document's text as read; every offset of items, targets and flags points into it.
    source_text = models.TextField("原文")
    # [{start, end, reason}] page furniture dropped by the reader, shown struck out beside the text.
    noise: models.JSONField[Any, Any] = models.JSONField("页面杂讯", default=list)
    # Rises with every step on the draft's contents, with every step taken back and done again.
    changes = models.PositiveIntegerField("改动次数", default=0, editable=False)
    created_at = models.DateTimeField("导入时间", default=clock.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="导入人", on_delete=models.PROTECT, related_name="+", null=True
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="发布人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "工作要点"
        verbose_name_plural = "工作要点"
        ordering = ["-year", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["year"], condition=Q(state="published"), name="plan_one_published_per_year"
            ),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="plan_year_range"),
        ]

    def __str__(self) -> str:
        return self.title


class PlanSection(VersionedModel):
    """A chapter heading of the plan."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="sections")
    number = models.PositiveSmallIntegerField("序号")
    marker = models.CharField("编号", max_length=20)
    title = models.CharField("标题", max_length=200)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        verbose_name = "章节"
        verbose_name_plural = "章节"
        ordering = ["plan", "start"]

    def __str__(self) -> str:
        return f"{self.marker}{self.title}"


class PlanItem(Charge, Recurring, VersionedModel):
    """条目: one item of the plan; publishing turns it into a task."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="items")
    section = models.ForeignKey(PlanSection, on_delete=models.CASCADE, related_name="items", null=True, blank=True)
    # A numbered point inside another item; its text is part of the parent's.
    parent = models.ForeignKey(
        "self", verbose_name="上级条目", on_delete=models.CASCADE, related_name="children", null=True, blank=True
    )
    # Among its neighbours (tasks.places); the order on screen is that of tasks.outline.
    place = models.CharField("顺序", max_length=500, default="", blank=True, editable=False)
    number = models.PositiveSmallIntegerField("条目号")
    # Which piece of the document's item this is; 0 where the item was never split.
    piece = models.PositiveSmallIntegerField("拆分序号", default=0)
    marker = models.CharField("编号", max_length=20)
    title = models.CharField("标题", max_length=200)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    # [[start, end]] further stretches of the text, of items put together that do not stand side by side in it.
    more_spans: models.JSONField[Any, Any] = models.JSONField("其余原文", default=list, blank=True)
    dropped = models.BooleanField("不纳入任务", default=False)
    dropped_reason = models.CharField("不纳入的理由", max_length=200, blank=True)
    lead = models.ForeignKey(
        Unit, verbose_name="牵头单位", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    supports: models.ManyToManyField[Unit, Any] = models.ManyToManyField(
        Unit, verbose_name="配合单位", related_name="+", blank=True
    )
    starts_on = models.DateField("开始日期", null=True, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    # Where the proposed deadline came from: the document's phrase or the year's end by default.
    due_basis = models.CharField("时限依据", max_length=100, blank=True)
    # A person has compared the whole item with the document.
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="核对人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = "条目"
        verbose_name_plural = "条目"
        ordering = ["plan", "place", "start", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=models.F("start")), name="plan_item_span_not_empty"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="plan_item_weight_positive"),
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True, checked_by__isnull=True)
                | Q(checked_at__isnull=False, checked_by__isnull=False),
                name="plan_item_checked_by_somebody",
            ),
            recurrence_checked("plan_item_months_named"),
        ]

    def __str__(self) -> str:
        return f"{self.marker}{self.title}"

    @property
    def spans(self) -> list[Span]:
        """The stretches of the document that make up the item, in order."""
        return [(self.start, self.end), *((start, end) for start, end in self.more_spans)]

    @spans.setter
    def spans(self, spans: Sequence[Span]) -> None:
        (self.start, self.end), *more = spans
        self.more_spans = [list(span) for span in more]

    @property
    def text(self) -> str:
        """The item's words in the document, without page furniture between them."""
        noise = [(row["start"], row["end"]) for row in self.plan.noise]
        source = self.plan.source_text
        return words(source, minus(source, self.spans, noise)) or words(source, self.spans)


class ItemTarget(models.Model):
    """量化指标 of an item, with the phrase it was read from."""

    item = models.ForeignKey(PlanItem, on_delete=models.CASCADE, related_name="targets")
    phrase = models.CharField("原文", max_length=200)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    metric = models.CharField("指标名称", max_length=120)
    operator = models.CharField("要求", max_length=2, choices=Operator)
    value = models.DecimalField("目标值", max_digits=16, decimal_places=2)
    unit = models.CharField("计量单位", max_length=20, blank=True)
    period = models.CharField("周期", max_length=12, blank=True)
    explicit = models.BooleanField("原文明确", default=True)
    dropped = models.BooleanField("不采用", default=False)

    class Meta:
        verbose_name = "条目指标"
        verbose_name_plural = "条目指标"
        # What the office adds has no place in the text and comes last, on every database.
        ordering = ["item", models.F("start").asc(nulls_last=True), "id"]

    def __str__(self) -> str:
        return self.metric

    @property
    def wanted(self) -> str:
        """The requirement in words, e.g. 不低于2000人次."""
        return f"{Operator(self.operator).label}{plain(self.value)}{self.unit}"

    @property
    def period_label(self) -> str:
        """The span the value holds for, in words; empty for the plan's year or none."""
        return reading_words.PERIODS.get(self.period, "")


class ItemDeadline(models.Model):
    """A time phrase of an item as read."""

    item = models.ForeignKey(PlanItem, on_delete=models.CASCADE, related_name="deadlines")
    phrase = models.CharField("原文", max_length=200)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    kind = models.CharField("类型", max_length=20)
    on = models.DateField("日期", null=True, blank=True)
    every = models.CharField("频次", max_length=10, blank=True)

    class Meta:
        verbose_name = "条目时限"
        verbose_name_plural = "条目时限"
        ordering = ["item", "start"]

    def __str__(self) -> str:
        return self.phrase

    @property
    def meaning(self) -> str:
        """How the phrase was read, in words."""
        if self.every:
            return reading_words.frequency(self.every)
        kind = reading_words.DEADLINE_KINDS.get(self.kind, "时间要求")
        return f"{self.on:%Y-%m-%d}（{kind}）" if self.on else kind


class ReadingFlag(models.Model):
    """存疑: a doubtful reading shown beside the raw text; a person decides."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="flags")
    # The innermost item around it; follows the items when they are cut and joined.
    item = models.ForeignKey(PlanItem, on_delete=models.SET_NULL, related_name="flags", null=True, blank=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.CharField("原文", max_length=200)
    kind = models.CharField("类型", max_length=30)
    suggested = models.CharField("建议", max_length=200, blank=True)
    confidence = models.CharField("把握", max_length=10)
    resolved = models.BooleanField("已核对", default=False)

    class Meta:
        verbose_name = "存疑"
        verbose_name_plural = "存疑"
        ordering = ["plan", "start"]

    def __str__(self) -> str:
        return self.text

    @property
    def kind_label(self) -> str:
        """What is doubtful, in words."""
        return reading_words.FLAG_KINDS.get(self.kind, "读法存疑")

    @property
    def confidence_label(self) -> str:
        """How sure the reader is that something is wrong, in words."""
        return reading_words.CONFIDENCES.get(self.confidence, self.confidence)


class UnitMention(models.Model):
    """A unit named in an item's text, and the unit of the county's table it stands for, if one is known."""

    item = models.ForeignKey(PlanItem, on_delete=models.CASCADE, related_name="mentions")
    name = models.CharField("原文写法", max_length=120)
    role = models.CharField("原文角色", max_length=20)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    unit = models.ForeignKey(
        Unit, verbose_name="对应单位", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = "原文点名单位"
        verbose_name_plural = "原文点名单位"
        ordering = ["item", "start"]

    def __str__(self) -> str:
        return self.name

    @property
    def role_label(self) -> str:
        """The part the text gives the unit, in words."""
        return reading_words.UNIT_ROLES.get(self.role, "提及")


class UnitSuggestion(models.Model):
    """A unit proposed for an item, with the reason. Nothing is assigned until a person accepts it."""

    class Part(models.TextChoices):
        """Part in the work."""

        LEAD = "lead", "牵头"
        SUPPORT = "support", "配合"

    class Source(models.TextChoices):
        """Where the proposal comes from."""

        TEXT = "text", "原文点名"
        RULE = "rule", "关键词规则"

    item = models.ForeignKey(PlanItem, on_delete=models.CASCADE, related_name="suggestions")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=10, choices=Part)
    source = models.CharField(max_length=10, choices=Source)
    weight = models.PositiveSmallIntegerField("权重", default=0)
    reason = models.CharField("理由", max_length=300)

    class Meta:
        verbose_name = "单位建议"
        verbose_name_plural = "单位建议"
        ordering = ["item", "part", "-weight", "id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "unit"], name="suggestion_once_per_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit.short_name}（{self.get_part_display()}）"
