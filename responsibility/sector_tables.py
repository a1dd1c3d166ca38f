"""The table of sectors."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from responsibility.models import Sector, SectorSupervision
from responsibility.tables import TIGHT


def short_names(decision: SectorSupervision | None) -> str:
    """Return the partners of a decision (fetched) by their short names."""
    return "、".join(unit.short_name for unit in decision.partners.all()) if decision else ""


class SectorTable(tables.Table):
    """One row per sector: who supervises it today, with whom, since when and on which document."""

    code = tables.Column(verbose_name="编码", attrs=TIGHT)
    name = tables.Column(verbose_name="行业领域")
    lead = tables.Column(verbose_name="主管部门", empty_values=(), order_by=("lead_ordering",), attrs=TIGHT)
    partners = tables.Column(verbose_name="配合部门", empty_values=(), orderable=False)
    basis = tables.Column(verbose_name="依据", empty_values=(), orderable=False)
    since = tables.Column(verbose_name="起始日期", empty_values=(), order_by=("since_day",), attrs=TIGHT)

    class Meta:
        model = Sector
        fields: tuple[str, ...] = ()
        sequence = ("code", "name", "lead", "partners", "basis", "since")
        order_by_field = "sort"

    def render_name(self, record: Sector) -> Any:
        """Link the sector and say in words what it is marked with."""
        marks = [
            format_html('<span class="badge-word tone-{}">{}</span>', tone, word)
            for word, tone, holds in (
                ("高危", "red", record.high_risk),
                ("新兴业态", "blue", record.emerging),
                ("停用", "grey", not record.active),
            )
            if holds
        ]
        link = format_html('<a href="{}">{}</a>', reverse("sectors:detail", args=[record.pk]), record.name)
        for mark in marks:
            link = format_html("{} {}", link, mark)
        return link

    def render_lead(self, record: Sector) -> Any:
        """Name the unit; a sector nobody supervises is what the office looks for."""
        if record.now:  # type: ignore[attr-defined]
            return record.now[0].lead.short_name  # type: ignore[attr-defined]
        return format_html('<span class="due-soon">{}</span>', "无主管部门")

    def render_partners(self, record: Sector) -> str:
        """Name the partners."""
        return short_names(_now(record)) or "—"

    def render_basis(self, record: Sector) -> str:
        """Name the document."""
        decision = _now(record)
        return decision.basis if decision else "—"

    def render_since(self, record: Sector) -> str:
        """Say since when, and until when where that is known."""
        decision = _now(record)
        if decision is None:
            return "—"
        until = f" 至 {decision.valid_to}" if decision.valid_to else ""
        return f"{decision.valid_from}{until}"


def _now(record: Sector) -> SectorSupervision | None:
    found: list[SectorSupervision] = record.now  # type: ignore[attr-defined]
    return found[0] if found else None
