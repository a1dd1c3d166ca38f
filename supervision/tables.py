"""The table of letters."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from supervision.models import Letter


class LetterTable(tables.Table):
    """One row per letter: number and title, to whom, how many items, how it stands, by when to be answered."""

    number = tables.Column(verbose_name="发文字号", order_by=("year", "code", "sequence"), empty_values=())
    title = tables.Column(verbose_name="标题", linkify=("supervision:detail", {"pk": tables.A("pk")}))
    kind = tables.Column(verbose_name="种类")
    unit = tables.Column(verbose_name="主送单位", accessor="unit__short_name", order_by=("unit__ordering",))
    item_count = tables.Column(verbose_name="任务数", attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    state = tables.TemplateColumn(
        "{% load ui %}{% badge record.get_state_display record.tone %}", verbose_name="状态", order_by=("state",)
    )
    issued_on = tables.DateColumn(verbose_name="成文日期", format="Y-m-d", attrs={"td": {"class": "col-tight"}})
    reply_due_on = tables.TemplateColumn(
        "{% load ui %}{% due record.reply_due_on today met=record.needs_no_reply %}", verbose_name="回复期限"
    )

    class Meta:
        model = Letter
        fields: tuple[str, ...] = ()
        sequence = ("number", "title", "kind", "unit", "item_count", "state", "issued_on", "reply_due_on")
        order_by_field = "sort"

    def render_number(self, record: Letter) -> Any:
        """Show the number as the link people look for, or say that there is none yet."""
        words = record.number or ("未取号" if record.is_draft else "草稿作废")
        return format_html(
            '<a class="text-nowrap" href="{}">{}</a>', reverse("supervision:detail", args=[record.pk]), words
        )
