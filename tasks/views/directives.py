"""交办事项登记: list, one entry with what became of it, its forms."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import PersonRequest
from audit.trail import history_of
from core import clock
from core.errors import NotAllowed, StaleObject, UserError
from core.ui import filter_chips, turn_page
from evidence.checks import ACCEPTED, MAX_BYTES
from evidence.selectors import files_of
from evidence.services import attach_file, remove_file
from responsibility.authority import authority_of
from responsibility.views.pages import METHODS, FormPage, bound, form_page, version_of
from spreadsheets.export import attachment, workbook
from tasks.directive_permissions import get_directive_for, kinds_open_to, may_change
from tasks.directives.filters import DirectiveFilter
from tasks.directives.sheets import directive_sheet
from tasks.directives.summary import Summary, listed_directives
from tasks.directives.tables import DirectiveTable
from tasks.forms.charge import offered
from tasks.forms.directives import DirectiveForm, NewTargets, NewTaskForm, OutcomeForm, UnsettleForm
from tasks.models import Directive, Task
from tasks.plan_permissions import require_reader
from tasks.services import directives, opening

HISTORY_SHOWN = 60
LOCKED = "这件交办事项已办结，或已由县安委办立项，不能再修改。"


def _filtered(request: PersonRequest) -> tuple[DirectiveFilter, "QuerySet[Directive]"]:
    require_reader(request.user)
    rows = listed_directives(request.user)
    filters = DirectiveFilter(request.GET, queryset=rows, request=request)
    return filters, filters.qs if filters.is_valid() else rows.none()


@require_safe
def directive_list(request: PersonRequest) -> HttpResponse:
    """Show the entries the person may see, filtered, sorted and paged by the address."""
    filters, found = _filtered(request)
    table = DirectiveTable(found)
    turn_page(request, table)
    context = {
        "filters": filters,
        "table": table,
        "count": table.paginator.count,
        "today": clock.today(),
        "may_register": bool(kinds_open_to(request.user)),
    }
    return render(request, "directives/list.html", context)


@require_safe
def directive_export(request: PersonRequest) -> HttpResponse:
    """Send what the list shows with the same filters as an Excel file."""
    filters, found = _filtered(request)
    conditions = "；".join(f"{chip.label}：{chip.value}" for chip in filter_chips(filters, request.GET))
    return attachment(workbook([directive_sheet(found, conditions)]), f"交办事项{clock.today():%Y%m%d}")


@require_safe
def directive_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one entry: its words and scans, the tasks it became with lamp and progress, the feedback, the history."""
    row = get_directive_for(request.user, pk)
    tasks = Task.objects.visible_to(request.user).filter(directive=row).select_related("lead", "leader")
    office = authority_of(request.user).is_office
    context = {
        "row": row,
        "summary": Summary(row, list(tasks.order_by("code"))),
        "today": clock.today(),
        "files": files_of(row),
        "history": history_of(row)[:HISTORY_SHOWN],
        "overdue": row.is_overdue(clock.today()),
        "may_change": may_change(request.user, row),
        "may_open": office and row.done_on is None,
        "may_unsettle": office and row.done_on is not None,
    }
    return render(request, "directives/detail.html", context)


def _attach(request: PersonRequest, row: Directive) -> None:
    """Keep the chosen files; what cannot be kept is said, the entry stays."""
    for upload in request.FILES.getlist("files"):
        try:
            attach_file(actor=request.user, owner=row, upload=upload)
        except UserError as error:
            messages.error(request, error.message)


def _form_page(request: PersonRequest, form: DirectiveForm, row: Directive | None, **extra: Any) -> HttpResponse:
    form.offer_leaders(offered(), row)
    context = {"form": form, "row": row, "accepted": ACCEPTED, "max_mb": MAX_BYTES // 1024 // 1024}
    status = 400 if form.errors else 200
    return render(request, "directives/edit.html", context | extra, status=status)


@require_http_methods(METHODS)
def directive_create(request: PersonRequest) -> HttpResponse:
    """Enter something that is to be done."""
    require_reader(request.user)
    kinds = kinds_open_to(request.user)
    if not kinds:
        raise NotAllowed("交办事项由县安委办登记；县领导可以直接登记本人的批示。")
    own = len(kinds) == 1
    initial = {"received_on": clock.today(), "giver": str(request.user) if own else "", "kind": kinds[0]}
    form = DirectiveForm(bound(request), kinds=kinds, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = directives.register_directive(actor=request.user, draft=form.draft())
        except NotAllowed:
            raise
        except UserError as error:
            form.add_error(None, error.message)
        else:
            _attach(request, row)
            messages.success(request, "已登记。" if not own else "已登记并通知县安委办。")
            return redirect("directives:detail", pk=row.pk)
    return _form_page(request, form, None)


@require_http_methods(METHODS)
def directive_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Correct an entry, add scans to it or take some off."""
    row = get_directive_for(request.user, pk)
    if not may_change(request.user, row):
        raise NotAllowed(LOCKED if kinds_open_to(request.user) else "交办事项由县安委办修改。")
    kinds = kinds_open_to(request.user)
    form = DirectiveForm(bound(request), kinds=kinds, initial=DirectiveForm.initial_of(row))
    extra: dict[str, Any] = {"version": row.version}
    if request.method == "POST":
        extra["version"] = version_of(request)
        if form.is_valid():
            try:
                directives.edit_directive(
                    actor=request.user, directive_id=pk, draft=form.draft(), expected_version=version_of(request)
                )
            except NotAllowed:
                raise
            except UserError as error:
                form.add_error(None, error.message)
                if isinstance(error, StaleObject):
                    row = get_directive_for(request.user, pk)
                    extra |= {"version": row.version, "stored": row}
            else:
                return _saved(request, row)
    return _form_page(request, form, row, **extra, files=files_of(row))


def _saved(request: PersonRequest, row: Directive) -> HttpResponse:
    _attach(request, row)
    if uid := request.POST.get("remove", ""):
        try:
            remove_file(actor=request.user, uid=str(UUID(uid)))
        except (Http404, ValueError):
            messages.error(request, "这份材料已被移除。")
        return redirect("directives:edit", pk=row.pk)
    messages.success(request, "已保存。")
    return redirect("directives:detail", pk=row.pk)


@require_http_methods(METHODS)
def open_task(request: PersonRequest, pk: int) -> HttpResponse:
    """立项: open a task for the entry; a second button goes on to the next one."""
    row = get_directive_for(request.user, pk)
    if not authority_of(request.user).is_office:
        raise NotAllowed("只有县安委办可以为交办事项立项。")
    form = NewTaskForm(bound(request), initial=NewTaskForm.initial_of(row))
    targets = NewTargets(bound(request), prefix="target")
    extra: dict[str, Any] = {"version": row.version}
    if request.method == "POST":
        extra["version"] = version_of(request)
        if form.is_valid() & targets.is_valid():
            try:
                task = opening.open_task(
                    actor=request.user,
                    directive_id=pk,
                    draft=form.new_task(targets),
                    expected_version=version_of(request),
                )
            except NotAllowed:
                raise
            except UserError as error:
                form.add_error(None, error.message)
                if isinstance(error, StaleObject):
                    row = get_directive_for(request.user, pk)
                    extra["version"] = row.version
            else:
                messages.success(request, f"已立项{task.code} {task.title}，并通知{task.lead.short_name}。")
                return redirect("directives:open" if "again" in request.POST else "directives:detail", pk=pk)
    form.offer_charge(offered())
    tasks = row.tasks.select_related("lead").order_by("code")
    refused = bool(form.errors) or bool(targets.total_error_count()) if request.method == "POST" else False
    context = {"form": form, "targets": targets, "row": row, "opened": tasks, "no_plan": _no_plan(), **extra}
    return render(request, "directives/open.html", context, status=400 if refused else 200)


def _no_plan() -> str:
    """Say why nothing can be opened today; empty where it can."""
    try:
        opening.year_plan()
    except UserError as error:
        return error.message
    return ""


@require_http_methods(METHODS)
def settle(request: PersonRequest, pk: int) -> HttpResponse:
    """办结 with a word of feedback."""
    row = get_directive_for(request.user, pk)
    if not authority_of(request.user).is_office:
        raise NotAllowed("只有县安委办可以确认办结。")
    form = OutcomeForm(bound(request))

    def save() -> HttpResponse:
        directives.settle_directive(
            actor=request.user,
            directive_id=pk,
            outcome=form.cleaned_data["outcome"],
            expected_version=version_of(request),
        )
        messages.success(request, "已办结。")
        return redirect("directives:detail", pk=pk)

    return _words_page(request, row, form, FormPage("办结交办事项", "确认办结", _url(pk), row.title[:40]), save)


@require_http_methods(METHODS)
def unsettle(request: PersonRequest, pk: int) -> HttpResponse:
    """撤销办结 with the reason."""
    row = get_directive_for(request.user, pk)
    if not authority_of(request.user).is_office:
        raise NotAllowed("只有县安委办可以撤销办结。")
    form = UnsettleForm(bound(request))

    def save() -> HttpResponse:
        directives.unsettle_directive(
            actor=request.user,
            directive_id=pk,
            reason=form.cleaned_data["reason"],
            expected_version=version_of(request),
        )
        messages.success(request, "已撤销办结，可以继续办理。")
        return redirect("directives:detail", pk=pk)

    note = f"办结反馈：{row.outcome[:80]}。撤销后这段反馈留在办理记录里。"
    return _words_page(request, row, form, FormPage("撤销办结", "撤销办结", _url(pk), row.title[:40], note), save)


def _words_page(request: PersonRequest, row: Directive, form: Any, page: FormPage, save: Any) -> HttpResponse:
    def current() -> tuple[int, list[tuple[str, str]]]:
        fresh = get_directive_for(request.user, row.pk)
        return fresh.version, [("事项", fresh.title), ("办结日期", f"{fresh.done_on or ''}"), ("反馈", fresh.outcome)]

    return form_page(request, form, page, save, current=current)


def _url(pk: int) -> str:
    return reverse("directives:detail", args=[pk])
