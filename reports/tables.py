"""The table of reports."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from reports.models import Report

TIGHT = {"td": {"class": "col-tight"}}


class ReportTable(tables.Table):
    """One row per edition: which quarter, title, how it stands, up to which day it counts, who issued it."""

    quarter = tables.Column(verbose_name="季度", order_by=("year", "quarter", "edition"), empty_values=())
    title = tables.Column(verbose_name="标题")
    doc_number = tables.Column(verbose_name="发文字号", default="—")
    state = tables.TemplateColumn(
        "{% load ui %}{% badge record.get_state_display record.tone %}", verbose_name="状态", order_by=("state",)
    )
    as_of = tables.DateColumn(verbose_name="数据截止", format="Y-m-d", attrs=TIGHT)
    signatory = tables.Column(verbose_name="签发人", default="—")
    frozen_at = tables.DateTimeColumn(verbose_name="签发时间", format="Y-m-d H:i", default="—", attrs=TIGHT)
    files = tables.Column(verbose_name="下载", orderable=False, empty_values=(), accessor="pk")

    class Meta:
        model = Report
        fields: tuple[str, ...] = ()
        sequence = ("quarter", "title", "doc_number", "state", "as_of", "signatory", "frozen_at", "files")
        order_by_field = "sort"

    def __init__(self, *args: Any, with_rows: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whether the viewer may have all rows behind the figures in one file.
        self.with_rows = with_rows

    def render_files(self, record: Report) -> Any:
        """Link the files there are, or say that they are being made."""
        wanted = [("reports:pdf", "PDF", record.pdf), ("reports:xlsx", "附表", record.xlsx if self.with_rows else "")]
        links = [(reverse(page, args=[record.pk]), words) for page, words, file in wanted if file]
        if not links:
            return "正在生成" if record.is_issued else "—"
        return format_html_join(" ", '<a class="text-nowrap" href="{}">{}</a>', links)

    def render_quarter(self, record: Report) -> Any:
        """Show the quarter as the link people look for."""
        path = reverse("reports:detail", args=[record.pk])
        return format_html(
            '<a class="text-nowrap" href="{}">{}</a>', path, record.of.period.label + record.edition_words
        )
