"""The tables of duty lists and of signatures."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from responsibility.models import DutyList, DutySignature
from responsibility.tables import NUMBER, TIGHT


class DutyListTable(tables.Table):
    """One row per list: whose, of which year, how it stands, how many duties, how many have signed."""

    unit = tables.Column(verbose_name="单位", accessor="unit__name", order_by=("unit__ordering", "-year", "-edition"))
    year = tables.Column(verbose_name="年度", order_by=("year", "edition"), attrs=TIGHT)
    state = tables.TemplateColumn(
        "{% load ui %}{% badge record.get_state_display record.tone %}", verbose_name="状态", order_by=("state",)
    )
    item_count = tables.Column(verbose_name="职责", attrs=NUMBER)
    signed = tables.Column(verbose_name="签收", attrs=NUMBER)
    published_on = tables.DateColumn(verbose_name="发布日期", format="Y-m-d", default="—", attrs=TIGHT)

    class Meta:
        model = DutyList
        fields: tuple[str, ...] = ()
        sequence = ("unit", "year", "state", "item_count", "signed", "published_on")
        order_by_field = "sort"

    def render_unit(self, record: DutyList) -> Any:
        """Link the list by its unit."""
        return format_html('<a href="{}">{}</a>', reverse("duties:detail", args=[record.pk]), record.unit.name)

    def render_year(self, record: DutyList) -> str:
        """Say which edition of the year it is."""
        return f"{record.year}年 第{record.edition}版"

    def render_signed(self, record: DutyList) -> Any:
        """Say how many of those due have signed, linked to exactly these."""
        due: int = record.due  # type: ignore[attr-defined]
        signed: int = record.signed  # type: ignore[attr-defined]
        if not record.is_published or not due:
            return "—"
        address = f"{reverse('duties:signatures')}?list={record.pk}"
        words = f"{signed}/{due}（{signed * 100 // due}%）"
        return format_html('<a class="text-nowrap" href="{}">{}</a>', address, words)


class SignatureTable(tables.Table):
    """One row per signature due: whose part, who is to sign, and who did when."""

    unit = tables.Column(
        verbose_name="单位", accessor="duty_list__unit__short_name", order_by=("duty_list__unit__ordering",)
    )
    year = tables.Column(verbose_name="年度", accessor="duty_list__year", attrs=TIGHT)
    layer = tables.Column(verbose_name="层级", attrs=TIGHT)
    subject = tables.Column(verbose_name="责任主体")
    holder = tables.Column(verbose_name="应签人", empty_values=(), attrs=TIGHT)
    state = tables.Column(verbose_name="签收", empty_values=(), order_by=("signed_at",), attrs=TIGHT)
    signed_at = tables.DateTimeColumn(verbose_name="签收时间", format="Y-m-d H:i", default="—", attrs=TIGHT)

    class Meta:
        model = DutySignature
        fields: tuple[str, ...] = ()
        sequence = ("unit", "year", "layer", "subject", "holder", "state", "signed_at")
        order_by_field = "sort"

    def render_unit(self, record: DutySignature) -> Any:
        """Link the list."""
        address = reverse("duties:detail", args=[record.duty_list_id])
        return format_html('<a class="text-nowrap" href="{}">{}</a>', address, record.duty_list.unit.short_name)

    def render_holder(self, record: DutySignature) -> str:
        """Name who is to sign; the unit's head where nobody in particular is."""
        return record.holder or "单位负责人"

    def render_state(self, record: DutySignature) -> Any:
        """Say who signed, and whether on behalf."""
        if record.signed_at is None:
            return format_html('<span class="badge-word tone-orange">{}</span>', "待签收")
        words = f"{record.signed_as}{'（代签）' if record.on_behalf else ''}"
        return format_html('<span class="badge-word tone-green">{}</span> {}', "已签收", words)
