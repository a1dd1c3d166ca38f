"""The tables of units, people, keyword rules and audit entries."""

from typing import Any

import django_tables2 as tables
from django.apps import apps
from django.utils.html import format_html, format_html_join

from accounts.models import User
from audit.models import Entry
from responsibility.models import KeywordRule, Membership, Role, Unit

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}
# {0}: name of the yes-or-no field.
ON_OFF = (
    "{{% load ui %}}"
    "{{% if record.{0} %}}{{% badge '启用' 'green' %}}{{% else %}}{{% badge '停用' 'grey' %}}{{% endif %}}"
)
# Cell templates are included, not named: a named one would run the context processors anew for every row.
TIGHT = {"td": {"class": "col-tight"}}


def people_in_words(rows: list[Membership], *, with_unit: bool = False) -> Any:
    """Return people with their roles, or roles with their units, each kept on one line."""
    lines = (
        (
            f"{row.unit.short_name} · {row.get_role_display()}"
            if with_unit
            else f"{row.user}（{row.get_role_display()}）",
            f"（代{row.deputy_for}）" if row.deputy_for else "",
        )
        for row in rows
    )
    return format_html_join("、", '<span class="text-nowrap">{}{}</span>', lines)


class UnitTable(tables.Table):
    """One row per unit: names, kind and who acts for it today."""

    code = tables.Column(verbose_name="编码", attrs=TIGHT)
    name = tables.Column(verbose_name="全称", linkify=("responsibility:unit", {"pk": tables.A("pk")}))
    short_name = tables.Column(verbose_name="简称", attrs=TIGHT)
    kind = tables.Column(verbose_name="类别", attrs=TIGHT)
    alias_count = tables.Column(verbose_name="别名", attrs=NUMBER)
    people = tables.Column(verbose_name="人员", empty_values=(), orderable=False)
    valid_to = tables.DateColumn(verbose_name="停用日期", format="Y-m-d", default="—", attrs=TIGHT)

    class Meta:
        model = Unit
        fields: tuple[str, ...] = ()
        sequence = ("code", "name", "short_name", "kind", "people", "alias_count", "valid_to")
        order_by_field = "sort"

    def render_people(self, record: Unit) -> Any:
        """Name the people; a unit without an editor can sign for nothing, so that is said."""
        rows: list[Membership] = record.people_now  # type: ignore[attr-defined]
        shown = people_in_words(rows)
        if record.kind == Unit.Kind.GROUP or any(row.role == Role.EDITOR for row in rows):
            return shown or "—"
        return format_html('{}<div class="due-soon">没有联络员</div>', shown)


class PersonTable(tables.Table):
    """One row per account."""

    display_name = tables.Column(verbose_name="姓名", linkify=("responsibility:person", {"pk": tables.A("pk")}))
    username = tables.Column(verbose_name="用户名", attrs=TIGHT)
    posts = tables.Column(verbose_name="任职", empty_values=(), orderable=False)
    phone = tables.Column(verbose_name="联系电话", default="—", attrs=TIGHT)
    is_active = tables.TemplateColumn(
        ON_OFF.format("is_active"),
        verbose_name="账号",
        attrs=TIGHT,
    )
    last_login = tables.DateTimeColumn(verbose_name="最近登录", format="Y-m-d H:i", default="从未登录", attrs=TIGHT)

    class Meta:
        model = User
        fields: tuple[str, ...] = ()
        sequence = ("display_name", "username", "posts", "phone", "is_active", "last_login")
        order_by_field = "sort"

    def render_posts(self, record: User) -> Any:
        """Name the roles of today with their units."""
        return people_in_words(record.posts_now, with_unit=True) or "当前没有任职"  # type: ignore[attr-defined]


class RuleTable(tables.Table):
    """One row per keyword rule."""

    keywords = tables.Column(verbose_name="关键词（任一）")
    required = tables.Column(verbose_name="且须同时出现", default="—")
    unit = tables.Column(
        verbose_name="建议单位", accessor="unit__short_name", order_by=("unit__ordering",), attrs=TIGHT
    )
    part = tables.Column(verbose_name="建议为", attrs=TIGHT)
    weight = tables.Column(verbose_name="权重", attrs=NUMBER)
    reason = tables.Column(verbose_name="依据")
    active = tables.TemplateColumn(
        ON_OFF.format("active"),
        verbose_name="状态",
        attrs=TIGHT,
    )
    act = tables.TemplateColumn(
        '{% include "responsibility/_rule_actions.html" %}', verbose_name="操作", orderable=False, attrs=TIGHT
    )

    class Meta:
        model = KeywordRule
        fields: tuple[str, ...] = ()
        sequence = ("keywords", "required", "unit", "part", "weight", "reason", "active", "act")
        order_by_field = "sort"


class EntryTable(tables.Table):
    """One row per audited action."""

    at = tables.DateTimeColumn(verbose_name="时间", format="Y-m-d H:i:s", attrs=TIGHT)
    actor_name = tables.Column(verbose_name="操作人", attrs=TIGHT)
    object_type = tables.Column(verbose_name="对象类型", attrs=TIGHT)
    object_label = tables.Column(verbose_name="对象")
    summary = tables.TemplateColumn('{% include "responsibility/_entry.html" %}', verbose_name="说明", orderable=False)

    class Meta:
        model = Entry
        fields: tuple[str, ...] = ()
        sequence = ("at", "actor_name", "object_type", "object_label", "summary")
        order_by_field = "sort"

    def render_object_type(self, value: str) -> str:
        """Say the kind of object in words; an object of an app since removed keeps its stored name."""
        try:
            return str(apps.get_model(value)._meta.verbose_name)
        except (LookupError, ValueError):
            return value
