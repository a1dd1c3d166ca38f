"""The tables of drills."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from drills.models import Drill, DrillRule, DutyWaiver

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}
TIGHT = {"td": {"class": "col-tight"}}


class DrillTable(tables.Table):
    """One row per record: number and name, who held it, what, when, how it stands."""

    code = tables.Column(verbose_name="编号", empty_values=(), attrs=TIGHT)
    title = tables.Column(verbose_name="演练名称", empty_values=())
    organiser_name = tables.Column(
        verbose_name="组织单位", order_by=("organiser__ordering", "enterprise__name", "village")
    )
    level = tables.Column(verbose_name="级别", attrs=TIGHT)
    kind = tables.Column(verbose_name="类型", attrs=TIGHT)
    form = tables.Column(verbose_name="形式", attrs=TIGHT)
    held_on = tables.DateColumn(verbose_name="演练日期", format="Y-m-d", default="未填", attrs=TIGHT)
    headcount = tables.Column(verbose_name="参演人数", default="—", attrs=NUMBER)
    state = tables.TemplateColumn(
        "{% load ui %}{% badge record.get_state_display record.tone %}", verbose_name="状态", attrs=TIGHT
    )

    class Meta:
        model = Drill
        fields: tuple[str, ...] = ()
        sequence = ("code", "title", "organiser_name", "level", "kind", "form", "held_on", "headcount", "state")
        order_by_field = "sort"

    def _link(self, record: Drill, words: str) -> Any:
        return format_html('<a href="{}">{}</a>', reverse("drills:detail", args=[record.pk]), words)

    def render_code(self, record: Drill) -> Any:
        """Show the number as a link, or say that there is none yet."""
        return self._link(record, record.code or "未编号")

    def render_title(self, record: Drill) -> Any:
        """Show the name as a link."""
        return self._link(record, record.title or "未命名的演练")


class RuleTable(tables.Table):
    """One row per rule: who owes what how often, and on what it rests."""

    subject = tables.Column(verbose_name="应练对象")
    what = tables.Column(verbose_name="演练内容", attrs=TIGHT)
    frequency = tables.Column(verbose_name="频次", attrs=TIGHT)
    by_joining = tables.Column(verbose_name="参演可抵", attrs=TIGHT)
    basis = tables.Column(verbose_name="依据")
    from_year = tables.Column(verbose_name="适用年度", attrs=TIGHT)
    active = tables.TemplateColumn(
        "{% load ui %}{% if record.active %}{% badge '启用' 'green' %}{% else %}{% badge '停用' 'grey' %}{% endif %}",
        verbose_name="状态",
        attrs=TIGHT,
    )
    actions = tables.TemplateColumn(
        '{% include "drills/_rule_actions.html" %}', verbose_name="操作", orderable=False, attrs=TIGHT
    )

    class Meta:
        model = DrillRule
        fields: tuple[str, ...] = ()
        sequence = ("subject", "what", "frequency", "by_joining", "basis", "from_year", "active", "actions")
        order_by_field = "sort"

    def render_subject(self, record: DrillRule) -> str:
        """Name the sector where the rule is of one."""
        return f"{record.sector.name}" if record.sector else record.get_subject_display()

    def render_by_joining(self, value: bool) -> str:
        """Say yes or no."""
        return "是" if value else "否"

    def render_from_year(self, record: DrillRule) -> str:
        """Say the span of years."""
        return f"{record.from_year}–{record.to_year}年" if record.to_year else f"{record.from_year}年起"


class WaiverTable(tables.Table):
    """One row per waiver: whom, from when to when, why."""

    subject = tables.Column(verbose_name="单位、企业", empty_values=(), orderable=False)
    valid_from = tables.DateColumn(verbose_name="免练起", format="Y-m-d", attrs=TIGHT)
    valid_to = tables.DateColumn(verbose_name="免练止", format="Y-m-d", default="至撤销", attrs=TIGHT)
    reason = tables.Column(verbose_name="理由")
    created_by = tables.Column(verbose_name="登记人", order_by=("created_by__display_name",), attrs=TIGHT)
    withdrawn_on = tables.TemplateColumn(
        '{% include "drills/_waiver_state.html" %}', verbose_name="状态", empty_values=(), attrs=TIGHT
    )

    class Meta:
        model = DutyWaiver
        fields: tuple[str, ...] = ()
        sequence = ("subject", "valid_from", "valid_to", "reason", "created_by", "withdrawn_on")
        order_by_field = "sort"

    def render_subject(self, record: DutyWaiver) -> str:
        """Name whom it is for."""
        return str(record.unit or record.enterprise)
