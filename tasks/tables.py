"""The task list's table."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html

from tasks.models import Task


class TaskTable(tables.Table):
    """One row per task: what, who, by when, how it stands."""

    code = tables.Column(verbose_name="编号")
    title = tables.Column(verbose_name="任务", linkify=("tasks:detail", {"pk": tables.A("pk")}))
    lead = tables.Column(verbose_name="牵头单位", accessor="lead__short_name", order_by=("lead__ordering",))
    due_on = tables.TemplateColumn(
        "{% load ui %}{% due record.due_on today met=record.is_met %}", verbose_name="完成时限"
    )
    state = tables.Column(verbose_name="状态")
    lamp = tables.TemplateColumn("{% load ui %}{% lamp record.lamp record.lamp_reason %}", verbose_name="亮灯")
    progress = tables.TemplateColumn(
        "{% load ui %}{% progress record.shown_percent record.planned_today %}",
        verbose_name="进度",
        order_by=("verified_percent",),
    )

    class Meta:
        model = Task
        fields: tuple[str, ...] = ()
        sequence = ("code", "title", "lead", "due_on", "state", "lamp", "progress")
        order_by_field = "sort"
        order_by = ("code",)

    def __init__(self, *args: Any, with_ticks: bool = False, **kwargs: Any) -> None:
        self.with_ticks = with_ticks
        super().__init__(*args, **kwargs)

    def render_code(self, record: Task) -> Any:
        """Put the tick box before the code for those who may act on several rows."""
        if not self.with_ticks:
            return record.code
        box = format_html('<input class="form-check-input" type="checkbox" name="task" value="{}">', record.pk)
        return format_html('<label class="row-tick">{} {}</label>', box, record.code)
