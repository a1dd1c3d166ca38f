"""Filters of the task list; every one of them lives in the address, so that a figure can link to its rows."""

from typing import Any

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django_filters.filterset import FilterSet

from core import clock
from core.choices import LoadedChoiceFilter
from responsibility.authority import authority_of
from responsibility.models import Unit
from tasks.forms.charge import offered
from tasks.indicators import ANY_LEDGER, HAND, STANDINGS
from tasks.models import Plan, Source, Task, TaskNode, TaskSupport, TaskTarget
from tasks.selectors import GIVING_QUEUES, SUPPORT, UNIT_QUEUES, giving_tasks, placed_tasks, supported_tasks

YES = (("1", "是"),)
# The viewer, in the filter by leader.
ME = "me"


def _offer_plans(filters: FilterSet) -> None:
    """Fill the choices of year, lead unit and section: the sections of the chosen year, else of the latest.

    Years and sections are read together: a list page has few queries to spend.
    """
    published = Plan.objects.filter(state=Plan.State.PUBLISHED).order_by("-year", "sections__start", "sections__pk")
    rows = list(published.values_list("year", "sections__pk", "sections__marker", "sections__title"))
    years = list(dict.fromkeys(year for year, *_ in rows))
    filters.filters["year"].extra["choices"] = [(year, f"{year}年") for year in years]
    filters.filters["lead"].queryset = Unit.objects.exclude(kind=Unit.Kind.GROUP)
    chosen = str(filters.data.get("year") or (years[0] if years else ""))
    filters.filters["section"].extra["choices"] = [
        (pk, f"{marker}{title}") for year, pk, marker, title in rows if pk is not None and str(year) == chosen
    ]


def _search(queryset: Any, value: str, *fields: str, lead: str) -> Any:
    """Keep the rows that match every word in one of the fields, or in the lead unit's names or their initials."""
    for word in value.replace("\x00", "").split()[:6]:
        found = Q(**{f"{lead}__initials__startswith": word.lower()})
        for name in (*fields, f"{lead}__name", f"{lead}__short_name"):
            found |= Q(**{f"{name}__icontains": word})
        queryset = queryset.filter(found)
    return queryset


class TaskFilter(FilterSet):
    """Search and filters over tasks."""

    q = django_filters.CharFilter(
        label="搜索",
        method="search",
        widget=forms.SearchInput(attrs={"placeholder": "名称、编号、单位、原文"}),
    )
    year = django_filters.ChoiceFilter(label="年度", field_name="plan__year", choices=(), empty_label="全部年度")
    lamp = django_filters.MultipleChoiceFilter(
        label="亮灯", choices=Task.Lamp.choices, distinct=False, widget=forms.SelectMultiple(attrs={"data-enhance": ""})
    )
    state = django_filters.MultipleChoiceFilter(
        label="状态",
        choices=Task.State.choices,
        distinct=False,
        widget=forms.SelectMultiple(attrs={"data-enhance": ""}),
    )
    lead = LoadedChoiceFilter(
        label="牵头单位",
        queryset=Unit.objects.none(),
        empty_label="全部单位",
        widget=forms.Select(attrs={"data-enhance": ""}),
    )
    section = django_filters.ChoiceFilter(label="章节", choices=(), empty_label="全部章节")
    source = django_filters.MultipleChoiceFilter(
        label="来源", choices=Source.choices, distinct=False, widget=forms.SelectMultiple(attrs={"data-enhance": ""})
    )
    leader = django_filters.ChoiceFilter(label="牵头领导", choices=(), empty_label="不限", method="by_leader")
    sector = django_filters.ChoiceFilter(label="行业领域", field_name="sector_id", choices=(), empty_label="不限")
    main = django_filters.ChoiceFilter(label="只看主任务", choices=YES, empty_label="不限", method="by_main")
    outside = django_filters.ChoiceFilter(label="要点章节外", choices=YES, empty_label="不限", method="by_outside")
    part = django_filters.ChoiceFilter(
        label="本单位角色", choices=(("lead", "牵头"), ("support", "配合")), empty_label="不限", method="by_part"
    )
    queue = django_filters.ChoiceFilter(
        label="我的工作分类",
        choices=[*((row[0], row[2]) for row in (*UNIT_QUEUES, *GIVING_QUEUES)), ("support", SUPPORT)],
        empty_label="不限",
        method="by_queue",
    )
    asked = django_filters.ChoiceFilter(
        label="申请与受阻",
        choices=(("adjust", "提出调整待决定"), ("extend", "延期待批复"), ("blocked", "受阻未解除")),
        empty_label="不限",
        method="by_asked",
    )
    extended = django_filters.ChoiceFilter(label="已延期", choices=YES, empty_label="不限", method="by_extended")
    overdue = django_filters.ChoiceFilter(label="已逾期", choices=YES, empty_label="不限", method="by_overdue")
    unreported = django_filters.ChoiceFilter(label="本期未报", choices=YES, empty_label="不限", method="by_unreported")
    unfinished = django_filters.ChoiceFilter(label="未完成", choices=YES, empty_label="不限", method="by_unfinished")
    due_from = django_filters.DateFilter(
        label="时限自", field_name="due_on", lookup_expr="gte", widget=forms.DateInput(attrs={"type": "date"})
    )
    due_to = django_filters.DateFilter(
        label="时限至", field_name="due_on", lookup_expr="lte", widget=forms.DateInput(attrs={"type": "date"})
    )
    primary = ("q", "year", "lamp", "state", "lead")

    class Meta:
        model = Task
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_plans(self)
        lists = offered()
        own = [(ME, "我分管的")] if authority_of(self.request.user).is_leader else []
        self.filters["leader"].extra["choices"] = [*own, *((str(pk), name) for pk, name in lists.leaders.items())]
        self.filters["sector"].extra["choices"] = [(str(pk), name) for pk, name in lists.sectors.items()]

    def by_leader(self, queryset: "QuerySet[Task]", name: str, value: str) -> "QuerySet[Task]":
        """Keep what a county leader is in charge of; `me` is the viewer."""
        return queryset.filter(leader_id=self.request.user.pk if value == ME else int(value))

    def search(self, queryset: Any, name: str, value: str) -> Any:
        """Match every word in title, code, source text, unit names or their initials."""
        return _search(queryset, value, "title", "code", "source_text", lead="lead")

    def by_outside(self, queryset: "QuerySet[Task]", name: str, value: str) -> "QuerySet[Task]":
        """Keep what stands in no chapter of the plan: what was opened for the register of directives."""
        return queryset.filter(section__isnull=True)

    def by_main(self, queryset: "QuerySet[Task]", name: str, value: str) -> "QuerySet[Task]":
        """Leave out the children of tasks."""
        return queryset.filter(parent__isnull=True)

    def by_part(self, queryset: "QuerySet[Task]", name: str, value: str) -> "QuerySet[Task]":
        """Keep what the viewer's units lead, or support."""
        units = authority_of(self.request.user).units
        if value == "lead":
            return queryset.filter(lead_id__in=units)
        return queryset.filter(pk__in=TaskSupport.objects.filter(unit_id__in=units).values("task_id"))

    def by_queue(self, queryset: "QuerySet[Task]", name: str, value: str) -> "QuerySet[Task]":
        """Keep the tasks that stand in this queue of the viewer's 我的工作."""
        authority = authority_of(self.request.user)
        if value == "support":
            return queryset.filter(pk__in=supported_tasks(authority).values("pk"))
        if value in {row[0] for row in GIVING_QUEUES}:
            return queryset.filter(pk__in=giving_tasks(authority, value).values("pk"))
        placed = placed_tasks(authority)
        return queryset.filter(pk__in=[task.pk for task in placed[value]])

    def by_asked(self, queryset: Any, name: str, value: str) -> Any:
        """Keep what waits for a decision of the office, or is blocked."""
        return queryset.asked(value)

    def by_extended(self, queryset: Any, name: str, value: str) -> Any:
        """Keep tasks whose deadline was put off."""
        return queryset.filter(due_on__gt=F("original_due_on"))

    def by_overdue(self, queryset: Any, name: str, value: str) -> Any:
        """Keep overdue tasks."""
        return queryset.overdue_on(clock.today())

    def by_unreported(self, queryset: Any, name: str, value: str) -> Any:
        """Keep what was not reported in the current period."""
        return queryset.not_reported_on(clock.today())

    def by_unfinished(self, queryset: Any, name: str, value: str) -> Any:
        """Keep what is not done yet."""
        return queryset.unfinished()


def filtered_tasks(request: HttpRequest) -> tuple[TaskFilter, "QuerySet[Task]"]:
    """Return the filters of the address and the tasks of the viewer they leave, latest year first."""
    rows = (
        Task.objects.visible_to(request.user)
        .select_related("lead", "section", "leader", "sector", "parent")
        .order_by("-plan__year", "code")
    )
    filters = TaskFilter(request.GET, queryset=rows, request=request)
    # A filter that means nothing finds nothing; ignoring it would show more than was asked for.
    return filters, filters.qs if filters.is_valid() else rows.none()


class MonthFilter(TaskFilter):
    """Which tasks the calendar shows, and of which month."""

    month = django_filters.DateFilter(
        label="月份",
        method="keep",
        input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"}),
    )
    primary = ("month", "q", "lamp", "state", "lead")

    def keep(self, queryset: "QuerySet[Task]", name: str, value: object) -> "QuerySet[Task]":
        """Keep every task: the month says what of them is shown."""
        return queryset


class IndicatorFilter(FilterSet):
    """Search and filters over the quantified targets of tasks."""

    q = django_filters.CharFilter(
        label="搜索",
        method="search",
        widget=forms.SearchInput(attrs={"placeholder": "指标、原文、任务、单位"}),
    )
    year = django_filters.ChoiceFilter(label="年度", field_name="task__plan__year", choices=(), empty_label="全部年度")
    standing = django_filters.MultipleChoiceFilter(
        label="完成情况", choices=STANDINGS, distinct=False, widget=forms.SelectMultiple(attrs={"data-enhance": ""})
    )
    lead = LoadedChoiceFilter(
        label="牵头单位",
        field_name="task__lead",
        queryset=Unit.objects.none(),
        empty_label="全部单位",
        widget=forms.Select(attrs={"data-enhance": ""}),
    )
    source = django_filters.ChoiceFilter(
        label="取数来源",
        choices=((HAND, "人工填报"), (ANY_LEDGER, "台账取数")),
        empty_label="不限",
        method="by_source",
    )
    section = django_filters.ChoiceFilter(label="章节", field_name="task__section", choices=(), empty_label="全部章节")
    primary = ("q", "year", "standing", "lead")

    class Meta:
        model = TaskTarget
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_plans(self)

    def search(self, queryset: Any, name: str, value: str) -> Any:
        """Match every word in the indicator, its sentence, its task or the lead unit's names."""
        return _search(queryset, value, "metric", "phrase", "task__title", "task__code", lead="task__lead")

    def by_source(self, queryset: "QuerySet[TaskTarget]", name: str, value: str) -> "QuerySet[TaskTarget]":
        """Keep what people fill in, or what a ledger feeds."""
        return queryset.filter(ledger="") if value == HAND else queryset.exclude(ledger="")


class NodeFilter(FilterSet):
    """Search and filters over milestones and occurrences; cancelled ones are shown only when asked for."""

    q = django_filters.CharFilter(
        label="搜索",
        method="search",
        widget=forms.SearchInput(attrs={"placeholder": "名称、任务、编号、单位"}),
    )
    year = django_filters.ChoiceFilter(label="年度", field_name="task__plan__year", choices=(), empty_label="全部年度")
    standing = django_filters.MultipleChoiceFilter(
        label="状态",
        choices=TaskNode.State.choices,
        distinct=False,
        widget=forms.SelectMultiple(attrs={"data-enhance": ""}),
    )
    kind = django_filters.MultipleChoiceFilter(
        label="类型",
        choices=TaskNode.Kind.choices,
        distinct=False,
        widget=forms.SelectMultiple(attrs={"data-enhance": ""}),
    )
    lead = LoadedChoiceFilter(
        label="牵头单位",
        field_name="task__lead",
        queryset=Unit.objects.none(),
        empty_label="全部单位",
        widget=forms.Select(attrs={"data-enhance": ""}),
    )
    section = django_filters.ChoiceFilter(label="章节", field_name="task__section", choices=(), empty_label="全部章节")
    due_from = django_filters.DateFilter(
        label="时限自", field_name="due_on", lookup_expr="gte", widget=forms.DateInput(attrs={"type": "date"})
    )
    due_to = django_filters.DateFilter(
        label="时限至", field_name="due_on", lookup_expr="lte", widget=forms.DateInput(attrs={"type": "date"})
    )
    own = django_filters.ChoiceFilter(label="本单位牵头", choices=YES, empty_label="不限", method="by_own")
    primary = ("q", "year", "standing", "kind", "lead")

    class Meta:
        model = TaskNode
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_plans(self)

    def filter_queryset(self, queryset: Any) -> Any:
        """Leave out what was cancelled, unless it is asked for."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("standing") else found.live()

    def by_own(self, queryset: "QuerySet[TaskNode]", name: str, value: str) -> "QuerySet[TaskNode]":
        """Keep what the viewer's own units are to deliver."""
        return queryset.filter(task__lead_id__in=authority_of(self.request.user).units)

    def search(self, queryset: Any, name: str, value: str) -> Any:
        """Match every word in the node, its task or the lead unit's names."""
        return _search(queryset, value, "title", "task__title", "task__code", lead="task__lead")
