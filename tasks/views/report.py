"""The form on which progress is reported: by the lead unit itself, or by the office for a unit that cannot."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core import clock, kept_forms
from core.errors import NotAllowed, StaleObject, UserError
from evidence.checks import ACCEPTED, MAX_BYTES
from evidence.selectors import files_of
from evidence.services import attach_file, remove_file
from tasks.forms.tasks import ForUnitForm, ReportForm
from tasks.models import ProgressReport, Task
from tasks.node_rows import offered_nodes
from tasks.permissions import get_task_for, plays
from tasks.services.on_behalf import entered_draft, own_draft, save_draft_for_unit, submit_for_unit
from tasks.services.reporting import missing_before_submit, open_report, save_draft, submit_report
from tasks.supporting import support_rows
from tasks.target_rows import target_rows
from tasks.transitions import LEAD, OFFICE, REPORT_FOR, SUBMIT
from tasks.views.merging import bring_evidence, contribution_to_merge, with_contribution

MEND = "请改正标出的内容，其余已保存为草稿。"
R = ProgressReport.State


def _save_own(actor: Any, task: Task, form: ReportForm, version: int | None) -> ProgressReport:
    return save_draft(actor=actor, task_id=task.pk, draft=form.draft(), expected_version=version)


def _submit_own(actor: Any, task: Task, form: ReportForm, version: int) -> ProgressReport:
    return submit_report(actor=actor, task_id=task.pk, expected_version=version)


def _save_for_unit(actor: Any, task: Task, form: ReportForm, version: int | None) -> ProgressReport:
    return save_draft_for_unit(
        actor=actor, task_id=task.pk, draft=form.draft(), reason=form.reason, expected_version=version
    )


def _submit_for_unit(actor: Any, task: Task, form: ReportForm, version: int) -> ProgressReport:
    return submit_for_unit(actor=actor, task_id=task.pk, reason=form.reason, expected_version=version)


@dataclass(frozen=True, slots=True)
class Way:
    """One of the two ways to report.

    Attributes:
        who: the part a person plays.
        refusal: what somebody else is told.
        route: the form's address.
        form: its form.
        draft_of: the draft that is shown and saved.
        save, submit: the services behind it.
    """

    who: str
    refusal: str
    route: str
    form: type[ReportForm]
    draft_of: Callable[[Task], ProgressReport | None]
    save: Callable[[Any, Task, ReportForm, int | None], ProgressReport]
    submit: Callable[[Any, Task, ReportForm, int], ProgressReport]

    @property
    def for_unit(self) -> bool:
        """The office enters it."""
        return self.who == OFFICE


OWN = Way(LEAD, "只有牵头单位的联络员可以填报进展。", "tasks:report", ReportForm, open_report, _save_own, _submit_own)
FOR_UNIT = Way(
    OFFICE,
    "只有县安委办工作人员可以代报进展。",
    "tasks:report_for",
    ForUnitForm,
    entered_draft,
    _save_for_unit,
    _submit_for_unit,
)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the lead unit draft, add and remove evidence, submit. Every button of the form saves the draft first."""
    return _answer(request, pk, OWN)


@require_http_methods(["GET", "HEAD", "POST"])
def report_for(request: HttpRequest, pk: int) -> HttpResponse:
    """代报: let the office do the same for a unit that cannot, from its stamped paper."""
    return _answer(request, pk, FOR_UNIT)


def _answer(request: HttpRequest, pk: int, way: Way) -> HttpResponse:
    task = get_task_for(request.user, pk)
    if not plays(request.user, way.who, task):
        raise NotAllowed(way.refusal)
    if task.state not in SUBMIT.sources:
        if request.method == "POST" and kept_forms.is_autosave(request):
            return kept_forms.conflict(f"任务当前为“{task.get_state_display()}”，不能再填报，您填写的内容没有保存。")
        if request.method == "POST":
            return _too_late(request, task, way)
        messages.info(request, f"任务当前为“{task.get_state_display()}”，暂不能填报。")
        return redirect("tasks:detail", pk=pk)
    if request.method == "POST":
        return _autosave(request, task, way) if kept_forms.is_autosave(request) else _save(request, task, way)
    draft = way.draft_of(task)
    if typed := kept_forms.take_typed(request):
        return _page(request, task, way, way.form(typed, task=task), draft, typed_back=True)
    return _page(request, task, way, way.form(task=task, initial=_initial(task, way, draft)), draft)


def _last(task: Task) -> ProgressReport | None:
    """Return the last round that was handed in; what was dropped is nobody's, or another unit's."""
    return task.reports.exclude(state__in=[R.DRAFT, R.DROPPED]).first()


def _initial(task: Task, way: Way, draft: ProgressReport | None) -> dict[str, Any]:
    if draft is None or not draft.on_behalf:
        return ReportForm.initial_of(draft, _last(task))
    if way.for_unit:
        return ReportForm.initial_of(draft, None) | {"reason": draft.on_behalf}
    # The unit goes on where it was before the office began; what the office entered stands beside it.
    return ReportForm.initial_of(draft.set_aside or draft, None) | {"version": draft.version}


def _page(
    request: HttpRequest, task: Task, way: Way, form: ReportForm, draft: ProgressReport | None, **extra: Any
) -> HttpResponse:
    last = _last(task)
    returned = last if last and last.state == R.RETURNED else None
    supporting = support_rows(task, request.user)
    entered = draft if draft and draft.on_behalf and not way.for_unit else None
    context = {
        "task": task,
        "form": form,
        "draft": draft,
        "for_unit": way.for_unit,
        "move": REPORT_FOR,
        "files": files_of(draft) if draft else [],
        # They come into the new round with its first save.
        "kept_files": files_of(returned) if returned and not draft and not way.for_unit else [],
        "lacks": missing_before_submit(draft) if draft else [],
        "returned": returned,
        "by_head": task.lead.head_reviews,
        "accepted": ACCEPTED,
        "max_mb": MAX_BYTES // 1024 // 1024,
        "today": clock.today(),
        # A form sent back shows what was ticked; one that opens, what the draft or a returned round holds.
        "offer": offered_nodes(task, draft or returned, form.ticked() if form.is_bound else None),
        "fed": [row for row in target_rows(task, request.user) if row.metric],
        # 代报: what the unit should know of the office's draft, and the office of the unit's.
        "entered": entered,
        "entered_words": _in_words(form, entered) if entered and entered.set_aside else [],
        "support_rows": supporting,
        "silent_supports": [row for row in supporting if not row.speaks],
        "own_draft": own_draft(task) if way.for_unit else None,
    }
    return render(request, "tasks/report.html", context | extra, status=409 if extra.get("errors") else 200)


def _save(request: HttpRequest, task: Task, way: Way) -> HttpResponse:
    given = contribution_to_merge(request, task) if not way.for_unit else None
    form = way.form(with_contribution(request.POST, given), task=task)
    # Fields that are in order are kept even where another one is not; the page shows the others as typed.
    valid = form.is_valid()
    draft: ProgressReport | None
    try:
        draft = way.save(request.user, task, form, form.cleaned_data.get("version") or None)
    except StaleObject as error:
        return _conflict(request, task, way, error)
    except NotAllowed:
        raise
    except UserError as error:
        draft = way.draft_of(task)
        if draft is None:
            # Gone since the form was opened: what is typed begins a new one.
            form = _with_version(form.data, task, way, None)
        return _page(request, task, way, form, draft, errors=[error.message])
    errors = _change_files(request, draft)
    if given:
        bring_evidence(given, draft)
    if valid and not errors and "submit" in request.POST:
        try:
            way.submit(request.user, task, form, draft.version)
        except UserError as error:
            errors.append(error.message)
        else:
            messages.success(request, _handed_in(task, way))
            return redirect("tasks:detail", pk=task.pk)
    if valid and not errors:
        messages.success(request, f"已并入{given.unit.short_name}的情况，草稿已保存。" if given else "草稿已保存。")
        return redirect(way.route, pk=task.pk)
    return _page(request, task, way, _with_version(form.data, task, way, draft), draft, errors=errors or [MEND])


def _autosave(request: HttpRequest, task: Task, way: Way) -> HttpResponse:
    """Save what is in order without being asked; files, and what somebody else wrote, are left alone."""
    form = way.form(request.POST, task=task)
    complete = form.is_valid()
    try:
        draft = way.save(request.user, task, form, form.cleaned_data.get("version") or None)
    except StaleObject as error:
        theirs = way.draft_of(task)
        words = [(label, str(text)) for label, text in _in_words(form, theirs)] if theirs else []
        return kept_forms.conflict(error.message, version=theirs.version if theirs else None, theirs=words)
    except NotAllowed:
        raise
    except UserError as error:
        return kept_forms.not_saved(error.message)
    return kept_forms.saved(draft.version, f"{timezone.localtime(draft.saved_at):%H:%M}", complete=complete)


def _handed_in(task: Task, way: Way) -> str:
    if way.for_unit:
        return f"已代{task.lead.short_name}上报并通知该单位，须由另一位工作人员审核。"
    return "已报本单位负责人审签。" if task.lead.head_reviews else "进展已上报，等待县安委办审核。"


def _too_late(request: HttpRequest, task: Task, way: Way) -> HttpResponse:
    """A colleague submitted while this form was open: give the typed text back to be copied, nothing is saved."""
    form = way.form(request.POST, task=task)
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


def _with_version(typed: Any, task: Task, way: Way, draft: ProgressReport | None) -> ReportForm:
    """Return the form as typed, carrying the version the draft has now."""
    data = typed.copy()
    data["version"] = str(draft.version) if draft else ""
    form = way.form(data, task=task)
    form.is_valid()
    return form


def _conflict(request: HttpRequest, task: Task, way: Way, error: StaleObject) -> HttpResponse:
    """Show a colleague's text beside the typed one; saving again then replaces it knowingly."""
    theirs = way.draft_of(task)
    if theirs is None:
        raise Http404("填报已被处理。")
    form = _with_version(request.POST, task, way, theirs)
    return _page(request, task, way, form, theirs, errors=[error.message], theirs=_in_words(form, theirs))


def _in_words(form: ReportForm, report: ProgressReport) -> list[tuple[str, object]]:
    """Return (label, content) of every filled field of a draft that is not the typed one."""
    content = ReportForm.initial_of(report, None) | {"reason": report.on_behalf}
    return [(str(bound.label), content[bound.name]) for bound in form.visible_fields() if content.get(bound.name)]
