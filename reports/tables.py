"""The table of reports."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from reports.models import Report


class ReportTable(tables.Table):
    """One row per edition: which quarter, title, how it stands, up to which day it counts, who issued it."""

    quarter = tables.Column(verbose_name="季度", order_by=("year", "quarter", "edition"), empty_values=())
    title = tables.Column(verbose_name="标题")
    doc_number = tables.Column(verbose_name="发文字号", default="—")
    state = tables.TemplateColumn(
        "{% load ui %}{% badge record.get_state_display record.tone %}", verbose_name="状态", order_by=("state",)
    )
    as_of = tables.DateColumn(verbose_name="数据截止", format="Y-m-d")
    signatory = tables.Column(verbose_name="签发人", default="—")
    frozen_at = tables.DateTimeColumn(verbose_name="签发时间", format="Y-m-d H:i", default="—")
    files = tables.TemplateColumn(
        template_name="reports/_downloads.html", verbose_name="下载", orderable=False, empty_values=()
    )

    class Meta:
        model = Report
        fields: tuple[str, ...] = ()
        sequence = ("quarter", "title", "doc_number", "state", "as_of", "signatory", "frozen_at", "files")
        order_by_field = "sort"

    def render_quarter(self, record: Report) -> Any:
        """Show the quarter as the link people look for."""
        path = reverse("reports:detail", args=[record.pk])
        return format_html(
            '<a class="text-nowrap" href="{}">{}</a>', path, record.of.period.label + record.edition_words
        )
