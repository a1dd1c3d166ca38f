"""节点与期次: what of a task is due on a day of its own and delivered by the lead unit's reports.

Milestones (节点) and occurrences (期次) are one table: both are something of the task that falls due, is delivered by a
report, and counts once the office has passed that report.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from core import clock
from core.models import VersionedModel
from tasks.models.progress import ProgressReport
from tasks.models.recurrence import Recurrence
from tasks.models.task import Task

if TYPE_CHECKING:
    from accounts.models import User


class TaskNodeQuerySet(models.QuerySet["TaskNode"]):
    """Reads of nodes."""

    def visible_to(self, user: "User | Any") -> Self:
        """Nodes of the tasks the person sees."""
        return self.filter(task__in=Task.objects.visible_to(user))

    def live(self) -> Self:
        """Keep what has not been cancelled."""
        return self.filter(cancelled_on__isnull=True)

    def milestones(self) -> Self:
        """Keep milestones."""
        return self.exclude(kind=TaskNode.Kind.OCCURRENCE)

    def occurrences(self) -> Self:
        """Keep occurrences."""
        return self.filter(kind=TaskNode.Kind.OCCURRENCE)

    def undelivered(self) -> Self:
        """Keep live nodes the office has not passed yet."""
        return self.live().filter(done_on__isnull=True)

    def with_claims(self) -> Self:
        """Add `is_claimed`, `claimed_on`: whether a report that waits for the office delivers the node, and its day."""
        through = ProgressReport.nodes.through
        waiting = through._default_manager.filter(
            tasknode_id=OuterRef("pk"), progressreport__state=ProgressReport.State.SUBMITTED
        )
        return self.annotate(
            is_claimed=Exists(waiting),
            claimed_on=models.Case(
                models.When(Exists(waiting), then=F("task__submitted_on")),
                default=None,
                output_field=models.DateField(null=True),
            ),
        )

    def with_standing(self, day: date) -> Self:
        """Add `standing`, the `TaskNode.State` on `day` as `TaskNode.state_on` tells it of a row."""
        found = self.with_claims()
        return found.annotate(
            standing=models.Case(
                models.When(cancelled_on__isnull=False, then=models.Value("cancelled")),
                models.When(done_on__isnull=False, then=models.Value("done")),
                models.When(is_claimed=True, then=models.Value("waiting")),
                models.When(due_on__lt=day, then=models.Value("overdue")),
                default=models.Value("open"),
                output_field=models.CharField(),
            )
        )

    def claimed(self) -> Self:
        """Keep undelivered nodes that a report waiting for the office says it delivers."""
        return self.undelivered().with_claims().filter(is_claimed=True)

    def unclaimed(self) -> Self:
        """Keep undelivered nodes that no waiting report delivers."""
        return self.undelivered().with_claims().filter(is_claimed=False)

    def missed_on(self, day: date) -> Self:
        """Keep live nodes due before `day` and not delivered; what was reported in time and waits is not missed."""
        due = self.undelivered().filter(due_on__lt=day, task__closed_on__isnull=True).with_claims()
        return due.exclude(is_claimed=True, claimed_on__lte=F("due_on"))


class TaskNode(VersionedModel):
    """One milestone or one occurrence of a task.

    A node is delivered when the office passes the report that says so: `done_on` is the day that report was submitted.
    Nothing is deleted: what will not be delivered after all is cancelled, with the reason.
    """

    class Kind(models.TextChoices):
        """What falls due."""

        DOCUMENT = "document", "文件节点"
        BUILD = "build", "建设节点"
        OTHER = "other", "其他节点"
        OCCURRENCE = "occurrence", "期次"

    class State(models.TextChoices):
        """Where the node stands, derived from its fields and the waiting report."""

        OPEN = "open", "待完成"
        WAITING = "waiting", "已报待审"
        DONE = "done", "已完成"
        OVERDUE = "overdue", "逾期未完成"
        CANCELLED = "cancelled", "已取消"

    task = models.ForeignKey(Task, verbose_name="任务", on_delete=models.CASCADE, related_name="nodes")
    kind = models.CharField("类型", max_length=12, choices=Kind)
    # Among all nodes the task ever had, in the order they came to be.
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("名称", max_length=200)
    # How often an occurrence comes; empty for milestones.
    cycle = models.CharField("频次", max_length=12, choices=Recurrence, default="", blank=True)
    # First day of the span an occurrence stands for; it never moves, so that an occurrence is known again by it.
    starts_on = models.DateField("开始日期", null=True, blank=True)
    due_on = models.DateField("完成时限")
    original_due_on = models.DateField("原定时限")
    # What of the whole task should be done once this milestone is, in percent and rising to 100 at the last one.
    share = models.DecimalField("累计占比（%）", max_digits=5, decimal_places=1, null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    delivered_by = models.ForeignKey(
        ProgressReport,
        verbose_name="完成的填报",
        on_delete=models.PROTECT,
        related_name="delivered_nodes",
        null=True,
        blank=True,
    )
    cancelled_on = models.DateField("取消日期", null=True, blank=True)
    cancelled_reason = models.CharField("取消理由", max_length=200, blank=True)

    objects = TaskNodeQuerySet.as_manager()

    class Meta:
        verbose_name = "节点与期次"
        verbose_name_plural = "节点与期次"
        ordering = ["task", "due_on", "number"]
        indexes = [models.Index(fields=["due_on", "done_on"], name="node_due_done")]
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="node_numbered_once"),
            models.UniqueConstraint(
                fields=["task", "cycle", "starts_on"],
                condition=Q(kind="occurrence", cancelled_on__isnull=True),
                name="node_occurrence_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="occurrence", starts_on__isnull=False, share__isnull=True) & ~Q(cycle="")
                | (~Q(kind="occurrence") & Q(cycle="", starts_on__isnull=True)),
                name="node_occurrence_has_span",
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gt=0, share__lte=100), name="node_share_range"
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, delivered_by__isnull=True)
                | Q(done_on__isnull=False, delivered_by__isnull=False),
                name="node_done_by_report",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_on__isnull=True, cancelled_reason="")
                | (Q(cancelled_on__isnull=False, done_on__isnull=True) & ~Q(cancelled_reason="")),
                name="node_cancelled_explained",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task.code} {self.title}"

    @property
    def is_occurrence(self) -> bool:
        """An occurrence, not a milestone."""
        return self.kind == self.Kind.OCCURRENCE

    @property
    def is_claimed_now(self) -> bool:
        """A report that waits for the office says it delivers the node; read with `with_claims`."""
        return bool(getattr(self, "is_claimed", False))

    def state_on(self, day: date) -> str:
        """Return where the node stands on `day`; a row read with `with_claims` knows what waits for the office."""
        if self.cancelled_on is not None:
            return self.State.CANCELLED
        if self.done_on is not None:
            return self.State.DONE
        if self.is_claimed_now:
            return self.State.WAITING
        return self.State.OVERDUE if self.due_on < day else self.State.OPEN

    @property
    def is_settled(self) -> bool:
        """Nothing is counted against its day any more: delivered, cancelled, or reported and waiting."""
        return self.done_on is not None or self.cancelled_on is not None or self.is_claimed_now

    @property
    def state(self) -> str:
        """Where the node stands today."""
        return self.state_on(clock.today())

    @property
    def state_label(self) -> str:
        """Where the node stands today, in words."""
        return str(self.State(self.state).label)

    @property
    def tone(self) -> str:
        """Tone of the state's badge."""
        return TONES[self.state]

    @property
    def days_late(self) -> int:
        """Days delivered after the node was due, or days past due today; 0 where it is in time or cancelled."""
        end = self.done_on or clock.today()
        return 0 if self.cancelled_on is not None else max(0, (end - self.due_on) // timedelta(days=1))


TONES = {"open": "grey", "waiting": "blue", "done": "green", "overdue": "red", "cancelled": "grey"}
