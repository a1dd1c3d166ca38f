"""The table of hazards."""

import django_tables2 as tables

from hazards.models import Hazard

# Cell templates are included, not named: a named one would run the context processors anew for every row.
TIGHT = {"td": {"class": "col-tight"}}


class HazardTable(tables.Table):
    """One row per hazard: number, what and where, how it stands, by when, who re-checks."""

    code = tables.Column(verbose_name="编号", linkify=("hazards:detail", {"pk": tables.A("pk")}), attrs=TIGHT)
    title = tables.TemplateColumn('{% include "hazards/_title_cell.html" %}', verbose_name="隐患及所在单位")
    level = tables.TemplateColumn(
        "{% load ui %}{% badge record.get_level_display record.level_tone %}", verbose_name="等级", attrs=TIGHT
    )
    state = tables.TemplateColumn(
        "{% load ui %}{% badge record.get_state_display record.tone %}", verbose_name="状态", attrs=TIGHT
    )
    recurring = tables.TemplateColumn(
        '{% load ui %}{% if record.recurring %}{% badge "反复" "orange" %}{% else %}—{% endif %}',
        verbose_name="反复",
        attrs=TIGHT,
        order_by=("-recurring", "-found_on"),
    )
    due_on = tables.TemplateColumn('{% include "hazards/_due_cell.html" %}', verbose_name="整改期限", attrs=TIGHT)
    supervisor = tables.Column(
        verbose_name="监管部门", accessor="supervisor__short_name", order_by=("supervisor__ordering",), attrs=TIGHT
    )
    township = tables.Column(
        verbose_name="属地", accessor="township__short_name", order_by=("township__ordering",), attrs=TIGHT
    )
    source = tables.Column(verbose_name="来源", attrs=TIGHT)
    found_on = tables.DateColumn(verbose_name="发现日期", format="Y-m-d", attrs=TIGHT)

    class Meta:
        model = Hazard
        fields: tuple[str, ...] = ()
        sequence = (
            "code",
            "title",
            "level",
            "state",
            "recurring",
            "due_on",
            "supervisor",
            "township",
            "source",
            "found_on",
        )
        order_by_field = "sort"
