"""征求意见: a draft's 任务分解 sent to the units named in it, as it stood, and what each answered item by item."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from core.models import VersionedModel
from responsibility.authority import authority_of
from responsibility.models import Unit
from tasks.models.plan import Plan

if TYPE_CHECKING:
    from accounts.models import User


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Reads of rounds."""

    def visible_to(self, user: "User | Any") -> Self:
        """Every round for the office; for a unit's people those their unit was asked in."""
        authority = authority_of(user)
        if authority.is_office:
            return self
        if not authority.units:
            return self.none()
        asked = ConsultationReply.objects.filter(unit_id__in=authority.units).values("consultation_id")
        return self.filter(pk__in=asked)

    def running(self) -> Self:
        """Keep the rounds that are open."""
        return self.filter(state=Consultation.State.OPEN)


class Consultation(VersionedModel):
    """One round: the draft goes to the units with a covering sentence and a day by which to answer."""

    class State(models.TextChoices):
        """An open round takes answers; a closed one is kept."""

        OPEN = "open", "征求意见中"
        CLOSED = "closed", "已结束"

    plan = models.ForeignKey(Plan, verbose_name="工作要点", on_delete=models.PROTECT, related_name="consultations")
    number = models.PositiveSmallIntegerField("轮次")
    # As the draft was called when it went out.
    title = models.CharField("标题", max_length=200)
    letter = models.TextField("征求意见说明")
    answer_by = models.DateField("反馈期限")
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    # The office has said that answers after the day count as well.
    late_allowed = models.BooleanField("接受逾期反馈", default=False)
    # What silence means was said in the covering sentence and holds for the round, whatever the setting becomes.
    silence_agrees = models.BooleanField("逾期未反馈视为无意见", default=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="送出人", on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField("送出时间", default=clock.now)
    urged_on = models.DateField("最近催办", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="结束人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = "征求意见"
        verbose_name_plural = "征求意见"
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="consultation_numbered_once"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="open"), name="consultation_one_open"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | Q(state="closed", closed_at__isnull=False),
                name="consultation_closed_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（第{self.number}轮征求意见）"

    @property
    def is_open(self) -> bool:
        """Whether the round is open, whatever the day."""
        return self.state == self.State.OPEN

    @property
    def tone(self) -> str:
        """Tone of the state's badge."""
        return "blue" if self.is_open else "grey"

    def takes_answers_on(self, day: date) -> bool:
        """Say whether a unit may still answer, or change its answer, on `day`."""
        return self.is_open and (day <= self.answer_by or self.late_allowed)

    def silence_counts_on(self, day: date) -> bool:
        """Say whether a unit that has not answered counts as agreeing on `day`."""
        return self.silence_agrees and (not self.is_open or day > self.answer_by)


class ConsultationItem(models.Model):
    """One item as it was sent; what the draft has become since is read beside it."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="items")
    # Not a foreign key: an item that is merged away and brought back keeps its key, and the round its record.
    item_key = models.PositiveBigIntegerField("条目")
    number = models.PositiveSmallIntegerField("序号")
    section = models.CharField("章节", max_length=240, blank=True)
    title = models.CharField("重点任务", max_length=200)
    aims = models.TextField("目标要求", blank=True)
    measures = models.TextField("工作措施", blank=True)
    lead = models.ForeignKey(
        Unit, verbose_name="牵头单位", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    supports = models.TextField("配合单位", blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)

    class Meta:
        verbose_name = "征求意见条目"
        verbose_name_plural = "征求意见条目"
        ordering = ["consultation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "item_key"], name="consultation_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class ConsultationReplyQuerySet(models.QuerySet["ConsultationReply"]):
    """Reads of what units were asked and answered."""

    def visible_to(self, user: "User | Any") -> Self:
        """A unit's own for its people; for the office those that were sent, what a unit only keeps is its own."""
        authority = authority_of(user)
        own = Q(unit_id__in=authority.units)
        return self.filter(own | Q(sent_at__isnull=False)) if authority.is_office else self.filter(own)

    def waiting(self) -> Self:
        """Keep those of open rounds that were not sent yet."""
        return self.filter(consultation__state=Consultation.State.OPEN, sent_at__isnull=True)


class ConsultationReply(VersionedModel):
    """What one unit was asked in a round, and its answer once it is sent."""

    consultation = models.ForeignKey(
        Consultation, verbose_name="征求意见", on_delete=models.CASCADE, related_name="replies"
    )
    unit = models.ForeignKey(Unit, verbose_name="单位", on_delete=models.PROTECT, related_name="consultation_replies")
    sent_at = models.DateTimeField("反馈时间", null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="反馈人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    # "A（由B代）" where a deputy answered.
    sent_as = models.CharField("反馈署名", max_length=120, blank=True)

    objects = ConsultationReplyQuerySet.as_manager()

    class Meta:
        verbose_name = "单位反馈"
        verbose_name_plural = "单位反馈"
        ordering = ["consultation", "unit__ordering", "unit__code"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "unit"], name="consultation_asks_once"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by__isnull=True)
                | Q(sent_at__isnull=False, sent_by__isnull=False),
                name="consultation_reply_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.short_name}：{self.consultation}"

    @property
    def was_late(self) -> bool:
        """Whether it was sent after the day by which to answer."""
        return self.sent_at is not None and clock.date_of(self.sent_at) > self.consultation.answer_by


class ConsultationAnswer(VersionedModel):
    """One unit on one item that concerns it: agreed, or what it proposes instead, and what the office made of that."""

    class Part(models.TextChoices):
        """Part of the unit in the item as sent."""

        LEAD = "lead", "牵头"
        SUPPORT = "support", "配合"

    class Verdict(models.TextChoices):
        """What the unit says."""

        AGREE = "agree", "同意"
        COUNTER = "counter", "有不同意见"

    class Outcome(models.TextChoices):
        """What the office made of a counter-proposal."""

        TAKEN = "taken", "已采纳"
        REFUSED = "refused", "未采纳"

    reply = models.ForeignKey(ConsultationReply, on_delete=models.CASCADE, related_name="answers")
    item = models.ForeignKey(ConsultationItem, on_delete=models.CASCADE, related_name="answers")
    part = models.CharField("角色", max_length=8, choices=Part)
    verdict = models.CharField("意见", max_length=8, choices=Verdict, blank=True)
    proposed_lead = models.ForeignKey(
        Unit, verbose_name="建议牵头单位", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    proposed_due_on = models.DateField("建议完成时限", null=True, blank=True)
    proposed_text = models.TextField("建议修改的表述", blank=True)
    reason = models.TextField("理由", blank=True)
    outcome = models.CharField("处理结果", max_length=8, choices=Outcome, blank=True)
    decision = models.TextField("处理意见", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="处理人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = "条目反馈意见"
        verbose_name_plural = "条目反馈意见"
        ordering = ["item__number", "reply__unit__ordering", "reply__unit__code"]
        constraints = [
            models.UniqueConstraint(fields=["reply", "item"], name="consultation_answer_once"),
            models.CheckConstraint(
                condition=Q(verdict="counter")
                | Q(proposed_lead__isnull=True, proposed_due_on__isnull=True, proposed_text="", outcome=""),
                name="consultation_only_counter_proposes",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(outcome="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="consultation_decision_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reply.unit.short_name}：{self.item}"

    @property
    def proposal(self) -> list[tuple[str, str]]:
        """What is proposed, as (label, words)."""
        found = []
        if self.proposed_lead is not None:
            found.append(("建议牵头", self.proposed_lead.short_name))
        if self.proposed_due_on is not None:
            found.append(("建议时限", f"{self.proposed_due_on:%Y-%m-%d}"))
        if self.proposed_text:
            found.append(("建议表述", self.proposed_text))
        return found

    @property
    def tone(self) -> str:
        """Tone of the outcome's badge."""
        return {"taken": "green", "refused": "red"}.get(self.outcome, "orange")
