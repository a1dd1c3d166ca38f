"""The task list's table."""

import django_tables2 as tables
from django.db.models import Case, IntegerField, QuerySet, Value, When

from core.ui import TickColumn
from tasks.models import Task

# Sorting by colour means by what needs help, not by the alphabet.
SEVERITY = (Task.Lamp.RED, Task.Lamp.YELLOW, Task.Lamp.GREEN, Task.Lamp.GREY, Task.Lamp.BLUE)


class TaskTable(tables.Table):
    """One row per task: what, who, by when, how it stands."""

    task = TickColumn(row_label="选择此任务")
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
        sequence = ("task", "code", "title", "lead", "due_on", "state", "lamp", "progress")
        order_by_field = "sort"

    def order_lamp(self, queryset: "QuerySet[Task]", is_descending: bool) -> "tuple[QuerySet[Task], bool]":
        """Order by colour, worst first."""
        rank = Case(
            *(When(lamp=lamp, then=Value(place)) for place, lamp in enumerate(SEVERITY)), output_field=IntegerField()
        )
        return queryset.order_by(rank.desc() if is_descending else rank.asc(), "due_on", "code"), True
