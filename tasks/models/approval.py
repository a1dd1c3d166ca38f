"""报批: a draft's 任务分解 laid before a county leader, and what the leader decided on it."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from core.models import VersionedModel
from responsibility.authority import authority_of
from tasks.models.plan import Plan

if TYPE_CHECKING:
    from accounts.models import User


class PlanApprovalQuerySet(models.QuerySet["PlanApproval"]):
    """Reads of approvals."""

    def visible_to(self, user: "User | Any") -> Self:
        """All for the office and for county leaders; nobody else sees what is not published."""
        authority = authority_of(user)
        return self if authority.is_office or authority.is_leader else self.none()


class PlanApproval(VersionedModel):
    """One time a draft was laid before a leader. It holds for the contents it was given for, and no others."""

    class State(models.TextChoices):
        """Where it stands; whether an approval still holds follows from the draft's changes."""

        SUBMITTED = "submitted", "待审批"
        APPROVED = "approved", "已批准"
        RETURNED = "returned", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"

    plan = models.ForeignKey(Plan, verbose_name="工作要点", on_delete=models.PROTECT, related_name="approvals")
    state = models.CharField("状态", max_length=12, choices=State, default=State.SUBMITTED)
    # The plan's number of changes it was submitted with.
    contents = models.PositiveIntegerField("报批时改动次数")
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="审批领导", on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField("报批说明", blank=True)
    # What was open when it was submitted, in words.
    open_points = models.TextField("报批时未完成事项", blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="报批人", on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField("报批时间", default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="办结人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    decided_at = models.DateTimeField("办结时间", null=True, blank=True)
    opinion = models.TextField("审批意见", blank=True)

    objects = PlanApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = "任务分解报批"
        verbose_name_plural = "任务分解报批"
        ordering = ["-submitted_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["plan"], condition=Q(state="submitted"), name="plan_approval_one_waiting"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(state="withdrawn") | ~Q(decided_by=models.F("submitted_by")),
                name="plan_approval_submitter_never_decides",
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="submitted") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="plan_approval_decision_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.title}任务分解报批"

    @property
    def overtaken(self) -> bool:
        """Whether the draft was changed after it was submitted, so that nothing decided on it holds any more."""
        return self.state in (self.State.SUBMITTED, self.State.APPROVED) and self.contents != self.plan.changes

    @property
    def label(self) -> str:
        """The state in words, as it counts now."""
        if self.overtaken:
            return "批准已失效" if self.state == self.State.APPROVED else "报批后又有改动"
        return self.get_state_display()

    @property
    def tone(self) -> str:
        """Tone of the state's badge."""
        if self.overtaken:
            return "orange"
        return {"submitted": "blue", "approved": "green", "returned": "red", "withdrawn": "grey"}[self.state]
