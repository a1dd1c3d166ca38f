"""Who signed for their part of a published duty list, and how the duties were fulfilled."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from core.models import VersionedModel
from responsibility.models.duties import DutyItem, DutyList, Layer
from responsibility.models.posts import InnerOffice, Post, Tenure

if TYPE_CHECKING:
    from accounts.models import User


class SignatureQuerySet(models.QuerySet["DutySignature"]):
    """Reads of signatures."""

    def counted(self) -> Self:
        """Keep those that count: of people who still hold the post."""
        return self.filter(lapsed_on__isnull=True)

    def waiting(self) -> Self:
        """Keep those still to be given, in lists in force."""
        return self.counted().filter(signed_at__isnull=True, duty_list__state=DutyList.State.PUBLISHED)


class DutySignature(models.Model):
    """签收承诺: one person's signature due for their part of a published list; made when the list is published.

    When the post changes hands the row lapses and a new one is due from the successor.
    """

    duty_list = models.ForeignKey(
        DutyList, verbose_name="责任清单", on_delete=models.CASCADE, related_name="signatures"
    )
    layer = models.CharField("层级", max_length=8, choices=Layer)
    office: "models.ForeignKey[InnerOffice | None, InnerOffice | None]" = models.ForeignKey(
        InnerOffice, verbose_name="内设机构", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    post: "models.ForeignKey[Post | None, Post | None]" = models.ForeignKey(
        Post, verbose_name="岗位", null=True, blank=True, on_delete=models.PROTECT, related_name="signatures"
    )
    # Who is to sign; none for the unit's own part, which its head signs, and where the post stands empty.
    tenure: "models.ForeignKey[Tenure | None, Tenure | None]" = models.ForeignKey(
        Tenure, verbose_name="任岗", null=True, blank=True, on_delete=models.PROTECT, related_name="signatures"
    )
    subject = models.CharField("责任主体", max_length=160)
    holder = models.CharField("应签人", max_length=60, blank=True)
    lapsed_on = models.DateField("失效日期", null=True, blank=True)
    signed_at = models.DateTimeField("签收时间", null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="签收人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # "A（由B代）" where a deputy signed.
    signed_as = models.CharField("签收署名", max_length=120, blank=True)
    on_behalf = models.BooleanField("由单位负责人代签", default=False)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = "责任清单签收"
        verbose_name_plural = "责任清单签收"
        ordering = ["duty_list", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty_list", "layer"],
                condition=Q(layer="unit", lapsed_on__isnull=True),
                name="duty_signature_unit_once",
            ),
            models.UniqueConstraint(
                fields=["duty_list", "office"],
                condition=Q(layer="office", lapsed_on__isnull=True),
                name="duty_signature_office_once",
            ),
            models.UniqueConstraint(
                fields=["duty_list", "post"],
                condition=Q(layer__in=["leader", "post"], lapsed_on__isnull=True),
                name="duty_signature_post_once",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="duty_signature_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.holder}".strip()


class FulfilmentQuerySet(models.QuerySet["Fulfilment"]):
    """Reads of fulfilment records."""

    def visible_to(self, user: "User | Any") -> Self:
        """All for who reads the county, a unit's people see their own."""
        from responsibility.authority import authority_of

        authority = authority_of(user)
        kept = self.filter(removed_at__isnull=True)
        return kept if authority.reads_county else kept.filter(item__duty_list__unit_id__in=authority.units)


class Fulfilment(VersionedModel):
    """履职记录: what was done for a duty on a day, with evidence."""

    item = models.ForeignKey(DutyItem, verbose_name="职责事项", on_delete=models.PROTECT, related_name="fulfilments")
    done_on = models.DateField("履职日期")
    text = models.TextField("履职情况")
    person = models.CharField("履职人", max_length=60)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("登记时间", default=clock.now)
    removed_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = FulfilmentQuerySet.as_manager()

    class Meta:
        verbose_name = "履职记录"
        verbose_name_plural = "履职记录"
        ordering = ["-done_on", "-id"]
        indexes = [models.Index(fields=["item", "done_on"], name="fulfilment_item_day")]

    def __str__(self) -> str:
        return f"{self.done_on} {self.text[:40]}"
