"""Sectors: list, page, and what the office decides about them."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import PersonRequest
from audit.trail import history_of
from core import clock
from responsibility.authority import authority_of
from responsibility.models import Enterprise, Sector, SectorSupervision
from responsibility.permissions import require_colleague, require_office
from responsibility.sector_filters import SectorFilter, gap_condition
from responsibility.sector_forms import DecisionForm, LoadForm, SectorForm
from responsibility.sector_tables import SectorTable, short_names
from responsibility.services import sectors
from responsibility.services.changes import words
from responsibility.services.sector_presets import load_sectors, preset_sectors
from responsibility.views.pages import METHODS, FormPage, bound, form_page, list_page, version_of
from spreadsheets.export import Column, Sheet, attachment, workbook


def _rows() -> "QuerySet[Sector]":
    """Return the sectors, each with the decision in force today as `now`."""
    today = SectorSupervision.objects.in_force_on(clock.today())
    decision = today.filter(sector=OuterRef("pk"))
    return (
        Sector.objects.annotate(
            lead_ordering=Subquery(decision.values("lead__ordering")[:1]),
            since_day=Subquery(decision.values("valid_from")[:1]),
        )
        .prefetch_related(
            Prefetch("decisions", today.select_related("lead").prefetch_related("partners"), to_attr="now")
        )
        .order_by("ordering", "code")
    )


def _figures() -> dict[str, int]:
    """Count what the figures above the list say; each links to the filter of the same meaning."""
    return Sector.objects.aggregate(
        total=Count("pk", filter=Q(active=True)),
        high=Count("pk", filter=Q(active=True, high_risk=True)),
        new=Count("pk", filter=Q(active=True, emerging=True)),
        none=Count("pk", filter=gap_condition("none")),
        undocumented=Count("pk", filter=gap_condition("undocumented")),
    )


@require_safe
def sector_list(request: PersonRequest) -> HttpResponse:
    """Show the sectors with who supervises them, and the gaps."""
    require_colleague(request.user)
    filters = SectorFilter(request.GET, _rows())
    may_change = authority_of(request.user).is_office
    table = SectorTable(filters.qs)
    return list_page(request, "responsibility/sectors.html", filters, table, may_change=may_change, figures=_figures())


@require_safe
def sector_export(request: PersonRequest) -> HttpResponse:
    """Send the sectors as filtered, as a spreadsheet."""
    require_colleague(request.user)
    columns = [Column("编码", 10), Column("行业领域", 28), Column("高危", 8), Column("新兴业态", 10)]
    columns += [Column("主管部门", 26), Column("配合部门", 40), Column("依据", 48)]
    columns += [Column("起始日期", 13), Column("截止日期", 13), Column("状态", 8)]

    def cells(row: Sector) -> list[object]:
        now: SectorSupervision | None = next(iter(row.now), None)  # type: ignore[attr-defined]
        decided = [now.lead.name, short_names(now), now.basis, now.valid_from, now.valid_to] if now else []
        state = "启用" if row.active else "停用"
        return [row.code, row.name, row.high_risk, row.emerging, *(decided or ["", "", "", None, None]), state]

    rows = SectorFilter(request.GET, _rows()).qs
    note = f"截至 {clock.today()}，共 {len(rows)} 个"
    sheet = Sheet("行业领域", columns, [cells(row) for row in rows], "行业领域监管分工表", note)
    return attachment(workbook([sheet]), f"行业领域监管分工表{clock.today():%Y%m%d}")


@require_safe
def sector_page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one sector: who supervises it now, who did, and what was changed."""
    require_colleague(request.user)
    sector = get_object_or_404(Sector, pk=pk)
    today = clock.today()
    decisions = list(sector.decisions.select_related("lead").prefetch_related("partners"))
    now = next((row for row in decisions if row.holds_on(today)), None)
    context = {
        "sector": sector,
        "decisions": decisions,
        "now": now,
        "today": today,
        "may_change": authority_of(request.user).is_office,
        "enterprises": Enterprise.objects.visible_to(request.user).filter(sector=sector, closed_on=None).count(),
        "entries": history_of(sector)[:30],
    }
    return render(request, "responsibility/sector.html", context)


@require_http_methods(METHODS)
def sector_create(request: PersonRequest) -> HttpResponse:
    """Add a sector."""
    require_office(request.user, sectors.KEEP)
    form = SectorForm(bound(request))

    def save() -> HttpResponse:
        sector = sectors.create_sector(actor=request.user, draft=form.draft())
        messages.success(request, f"已新增行业领域“{sector.name}”，请明确主管部门。")
        return redirect("sectors:detail", pk=sector.pk)

    page = FormPage("新增行业领域", "新增行业领域", reverse("sectors:list"), "行业领域")
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def sector_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a sector."""
    require_office(request.user, sectors.KEEP)
    sector = get_object_or_404(Sector, pk=pk)
    form = SectorForm(bound(request), instance=sector)

    def save() -> HttpResponse:
        sectors.change_sector(
            actor=request.user, sector_id=pk, draft=form.draft(), expected_version=version_of(request)
        )
        messages.success(request, "已保存。")
        return redirect("sectors:detail", pk=pk)

    def current() -> tuple[int, list[tuple[str, str]]]:
        stored = Sector.objects.get(pk=pk)
        return stored.version, [(str(each.label), words(stored, name)) for name, each in form.fields.items()]

    page = FormPage("修改行业领域", "保存修改", reverse("sectors:detail", args=[pk]), sector.name)
    return form_page(request, form, page, save, current=current)


@require_http_methods(METHODS)
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Decide who supervises a sector from a day on."""
    require_office(request.user, sectors.KEEP)
    sector = get_object_or_404(Sector, pk=pk)
    now = sector.decisions.in_force_on(clock.today()).select_related("lead").first()
    initial: dict[str, Any] = {"valid_from": clock.today()}
    if now is not None:
        initial |= {"lead": now.lead, "partners": list(now.partners.all())}
    form = DecisionForm(bound(request), initial=initial)

    def save() -> HttpResponse:
        row = sectors.decide_supervision(actor=request.user, sector_id=pk, draft=form.draft())
        messages.success(request, f"已明确“{sector.name}”由{row.lead.short_name}主管，自 {row.valid_from} 起。")
        return redirect("sectors:detail", pk=pk)

    note = (
        ""
        if now is None
        else f"现行分工：{now.lead.name}，自 {now.valid_from} 起。新的分工生效后，原分工在前一天截止。"
    )
    page = FormPage("监管分工决定", "保存这项决定", reverse("sectors:detail", args=[pk]), sector.name, note)
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def decision_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Correct a decision or give it a last day."""
    require_office(request.user, sectors.KEEP)
    row = get_object_or_404(SectorSupervision.objects.select_related("sector", "lead"), pk=pk)
    initial = {name: getattr(row, name) for name in ("lead", "basis", "valid_from", "valid_to")}
    form = DecisionForm(bound(request), initial=initial | {"partners": list(row.partners.all())})

    def save() -> HttpResponse:
        sectors.change_decision(
            actor=request.user, decision_id=pk, draft=form.draft(), expected_version=version_of(request)
        )
        messages.success(request, "已保存。")
        return redirect("sectors:detail", pk=row.sector_id)

    def current() -> tuple[int, list[tuple[str, str]]]:
        stored = SectorSupervision.objects.select_related("lead").get(pk=pk)
        facts = [(str(form.fields[name].label), words(stored, name)) for name in initial]
        return stored.version, [*facts, ("配合部门", short_names(stored))]

    page = FormPage("修改分工决定", "保存修改", reverse("sectors:detail", args=[row.sector_id]), row.sector.name)
    return form_page(request, form, page, save, current=current)


@require_http_methods(METHODS)
def sector_load(request: PersonRequest) -> HttpResponse:
    """装入常用行业领域: add the shipped sectors that are missing."""
    require_office(request.user, "装入行业领域")
    form = LoadForm(bound(request), initial={"valid_from": clock.today().replace(month=1, day=1)})

    def save() -> HttpResponse:
        done = load_sectors(actor=request.user, **form.cleaned_data)
        messages.success(request, done.in_words())
        return redirect("sectors:list")

    note = (
        f"将装入常用的 {len(preset_sectors())} 个行业领域，已有的不改动；主管部门和配合部门按本县单位全称的末尾匹配，"
        "没有对应单位的留空，由您逐个明确。"
    )
    page = FormPage("装入常用行业领域", "装入常用行业领域", reverse("sectors:list"), "行业领域", note)
    return form_page(request, form, page, save)
