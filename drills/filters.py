"""Filters of records and of duties; every one of them lives in the address, so that a figure can link to its rows."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django_filters.filterset import FilterSet

from core import clock
from drills.duties import Question
from drills.duty_terms import PERIOD_CHOICES
from drills.models import Drill, DrillRule, DutyWaiver
from drills.selectors import townships
from responsibility.models import Unit

YES = (("1", "是"),)
# Years the list of duties looks back over, this year among them.
DUTY_YEARS = 5
ORDER_CHOICES = (("name", "按名称"), ("township", "按乡镇"), ("period", "按期限"), ("open", "未完成在前"))


def _several(label: str, choices: Any) -> Any:
    return django_filters.MultipleChoiceFilter(
        label=label, choices=choices, widget=forms.SelectMultiple(attrs={"data-enhance": ""})
    )


def _day(label: str, **extra: Any) -> Any:
    return django_filters.DateFilter(label=label, widget=forms.DateInput(attrs={"type": "date"}), **extra)


class DrillFilter(FilterSet):
    """Search and filters over records."""

    q = django_filters.CharFilter(
        label="搜索",
        method="search",
        widget=forms.SearchInput(attrs={"placeholder": "编号、名称、地点、组织单位、村"}),
    )
    year = django_filters.ChoiceFilter(
        label="年度", field_name="held_on__year", choices=(), empty_label="全部年度", method="by_year"
    )
    state = _several("状态", Drill.State.choices)
    level = _several("级别", Drill.Level.choices)
    township = django_filters.ModelChoiceFilter(
        label="所属乡镇", queryset=Unit.objects.none(), empty_label="全部乡镇", method="by_township"
    )
    kind = _several("演练类型", Drill.Kind.choices)
    form_of = django_filters.MultipleChoiceFilter(
        label="演练形式",
        field_name="form",
        choices=Drill.Form.choices,
        widget=forms.SelectMultiple(attrs={"data-enhance": ""}),
    )
    hazard = _several("灾种或事故类型", Drill.Hazard.choices)
    organiser = django_filters.ModelChoiceFilter(label="组织单位", queryset=Unit.objects.none(), empty_label="全部单位")
    joined = django_filters.ModelChoiceFilter(
        label="参演单位", queryset=Unit.objects.none(), empty_label="全部单位", field_name="participants"
    )
    enterprise = django_filters.CharFilter(label="企业名称", method="by_enterprise")
    counted = django_filters.ChoiceFilter(
        label="是否计入场次", choices=(("1", "已计入"), ("0", "未计入")), empty_label="不限", method="by_counted"
    )
    held_from = _day("演练日期自", field_name="held_on", lookup_expr="gte")
    held_to = _day("演练日期至", field_name="held_on", lookup_expr="lte")
    counted_by = _day("截至该日已计入", method="by_counted_day")
    queue = django_filters.ChoiceFilter(
        label="我的工作分类",
        choices=(("review", "待我审核"), ("returned", "退回待改"), ("draft", "本单位草稿")),
        empty_label="不限",
        method="by_queue",
    )
    primary = ("q", "year", "state", "township", "kind")

    class Meta:
        model = Drill
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = Drill.objects.visible_to(self.request.user).order_by()
        years = visible.exclude(held_on=None).dates("held_on", "year", order="DESC")
        self.filters["year"].extra["choices"] = [(day.year, f"{day.year}年") for day in years]
        units = Unit.objects.exclude(kind=Unit.Kind.GROUP)
        self.filters["organiser"].queryset = units
        self.filters["joined"].queryset = units
        self.filters["township"].queryset = townships()

    def search(self, queryset: "QuerySet[Drill]", name: str, value: str) -> "QuerySet[Drill]":
        """Match every word in number, title, place, village or the organiser's names."""
        for word in value.replace("\x00", "").split()[:6]:
            queryset = queryset.filter(
                Q(code__icontains=word)
                | Q(title__icontains=word)
                | Q(place__icontains=word)
                | Q(village__icontains=word)
                | Q(organiser__name__icontains=word)
                | Q(organiser__short_name__icontains=word)
                | Q(organiser__initials__startswith=word.lower())
                | Q(enterprise__name__icontains=word)
                | Q(enterprise__initials__startswith=word.lower())
            )
        return queryset

    def by_year(self, queryset: "QuerySet[Drill]", name: str, value: str) -> "QuerySet[Drill]":
        """Keep the drills held in the year."""
        return queryset.filter(held_on__year=int(value))

    def by_township(self, queryset: "QuerySet[Drill]", name: str, value: Unit) -> "QuerySet[Drill]":
        """Keep what counts for the township: its own drills, its villages' and its enterprises'."""
        return queryset.filter(township=value)

    def by_enterprise(self, queryset: "QuerySet[Drill]", name: str, value: str) -> "QuerySet[Drill]":
        """Keep the enterprise of exactly this name, or those whose names hold the words."""
        exact = queryset.filter(enterprise__name=value)
        return exact if exact.exists() else queryset.filter(enterprise__name__icontains=value)

    def by_counted(self, queryset: "QuerySet[Drill]", name: str, value: str) -> "QuerySet[Drill]":
        """Keep what counts today, or what does not (yet)."""
        counted = Q(state=Drill.State.COUNTED)
        return queryset.filter(counted) if value == "1" else queryset.exclude(counted)

    def by_counted_day(self, queryset: Any, name: str, value: Any) -> Any:
        """Keep what counted at the end of a day."""
        return queryset.counted_by(value)

    def by_queue(self, queryset: Any, name: str, value: str) -> Any:
        """Keep the records that stand in this queue of the viewer's 我的工作."""
        user = self.request.user
        if value == "review":
            return queryset.awaiting_review_by(user)
        state = Drill.State.RETURNED if value == "returned" else Drill.State.DRAFT
        return queryset.owned_by(user).filter(state=state)


class DutyFilter(FilterSet):
    """Search and filters over duties."""

    q = django_filters.CharFilter(label="搜索", widget=forms.SearchInput(attrs={"placeholder": "单位、企业名称"}))
    year = django_filters.ChoiceFilter(label="年度", choices=(), empty_label=None)
    who = django_filters.MultipleChoiceFilter(
        label="应练对象",
        choices=DrillRule.Subject.choices,
        widget=forms.SelectMultiple(attrs={"data-enhance": ""}),
    )
    met = django_filters.ChoiceFilter(label="完成情况", choices=(("1", "已完成"), ("0", "未完成")), empty_label="全部")
    township = django_filters.ModelChoiceFilter(label="所属乡镇", queryset=Unit.objects.none(), empty_label="全部乡镇")
    period = django_filters.ChoiceFilter(label="时段", choices=PERIOD_CHOICES, empty_label="全部时段")
    rule = django_filters.ModelChoiceFilter(label="应练规则", queryset=DrillRule.objects.none(), empty_label="全部规则")
    own = django_filters.ChoiceFilter(label="本单位应练", choices=YES, empty_label="不限")
    pressing = django_filters.ChoiceFilter(label="逾期或60天内到期", choices=YES, empty_label="不限")
    order = django_filters.ChoiceFilter(label="排序", choices=ORDER_CHOICES, empty_label="按规则和单位")
    as_of = django_filters.DateFilter(label="截至", widget=forms.DateInput(attrs={"type": "date"}))
    primary = ("q", "year", "who", "met", "township")

    class Meta:
        model = DrillRule
        fields: list[str] = []

    def __init__(self, data: Any, **kwargs: Any) -> None:
        this_year = clock.today().year
        # The year stands in the form also where the address does not name it.
        if data is not None and not data.get("year"):
            data = data.copy()
            data["year"] = str(this_year)
        super().__init__(data, queryset=DrillRule.objects.none(), **kwargs)
        self.filters["year"].extra["choices"] = [
            (year, f"{year}年") for year in range(this_year, this_year - DUTY_YEARS, -1)
        ]
        self.filters["township"].queryset = townships()
        self.filters["rule"].queryset = DrillRule.objects.filter(active=True).select_related("sector")

    def question(self) -> Question | None:
        """Return what is asked for; None where a filter means nothing, which then finds nothing."""
        if not self.form.is_valid():
            return None
        data = self.form.cleaned_data
        return Question(
            year=int(data["year"]),
            as_of=min(data["as_of"] or clock.today(), clock.today()),
            user=self.request.user,
            subjects=tuple(data["who"]),
            rule=data["rule"].pk if data["rule"] else None,
            period=data["period"],
            met=data["met"],
            pressing=data["pressing"] == "1",
            own=data["own"] == "1",
            township=data["township"].pk if data["township"] else None,
            words=tuple(data["q"].replace("\x00", "").split()[:6]),
            order=data["order"],
        )


class RuleFilter(FilterSet):
    """Search and filters over rules."""

    q = django_filters.CharFilter(
        label="搜索", method="search", widget=forms.SearchInput(attrs={"placeholder": "依据、行业领域"})
    )
    subject = django_filters.ChoiceFilter(label="应练对象", choices=DrillRule.Subject.choices, empty_label="全部")
    active = django_filters.ChoiceFilter(
        label="状态", choices=(("1", "启用"), ("0", "停用")), empty_label="全部", method="by_active"
    )

    class Meta:
        model = DrillRule
        fields: list[str] = []

    def search(self, rows: "QuerySet[DrillRule]", name: str, value: str) -> "QuerySet[DrillRule]":
        """Match every word in the basis or the sector."""
        for word in value.replace("\x00", "").split()[:6]:
            rows = rows.filter(Q(basis__icontains=word) | Q(sector__name__icontains=word))
        return rows

    def by_active(self, rows: "QuerySet[DrillRule]", name: str, value: str) -> "QuerySet[DrillRule]":
        """Keep rules that are on or off."""
        return rows.filter(active=value == "1")


class WaiverFilter(FilterSet):
    """Search and filters over waivers."""

    q = django_filters.CharFilter(
        label="搜索", method="search", widget=forms.SearchInput(attrs={"placeholder": "单位、企业、理由"})
    )
    held = django_filters.ChoiceFilter(
        label="状态", choices=(("1", "有效"), ("0", "已撤销")), empty_label="全部", method="by_held"
    )

    class Meta:
        model = DutyWaiver
        fields: list[str] = []

    def search(self, rows: "QuerySet[DutyWaiver]", name: str, value: str) -> "QuerySet[DutyWaiver]":
        """Match every word in the subject's name or the reason."""
        for word in value.replace("\x00", "").split()[:6]:
            rows = rows.filter(
                Q(unit__name__icontains=word)
                | Q(unit__short_name__icontains=word)
                | Q(enterprise__name__icontains=word)
                | Q(reason__icontains=word)
            )
        return rows

    def by_held(self, rows: "QuerySet[DutyWaiver]", name: str, value: str) -> "QuerySet[DutyWaiver]":
        """Keep waivers that hold, or those taken back."""
        return rows.filter(withdrawn_on__isnull=value == "1")
