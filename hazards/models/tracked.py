"""What every figure about hazards is counted from, and the dated rows that keep it for each day."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock


class Level(models.TextChoices):
    """Level of a hazard; 重大 wants the clause of a standard it was judged by."""

    GENERAL = "general", "一般隐患"
    MAJOR = "major", "重大隐患"


class State(models.TextChoices):
    """Where a hazard stands; the moves between them are `hazards.transitions.HAZARD_TRANSITIONS`."""

    RECTIFYING = "rectifying", "整改中"
    APPLIED = "applied", "待复查"
    RETURNED = "returned", "退回整改"
    PASSED = "passed", "待销号"
    CLOSED = "closed", "已销号"
    VOID = "void", "已作废"


# Still on the list: 存量.
OPEN = (State.RECTIFYING, State.APPLIED, State.RETURNED, State.PASSED)
# Whoever has to remove it is to act.
TO_RECTIFY = (State.RECTIFYING, State.RETURNED)
# Removed, and found so by a re-check.
RECTIFIED = (State.PASSED, State.CLOSED)


class Tracked(models.Model):
    """The facts that figures are counted from: as of now on the hazard, day by day on its standings."""

    state = models.CharField("状态", max_length=12, choices=State, default=State.RECTIFYING)
    level = models.CharField("等级", max_length=8, choices=Level, default=Level.GENERAL)
    due_on = models.DateField("整改期限")
    # Day of the application the state rests on: what waits for the re-check, or has passed it.
    applied_on = models.DateField("申请验收日期", null=True, blank=True)
    # It was closed once and found undone: it never counts as rectified on time again.
    reopened = models.BooleanField("曾重新打开", default=False)

    class Meta:
        abstract = True


TRACKED = tuple(field.name for field in Tracked._meta.local_fields)


def open_stock() -> Q:
    """Say of a `Tracked` row: not struck off the list yet."""
    return Q(state__in=OPEN)


def overdue_on(day: date) -> Q:
    """Say of a `Tracked` row: overdue on `day`, unless it was handed in before its deadline and waits for others."""
    handed_in_late = Q(state=State.APPLIED, applied_on__gt=F("due_on"))
    return Q(due_on__lt=day) & (Q(state__in=TO_RECTIFY) | handed_in_late)


def in_time() -> Q:
    """Say of a `Tracked` row: handed in by its deadline."""
    return Q(applied_on__lte=F("due_on"))


def rectified_on_time() -> Q:
    """Say of a `Tracked` row: handed in by its deadline, found in order, never opened again."""
    return Q(state__in=RECTIFIED, reopened=False) & in_time()


class StandingQuerySet(models.QuerySet["Standing"]):
    """Reads of standings."""

    def in_force_on(self, day: date) -> Self:
        """Keep how each hazard stood at the end of `day`; one that was not registered by then has no row."""
        return self.filter(Q(since__lte=day), Q(until__isnull=True) | Q(until__gt=day))


class Standing(Tracked):
    """How a hazard stood from one day to the next change of state, level or deadline.

    A row holds from the end of `since` until the day before `until`; several changes on one day leave rows that hold
    for no day at all, and the last one.
    """

    hazard = models.ForeignKey("hazards.Hazard", on_delete=models.CASCADE, related_name="standings")
    since = models.DateField("自", default=clock.today)
    until = models.DateField("至", null=True, blank=True)
    at = models.DateTimeField("时间", default=clock.now)
    # The move that led here, see `hazards.transitions`; `register` for the first row.
    action = models.CharField("动作", max_length=20)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="操作人", on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("理由", max_length=300, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = "隐患状态"
        verbose_name_plural = "隐患状态"
        ordering = ["hazard", "-at", "-id"]
        indexes = [models.Index(fields=["since", "until"], name="standing_span")]
        constraints = [
            models.UniqueConstraint(fields=["hazard"], condition=Q(until__isnull=True), name="standing_one_in_force"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__lte=F("until")), name="standing_span_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since} {self.get_state_display()}"
