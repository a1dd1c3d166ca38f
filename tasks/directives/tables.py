"""The table of the register."""

import django_tables2 as tables

from core.tables import ToldColumn
from tasks.directives.summary import summary_of
from tasks.models import Directive


class DirectiveTable(tables.Table):
    """One row per entry."""

    kind = tables.Column(verbose_name="类别")
    title = tables.Column(verbose_name="事项", linkify=("directives:detail", {"pk": tables.A("pk")}))
    number = tables.Column(verbose_name="文号或编号", default="—")
    giver = tables.Column(verbose_name="批示人、会议或机关")
    received_on = tables.DateColumn(verbose_name="收到日期", format="Y-m-d", attrs={"td": {"class": "text-nowrap"}})
    due_on = tables.TemplateColumn(
        "{% load ui %}{% if record.due_on %}{% due record.due_on today met=record.done_on %}{% else %}—{% endif %}",
        verbose_name="要求时限",
        empty_values=(),
    )
    tasks = ToldColumn(
        '{% include "directives/_tasks_cell.html" %}', summary_of, verbose_name="立项任务", orderable=False
    )
    stage = ToldColumn(
        '{% include "directives/_stage_cell.html" %}', summary_of, verbose_name="办理情况", orderable=False
    )

    class Meta:
        model = Directive
        fields: tuple[str, ...] = ()
        sequence = ("kind", "title", "number", "giver", "received_on", "due_on", "tasks", "stage")
        order_by_field = "sort"
