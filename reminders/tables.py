"""The table of reminders."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from reminders.models import Reminder

TIGHT = {"td": {"class": "col-tight"}}


class ReminderTable(tables.Table):
    """One row per reminder: which step, of which task, to whom, and whether it went out."""

    task = tables.Column(verbose_name="任务", order_by=("task__code",))
    due_on = tables.DateColumn(verbose_name="完成时限", format="Y-m-d", attrs=TIGHT)
    rule = tables.Column(verbose_name="提醒规则", order_by=("rule__offset_days",), attrs=TIGHT)
    recipient = tables.Column(verbose_name="提醒对象", order_by=("recipient__display_name",), attrs=TIGHT)
    created_at = tables.DateTimeColumn(verbose_name="生成时间", format="Y-m-d H:i", attrs=TIGHT)
    state = tables.TemplateColumn(
        "{% load ui %}{% if record.superseded %}{% badge '被后续提醒覆盖' 'grey' %}"
        "{% elif record.sent_on %}{% badge '已发送' 'green' %} {{ record.sent_on|date:'Y-m-d' }}"
        "{% else %}{% badge '待发送' 'yellow' %}{% endif %}",
        verbose_name="状态",
        order_by=("superseded", "sent_on"),
        attrs=TIGHT,
    )

    class Meta:
        model = Reminder
        fields: tuple[str, ...] = ()
        sequence = ("task", "due_on", "rule", "recipient", "created_at", "state")
        order_by_field = "sort"

    def render_task(self, record: Reminder) -> Any:
        """Link the task."""
        return format_html('<a href="{}">{}</a>', reverse("tasks:detail", args=[record.task_id]), record.task)
