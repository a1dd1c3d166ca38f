"""季度报告: computed once, edited, frozen; a correction is a new edition and the old one stays readable."""

import hashlib
import json
from datetime import UTC, date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
from core.models import VersionedModel
from reports.content import Content, content_from_json, figures_to_json, rows_to_json, sections_to_json
from reports.quarters import Quarter
from responsibility.authority import authority_of

if TYPE_CHECKING:
    from accounts.models import User

# What only the report's own pages need; lists leave it in the database.
HEAVY = ("figures", "rows", "sections", "texts")


def report_file_name(instance: "Report", filename: str) -> str:
    """Return where a rendered file lies below MEDIA_ROOT; `filename` gives the suffix."""
    return f"reports/{instance.pk}-{instance.version}.{filename.rpartition('.')[2]}"


class ReportQuerySet(models.QuerySet["Report"]):
    """Reads of reports."""

    def visible_to(self, user: "User | Any") -> Self:
        """Everything for office and leaders; issued ones for auditors and units' people; nothing for anybody else."""
        authority = authority_of(user)
        if authority.is_office or authority.is_leader:
            return self
        if authority.reads_county or authority.units:
            return self.issued()
        return self.none()

    def issued(self) -> Self:
        """Keep what was frozen, corrected since or not."""
        return self.filter(state__in=[Report.State.FROZEN, Report.State.SUPERSEDED])

    def of_quarter(self, quarter: Quarter) -> Self:
        """Keep the editions of one quarter."""
        return self.filter(year=quarter.year, quarter=quarter.number)

    def light(self) -> Self:
        """Leave figures, rows and texts in the database."""
        return self.defer(*HEAVY)

    def without_files(self) -> Self:
        """Keep frozen reports whose PDF or XLSX file has not been made."""
        return self.issued().filter(Q(pdf="") | Q(xlsx=""))


class Report(VersionedModel):
    """One edition of a quarter's report."""

    class State(models.TextChoices):
        """Where the report stands; moves are `reports.transitions.REPORT_TRANSITIONS`."""

        DRAFT = "draft", "起草"
        FROZEN = "frozen", "已签发"
        SUPERSEDED = "superseded", "已更正"
        DISCARDED = "discarded", "已作废"

    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    # 1 is the first; what corrects it is 2 and so on.
    edition = models.PositiveSmallIntegerField("版次", default=1)
    corrects = models.ForeignKey(
        "self", verbose_name="更正对象", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    correction_reason = models.TextField("更正原因", blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    title = models.CharField("标题", max_length=120)
    doc_number = models.CharField("发文字号", max_length=60, blank=True)
    issuer = models.CharField("发文机关", max_length=60)
    addressee = models.CharField("主送", max_length=200)
    copies_to = models.CharField("抄送", max_length=300, blank=True)
    contact = models.CharField("联系人及电话", max_length=120, blank=True)
    # Everything counted; see `reports.content`. Sections hold sentences by rule, `texts` what the office wrote instead.
    as_of = models.DateField("数据截止日期")
    computed_at = models.DateTimeField("计算时间", default=clock.now)
    figures: models.JSONField[Any, Any] = models.JSONField("数字", default=dict)
    rows: models.JSONField[Any, Any] = models.JSONField("明细", default=dict)
    sections: models.JSONField[Any, Any] = models.JSONField("章节", default=list)
    texts: models.JSONField[Any, Any] = models.JSONField("改写文字", default=dict, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="起草人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    made_at = models.DateTimeField("起草时间", default=clock.now)
    signatory = models.CharField("签发人", max_length=60, blank=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="办理签发",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    frozen_at = models.DateTimeField("签发时间", null=True, blank=True)
    # Fingerprint of everything frozen; the files are made only from a content that still has it.
    content_sha256 = models.CharField("内容 SHA-256", max_length=64, blank=True)
    pdf = models.FileField("PDF", upload_to=report_file_name, max_length=200, blank=True)
    pdf_sha256 = models.CharField("PDF SHA-256", max_length=64, blank=True)
    xlsx = models.FileField("附表", upload_to=report_file_name, max_length=200, blank=True)
    xlsx_sha256 = models.CharField("附表 SHA-256", max_length=64, blank=True)
    file_error = models.CharField("文件错误", max_length=300, blank=True)

    objects = ReportQuerySet.as_manager()
    _content: Content | None = None

    class Meta:
        verbose_name = "季度报告"
        verbose_name_plural = "季度报告"
        ordering = ["-year", "-quarter", "-edition", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="report_quarter_range"),
            models.UniqueConstraint(
                fields=["year", "quarter"], condition=Q(state="draft"), name="report_one_draft_a_quarter"
            ),
            models.UniqueConstraint(
                fields=["year", "quarter"], condition=Q(state="frozen"), name="report_one_in_force_a_quarter"
            ),
            models.UniqueConstraint(
                fields=["year", "quarter", "edition"],
                condition=Q(state__in=["frozen", "superseded"]),
                name="report_edition_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"], frozen_at__isnull=True)
                | (
                    Q(state__in=["frozen", "superseded"], frozen_at__isnull=False, frozen_by__isnull=False)
                    & ~Q(signatory="")
                    & ~Q(content_sha256="")
                ),
                name="report_frozen_signed",
            ),
            models.CheckConstraint(
                condition=Q(edition=1, corrects__isnull=True)
                | (Q(edition__gt=1, corrects__isnull=False) & ~Q(correction_reason="") & ~Q(corrects=F("pk"))),
                name="report_correction_explained",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def of(self) -> Quarter:
        """The quarter it is about."""
        return Quarter(self.year, self.quarter)

    @property
    def name(self) -> str:
        """Short name such as 2026年第一季度报告（更正版）."""
        return f"{self.of.period.label}报告{self.edition_words}"

    @property
    def edition_words(self) -> str:
        """（更正版） or （第二次更正版）; empty for the first edition."""
        if self.edition == 1:
            return ""
        return "（更正版）" if self.edition == 2 else f"（第{self.edition - 1}次更正版）"

    @property
    def is_draft(self) -> bool:
        """Still being written; office and leaders alone see it."""
        return self.state == self.State.DRAFT

    @property
    def is_issued(self) -> bool:
        """Frozen, corrected since or not."""
        return self.state in (self.State.FROZEN, self.State.SUPERSEDED)

    @property
    def is_superseded(self) -> bool:
        """A correction took its place."""
        return self.state == self.State.SUPERSEDED

    @property
    def issued_on(self) -> date | None:
        """成文日期, None while a draft."""
        return clock.date_of(self.frozen_at) if self.frozen_at else None

    @property
    def tone(self) -> str:
        """Tone of the state's badge."""
        return {"draft": "orange", "frozen": "green", "superseded": "grey", "discarded": "grey"}[self.state]

    @property
    def content(self) -> Content:
        """Figures, rows and sections as they were computed; read once, and anew after `keep`."""
        if self._content is None:
            self._content = self._read_content()
        return self._content

    def keep(self, content: Content) -> tuple[str, ...]:
        """Take over a content; returns the names of the fields to save."""
        self.as_of, self.computed_at, self._content = content.as_of, clock.now(), content
        self.figures, self.rows = figures_to_json(content), rows_to_json(content)
        self.sections = sections_to_json(content)
        return ("as_of", "computed_at", "figures", "rows", "sections")

    def _read_content(self) -> Content:
        return content_from_json(self.of.period.start, self.as_of, self.figures, self.rows, self.sections)

    def text_of(self, key: str) -> str:
        """Return a section's text: what the office wrote, else the sentences by rule."""
        section = self.content.section(key)
        own: str = self.texts.get(key, "")
        return own or (self.content.text_of(section) if section is not None else "")

    def fingerprint(self) -> str:
        """Return the SHA-256 of everything that freezing fixes; the number alone may still be given."""
        kept = {
            "quarter": [self.year, self.quarter, self.edition],
            "as_of": self.as_of.isoformat(),
            "head": [self.title, self.issuer, self.addressee, self.copies_to, self.contact],
            "figures": self.figures,
            "rows": self.rows,
            "sections": self.sections,
            "texts": self.texts,
            "signed": [self.signatory, self.frozen_at.astimezone(UTC).isoformat() if self.frozen_at else ""],
        }
        words = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(words.encode()).hexdigest()
