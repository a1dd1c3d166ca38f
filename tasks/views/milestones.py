"""编辑节点: the milestones of a task on one form, from scratch or from a template."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from core import clock
from core.errors import NotAllowed, StaleObject, UserError
from responsibility.authority import authority_of
from tasks.forms.milestones import (
    MilestoneFormSet,
    MilestoneReasonForm,
    drafts_typed,
    initial_rows,
    proposed_rows,
)
from tasks.models import Task, TaskNode
from tasks.permissions import get_task_for, plays
from tasks.services.milestones import TEMPLATES, may_set_milestones, set_milestones, template_drafts
from tasks.services.nodes import is_fixed
from tasks.transitions import LEAD

ROWS = "node"


@require_http_methods(["GET", "HEAD", "POST"])
def milestones(request: PersonRequest, pk: int) -> HttpResponse:
    """Change the milestones of a task."""
    task = get_task_for(request.user, pk)
    office = authority_of(request.user).is_office
    if not (office or plays(request.user, LEAD, task)):
        raise NotAllowed("只有县安委办和牵头单位的联络员可以编辑节点。")
    if request.method == "POST":
        return _save(request, task, office=office)
    if not may_set_milestones(request.user, task):
        messages.info(request, "任务已完成、已销号，或县安委办已按节点核定计划进度，不能编辑节点。")
        return redirect("tasks:detail", pk=pk)
    open_nodes = [node for node in _milestones(task) if not is_fixed(node)]
    initial = initial_rows(open_nodes)
    name = request.GET.get("template", "")
    if name in TEMPLATES and not initial:
        initial += proposed_rows(template_drafts(name, max(task.starts_on, clock.today()), task.due_on))
    rows = MilestoneFormSet(initial=initial, prefix=ROWS)
    about = MilestoneReasonForm(initial={"version": task.version, "curve": task.curve}, office=office)
    return _page(request, task, rows, about)


def _milestones(task: Task) -> list[TaskNode]:
    return list(task.nodes.live().milestones().with_claims().order_by("due_on", "number"))


def _page(request: PersonRequest, task: Task, rows: Any, about: MilestoneReasonForm, **extra: Any) -> HttpResponse:
    present = _milestones(task)
    context = {
        "task": task,
        "rows": rows,
        "about": about,
        "fixed": [node for node in present if is_fixed(node)],
        # A template begins a plan; beside milestones it would only double them.
        "templates": [] if present else [(name, label) for name, (label, _) in TEMPLATES.items()],
    }
    status = 409 if about.is_bound else 200
    return render(request, "tasks/milestones.html", context | extra, status=status)


def _save(request: PersonRequest, task: Task, *, office: bool) -> HttpResponse:
    open_nodes = [node for node in _milestones(task) if not is_fixed(node)]
    rows = MilestoneFormSet(request.POST, initial=initial_rows(open_nodes), prefix=ROWS)
    about = MilestoneReasonForm(request.POST, office=office)
    # Both are asked, so that both say what is wrong.
    if not rows.is_valid() & about.is_valid():
        return _page(request, task, rows, about)
    try:
        set_milestones(
            actor=request.user,
            task_id=task.pk,
            drafts=drafts_typed(rows),
            curve=about.cleaned_data.get("curve"),
            reason=about.cleaned_data["reason"],
            expected_version=about.cleaned_data["version"],
        )
    except NotAllowed:
        raise
    except StaleObject as error:
        again = request.POST.copy()
        task.refresh_from_db()
        again["version"] = str(task.version)
        about = MilestoneReasonForm(again, office=office)
        about.is_valid()
        about.add_error(None, error.message)
        return _page(request, task, rows, about, stored=_milestones(task))
    except UserError as error:
        about.add_error(None, error.message)
        return _page(request, task, rows, about)
    messages.success(request, "节点已保存。")
    return redirect("tasks:detail", pk=task.pk)
