"""Enterprises: list, Excel, page, and what their keepers change."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import PersonRequest
from audit.trail import history_of
from core.errors import NotAllowed
from core.panels import enterprise_panels
from core.ui import filter_chips
from responsibility.authority import authority_of
from responsibility.enterprises.filters import EnterpriseFilter
from responsibility.enterprises.forms import CloseForm, EnterpriseForm
from responsibility.enterprises.sheet import enterprise_sheet
from responsibility.enterprises.tables import EnterpriseTable
from responsibility.forms import ReasonForm
from responsibility.models import Enterprise
from responsibility.permissions import is_colleague
from responsibility.selectors import people_of_enterprise
from responsibility.services import enterprises
from responsibility.services.changes import words
from responsibility.views.pages import METHODS, FormPage, bound, form_page, list_page, version_of
from spreadsheets.export import attachment, workbook

HISTORY_SHOWN = 50


def _require_reader(request: PersonRequest) -> None:
    """Let through colleagues and people of an enterprise; to everyone else these pages do not exist."""
    if not is_colleague(request.user) and not authority_of(request.user).enterprises:
        raise Http404("没有这个页面。")


def _filtered(request: PersonRequest) -> tuple[EnterpriseFilter, "QuerySet[Enterprise]"]:
    rows = Enterprise.objects.visible_to(request.user).select_related("sector", "township", "supervisor")
    filters = EnterpriseFilter(request.GET, rows.order_by("name", "pk"), request=request)
    # A filter that means nothing finds nothing; ignoring it would show more than was asked for.
    return filters, filters.qs if filters.is_valid() else rows.none()


@require_safe
def enterprise_list(request: PersonRequest) -> HttpResponse:
    """Show the enterprises the person may see, filtered, sorted and paged by the address."""
    _require_reader(request)
    filters, found = _filtered(request)
    may_create = enterprises.may_create(request.user)
    template = "responsibility/enterprises.html"
    return list_page(request, template, filters, EnterpriseTable(found), may_create=may_create)


@require_safe
def enterprise_export(request: PersonRequest) -> HttpResponse:
    """Send what the list shows with the same filters, all pages of it, as an Excel file."""
    _require_reader(request)
    filters, found = _filtered(request)
    conditions = "；".join(f"{chip.label}：{chip.value}" for chip in filter_chips(filters, request.GET))
    return attachment(workbook([enterprise_sheet(found, conditions)]), "生产经营单位台账")


def _enterprise(request: PersonRequest, pk: int) -> Enterprise:
    rows = Enterprise.objects.visible_to(request.user).select_related("sector", "township", "supervisor")
    enterprise = rows.filter(pk=pk).first()
    if enterprise is None:
        raise Http404(enterprises.MISSING)
    return enterprise


def _own(request: PersonRequest, pk: int) -> Enterprise:
    """Return an enterprise the person keeps."""
    enterprise = _enterprise(request, pk)
    if not enterprises.may_change(request.user, enterprise):
        raise NotAllowed("只有县安委办，以及监管部门、属地的联络员可以修改这家生产经营单位。")
    return enterprise


@require_safe
def enterprise_page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one enterprise: its facts and people, panels of the ledgers that name it, history."""
    enterprise = _enterprise(request, pk)
    context = {
        "enterprise": enterprise,
        "people": people_of_enterprise(pk),
        "panels": [panel(request.user, pk) for panel in enterprise_panels.all()],
        "may_change": enterprises.may_change(request.user, enterprise),
        "entries": history_of(enterprise)[:HISTORY_SHOWN],
    }
    return render(request, "responsibility/enterprise.html", context)


def _url(pk: int) -> str:
    return reverse("responsibility:enterprise", args=[pk])


@require_http_methods(METHODS)
def enterprise_create(request: PersonRequest) -> HttpResponse:
    """Register an enterprise."""
    _require_reader(request)
    if not enterprises.may_create(request.user):
        raise NotAllowed("只有县安委办和单位联络员可以登记生产经营单位。")
    form = EnterpriseForm(bound(request))

    def save() -> HttpResponse:
        enterprise = enterprises.create_enterprise(actor=request.user, draft=form.draft())
        messages.success(request, f"已登记“{enterprise.name}”。")
        return redirect(_url(enterprise.pk))

    back = reverse("responsibility:enterprises")
    page = FormPage("登记生产经营单位", "登记", back, "生产经营单位", guard="enterprise-new")
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def enterprise_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Correct an enterprise."""
    enterprise = _own(request, pk)
    form = EnterpriseForm(bound(request), instance=enterprise)

    def save() -> HttpResponse:
        enterprises.change_enterprise(
            actor=request.user, enterprise_id=pk, draft=form.draft(), expected_version=version_of(request)
        )
        messages.success(request, "已保存。")
        return redirect(_url(pk))

    def current() -> tuple[int, list[tuple[str, str]]]:
        stored = _enterprise(request, pk)
        return stored.version, [(str(each.label), words(stored, name)) for name, each in form.fields.items()]

    page = FormPage("修改生产经营单位", "保存修改", _url(pk), enterprise.name, guard=f"enterprise-{pk}")
    return form_page(request, form, page, save, current=current)


@require_http_methods(METHODS)
def enterprise_switch(request: PersonRequest, pk: int) -> HttpResponse:
    """Close an enterprise, or open it again where it is closed."""
    enterprise = _own(request, pk)
    # What the person at the screen saw, not what is stored by now.
    closing = request.POST.get("active") == "0" if request.method == "POST" else enterprise.closed_on is None
    form = CloseForm(bound(request)) if closing else ReasonForm(bound(request))

    def save() -> HttpResponse:
        change = enterprises.close_enterprise if closing else enterprises.reopen_enterprise
        change(actor=request.user, enterprise_id=pk, **form.cleaned_data)
        messages.success(request, f"“{enterprise.name}”已{'停业注销' if closing else '恢复营业'}。")
        return redirect(_url(pk))

    word = "停业注销" if closing else "恢复营业"
    note = (
        "停业注销后不能再登记隐患和演练；已有记录全部保留，可以恢复。" if closing else "恢复后可以继续登记隐患和演练。"
    )
    page = FormPage(word, f"{word}“{enterprise.name}”", _url(pk), enterprise.name, note, {"active": not closing})
    return form_page(request, form, page, save)
