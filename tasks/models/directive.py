"""交办事项: what a leader, a meeting, a higher authority or an inspection wants done, and the tasks it became."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q

from core import clock
from core.models import VersionedModel
from responsibility.authority import authority_of

if TYPE_CHECKING:
    from accounts.models import User

CLOSED = "closed"


class DirectiveQuerySet(models.QuerySet["Directive"]):
    """Reads of the register."""

    def visible_to(self, user: "User | Any") -> Self:
        """Everything for office, leaders and auditors; for a unit's people what became a task they see."""
        authority = authority_of(user)
        if authority.reads_county:
            return self
        units = authority.units
        if not units:
            return self.none()
        led = Q(tasks__lead_id__in=units) | Q(tasks__supports__unit_id__in=units)
        return self.filter(pk__in=self.model._default_manager.filter(led).values("pk"))

    def with_counts(self) -> Self:
        """Add `total` and `closed`: how many tasks each became, and how many of them are closed."""
        return self.annotate(
            total=Count("tasks", distinct=True),
            closed=Count("tasks", filter=Q(tasks__state=CLOSED), distinct=True),
        )

    def in_stage(self, stage: str) -> Self:
        """Keep what stands so; see `Directive.Stage`."""
        rows = self.with_counts()
        if stage == Directive.Stage.DONE:
            return rows.filter(done_on__isnull=False)
        rows = rows.filter(done_on__isnull=True)
        if stage == Directive.Stage.NEW:
            return rows.filter(total=0)
        ready = Q(total__gt=0, closed=models.F("total"))
        return rows.filter(ready) if stage == Directive.Stage.READY else rows.filter(total__gt=0).exclude(ready)


class Directive(VersionedModel):
    """One entry of the register."""

    class Kind(models.TextChoices):
        """Who wants it; the values are those of `tasks.models.Source`."""

        LEADER = "leader", "领导批示"
        MEETING = "meeting", "会议议定事项"
        SUPERIOR = "superior", "上级文件"
        INSPECTION = "inspection", "巡查反馈"

    class Stage(models.TextChoices):
        """How far it has come; derived from its tasks and the day it was settled."""

        NEW = "new", "未立项"
        RUNNING = "running", "办理中"
        READY = "ready", "待办结"
        DONE = "done", "已办结"

    kind = models.CharField("类别", max_length=12, choices=Kind)
    number = models.CharField("文号或编号", max_length=60, blank=True)
    received_on = models.DateField("收到日期", default=clock.today)
    giver = models.CharField("批示人、会议或发文机关", max_length=120)
    # The county leader whose account it is, where a leader has given it: tasks are theirs to lead.
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="县领导",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    title = models.CharField("事项名称", max_length=200)
    text = models.TextField("内容")
    due_on = models.DateField("要求完成时限", null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("登记时间", default=clock.now)
    done_on = models.DateField("办结日期", null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="办结确认人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    outcome = models.TextField("办结反馈", blank=True)

    objects = DirectiveQuerySet.as_manager()

    class Meta:
        verbose_name = "交办事项"
        verbose_name_plural = "交办事项"
        ordering = ["-received_on", "-id"]
        indexes = [models.Index(fields=["kind", "-received_on"], name="directive_kind_received")]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, done_by__isnull=True, outcome="")
                | (Q(done_on__isnull=False, done_by__isnull=False) & ~Q(outcome="")),
                name="directive_done_said_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=models.F("received_on")),
                name="directive_due_after_received",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.title}"

    def stage_of(self, total: int, closed: int) -> "Directive.Stage":
        """Return how far it has come with so many tasks, of which so many are closed."""
        if self.done_on is not None:
            return self.Stage.DONE
        if not total:
            return self.Stage.NEW
        return self.Stage.READY if closed == total else self.Stage.RUNNING

    def is_overdue(self, today: date) -> bool:
        """Say whether its deadline has passed and it is not settled."""
        return self.done_on is None and self.due_on is not None and self.due_on < today


def weighted_percent(rows: "list[tuple[Decimal, Decimal]]") -> Decimal:
    """Return the mean of percents by weight (weight, percent), to one decimal; 0 over nothing."""
    weight = sum((weight for weight, _ in rows), Decimal(0))
    if not weight:
        return Decimal(0)
    return (sum((weight * percent for weight, percent in rows), Decimal(0)) / weight).quantize(Decimal("0.1"))
