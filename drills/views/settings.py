"""What the office keeps: rules of who owes what, the counting rule, waivers."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PersonRequest
from core import clock
from core.errors import NotAllowed, UserError
from drills.filters import RuleFilter, WaiverFilter
from drills.forms.rules import RuleForm, SettingForm, WaiverForm, WithdrawForm
from drills.models import DrillRule, DrillSetting, DutyWaiver
from drills.permissions import require_office, require_worker
from drills.services import rules
from drills.tables import RuleTable, WaiverTable
from responsibility.authority import authority_of
from responsibility.services.changes import words
from responsibility.views.pages import METHODS, FormPage, bound, form_page, list_page, version_of


@require_safe
def rule_list(request: PersonRequest) -> HttpResponse:
    """Show who owes which drill how often; the office may change it."""
    require_worker(request.user)
    filters = RuleFilter(request.GET, DrillRule.objects.select_related("sector").order_by("ordering", "pk"))
    office = authority_of(request.user).is_office
    table = RuleTable(filters.qs, exclude=() if office else ("actions",))
    return list_page(request, "drills/rules.html", filters, table, is_office=office)


@require_http_methods(METHODS)
def rule_create(request: PersonRequest) -> HttpResponse:
    """Add a rule."""
    require_office(request.user)
    form = RuleForm(bound(request))

    def save() -> HttpResponse:
        rules.create_rule(actor=request.user, draft=form.draft())
        messages.success(request, "已新增应练规则，应练清单即按它计算。")
        return redirect("drills:rules")

    page = FormPage("新增应练规则", "新增规则", reverse("drills:rules"), "应练规则")
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def rule_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a rule."""
    require_office(request.user)
    rule = get_object_or_404(DrillRule, pk=pk)
    form = RuleForm(bound(request), instance=rule)

    def save() -> HttpResponse:
        rules.change_rule(actor=request.user, rule_id=pk, draft=form.draft(), expected_version=version_of(request))
        messages.success(request, "已保存应练规则，应练清单即按它计算。")
        return redirect("drills:rules")

    def current() -> tuple[int, list[tuple[str, str]]]:
        stored = DrillRule.objects.select_related("sector").get(pk=pk)
        return stored.version, [(str(each.label), words(stored, name)) for name, each in form.fields.items()]

    page = FormPage("修改应练规则", "保存修改", reverse("drills:rules"), "应练规则")
    return form_page(request, form, page, save, current=current)


@require_POST
def rule_switch(request: PersonRequest, pk: int) -> HttpResponse:
    """Switch a rule on or off."""
    active = request.POST.get("active") == "1"
    try:
        rules.switch_rule(actor=request.user, rule_id=pk, active=active)
    except NotAllowed:
        raise
    except UserError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"已{'启用' if active else '停用'}这条规则。")
    return redirect("drills:rules")


@require_http_methods(METHODS)
def setting(request: PersonRequest) -> HttpResponse:
    """Show and change what makes a record count."""
    require_office(request.user)
    stored = DrillSetting.objects.get(pk=1)
    form = SettingForm(bound(request), instance=stored)

    def save() -> HttpResponse:
        rules.change_setting(actor=request.user, values=form.cleaned_data, expected_version=version_of(request))
        messages.success(request, "已保存计入规则，今后的审核按它办理；已计入的不变。")
        return redirect("drills:overview")

    def current() -> tuple[int, list[tuple[str, str]]]:
        row = DrillSetting.objects.get(pk=1)
        return row.version, [(str(each.label), words(row, name)) for name, each in form.fields.items()]

    note = "什么样的演练记为 1 场次，国家没有统一规定，由本县确定。修改只影响今后的审核，已计入的不变。"
    page = FormPage("演练计入规则", "保存规则", reverse("drills:overview"), "演练情况", note)
    return form_page(request, form, page, save, current=current)


def _waivers() -> "QuerySet[DutyWaiver]":
    return DutyWaiver.objects.select_related("unit", "enterprise", "created_by").order_by("-valid_from", "-pk")


@require_safe
def waiver_list(request: PersonRequest) -> HttpResponse:
    """Show who is let off."""
    require_office(request.user)
    filters = WaiverFilter(request.GET, _waivers())
    return list_page(request, "drills/waivers.html", filters, WaiverTable(filters.qs))


@require_http_methods(METHODS)
def waiver_create(request: PersonRequest) -> HttpResponse:
    """Let a unit or an enterprise off."""
    require_office(request.user)
    start: dict[str, Any] = {"valid_from": clock.today().replace(month=1, day=1)}
    form = WaiverForm(bound(request), user=request.user, initial=start)

    def save() -> HttpResponse:
        data = form.cleaned_data
        rules.waive(
            actor=request.user,
            unit_id=data["unit"].pk if data["unit"] else None,
            enterprise_id=data["enterprise"].pk if data["enterprise"] else None,
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            reason=data["reason"],
        )
        messages.success(request, "已登记免练，应练清单即不再要求。")
        return redirect("drills:waivers")

    page = FormPage("免练登记", "登记免练", reverse("drills:waivers"), "免练登记")
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def waiver_withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a waiver back."""
    require_office(request.user)
    waiver = _waivers().filter(pk=pk).first()
    if waiver is None:
        raise Http404("没有这条免练登记。")
    form = WithdrawForm(bound(request))

    def save() -> HttpResponse:
        rules.withdraw_waiver(actor=request.user, waiver_id=pk, reason=form.cleaned_data["reason"])
        messages.success(request, "已撤销免练登记，应练清单恢复要求。")
        return redirect("drills:waivers")

    note = f"{waiver.unit or waiver.enterprise}：{waiver.reason}。撤销后，应练清单恢复对它的要求。"
    page = FormPage("撤销免练登记", "撤销登记", reverse("drills:waivers"), "免练登记", note)
    return form_page(request, form, page, save)
