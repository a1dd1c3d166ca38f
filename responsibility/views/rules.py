"""Keyword rules (the office) and the audit trail (auditor and administrator)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PersonRequest
from audit.models import Entry
from responsibility.filters import EntryFilter, RuleFilter
from responsibility.forms import RuleForm
from responsibility.models import KeywordRule
from responsibility.permissions import require_audit_reader, require_office
from responsibility.services import rules
from responsibility.services.changes import words
from responsibility.tables import EntryTable, RuleTable
from responsibility.views.pages import METHODS, FormPage, bound, form_page, list_page, version_of


@require_safe
def rule_list(request: PersonRequest) -> HttpResponse:
    """Show the county's keyword rules."""
    require_office(request.user)
    rows = KeywordRule.objects.select_related("unit").order_by("unit__ordering", "unit", "-weight", "pk")
    filters = RuleFilter(request.GET, rows)
    table = RuleTable(filters.qs)
    return list_page(request, "responsibility/rules.html", filters, table)


@require_http_methods(METHODS)
def rule_create(request: PersonRequest) -> HttpResponse:
    """Add a rule."""
    require_office(request.user)
    form = RuleForm(bound(request))

    def save() -> HttpResponse:
        rules.create_rule(actor=request.user, draft=form.draft())
        messages.success(request, "已新增关键词规则，下次导入或重新匹配时生效。")
        return redirect("responsibility:rules")

    page = FormPage("新增关键词规则", "新增规则", reverse("responsibility:rules"), "关键词规则")
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def rule_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a rule."""
    require_office(request.user)
    rule = get_object_or_404(KeywordRule, pk=pk)
    form = RuleForm(bound(request), instance=rule)

    def save() -> HttpResponse:
        rules.change_rule(actor=request.user, rule_id=pk, draft=form.draft(), expected_version=version_of(request))
        messages.success(request, "已保存关键词规则。")
        return redirect("responsibility:rules")

    def current() -> tuple[int, list[tuple[str, str]]]:
        stored = KeywordRule.objects.select_related("unit").get(pk=pk)
        return stored.version, [(str(each.label), words(stored, name)) for name, each in form.fields.items()]

    page = FormPage("修改关键词规则", "保存修改", reverse("responsibility:rules"), "关键词规则")
    return form_page(request, form, page, save, current=current)


@require_POST
def rule_switch(request: PersonRequest, pk: int) -> HttpResponse:
    """Switch a rule on or off and return to the list as it was."""
    active = request.POST.get("active") == "1"
    rules.switch_rule(actor=request.user, rule_id=pk, active=active)
    messages.success(request, f"已{'启用' if active else '停用'}这条规则。")
    back = request.POST.get("next", "")
    inside = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if inside else "responsibility:rules")


@require_safe
def audit_list(request: PersonRequest) -> HttpResponse:
    """Show who did what, newest first; nobody can change it."""
    require_audit_reader(request.user)
    filters = EntryFilter(request.GET, Entry.objects.all())
    table = EntryTable(filters.qs)
    return list_page(request, "responsibility/audit.html", filters, table)
