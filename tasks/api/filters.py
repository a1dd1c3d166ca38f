"""Filters of lists that have no page of their own."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django_filters.filterset import FilterSet

from responsibility.models import Unit
from tasks.models import Obstacle, Plan, PlanItem, PlanSection, ProgressReport, Task, TaskRequest


class ItemFilter(FilterSet):
    """Search and filters over the items of plans."""

    q = django_filters.CharFilter(label="搜索标题", method="search")
    plan = django_filters.ModelChoiceFilter(label="工作要点", queryset=Plan.objects.none())
    section = django_filters.ModelChoiceFilter(label="章节", queryset=PlanSection.objects.none())
    lead = django_filters.ModelChoiceFilter(label="牵头单位", queryset=Unit.objects.all())

    class Meta:
        model = PlanItem
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = Plan.objects.visible_to(self.request.user)
        self.filters["plan"].queryset = plans
        self.filters["section"].queryset = PlanSection.objects.filter(plan__in=plans.order_by().values("pk"))

    def search(self, rows: "QuerySet[PlanItem]", name: str, value: str) -> "QuerySet[PlanItem]":
        """Match every word in the title."""
        for word in value.split()[:6]:
            rows = rows.filter(title__icontains=word)
        return rows


class ReportFilter(FilterSet):
    """Search and filters over rounds of reporting."""

    q = django_filters.CharFilter(label="搜索任务名称、编号", method="search")
    task = django_filters.ModelChoiceFilter(label="任务", queryset=Task.objects.none())
    state = django_filters.MultipleChoiceFilter(label="状态", choices=ProgressReport.State.choices)
    lead = django_filters.ModelChoiceFilter(label="牵头单位", field_name="task__lead", queryset=Unit.objects.all())

    class Meta:
        model = ProgressReport
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["task"].queryset = Task.objects.visible_to(self.request.user)

    def search(self, rows: "QuerySet[ProgressReport]", name: str, value: str) -> "QuerySet[ProgressReport]":
        """Match every word in the task's title or code."""
        for word in value.split()[:6]:
            rows = rows.filter(Q(task__title__icontains=word) | Q(task__code__icontains=word))
        return rows


class OfVisibleTask(FilterSet):
    """Filters over what belongs to tasks."""

    task = django_filters.ModelChoiceFilter(label="任务", queryset=Task.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["task"].queryset = Task.objects.visible_to(self.request.user)


class RequestFilter(OfVisibleTask):
    """Filters over requests."""

    kind = django_filters.ChoiceFilter(label="种类", choices=TaskRequest.Kind.choices)
    state = django_filters.MultipleChoiceFilter(label="状态", choices=TaskRequest.State.choices)

    class Meta:
        model = TaskRequest
        fields: tuple[str, ...] = ()


class ObstacleFilter(OfVisibleTask):
    """Filters over obstacles."""

    solved = django_filters.ChoiceFilter(
        label="是否解除", choices=(("1", "已解除"), ("0", "未解除")), method="by_solved"
    )

    class Meta:
        model = Obstacle
        fields: tuple[str, ...] = ()

    def by_solved(self, rows: "QuerySet[Obstacle]", name: str, value: str) -> "QuerySet[Obstacle]":
        """Keep what is solved, or what is not."""
        return rows.filter(solved_at__isnull=value == "0")
