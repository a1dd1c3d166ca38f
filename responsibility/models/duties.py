"""安全生产责任清单: a unit's duties of a year in four layers, edition by edition."""

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
from core.models import VersionedModel
from responsibility.models.posts import InnerOffice, Post
from responsibility.models.units import Unit

if TYPE_CHECKING:
    from accounts.models import User


def duty_file_name(instance: "DutyList", filename: str) -> str:
    """Return where the printed list lies below MEDIA_ROOT."""
    return f"duties/{instance.pk}-{instance.version}.pdf"


class Layer(models.TextChoices):
    """Whose duty it is, from the unit as a whole down to a single post."""

    UNIT = "unit", "单位"
    LEADER = "leader", "班子成员"
    OFFICE = "office", "内设机构"
    POST = "post", "岗位"


class DutyListQuerySet(models.QuerySet["DutyList"]):
    """Reads of duty lists."""

    def visible_to(self, user: "User | Any") -> Self:
        """All for who reads the county; a unit's people see their own, every colleague what has been published."""
        from responsibility.authority import authority_of
        from responsibility.permissions import is_colleague

        authority = authority_of(user)
        if authority.reads_county:
            return self
        if not is_colleague(user):
            return self.none()
        return self.filter(Q(unit_id__in=authority.units) | Q(state__in=DutyList.PUBLIC))

    def without_file(self) -> Self:
        """Keep published lists that have not been printed as PDF yet."""
        return self.filter(state=DutyList.State.PUBLISHED, pdf="")


class DutyList(VersionedModel):
    """责任清单: one edition of a unit's list for a year."""

    class State(models.TextChoices):
        """Where the list stands; moves are `responsibility.transitions.DUTY_TRANSITIONS`."""

        DRAFT = "draft", "起草"
        SUBMITTED = "submitted", "待审核发布"
        RETURNED = "returned", "已退回"
        PUBLISHED = "published", "已发布"
        SUPERSEDED = "superseded", "已有新版"
        DISCARDED = "discarded", "已作废"

    # States in which the list is known to all colleagues, and those in which a unit works on it.
    PUBLIC = ("published", "superseded")
    OPEN = ("draft", "submitted", "returned")

    unit = models.ForeignKey(Unit, verbose_name="单位", on_delete=models.PROTECT, related_name="duty_lists")
    year = models.PositiveSmallIntegerField("年度")
    edition = models.PositiveSmallIntegerField("版次", default=1)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="起草人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("起草时间", default=clock.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="提交人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    review_comment = models.TextField("退回理由", blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="发布人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    published_on = models.DateField("发布日期", null=True, blank=True)
    superseded_on = models.DateField("被替代日期", null=True, blank=True)
    pdf = models.FileField("PDF", upload_to=duty_file_name, max_length=200, blank=True)
    pdf_error = models.CharField("排版错误", max_length=300, blank=True)

    objects = DutyListQuerySet.as_manager()

    class Meta:
        verbose_name = "责任清单"
        verbose_name_plural = "责任清单"
        ordering = ["-year", "unit", "-edition"]
        indexes = [models.Index(fields=["state", "year"], name="duty_list_state_year")]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "edition"], name="duty_list_edition_once"),
            models.UniqueConstraint(
                fields=["unit", "year"], condition=Q(state="published"), name="duty_list_one_published"
            ),
            models.UniqueConstraint(
                fields=["unit", "year"],
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="duty_list_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "published", "superseded"])
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="duty_list_submitted_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "superseded"])
                | Q(published_by__isnull=False, published_on__isnull=False),
                name="duty_list_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("submitted_by")),
                name="duty_list_submitter_never_publishes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.name}{self.year}年安全生产责任清单（第{self.edition}版）"

    @property
    def tone(self) -> str:
        """Tone of the state's badge: warm while somebody is to act."""
        return _TONES[self.State(self.state)]

    @property
    def is_published(self) -> bool:
        """It is the list in force for its unit and year."""
        return self.state == self.State.PUBLISHED

    @property
    def was_returned(self) -> bool:
        """The office sent it back and waits for a better one."""
        return self.state == self.State.RETURNED


_TONES = {
    DutyList.State.DRAFT: "grey",
    DutyList.State.SUBMITTED: "blue",
    DutyList.State.RETURNED: "orange",
    DutyList.State.PUBLISHED: "green",
    DutyList.State.SUPERSEDED: "grey",
    DutyList.State.DISCARDED: "grey",
}


class DutyItem(VersionedModel):
    """职责事项: one duty of the unit, a leader, an inner office or a post."""

    class Kind(models.TextChoices):
        """三管三必须 (安全生产法第三条)."""

        INDUSTRY = "industry", "管行业"
        BUSINESS = "business", "管业务"
        OPERATION = "operation", "管生产经营"

    class Type(models.TextChoices):
        """What sort of work the duty is."""

        PLAN = "plan", "行业规划"
        POLICY = "policy", "产业政策"
        STANDARD = "standard", "法规标准"
        PERMIT = "permit", "行政许可"
        INSPECT = "inspect", "执法检查"
        MANAGE = "manage", "业务管理"
        TRAIN = "train", "宣传培训"
        RESCUE = "rescue", "应急救援"
        LEAD = "lead", "组织领导"

    class Frequency(models.TextChoices):
        """How often the duty is to be done; 经常 and 按需 have no period to count in."""

        ALWAYS = "always", "经常"
        MONTH = "month", "每月"
        QUARTER = "quarter", "每季度"
        HALF_YEAR = "half_year", "每半年"
        YEAR = "year", "每年"
        ON_DEMAND = "on_demand", "按需"

    duty_list = models.ForeignKey(DutyList, verbose_name="责任清单", on_delete=models.CASCADE, related_name="items")
    # The same duty in every edition of a year, so that what was done stays with it.
    lineage = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    layer = models.CharField("层级", max_length=8, choices=Layer)
    office: "models.ForeignKey[InnerOffice | None, InnerOffice | None]" = models.ForeignKey(
        InnerOffice, verbose_name="内设机构", null=True, blank=True, on_delete=models.PROTECT, related_name="duties"
    )
    post: "models.ForeignKey[Post | None, Post | None]" = models.ForeignKey(
        Post, verbose_name="岗位", null=True, blank=True, on_delete=models.PROTECT, related_name="duties"
    )
    text = models.CharField("职责事项", max_length=300)
    kind = models.CharField("三管", max_length=12, choices=Kind, default=Kind.INDUSTRY)
    duty_type = models.CharField("职责类型", max_length=12, choices=Type, default=Type.MANAGE)
    basis = models.CharField("依据", max_length=200)
    how = models.CharField("履职方式", max_length=200)
    frequency = models.CharField("频次", max_length=12, choices=Frequency, default=Frequency.QUARTER)
    times = models.PositiveSmallIntegerField("每期次数", default=1, help_text="每个周期至少几次；经常、按需的填 1")
    frequency_note = models.CharField("频次说明", max_length=60, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    ordering = models.PositiveIntegerField("排序", default=0)

    class Meta:
        verbose_name = "职责事项"
        verbose_name_plural = "职责事项"
        ordering = ["duty_list", "ordering", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(layer="unit", office__isnull=True, post__isnull=True)
                | Q(layer="office", office__isnull=False, post__isnull=True)
                | Q(layer__in=["leader", "post"], office__isnull=True, post__isnull=False),
                name="duty_item_subject",
            ),
            models.CheckConstraint(condition=Q(times__gte=1, times__lte=31), name="duty_item_times"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def frequency_words(self) -> str:
        """How often, in words: 每季度不少于2次（节前加密）."""
        words = self.get_frequency_display()
        if self.is_counted:
            words += f"不少于{self.times}次"
        return f"{words}（{self.frequency_note}）" if self.frequency_note else words

    @property
    def is_counted(self) -> bool:
        """The duty is to be done so many times in each period."""
        return self.frequency not in (self.Frequency.ALWAYS, self.Frequency.ON_DEMAND)
