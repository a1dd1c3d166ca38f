"""作战图 and 任务日历: the tasks of the list against the months of the year and the days of a month."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.periods import MONTH, Period, period_of
from core.ui import address, page_of
from tasks.chart import LEGEND, chart_rows, months_of
from tasks.filters import MonthFilter, TaskFilter
from tasks.models import Plan, Task, TaskNode
from tasks.month import WEEKDAYS, month_of

# The chart is for looking over, and for one sheet of A3.
ROWS = 50
# Plans are of these years (`plan_year_range`).
FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_safe
def chart(request: HttpRequest) -> HttpResponse:
    """Show the tasks of one year, filtered as in the list, against its months."""
    today = clock.today()
    rows = Task.objects.visible_to(request.user).select_related("lead", "section").order_by("code")
    filters = TaskFilter(request.GET, queryset=rows, request=request)
    year = _year(filters)
    found = filters.qs.filter(plan__year=year) if filters.is_valid() else rows.none()
    page = page_of(request, found, ROWS)
    tasks = list(page.object_list)
    nodes = TaskNode.objects.live().filter(task__in=[task.pk for task in tasks]).with_claims()
    context: dict[str, Any] = {
        "filters": filters,
        "year": year,
        "page": page,
        "count": page.paginator.count,
        "months": months_of(year),
        "rows": chart_rows(tasks, nodes, year, today),
        "legend": LEGEND,
        "today": today,
    }
    return render(request, "tasks/chart.html", context)


def _year(filters: TaskFilter) -> int:
    """Return the year asked for, else that of the latest plan, else this one."""
    asked = filters.form.cleaned_data.get("year") if filters.is_valid() else ""
    if asked:
        return int(asked)
    latest = Plan.objects.filter(state=Plan.State.PUBLISHED).order_by("-year").values_list("year", flat=True).first()
    return latest or clock.today().year


@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """Show what falls due on each day of the month the address names, else of this one."""
    today = clock.today()
    visible = Task.objects.visible_to(request.user).select_related("lead").order_by("due_on", "code")
    filters = MonthFilter(request.GET, queryset=visible, request=request)
    found = filters.qs if filters.is_valid() else visible.none()
    period = _month(filters, today)
    span = (period.start, period.end)
    nodes = TaskNode.objects.live().filter(task__in=found.order_by(), due_on__range=span)
    shown = month_of(
        period,
        found.filter(due_on__range=span),
        nodes.with_claims().select_related("task__lead").order_by("task__code", "number"),
        today,
    )
    context = {
        "filters": filters,
        "month": shown,
        "weekdays": WEEKDAYS,
        "previous": address(request.GET, month=shown.previous),
        "next": address(request.GET, month=shown.next),
        "this": address(request.GET, month=None),
        "is_this": period.start <= today <= period.end,
        "legend": LEGEND,
    }
    return render(request, "tasks/month.html", context)


def _month(filters: MonthFilter, today: date) -> Period:
    """Return the month asked for, of a year there may be a plan of; else this one."""
    asked = filters.form.cleaned_data.get("month") if filters.is_valid() else None
    return period_of(asked if asked and FIRST_YEAR <= asked.year <= LAST_YEAR else today, MONTH)
