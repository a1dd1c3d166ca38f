"""Units: list, page, and what the administrator changes."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PersonRequest
from audit.trail import history_of
from core import clock
from core.errors import NotAllowed, UserError
from responsibility.authority import authority_of
from responsibility.filters import UnitFilter
from responsibility.forms import AliasForm, MembersForm, UnitForm, UnitLinesForm
from responsibility.models import SectorSupervision, Unit
from responsibility.permissions import require_administrator, require_colleague
from responsibility.selectors import current_people, may_keep_posts, posts_by_office
from responsibility.services import units
from responsibility.services.changes import words
from responsibility.services.unit_lines import read_unit_lines
from responsibility.tables import UnitTable
from responsibility.views.pages import METHODS, FormPage, bound, form_page, list_page, version_of


@require_safe
def unit_list(request: PersonRequest) -> HttpResponse:
    """Show the county's units with their people."""
    require_colleague(request.user)
    rows = Unit.objects.annotate(alias_count=Count("aliases")).order_by("ordering", "code")
    rows = rows.prefetch_related(current_people())
    filters = UnitFilter(request.GET, rows)
    table = UnitTable(filters.qs)
    may_change = authority_of(request.user).is_administrator
    return list_page(request, "responsibility/units.html", filters, table, may_change=may_change)


def _led_sectors(unit: Unit) -> list[SectorSupervision]:
    """Return the decisions in force today by which the unit supervises a sector."""
    rows = unit.supervised_sectors.all() & SectorSupervision.objects.in_force_on(clock.today())
    return list(rows.select_related("sector").order_by("sector__ordering", "sector__code"))


@require_safe
def unit_page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one unit: names, people of today and before, members, rules that suggest it, history."""
    require_colleague(request.user)
    unit = get_object_or_404(Unit, pk=pk)
    authority = authority_of(request.user)
    today = clock.today()
    memberships = list(unit.memberships.select_related("user", "deputy_for").order_by("role", "-valid_from"))
    # Deputies to come are shown among the people of today, with their dates.
    now = [row for row in memberships if row.valid_to is None or row.valid_to >= today]
    offices = [] if unit.kind == Unit.Kind.GROUP else posts_by_office(unit, today)
    context = {
        "unit": unit,
        "people_now": now,
        "people_before": [row for row in memberships if row not in now],
        "aliases": unit.aliases.all(),
        "members": unit.members.all(),
        "groups": unit.groups.all(),
        "rules": unit.keyword_rules.filter(active=True),
        "sees_tasks": authority.reads_county or unit.pk in authority.units,
        "may_change": authority.is_administrator,
        "offices": offices,
        "post_count": sum(len(each.rows) for each in offices),
        "keeps_posts": may_keep_posts(request.user, pk) and unit.kind != Unit.Kind.GROUP,
        "sectors": _led_sectors(unit),
        "alias_form": AliasForm(),
        "entries": history_of(unit)[:20] if authority.is_administrator else None,
        "today": today,
    }
    return render(request, "responsibility/unit.html", context)


@require_http_methods(METHODS)
def unit_create(request: PersonRequest) -> HttpResponse:
    """Add one unit."""
    require_administrator(request.user)
    form = UnitForm(bound(request))

    def save() -> HttpResponse:
        unit = units.create_unit(actor=request.user, draft=form.draft())
        messages.success(request, f"已新增单位“{unit.name}”。")
        return redirect("responsibility:unit", pk=unit.pk)

    page = FormPage("新增单位", "新增单位", reverse("responsibility:units"), "单位与人员")
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def unit_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a unit."""
    require_administrator(request.user)
    unit = get_object_or_404(Unit, pk=pk)
    form = UnitForm(bound(request), instance=unit)

    def save() -> HttpResponse:
        units.change_unit(actor=request.user, unit_id=pk, draft=form.draft(), expected_version=version_of(request))
        messages.success(request, "已保存。")
        return redirect("responsibility:unit", pk=pk)

    def current() -> tuple[int, list[tuple[str, str]]]:
        stored = Unit.objects.get(pk=pk)
        return stored.version, [(str(each.label), words(stored, name)) for name, each in form.fields.items()]

    page = FormPage("修改单位", "保存修改", reverse("responsibility:unit", args=[pk]), unit.name)
    return form_page(request, form, page, save, current=current)


@require_http_methods(METHODS)
def unit_lines(request: PersonRequest) -> HttpResponse:
    """Add many units from pasted lines: first a preview with what is wrong in each line, then all or nothing."""
    require_administrator(request.user)
    form = UnitLinesForm(bound(request))
    lines = read_unit_lines(form.cleaned_data["lines"]) if form.is_bound and form.is_valid() else []
    wrong = [line for line in lines if line.error]
    if form.is_bound and not form.errors and not lines:
        form.add_error("lines", "没有读到单位，请每行填写一个。")
    if request.POST.get("confirm") and lines and not wrong:
        try:
            made = units.create_units(actor=request.user, drafts=[line.draft for line in lines if line.draft])
        except NotAllowed:
            raise
        except UserError as error:
            form.add_error("lines", error.message)
        else:
            messages.success(request, f"已新增 {len(made)} 个单位。")
            return redirect("responsibility:units")
    context = {"form": form, "lines": lines, "wrong": wrong, "kinds": dict(Unit.Kind.choices)}
    return render(request, "responsibility/unit_lines.html", context, status=400 if wrong or form.errors else 200)


@require_http_methods(METHODS)
def alias_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Add another name of a unit."""
    require_administrator(request.user)
    unit = get_object_or_404(Unit, pk=pk)
    form = AliasForm(bound(request))

    def save() -> HttpResponse:
        alias = units.add_alias(actor=request.user, unit_id=pk, **form.cleaned_data)
        messages.success(request, f"已添加别名“{alias.name}”。")
        return redirect("responsibility:unit", pk=pk)

    page = FormPage("添加别名", "添加别名", reverse("responsibility:unit", args=[pk]), unit.name)
    return form_page(request, form, page, save)


@require_POST
def alias_remove(request: PersonRequest, pk: int, alias_id: int) -> HttpResponse:
    """Take a name of a unit away."""
    units.remove_alias(actor=request.user, unit_id=pk, alias_id=alias_id)
    messages.success(request, "已删除别名。")
    return redirect("responsibility:unit", pk=pk)


@require_http_methods(METHODS)
def unit_members(request: PersonRequest, pk: int) -> HttpResponse:
    """Choose the units a collective name stands for."""
    require_administrator(request.user)
    unit = get_object_or_404(Unit, pk=pk, kind=Unit.Kind.GROUP)
    form = MembersForm(bound(request), initial={"members": unit.members.all()})

    def save() -> HttpResponse:
        members = form.cleaned_data["members"]
        units.set_members(actor=request.user, unit_id=pk, member_ids=[member.pk for member in members])
        messages.success(request, "已保存成员单位。")
        return redirect("responsibility:unit", pk=pk)

    page = FormPage("成员单位", "保存成员单位", reverse("responsibility:unit", args=[pk]), unit.name)
    return form_page(request, form, page, save)
