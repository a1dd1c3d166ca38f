"""The pages of supporting units: giving what the lead unit needs for its report, and agreeing with it or not."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from core import clock, kept_forms
from core.errors import NotAllowed, StaleObject, UserError
from evidence.checks import ACCEPTED, MAX_BYTES
from evidence.selectors import files_of
from evidence.services import attach_file, remove_file
from tasks.forms.contribution import ContributionForm, OpinionForm, SupportRoleForm
from tasks.models import Contribution, Task
from tasks.permissions import get_task_for
from tasks.services.contributing import give_opinion, save_contribution, set_support_role
from tasks.supporting import CONTRIBUTING, current_label, supporting_unit
from tasks.views.detail import detail_context


def _present(task: Task, user: Any) -> Contribution | None:
    """Return what the person's unit gave for the period that runs now."""
    unit = supporting_unit(user, task)
    rows = Contribution.objects.filter(task=task, unit=unit, period_label=current_label(task))
    return rows.prefetch_related("values").first()


@require_http_methods(["GET", "HEAD", "POST"])
def contribute(request: PersonRequest, pk: int) -> HttpResponse:
    """Give the text, figures and evidence of this period; saved as often as wanted while the lead unit reports."""
    task = get_task_for(request.user, pk)
    if supporting_unit(request.user, task) is None:
        raise NotAllowed("只有配合单位的联络员可以填写配合情况。")
    if task.state not in CONTRIBUTING:
        words = f"任务当前为“{task.get_state_display()}”，不能填写配合情况。"
        if kept_forms.is_autosave(request):
            return kept_forms.conflict(f"{words}您填写的内容没有保存。")
        if request.method == "POST":
            form = ContributionForm(request.POST, task=task)
            return _page(request, task, form, None, errors=[f"{words}您填写的内容没有保存，请另行留存。"])
        messages.info(request, words)
        return redirect("tasks:detail", pk=pk)
    present = _present(task, request.user)
    if request.method == "POST":
        return _autosave(request, task) if kept_forms.is_autosave(request) else _save(request, task)
    if typed := kept_forms.take_typed(request):
        return _page(request, task, ContributionForm(typed, task=task), present, typed_back=True)
    return _page(request, task, ContributionForm(task=task, initial=ContributionForm.initial_of(present)), present)


def _page(
    request: HttpRequest, task: Task, form: ContributionForm, present: Contribution | None, **extra: Any
) -> HttpResponse:
    support = task.supports.filter(unit=supporting_unit(request.user, task)).first()
    context = {
        "task": task,
        "form": form,
        "present": present,
        "support": support,
        "period": current_label(task),
        "files": files_of(present) if present else [],
        "accepted": ACCEPTED,
        "max_mb": MAX_BYTES // 1024 // 1024,
        "today": clock.today(),
    }
    return render(request, "tasks/contribution.html", context | extra, status=409 if extra.get("errors") else 200)


def _keep(request: PersonRequest, task: Task, form: ContributionForm) -> Contribution:
    data = form.cleaned_data
    return save_contribution(
        actor=request.user,
        task_id=task.pk,
        text=data.get("text", ""),
        values=form.values(),
        expected_version=data.get("version") or None,
    )


def _save(request: PersonRequest, task: Task) -> HttpResponse:
    form = ContributionForm(request.POST, task=task)
    valid = form.is_valid()
    if "text" in form.errors:
        return _page(request, task, form, _present(task, request.user), errors=["请改正标出的内容后重新保存。"])
    try:
        row = _keep(request, task, form)
    except StaleObject as error:
        present = _present(task, request.user)
        form = _with_version(request, task, present)
        theirs = [("本期配合情况", present.text)] if present else []
        return _page(request, task, form, present, errors=[error.message], theirs=theirs)
    except NotAllowed:
        raise
    except UserError as error:
        return _page(request, task, form, _present(task, request.user), errors=[error.message])
    errors = _change_files(request, row)
    if valid and not errors:
        messages.success(request, "配合情况已保存，牵头单位填报时可以看到。")
        return redirect("tasks:contribute", pk=task.pk)
    form = _with_version(request, task, row)
    return _page(request, task, form, row, errors=errors or ["请改正标出的内容，其余已保存。"])


def _with_version(request: HttpRequest, task: Task, row: Contribution | None) -> ContributionForm:
    data = request.POST.copy()
    data["version"] = str(row.version) if row else ""
    return ContributionForm(data, task=task)


def _autosave(request: PersonRequest, task: Task) -> HttpResponse:
    form = ContributionForm(request.POST, task=task)
    complete = form.is_valid()
    try:
        row = _keep(request, task, form)
    except StaleObject as error:
        present = _present(task, request.user)
        theirs = [("本期配合情况", present.text)] if present else []
        return kept_forms.conflict(error.message, version=present.version if present else None, theirs=theirs)
    except NotAllowed:
        raise
    except UserError as error:
        return kept_forms.not_saved(error.message)
    return kept_forms.saved(row.version, f"{timezone.localtime(row.saved_at):%H:%M}", complete=complete)


def _change_files(request: PersonRequest, row: Contribution) -> list[str]:
    errors = []
    for upload in request.FILES.getlist("files"):
        try:
            attach_file(actor=request.user, owner=row, upload=upload)
        except UserError as error:
            errors.append(error.message)
    if request.POST.get("remove"):
        try:
            remove_file(actor=request.user, uid=str(UUID(request.POST["remove"])))
        except (Http404, ValueError):
            errors.append("这份材料已被移除。")
    return errors


@require_POST
def opinion(request: PersonRequest, pk: int) -> HttpResponse:
    """Agree with the report that waits for the office, or object to it."""
    task = get_task_for(request.user, pk)
    if supporting_unit(request.user, task) is None:
        raise NotAllowed("只有配合单位的联络员可以确认牵头单位上报的内容。")
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return _refused(request, task, "说明过长、含有无法保存的字符，或页面已失效，请核对后重新提交。")
    data = form.cleaned_data
    try:
        row = give_opinion(
            actor=request.user, task_id=pk, verdict=data["verdict"], note=data["note"], report_id=data["report"]
        )
    except UserError as error:
        return _refused(request, task, error.message)
    messages.success(request, f"已登记本单位意见：{row.get_verdict_display()}。")
    return redirect("tasks:detail", pk=pk)


@require_POST
def support_role(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what a supporting unit is to do."""
    task = get_task_for(request.user, pk)
    form = SupportRoleForm(request.POST)
    if not form.is_valid():
        # Judged by the service first: who may not do it is told so, not what is wrong with the form.
        set_support_role(actor=request.user, task_id=pk, unit_id=0, role="")
    data = form.cleaned_data
    try:
        row = set_support_role(
            actor=request.user,
            task_id=pk,
            unit_id=data["unit"],
            role=data["role"],
            expected_version=data["version"],
        )
    except NotAllowed:
        raise
    except UserError as error:
        return _refused(request, task, error.message)
    messages.success(request, f"已明确{row.unit.short_name}的配合事项并通知该单位。")
    return redirect("tasks:detail", pk=pk)


def _refused(request: HttpRequest, task: Task, words: str) -> HttpResponse:
    typed = (request.POST.get("note") or request.POST.get("role") or "").replace("\x00", "")[:4000]
    context = detail_context(request, get_task_for(request.user, task.pk))
    context |= {"support_error": words, "support_typed": typed, "support_typed_for": request.POST.get("unit", "")}
    return render(request, "tasks/detail.html", context, status=409)
