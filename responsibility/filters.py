"""Filters of the lists of units, people, keyword rules and audit entries; each lives in the address."""

from typing import Any

import django_filters
from django import forms
from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_filters.filterset import FilterSet

from accounts.models import User
from audit.models import Entry
from core import clock
from responsibility.models import DutyList, KeywordRule, Membership, Role, Unit, UnitAlias
from responsibility.selectors import units_of_county

YES_NO = (("1", "启用"), ("0", "停用"))


def search_field(placeholder: str) -> Any:
    """Return the search box of a list."""
    return django_filters.CharFilter(
        label="搜索", method="search", widget=forms.SearchInput(attrs={"placeholder": placeholder})
    )


def words_of(value: str) -> list[str]:
    """Return the words typed into a search box, at most six."""
    return value.replace("\x00", "").split()[:6]


class UnitFilter(FilterSet):
    """Search and filters over units."""

    q = search_field("名称、别名、拼音首字母")
    kind = django_filters.ChoiceFilter(label="类别", choices=Unit.Kind.choices, empty_label="全部")
    staffed = django_filters.ChoiceFilter(
        label="联络员", choices=(("1", "已有联络员"), ("0", "没有联络员")), empty_label="不限", method="by_staffed"
    )
    in_force = django_filters.ChoiceFilter(
        label="状态", choices=(("1", "在用"), ("0", "已停用")), empty_label="全部", method="by_in_force"
    )
    duties = django_filters.ChoiceFilter(
        label="今年责任清单", choices=(("1", "已发布"), ("0", "未发布")), empty_label="不限", method="by_duties"
    )
    primary = ("q", "kind", "staffed", "in_force")

    class Meta:
        model = Unit
        fields: tuple[str, ...] = ()

    def search(self, rows: "QuerySet[Unit]", name: str, value: str) -> "QuerySet[Unit]":
        """Match every word in a name, an alias, the code or the initials."""
        for word in words_of(value):
            found = Q(name__icontains=word) | Q(short_name__icontains=word) | Q(code__istartswith=word)
            found |= Q(pk__in=UnitAlias.objects.filter(name__icontains=word).values("unit"))
            found |= Q(initials__contains=word.lower())
            rows = rows.filter(found)
        return rows

    def by_staffed(self, rows: "QuerySet[Unit]", name: str, value: str) -> "QuerySet[Unit]":
        """Keep units with (1) or without (0) an editor today; collective names need none."""
        editors = Membership.objects.active_on(clock.today()).filter(
            unit=OuterRef("pk"), role=Role.EDITOR, user__is_active=True
        )
        if value == "1":
            return rows.filter(Exists(editors))
        return rows.exclude(kind=Unit.Kind.GROUP).filter(~Exists(editors))

    def by_duties(self, rows: "QuerySet[Unit]", name: str, value: str) -> "QuerySet[Unit]":
        """Keep units that owe a duty list of this year and have (1) or have not (0) one in force."""
        lists = DutyList.objects.filter(unit=OuterRef("pk"), year=clock.today().year, state=DutyList.State.PUBLISHED)
        rows = rows.filter(pk__in=units_of_county(clock.today()).values("pk"))
        return rows.filter(Exists(lists) if value == "1" else ~Exists(lists))

    def by_in_force(self, rows: "QuerySet[Unit]", name: str, value: str) -> "QuerySet[Unit]":
        """Keep units that exist today, or those that have ended."""
        ended = Q(valid_to__isnull=False, valid_to__lt=clock.today())
        return rows.exclude(ended) if value == "1" else rows.filter(ended)


class PersonFilter(FilterSet):
    """Search and filters over accounts."""

    q = search_field("姓名、用户名、电话")
    unit = django_filters.ModelChoiceFilter(
        label="单位", queryset=Unit.objects.exclude(kind=Unit.Kind.GROUP), empty_label="全部", method="by_unit"
    )
    role = django_filters.ChoiceFilter(label="角色", choices=Role.choices, empty_label="全部", method="by_role")
    active = django_filters.ChoiceFilter(label="账号", choices=YES_NO, empty_label="全部", method="by_active")
    primary = ("q", "unit", "role", "active")

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def search(self, rows: "QuerySet[User]", name: str, value: str) -> "QuerySet[User]":
        """Match every word in name, user name, telephone or e-mail."""
        for word in words_of(value):
            rows = rows.filter(
                Q(display_name__icontains=word)
                | Q(username__icontains=word)
                | Q(phone__icontains=word)
                | Q(email__icontains=word)
            )
        return rows

    def by_unit(self, rows: "QuerySet[User]", name: str, value: Unit) -> "QuerySet[User]":
        """Keep people with a role in the unit today."""
        return rows.filter(pk__in=Membership.objects.active_on(clock.today()).filter(unit=value).values("user"))

    def by_role(self, rows: "QuerySet[User]", name: str, value: str) -> "QuerySet[User]":
        """Keep people who hold the role today."""
        return rows.filter(pk__in=Membership.objects.active_on(clock.today()).filter(role=value).values("user"))

    def by_active(self, rows: "QuerySet[User]", name: str, value: str) -> "QuerySet[User]":
        """Keep accounts that are on or off."""
        return rows.filter(is_active=value == "1")


class RuleFilter(FilterSet):
    """Search and filters over keyword rules."""

    q = search_field("关键词、依据、单位")
    unit = django_filters.ModelChoiceFilter(label="建议单位", queryset=Unit.objects.all(), empty_label="全部")
    part = django_filters.ChoiceFilter(label="建议为", choices=KeywordRule.Part.choices, empty_label="全部")
    active = django_filters.ChoiceFilter(label="状态", choices=YES_NO, empty_label="全部", method="by_active")
    primary = ("q", "unit", "part", "active")

    class Meta:
        model = KeywordRule
        fields: tuple[str, ...] = ()

    def search(self, rows: "QuerySet[KeywordRule]", name: str, value: str) -> "QuerySet[KeywordRule]":
        """Match every word in keywords, basis or unit."""
        for word in words_of(value):
            rows = rows.filter(
                Q(keywords__icontains=word)
                | Q(required__icontains=word)
                | Q(reason__icontains=word)
                | Q(unit__name__icontains=word)
                | Q(unit__short_name__icontains=word)
                | Q(unit__initials__contains=word.lower())
            )
        return rows

    def by_active(self, rows: "QuerySet[KeywordRule]", name: str, value: str) -> "QuerySet[KeywordRule]":
        """Keep rules that are on or off."""
        return rows.filter(active=value == "1")


def object_types() -> list[tuple[str, str]]:
    """Return the kinds of object an entry may be about, as stored and in words; those of libraries are left out."""
    own = (config for config in apps.get_app_configs() if "." not in config.name)
    models = (model for config in own for model in config.get_models())
    return sorted((model._meta.label_lower, str(model._meta.verbose_name)) for model in models)


class EntryFilter(FilterSet):
    """Search and filters over the audit trail."""

    q = search_field("姓名、对象、说明")
    object_type = django_filters.ChoiceFilter(label="对象类型", choices=object_types, empty_label="全部")
    day = django_filters.DateFromToRangeFilter(field_name="at", label="日期")
    primary = ("q", "object_type", "day")

    class Meta:
        model = Entry
        fields: tuple[str, ...] = ()

    def search(self, rows: "QuerySet[Entry]", name: str, value: str) -> "QuerySet[Entry]":
        """Match every word in person, object, summary or reason."""
        for word in words_of(value):
            rows = rows.filter(
                Q(actor_name__icontains=word)
                | Q(object_label__icontains=word)
                | Q(summary__icontains=word)
                | Q(reason__icontains=word)
            )
        return rows
