"""The form on which the lead unit reports progress."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import NotAllowed, StaleObject, UserError
from evidence.checks import ACCEPTED, MAX_BYTES
from evidence.selectors import files_of
from evidence.services import attach_file, remove_file
from tasks.forms.tasks import ReportForm
from tasks.models import ProgressReport, Task
from tasks.permissions import get_task_for, plays
from tasks.services.reporting import missing_before_submit, open_report, save_draft, submit_report
from tasks.target_rows import target_rows
from tasks.transitions import LEAD, SUBMIT

MEND = "请改正标出的内容，其余已保存为草稿。"


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft, add and remove evidence, submit. Every button of the form saves the draft first."""
    task = get_task_for(request.user, pk)
    if not plays(request.user, LEAD, task):
        raise NotAllowed("只有牵头单位的联络员可以填报进展。")
    if task.state not in SUBMIT.sources:
        if request.method == "POST":
            return _too_late(request, task)
        messages.info(request, f"任务当前为“{task.get_state_display()}”，暂不能填报。")
        return redirect("tasks:detail", pk=pk)
    if request.method == "POST":
        return _save(request, task)
    draft, last = open_report(task), task.reports.exclude(state=ProgressReport.State.DRAFT).first()
    form = ReportForm(task=task, initial=ReportForm.initial_of(draft, last))
    return _page(request, task, form, draft)


def _page(
    request: HttpRequest, task: Task, form: ReportForm, draft: ProgressReport | None, **extra: Any
) -> HttpResponse:
    last = task.reports.exclude(state=ProgressReport.State.DRAFT).first()
    returned = last if last and last.state == ProgressReport.State.RETURNED else None
    context = {
        "task": task,
        "form": form,
        "draft": draft,
        "files": files_of(draft) if draft else [],
        # They come into the new round with its first save.
        "kept_files": files_of(returned) if returned and not draft else [],
        "lacks": missing_before_submit(draft) if draft else [],
        "returned": returned,
        "by_head": task.lead.head_reviews,
        "accepted": ACCEPTED,
        "max_mb": MAX_BYTES // 1024 // 1024,
        "today": clock.today(),
        "fed": [row for row in target_rows(task, request.user) if row.metric],
    }
    return render(request, "tasks/report.html", context | extra, status=409 if extra.get("errors") else 200)


def _save(request: HttpRequest, task: Task) -> HttpResponse:
    form = ReportForm(request.POST, task=task)
    # Fields that are in order are kept even where another one is not; the page shows the others as typed.
    valid = form.is_valid()
    try:
        draft = save_draft(
            actor=request.user,  # type: ignore[arg-type]
            task_id=task.pk,
            draft=form.draft(),
            expected_version=form.cleaned_data.get("version") or None,
        )
    except StaleObject as error:
        return _conflict(request, task, error)
    except NotAllowed:
        raise
    except UserError as error:
        return _page(request, task, form, open_report(task), errors=[error.message])
    errors = _change_files(request, draft)
    if valid and not errors and "submit" in request.POST:
        try:
            submit_report(actor=request.user, task_id=task.pk, expected_version=draft.version)  # type: ignore[arg-type]
        except UserError as error:
            errors.append(error.message)
        else:
            by_head = task.lead.head_reviews
            messages.success(request, "已报本单位负责人审签。" if by_head else "进展已上报，等待县安委办审核。")
            return redirect("tasks:detail", pk=task.pk)
    if valid and not errors:
        messages.success(request, "草稿已保存。")
        return redirect("tasks:report", pk=task.pk)
    return _page(request, task, _with_version(request, draft), draft, errors=errors or [MEND])


def _too_late(request: HttpRequest, task: Task) -> HttpResponse:
    """A colleague submitted while this form was open: give the typed text back to be copied, nothing is saved."""
    form = ReportForm(request.POST, task=task)
    typed = [(bound.label, form.data.get(bound.html_name, "")) for bound in form.visible_fields()]
    context = {"task": task, "typed": [(label, text) for label, text in typed if text]}
    return render(request, "tasks/report_too_late.html", context, status=409)


def _change_files(request: HttpRequest, draft: ProgressReport) -> list[str]:
    """Add the chosen files and take off the one whose button was pressed; return what went wrong, in words."""
    errors = []
    for upload in request.FILES.getlist("files"):
        try:
            attach_file(actor=request.user, owner=draft, upload=upload)  # type: ignore[arg-type]
        except UserError as error:
            errors.append(error.message)
    if request.POST.get("remove"):
        try:
            remove_file(actor=request.user, uid=str(UUID(request.POST["remove"])))  # type: ignore[arg-type]
        except (Http404, ValueError):
            errors.append("这份材料已被移除。")
    return errors


def _with_version(request: HttpRequest, draft: ProgressReport) -> ReportForm:
    """Return the form as typed, carrying the version it has just been saved as."""
    data = request.POST.copy()
    data["version"] = str(draft.version)
    return ReportForm(data, task=draft.task)


def _conflict(request: HttpRequest, task: Task, error: StaleObject) -> HttpResponse:
    """Show a colleague's text beside the typed one; saving again then replaces it knowingly."""
    theirs = open_report(task)
    if theirs is None:
        raise Http404("填报已被处理。")
    data = request.POST.copy()
    data["version"] = str(theirs.version)
    form = ReportForm(data, task=task)
    form.is_valid()
    return _page(request, task, form, theirs, errors=[error.message], theirs=_in_words(form, theirs))


def _in_words(form: ReportForm, report: ProgressReport) -> list[tuple[str, object]]:
    """Return (label, content) of every filled field of a colleague's draft."""
    content = ReportForm.initial_of(report, None)
    return [(str(bound.label), content[bound.name]) for bound in form.visible_fields() if content.get(bound.name)]
