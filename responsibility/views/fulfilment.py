"""One duty with what was done for it, and the records of that."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import PersonRequest
from audit.trail import history_of
from core import clock
from core.errors import NotAllowed, StaleObject, UserError
from core.ui import page_of
from evidence.checks import ACCEPTED, MAX_BYTES
from evidence.selectors import files_of, files_of_many
from evidence.services import attach_file, remove_file
from responsibility.duty_forms import FulfilmentForm
from responsibility.duty_permissions import get_fulfilment_for, get_item_for, may_record, may_see_records
from responsibility.duty_selectors import progress_by_item, subject_of
from responsibility.forms import ReasonForm
from responsibility.models import DutyItem, Fulfilment
from responsibility.services import fulfilment
from responsibility.views.pages import METHODS, FormPage, bound, form_page, version_of


def _item_url(pk: int) -> str:
    return reverse("duties:item", args=[pk])


@require_safe
def item_page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one duty: what it asks for, how often it was done, period by period, and the records."""
    item = get_item_for(request.user, pk)
    duty_list = item.duty_list
    sees = may_see_records(request.user, duty_list)
    rows = Fulfilment.objects.visible_to(request.user).filter(
        item__lineage=item.lineage, item__duty_list__unit=duty_list.unit, item__duty_list__year=duty_list.year
    )
    page = page_of(request, rows.select_related("created_by") if sees else Fulfilment.objects.none())
    files = files_of_many(list(page.object_list))
    context = {
        "item": item,
        "duty_list": duty_list,
        "subject": subject_of(item, duty_list),
        "progress": progress_by_item([(duty_list, item)], request.user).get(item.pk),
        "sees_records": sees,
        "page_obj": page,
        "records": [(row, files.get(row.pk, [])) for row in page.object_list],
        "may_record": may_record(request.user, item),
    }
    return render(request, "responsibility/duty_item.html", context)


def _attach(request: PersonRequest, row: Fulfilment) -> None:
    """Keep the chosen files; what cannot be kept is said, the record stays."""
    for upload in request.FILES.getlist("files"):
        try:
            attach_file(actor=request.user, owner=row, upload=upload)
        except UserError as error:
            messages.error(request, error.message)


def _record_page(request: PersonRequest, item: DutyItem, form: FulfilmentForm, **extra: Any) -> HttpResponse:
    context = {
        "item": item,
        "duty_list": item.duty_list,
        "subject": subject_of(item, item.duty_list),
        "form": form,
        "accepted": ACCEPTED,
        "max_mb": MAX_BYTES // 1024 // 1024,
    }
    refused = bool(form.errors)
    return render(request, "responsibility/fulfilment.html", context | extra, status=400 if refused else 200)


@require_http_methods(METHODS)
def record_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Record what was done for a duty."""
    item = get_item_for(request.user, pk)
    if not may_record(request.user, item):
        raise NotAllowed("只有本单位人员可以为现行责任清单登记履职记录。")
    today = clock.today()
    initial = {"done_on": today if today.year == item.duty_list.year else None, "person": str(request.user)}
    form = FulfilmentForm(bound(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = fulfilment.add_fulfilment(actor=request.user, item_id=pk, draft=form.draft())
        except NotAllowed:
            raise
        except UserError as error:
            form.add_error(None, error.message)
        else:
            _attach(request, row)
            messages.success(request, "已登记履职记录。")
            return redirect(_item_url(pk))
    return _record_page(request, item, form)


@require_http_methods(METHODS)
def record_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Correct a record, add evidence to it or take some off."""
    row = get_fulfilment_for(request.user, pk)
    if not may_record(request.user, row.item):
        raise NotAllowed("只有本单位人员可以修改现行责任清单的履职记录。")
    initial = {name: getattr(row, name) for name in ("done_on", "person", "text")}
    form = FulfilmentForm(bound(request), initial=initial)
    extra: dict[str, Any] = {"record": row, "version": row.version}
    if request.method == "POST":
        extra["version"] = version_of(request)
        if form.is_valid():
            try:
                fulfilment.change_fulfilment(
                    actor=request.user, record_id=pk, draft=form.draft(), expected_version=version_of(request)
                )
            except NotAllowed:
                raise
            except UserError as error:
                form.add_error(None, error.message)
                if isinstance(error, StaleObject):
                    row.refresh_from_db()
                    extra |= {"version": row.version, "facts": _facts(row)}
            else:
                return _saved(request, row)
    return _record_page(request, row.item, form, **extra, files=files_of(row))


def _facts(row: Fulfilment) -> list[tuple[str, str]]:
    return [("履职日期", str(row.done_on)), ("履职人", row.person), ("履职情况", row.text)]


def _saved(request: PersonRequest, row: Fulfilment) -> HttpResponse:
    _attach(request, row)
    if uid := request.POST.get("remove", ""):
        try:
            remove_file(actor=request.user, uid=str(UUID(uid)))
        except (Http404, ValueError):
            messages.error(request, "这份材料已被移除。")
        return redirect("duties:record", pk=row.pk)
    messages.success(request, "已保存。")
    return redirect(_item_url(row.item_id))


@require_http_methods(METHODS)
def record_remove(request: PersonRequest, pk: int) -> HttpResponse:
    """撤销 a record."""
    row = get_fulfilment_for(request.user, pk)
    if not may_record(request.user, row.item):
        raise NotAllowed("只有本单位人员可以撤销现行责任清单的履职记录。")
    form = ReasonForm(bound(request))

    def save() -> HttpResponse:
        fulfilment.remove_fulfilment(actor=request.user, record_id=pk, reason=form.cleaned_data["reason"])
        messages.success(request, "已撤销这条履职记录。")
        return redirect(_item_url(row.item_id))

    note = f"{row.done_on} {row.person}：{row.text[:80]}。撤销后不再计入履职次数，记录和佐证材料留存备查。"
    page = FormPage("撤销履职记录", "撤销这条记录", _item_url(row.item_id), row.item.text[:40], note)
    return form_page(request, form, page, save)


@require_safe
def record_history(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what was changed in a record."""
    row = get_fulfilment_for(request.user, pk)
    context = {"record": row, "entries": history_of(row)[:60], "files": files_of(row)}
    return render(request, "responsibility/fulfilment_history.html", context)
