"""Addresses of what people ask for beside the moves of a task: 延期, 受阻, 改判. A refusal comes back as typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from core.errors import NotAllowed, UserError
from tasks.forms.moves import (
    DecisionForm,
    ExtensionForm,
    ForceLampForm,
    ObstacleForm,
    OutcomeForm,
    ReasonOnlyForm,
)
from tasks.models import Obstacle, Task, TaskRequest
from tasks.permissions import get_task_for, plays
from tasks.services import forcing, obstacles, requests
from tasks.transitions import LEAD, OFFICE
from tasks.views.detail import detail_context


def run_side_form(
    request: HttpRequest,
    task_pk: int,
    key: str,
    kind: type[forms.Form],
    call: Callable[[dict[str, Any]], Any],
    done: str,
    who: tuple[str, ...],
) -> HttpResponse:
    """Read the form, call the service, say what was done; a refusal shows the page with the form as typed."""
    task = get_task_for(request.user, task_pk)
    if not any(plays(request.user, part, task) for part in who):
        raise NotAllowed("您没有权限对这项任务进行此操作。")
    form = kind(request.POST, auto_id=f"{key}-%s")
    if form.is_valid():
        try:
            call(form.cleaned_data)
        except NotAllowed:
            raise
        except UserError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, done)
            return redirect("tasks:detail", pk=task_pk)
    elif "version" in form.errors:
        form.add_error(None, "页面已失效，请刷新后重新操作。")
    task = get_task_for(request.user, task_pk)
    return render(request, "tasks/detail.html", detail_context(request, task, bound={key: form}), status=409)


def _task_of(request: HttpRequest, model: Any, pk: int) -> int:
    """Return the key of the task that a visible request or obstacle belongs to."""
    found = model.objects.filter(pk=pk, task__in=Task.objects.visible_to(request.user)).first()
    if found is None:
        raise Http404("没有这条记录。")
    return int(found.task_id)


def _versioned(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "version"} | {"expected_version": data["version"]}


@require_POST
def ask_extension(request: HttpRequest, pk: int) -> HttpResponse:
    """申请延期."""

    def call(data: dict[str, Any]) -> Any:
        return requests.ask_extension(actor=request.user, task_id=pk, **_versioned(data))  # type: ignore[arg-type]

    return run_side_form(request, pk, "extension", ExtensionForm, call, "延期申请已报县安委办。", (LEAD,))


@require_POST
def withdraw_extension(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回延期申请."""

    def call(data: dict[str, Any]) -> Any:
        return requests.withdraw_extension(actor=request.user, request_id=pk, **_versioned(data))  # type: ignore[arg-type]

    task_pk = _task_of(request, TaskRequest, pk)
    return run_side_form(request, task_pk, "withdraw-extension", ReasonOnlyForm, call, "延期申请已撤回。", (LEAD,))


@require_POST
def decide_extension(request: HttpRequest, pk: int) -> HttpResponse:
    """批复延期: the button says whether it is granted."""
    refused = "refuse" in request.POST

    def call(data: dict[str, Any]) -> Any:
        if not refused and data["granted_due_on"] is None:
            raise UserError("同意延期的，请填写同意延至的日期。")
        return requests.decide_extension(
            actor=request.user,  # type: ignore[arg-type]
            request_id=pk,
            granted_due_on=None if refused else data["granted_due_on"],
            decision=data["decision"],
            expected_version=data["version"],
        )

    done = "已批复：不同意延期。" if refused else "已批复：同意延期。"
    return run_side_form(request, _task_of(request, TaskRequest, pk), "decide", DecisionForm, call, done, (OFFICE,))


@require_POST
def raise_obstacle(request: HttpRequest, pk: int) -> HttpResponse:
    """报告受阻."""

    def call(data: dict[str, Any]) -> Any:
        draft = obstacles.ObstacleDraft(data["cause"], data["done"], data["needs_whom"], data["needed_by"])
        return obstacles.raise_obstacle(
            actor=request.user,  # type: ignore[arg-type]
            task_id=pk,
            draft=draft,
            expected_version=data["version"],
        )

    return run_side_form(request, pk, "obstacle", ObstacleForm, call, "受阻情况已报县安委办。", (LEAD,))


@require_POST
def solve_obstacle(request: HttpRequest, pk: int) -> HttpResponse:
    """解除受阻."""

    def call(data: dict[str, Any]) -> Any:
        return obstacles.solve_obstacle(actor=request.user, obstacle_id=pk, **_versioned(data))  # type: ignore[arg-type]

    return run_side_form(
        request, _task_of(request, Obstacle, pk), "solve", OutcomeForm, call, "受阻已解除。", (LEAD, OFFICE)
    )


@require_POST
def force_lamp(request: HttpRequest, pk: int) -> HttpResponse:
    """人工改判亮灯."""

    def call(data: dict[str, Any]) -> Any:
        return forcing.force_lamp(actor=request.user, task_id=pk, **_versioned(data))  # type: ignore[arg-type]

    return run_side_form(request, pk, "force", ForceLampForm, call, "亮灯已改判。", (OFFICE,))


@require_POST
def end_forcing(request: HttpRequest, pk: int) -> HttpResponse:
    """取消人工改判."""

    def call(data: dict[str, Any]) -> Any:
        return forcing.end_forcing(actor=request.user, task_id=pk, **_versioned(data))  # type: ignore[arg-type]

    return run_side_form(request, pk, "end-forcing", ReasonOnlyForm, call, "已取消改判，按规则亮灯。", (OFFICE,))
