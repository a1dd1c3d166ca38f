"""督办函件: letters the office sends to a unit about its tasks, and the unit's reply."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
from core.models import VersionedModel
from documents.numbering import format_document_number
from responsibility.authority import authority_of
from responsibility.models import Unit
from tasks.models import Plan, Task

if TYPE_CHECKING:
    from accounts.models import User


def letter_file_name(instance: "Letter", filename: str) -> str:
    """Return where the rendered letter lies below MEDIA_ROOT."""
    return f"letters/{instance.pk}-{instance.version}.pdf"


class LetterCounter(models.Model):
    """Running number of one 代字 in one year: begins at 1, never reused (GB/T 9704 form of the number)."""

    code = models.CharField("代字", max_length=20)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("已用到", default=0)

    class Meta:
        verbose_name = "发文编号"
        verbose_name_plural = "发文编号"
        constraints = [models.UniqueConstraint(fields=["code", "year"], name="letter_counter_once")]

    def __str__(self) -> str:
        return f"{self.code}〔{self.year}〕{self.last}号"


class LetterQuerySet(models.QuerySet["Letter"]):
    """Reads of letters."""

    def visible_to(self, user: "User | Any") -> Self:
        """All for the office and the leaders who sign; numbered ones for auditors; a unit sees those sent to it.

        A draft that was voided never left the office, so the number decides, not the state.
        """
        authority = authority_of(user)
        if authority.is_office or authority.is_leader:
            return self
        numbered = self.filter(sequence__isnull=False)
        if authority.reads_county:
            return numbered
        return numbered.filter(unit_id__in=authority.units)

    def unanswered(self) -> Self:
        """Keep drafts and letters the unit has not answered: what they name is already being urged."""
        return self.filter(state__in=[Letter.State.DRAFT, Letter.State.ISSUED, Letter.State.RECEIVED])

    def awaiting_unit(self) -> Self:
        """Keep what the unit is to sign for or answer."""
        return self.filter(state__in=[Letter.State.ISSUED, Letter.State.RECEIVED])

    def late_on(self, day: date) -> Self:
        """Keep what the unit should have answered before `day`."""
        return self.awaiting_unit().filter(reply_due_on__lt=day)

    def in_force(self) -> Self:
        """Keep letters that were sent and not voided."""
        return self.exclude(state__in=[Letter.State.DRAFT, Letter.State.VOID])

    def without_file(self) -> Self:
        """Keep letters in force whose PDF has not been made."""
        return self.in_force().filter(pdf="")


class Letter(VersionedModel):
    """One letter to one unit."""

    class Kind(models.TextChoices):
        """Grade of the letter."""

        REMINDER = "reminder", "提醒函"
        URGING = "urging", "督促函"

    class State(models.TextChoices):
        """Where the letter stands; moves are `supervision.transitions.LETTER_TRANSITIONS`."""

        DRAFT = "draft", "起草"
        ISSUED = "issued", "已签发待签收"
        RECEIVED = "received", "已签收待回复"
        REPLIED = "replied", "已回复待审核"
        CLOSED = "closed", "已办结"
        VOID = "void", "已作废"

    kind = models.CharField("种类", max_length=12, choices=Kind, default=Kind.URGING)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="letters")
    unit = models.ForeignKey(Unit, verbose_name="主送单位", on_delete=models.PROTECT, related_name="letters")
    title = models.CharField("标题", max_length=120)
    opening = models.TextField("事由")
    demand = models.TextField("工作要求")
    reply_due_on = models.DateField("回复期限")
    contact = models.CharField("联系人及电话", max_length=120)
    issuer = models.CharField("发文机关", max_length=60)
    code = models.CharField("发文代字", max_length=20)
    year = models.PositiveSmallIntegerField("发文年份", null=True, blank=True)
    sequence = models.PositiveIntegerField("发文顺序号", null=True, blank=True)
    signatory = models.CharField("签发人", max_length=60, blank=True)
    predecessor = models.ForeignKey(
        "self", verbose_name="此前函件", on_delete=models.PROTECT, null=True, blank=True, related_name="successors"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="起草人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("起草时间", default=clock.now)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="办理签发",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    issued_on = models.DateField("成文日期", null=True, blank=True)
    received_at = models.DateTimeField("签收时间", null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="签收人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    # "A（由B代）" where a deputy signed for the letter or answered it.
    received_as = models.CharField("签收署名", max_length=120, blank=True)
    replied_at = models.DateTimeField("回复时间", null=True, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="回复人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    replied_as = models.CharField("回复署名", max_length=120, blank=True)
    reply_summary = models.TextField("总体回复", blank=True)
    returned_at = models.DateTimeField("退回时间", null=True, blank=True)
    review_comment = models.TextField("审核意见", blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="办结人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    void_reason = models.TextField("作废理由", blank=True)
    pdf = models.FileField("PDF", upload_to=letter_file_name, max_length=200, blank=True)
    pdf_error = models.CharField("排版错误", max_length=300, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "督办函件"
        verbose_name_plural = "督办函件"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["unit", "state"], name="letter_unit_state"),
            models.Index(fields=["state", "reply_due_on"], name="letter_state_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "year", "sequence"], condition=Q(sequence__isnull=False), name="letter_number_once"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", sequence__isnull=True)
                | Q(state="void")
                | (
                    ~Q(state__in=["draft", "void"])
                    & Q(sequence__isnull=False, year__isnull=False, issued_on__isnull=False)
                ),
                name="letter_number_taken_on_issue",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["replied", "closed"]) | Q(replied_at__isnull=False, replied_by__isnull=False),
                name="letter_reply_signed",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | ~Q(closed_by=F("replied_by")),
                name="letter_replier_never_closes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()

    @property
    def number(self) -> str:
        """发文字号 such as 清安办函〔2026〕5号; empty while the letter has none."""
        if self.year is None or self.sequence is None:
            return ""
        return format_document_number(self.code, self.year, self.sequence)

    @property
    def tone(self) -> str:
        """Tone of the state's badge: warm while the unit is to act, blue while the office is."""
        return _TONES[self.State(self.state)]

    @property
    def is_draft(self) -> bool:
        """Still being written: nothing has left the office."""
        return self.state == self.State.DRAFT

    @property
    def awaits_unit(self) -> bool:
        """The unit is to sign for it or to answer it; its reply deadline counts."""
        return self.state in (self.State.ISSUED, self.State.RECEIVED)

    @property
    def needs_no_reply(self) -> bool:
        """Nothing is counted against the reply deadline: not sent yet, answered, closed or voided."""
        return not self.awaits_unit

    @property
    def was_returned(self) -> bool:
        """The office sent the last reply back and waits for a better one."""
        return self.state == self.State.RECEIVED and self.returned_at is not None


_TONES = {
    Letter.State.DRAFT: "grey",
    Letter.State.ISSUED: "orange",
    Letter.State.RECEIVED: "yellow",
    Letter.State.REPLIED: "blue",
    Letter.State.CLOSED: "green",
    Letter.State.VOID: "grey",
}


class LetterItem(models.Model):
    """One task named in a letter, frozen as it stood when the letter was composed, with the unit's reply to it."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="items")
    task = models.ForeignKey(Task, verbose_name="任务", on_delete=models.PROTECT, related_name="letter_items")
    order = models.PositiveSmallIntegerField("序号")
    title = models.CharField("任务名称", max_length=200)
    due_on = models.DateField("完成时限")
    days_overdue = models.IntegerField("逾期天数", help_text="负数为距完成时限的天数")
    percent = models.DecimalField("进度（%）", max_digits=5, decimal_places=1)
    situation = models.CharField("当前情况", max_length=300)
    requirement = models.TextField("办理要求")
    reply = models.TextField("回复", blank=True)
    promised_on = models.DateField("承诺完成日期", null=True, blank=True)

    class Meta:
        verbose_name = "函件事项"
        verbose_name_plural = "函件事项"
        ordering = ["letter", "order"]
        constraints = [models.UniqueConstraint(fields=["letter", "task"], name="letter_task_once")]

    def __str__(self) -> str:
        return self.title
