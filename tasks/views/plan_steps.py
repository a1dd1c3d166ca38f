"""Steps on a draft: the list of them, taking one back, doing it again; who else is at the draft now."""

from collections.abc import Callable
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django_filters.filterset import FilterSet

from core.errors import NotAllowed, UserError, WrongState
from core.ui import turn_page
from tasks.models import Plan, PlanStep
from tasks.plan_permissions import get_draft_for
from tasks.services.step_states import ids_of
from tasks.services.steps import redo_step, undo_step
from tasks.services.visits import steps_since, visit, visits_of
from tasks.views.plan_panes import ItemPage
from tasks.views.plan_typed import check_url, draw, number, office_action, shown, typed_in, unsaved


class StepFilter(FilterSet):
    """Search and filters over steps."""

    q = django_filters.CharFilter(
        label="搜索", method="search", widget=forms.SearchInput(attrs={"placeholder": "内容、办理人"})
    )
    kind = django_filters.ChoiceFilter(label="类型", choices=PlanStep.Kind.choices, empty_label="全部")
    undone = django_filters.BooleanFilter(
        label="状态",
        field_name="undone_at",
        lookup_expr="isnull",
        exclude=True,
        widget=forms.Select(choices=[("", "全部"), ("false", "有效"), ("true", "已撤销")]),
    )

    class Meta:
        model = PlanStep
        fields: list[str] = []

    def search(self, queryset: "QuerySet[PlanStep]", name: str, value: str) -> "QuerySet[PlanStep]":
        """Match every word in what was done or who did it."""
        for word in value.replace("\x00", "").split()[:6]:
            queryset = queryset.filter(Q(summary__icontains=word) | Q(actor__display_name__icontains=word))
        return queryset


class StepTable(tables.Table):
    """One row per step, the newest first."""

    number = tables.Column(verbose_name="步骤", attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    summary = tables.Column(verbose_name="内容", order_by=("summary",))
    kind = tables.Column(verbose_name="类型")
    actor = tables.Column(verbose_name="办理人", order_by=("actor__display_name",))
    at = tables.DateTimeColumn(verbose_name="时间", format="Y-m-d H:i", attrs={"td": {"class": "col-tight"}})
    undone_at = tables.TemplateColumn('{% include "plans/_step_state.html" %}', verbose_name="状态", orderable=False)

    class Meta:
        order_by_field = "sort"
        order_by = ("-number",)


@require_safe
def step_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was done to a draft, by whom and when."""
    plan = get_draft_for(request.user, pk)
    rows = plan.steps.select_related("actor", "undone_by").defer("states")
    filters = StepFilter(request.GET, queryset=rows, request=request)
    found = filters.qs if filters.is_valid() else rows.none()
    table = StepTable(found)
    turn_page(request, table)
    context = {
        "plan": plan,
        "filters": filters,
        "table": table,
        "count": table.page.paginator.count,
        "is_draft": plan.state == Plan.State.DRAFT,
    }
    return render(request, "plans/steps.html", context)


@office_action
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the step named by `step`."""
    return _shift(request, pk, undo_step, "撤销")


@office_action
def redo(request: HttpRequest, pk: int) -> HttpResponse:
    """Do the step named by `step` again."""
    return _shift(request, pk, redo_step, "重做")


def _shift(request: HttpRequest, pk: int, act: Callable[..., PlanStep], verb: str) -> HttpResponse:
    plan = get_draft_for(request.user, pk)
    typed = typed_in(request, plan)
    if typed is not None and typed.changed:
        return unsaved(request, plan, typed, verb)
    current = number(request.POST.get("item"))
    try:
        step = act(actor=request.user, plan_id=pk, step_id=number(request.POST.get("step")) or 0)
    except (NotAllowed, WrongState):
        raise
    except UserError as error:
        return draw(request, plan, current, ItemPage(error=error.message), status=409)
    whose = "" if step.actor_id == request.user.pk else f"（原由{step.actor}办理）"
    messages.success(request, f"已{verb}：{step.summary}{whose}。")
    return redirect(check_url(pk, _item_of(plan, step, current), shown(request)))


def _item_of(plan: Plan, step: PlanStep, current: int | None) -> int | None:
    """Return the item to look at: one the step is about, preferring the one on screen."""
    ids = [key for key in ids_of(step.states, "item") if plan.items.filter(pk=key).exists()]
    return current if not ids or current in ids else ids[0]


@office_action
def now(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a page that is open: who else is at the draft, and what they did since it was opened."""
    plan = get_draft_for(request.user, pk)
    item_id = number(request.POST.get("item"))
    seen = number(request.POST.get("seen")) or 0
    item = plan.items.filter(pk=item_id).first() if item_id is not None else None
    visit(user=request.user, plan=plan, item=item)
    context: dict[str, Any] = {
        "plan": plan,
        "others": visits_of(plan, request.user).others,
        "since": steps_since(plan, request.user, seen, item_id),
        "seen": seen,
        "item_id": item_id,
        "is_draft": plan.state == Plan.State.DRAFT,
    }
    return render(request, "plans/_now.html", context)
