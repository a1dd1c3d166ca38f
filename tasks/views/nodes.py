"""Milestones and occurrences of a task: what the office changes of them, and the milestones' own page."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from core.errors import NotAllowed, StaleObject, UserError
from responsibility.authority import authority_of
from tasks.forms.recurrence import OccurrenceForm, RecurrenceForm
from tasks.models import TaskNode
from tasks.services.recurrence import cancel_node, edit_occurrence, set_recurrence
from tasks.transitions import OFFICE
from tasks.views.requests import run_side_form


@require_POST
def recurrence(request: PersonRequest, pk: int) -> HttpResponse:
    """调整期次."""

    def call(data: dict[str, Any]) -> Any:
        return set_recurrence(
            actor=request.user,
            task_id=pk,
            recurrence=data["recurrence"],
            months=data["months"],
            reason=data["reason"],
            expected_version=data["version"],
        )

    return run_side_form(request, pk, "recurrence", RecurrenceForm, call, "期次已调整。", (OFFICE,))


@require_http_methods(["GET", "HEAD", "POST"])
def occurrence(request: PersonRequest, pk: int) -> HttpResponse:
    """修改、取消 one occurrence."""
    node = _occurrence(request, pk)
    if request.method != "POST":
        initial = {"version": node.version, "title": node.title, "due_on": node.due_on}
        return _page(request, node, OccurrenceForm(initial=initial))
    form = OccurrenceForm(request.POST)
    if not form.is_valid():
        return _page(request, node, form, status=409)
    data = form.cleaned_data
    common = {"actor": request.user, "node_id": pk, "reason": data["reason"], "expected_version": data["version"]}
    try:
        if "cancel" in request.POST:
            cancel_node(**common)
        else:
            edit_occurrence(title=data["title"], due_on=data["due_on"], **common)
    except NotAllowed:
        raise
    except StaleObject as error:
        node.refresh_from_db()
        again = request.POST.copy()
        again["version"] = str(node.version)
        form = OccurrenceForm(again)
        form.add_error(None, error.message)
        return _page(request, node, form, stored=True, status=409)
    except UserError as error:
        form.add_error(None, error.message)
        return _page(request, node, form, status=409)
    messages.success(request, "期次已取消。" if "cancel" in request.POST else "期次已修改。")
    return redirect("tasks:detail", pk=node.task_id)


def _occurrence(request: PersonRequest, pk: int) -> TaskNode:
    found = TaskNode.objects.visible_to(request.user).occurrences().select_related("task").filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个期次。")
    if not authority_of(request.user).is_office:
        raise NotAllowed("只有县安委办可以调整期次。")
    return found


def _page(
    request: PersonRequest, node: TaskNode, form: OccurrenceForm, *, stored: bool = False, status: int = 200
) -> HttpResponse:
    context = {"node": node, "task": node.task, "form": form, "stored": stored}
    return render(request, "tasks/occurrence.html", context, status=status)
