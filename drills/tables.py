"""The tables of drills."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from drills.models import Drill

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
