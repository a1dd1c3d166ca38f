"""子任务 of a task: added one by one, or many lines at once after a preview."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from core.errors import NotAllowed, StaleObject, UserError
from responsibility.authority import authority_of
from responsibility.views.pages import METHODS, version_of
from tasks.child_lines import ChildLine, read_lines
from tasks.forms.children import ChildForm, ChildLinesForm
from tasks.models import Task
from tasks.permissions import get_task_for
from tasks.services.children import NewChild, add_children, may_have_children


@require_http_methods(METHODS)
def children(request: PersonRequest, pk: int) -> HttpResponse:
    """Add children to a task: `one` adds the form's, `preview` shows how the lines are read, `add` adds them."""
    task = get_task_for(request.user, pk)
    if not authority_of(request.user).is_office:
        raise NotAllowed("只有县安委办可以增加子任务。")
    if request.method != "POST" and not may_have_children(task):
        messages.error(request, "已申请销号、已销号的任务和子任务下面，不能再增加子任务。")
        return redirect("tasks:detail", pk=pk)
    one = ChildForm(request.POST if "one" in request.POST else None, parent=task)
    pasted = {"preview", "add"} & set(request.POST)
    many = ChildLinesForm(request.POST if pasted else None)
    found: list[ChildLine] = []
    if request.method == "POST":
        if "one" in request.POST:
            if one.is_valid() and (answer := _add(request, task, [one.child()], one)) is not None:
                return answer
        elif many.is_valid():
            found = read_lines(task, many.cleaned_data["lines"])
            if not found:
                many.add_error("lines", "没有内容，请每行填写一项。")
            elif "add" in request.POST and not any(line.errors for line in found):
                answer = _add(request, task, [line.child for line in found], many)
                if answer is not None:
                    return answer
    # A preview is an answer, not a refusal.
    read = bool(found) and "preview" in request.POST and not many.errors
    context = {
        "task": get_task_for(request.user, pk),
        "one": one,
        "many": many,
        "found": found,
        "wrong": sum(1 for line in found if line.errors),
        "existing": task.children.count(),
    }
    status = 200 if request.method != "POST" or read else 400
    return render(request, "tasks/children.html", context, status=status)


def _add(request: PersonRequest, task: Task, drafts: list[NewChild], form: Any) -> HttpResponse | None:
    """Add the children and answer; None where the form says why it could not be."""
    try:
        made = add_children(actor=request.user, task_id=task.pk, children=drafts, expected_version=version_of(request))
    except NotAllowed:
        raise
    except StaleObject:
        form.add_error(None, "在您打开页面之后，任务已有变动（可能已经增加过）。请核对下面的子任务数后再提交。")
        return None
    except UserError as error:
        form.add_error(None, error.message)
        return None
    named = made[0].code if len(made) == 1 else f"{made[0].code}至{made[-1].code}"
    messages.success(request, f"已增加子任务{len(made)}项（{named}），并通知牵头单位。")
    if "again" in request.POST:
        return redirect("tasks:children", pk=task.pk)
    return redirect("tasks:detail", pk=task.pk)
