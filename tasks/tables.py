"""The tables of tasks and of their quantified targets."""

from decimal import Decimal

import django_tables2 as tables
from django.db.models import Case, IntegerField, QuerySet, Value, When

from core import clock
from core.tables import ToldColumn
from core.ui import TickColumn
from tasks.indicators import STANDING_TONES, STANDINGS, Outlook, basis_of, outlook, planned_value, source_of
from tasks.models import Task, TaskNode, TaskTarget

# Sorting by colour means by what needs help, not by the alphabet.
SEVERITY = (Task.Lamp.RED, Task.Lamp.YELLOW, Task.Lamp.GREEN, Task.Lamp.GREY, Task.Lamp.BLUE)


# Column → whether it is shown before anybody chooses.
TASK_COLUMNS = {
    "section": False,
    "source": False,
    "leader": False,
    "lead": True,
    "sector": False,
    "starts_on": False,
    "due_on": True,
    "original_due_on": False,
    "state": True,
    "lamp": True,
    "lamp_reason": False,
    "progress": True,
    "submitted_on": False,
}
NODE_COLUMNS = {
    "kind": True,
    "task": True,
    "due_on": True,
    "standing": True,
    "done_on": True,
    "share": False,
    "original_due_on": False,
}
INDICATOR_COLUMNS = dict.fromkeys(("task", "wanted", "current", "standing", "forecast", "source"), True)


class TaskTable(tables.Table):
    """One row per task: what, who, by when, how it stands."""

    task = TickColumn(row_label="选择此任务")
    code = tables.TemplateColumn(
        '{{ record.code }}{% if record.parent %}<div class="muted">属 {{ record.parent.code }}</div>{% endif %}',
        verbose_name="编号",
    )
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

    source = tables.Column(verbose_name="来源")
    leader = tables.Column(verbose_name="牵头领导", order_by=("leader__display_name",))
    sector = tables.Column(verbose_name="行业领域", accessor="sector__name", order_by=("sector__ordering",))
    section = tables.Column(verbose_name="章节", accessor="section__title", order_by=("section__number",))
    starts_on = tables.DateColumn(verbose_name="开始日期", format="Y-m-d")
    original_due_on = tables.DateColumn(verbose_name="原定时限", format="Y-m-d")
    submitted_on = tables.DateColumn(verbose_name="最近上报", format="Y-m-d")
    lamp_reason = tables.Column(verbose_name="亮灯说明", orderable=False)

    optional = TASK_COLUMNS

    class Meta:
        model = Task
        fields: tuple[str, ...] = ()
        sequence = ("task", "code", "title", *TASK_COLUMNS)
        order_by_field = "sort"

    def order_lamp(self, queryset: "QuerySet[Task]", is_descending: bool) -> "tuple[QuerySet[Task], bool]":
        """Order by colour, worst first."""
        rank = Case(
            *(When(lamp=lamp, then=Value(place)) for place, lamp in enumerate(SEVERITY)), output_field=IntegerField()
        )
        return queryset.order_by(rank.desc() if is_descending else rank.asc(), "due_on", "code"), True


def _outlook(target: TaskTarget) -> Outlook:
    return outlook(target, target.current, clock.today())  # type: ignore[attr-defined]


def _standing(target: TaskTarget) -> tuple[str, str]:
    standing: str = target.standing  # type: ignore[attr-defined]
    return dict(STANDINGS)[standing], STANDING_TONES[standing]


def _planned(target: TaskTarget) -> Decimal | None:
    return planned_value(target, clock.today())


class IndicatorTable(tables.Table):
    """One row per quantified target: what is wanted, where it stands, where it is heading, and where that is from."""

    metric = tables.Column(verbose_name="指标", linkify=("tasks:indicator", {"pk": tables.A("pk")}))
    task = tables.TemplateColumn(
        '{% include "tasks/_indicator_task.html" %}', verbose_name="任务与牵头单位", order_by=("task__code",)
    )
    wanted = tables.TemplateColumn(
        "{% load ui %}{{ record.get_operator_display }} {% number record.value record.unit %}",
        accessor="value",
        verbose_name="目标",
    )
    current = ToldColumn(
        "{% load ui %}{% number record.current record.unit %}"
        '{% if value is not None %}<div class="muted">计划应达 {% number value record.unit %}</div>{% endif %}',
        _planned,
        verbose_name="现值",
        order_by=("current",),
    )
    standing = ToldColumn(
        "{% load ui %}{% badge value.0 value.1 %}", _standing, verbose_name="完成情况", order_by=("standing",)
    )
    forecast = ToldColumn(
        '{% include "tasks/_indicator_forecast.html" %}', _outlook, verbose_name="预测", orderable=False
    )
    source = ToldColumn(
        '{{ value.0 }}{% if value.1 %}<div class="muted">{{ value.1 }}</div>{% endif %}',
        lambda target: (source_of(target), basis_of(target)),
        verbose_name="取数来源",
        order_by=("ledger",),
    )

    empty_title = "没有符合条件的指标"
    optional = INDICATOR_COLUMNS

    class Meta:
        model = TaskTarget
        fields: tuple[str, ...] = ()
        sequence = ("metric", *INDICATOR_COLUMNS)
        order_by_field = "sort"


class NodeTable(tables.Table):
    """One row per milestone or occurrence: of which task, by when, how it stands."""

    title = tables.TemplateColumn(
        '<a href="{% url "tasks:detail" record.task_id %}#nodes">{{ record.title }}</a>', verbose_name="名称"
    )
    kind = tables.TemplateColumn(
        "{{ record.get_kind_display }}{% if record.cycle %}（{{ record.get_cycle_display }}）{% endif %}",
        verbose_name="类型",
        order_by=("kind", "cycle"),
    )
    task = tables.TemplateColumn(
        '{{ record.task.code }} {{ record.task.title }}<div class="muted">{{ record.task.lead.short_name }}</div>',
        verbose_name="任务与牵头单位",
        order_by=("task__code",),
    )
    due_on = tables.TemplateColumn(
        "{% load ui %}{% due record.due_on today met=record.is_settled %}", verbose_name="完成时限"
    )
    standing = tables.TemplateColumn(
        "{% load ui %}{% badge record.state_label record.tone %}", verbose_name="状态", order_by=("standing",)
    )
    done_on = tables.DateColumn(verbose_name="完成日期", format="Y-m-d")
    share = tables.TemplateColumn(
        '{% load ui %}{% if record.share is None %}—{% else %}{% number record.share "%" %}{% endif %}',
        verbose_name="累计占比",
    )
    original_due_on = tables.DateColumn(verbose_name="原定时限", format="Y-m-d")

    empty_title = "没有符合条件的节点、期次"
    optional = NODE_COLUMNS

    class Meta:
        model = TaskNode
        fields: tuple[str, ...] = ()
        sequence = ("title", *NODE_COLUMNS)
        order_by_field = "sort"
