"""The sectors every county has: `fixtures/sectors.json` put into an installation, with the usual leads."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from audit import trail
from core import clock
from core.errors import UserError
from responsibility.models import Sector, SectorSupervision, Unit
from responsibility.permissions import require_office
from responsibility.selectors import in_force

if TYPE_CHECKING:
    from accounts.models import User

FILE = Path(settings.BASE_DIR) / "fixtures" / "sectors.json"
# Without a document number on purpose: the list of sectors shows such decisions as waiting for one.
PROPOSED_BASIS = "按部门“三定”规定和《中华人民共和国安全生产法》第十条拟定，待县安委会发文明确"


@dataclass(slots=True)
class Loaded:
    """What loading did.

    Attributes:
        added: names of the sectors added.
        known: names of those that were there already; they and their decisions are left alone.
        decided: names of the sectors that were given a decision.
        without_lead: (sector, name of the usual lead) where no unit of the county has that name.
        without_partner: (sector, name of the usual partner) likewise.
    """

    added: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    decided: list[str] = field(default_factory=list)
    without_lead: list[tuple[str, str]] = field(default_factory=list)
    without_partner: list[tuple[str, str]] = field(default_factory=list)

    def in_words(self) -> str:
        """Say in one sentence what was done and what is left to do."""
        words = f"新增行业领域{len(self.added)}个，其中{len(self.decided)}个已按单位名称确定主管部门"
        if self.known:
            words += f"；{len(self.known)}个已经存在，未作改动"
        if self.without_lead:
            names = "、".join(f"{sector}（{lead}）" for sector, lead in self.without_lead)
            words += f"。未找到主管部门、须人工确定的：{names}"
        return words + "。"


def preset_sectors() -> list[dict[str, Any]]:
    """Return the shipped sectors: code, name, lead, partners, high_risk, emerging."""
    rows: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["sectors"]
    return rows


class UnitNames:
    """Finds a unit by the end of its full name (应急管理局 means 县应急管理局), else by another of its names."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = [unit for unit in units if unit.kind != Unit.Kind.GROUP]

    def find(self, name: str) -> Unit | None:
        """Return the only unit the name can mean; None where there is none, or several equally good."""
        for fits in (
            lambda unit: unit.name.endswith(name),
            lambda unit: unit.short_name.endswith(name),
            lambda unit: any(alias.name == name for alias in unit.aliases.all()),
        ):
            found = [unit for unit in self._units if fits(unit)]
            if found:
                # The shortest has least before the name: 县公安局 is meant, not 县森林公安局.
                best = min(len(unit.name) for unit in found)
                found = [unit for unit in found if len(unit.name) == best]
                return found[0] if len(found) == 1 else None
        return None


@transaction.atomic
def load_sectors(*, actor: "User | None", basis: str = PROPOSED_BASIS, valid_from: date | None = None) -> Loaded:
    """Add the shipped sectors that are missing, each with a decision where the usual lead is a unit of the county.

    Safe to run again: a sector with the same code or name is left as the county has it.

    Args:
        actor: a clerk of the office; None where the server's keeper runs the management command.
        basis: the document the decisions rest on, with its number.
        valid_from: first day of the decisions; None is the first day of this year.

    Raises:
        UserError: no basis.
        Http404, NotAllowed: the actor is not of the office.
    """
    if actor is not None:
        require_office(actor, "装入行业领域")
    basis = basis.strip()
    if not basis:
        raise UserError("请填写依据（文件名称、文号）。")
    start = valid_from or clock.today().replace(month=1, day=1)
    codes = set(Sector.objects.values_list("code", flat=True))
    names = set(Sector.objects.values_list("name", flat=True))
    done = Loaded()
    missing = []
    for row in preset_sectors():
        if row["code"] in codes or row["name"] in names:
            done.known.append(row["name"])
        else:
            missing.append(row)
            done.added.append(row["name"])
    _create(missing, done, basis, start, actor)
    return done


def _create(rows: Sequence[dict[str, Any]], done: Loaded, basis: str, start: date, actor: "User | None") -> None:
    last = Sector.objects.aggregate(last=Max("ordering"))["last"] or 0
    sectors = Sector.objects.bulk_create(
        Sector(
            code=row["code"],
            name=row["name"],
            ordering=last + 10 * place,
            high_risk=row["high_risk"],
            emerging=row["emerging"],
        )
        for place, row in enumerate(rows, 1)
    )
    units = UnitNames(in_force(clock.today()).prefetch_related("aliases"))
    decisions, partners = [], []
    for sector, row in zip(sectors, rows, strict=True):
        lead = units.find(row["lead"])
        if lead is None:
            done.without_lead.append((sector.name, row["lead"]))
            continue
        found = {name: units.find(name) for name in row["partners"]}
        done.without_partner += [(sector.name, name) for name, unit in found.items() if unit is None]
        decisions.append(SectorSupervision(sector=sector, lead=lead, basis=basis, valid_from=start))
        partners.append(list(dict.fromkeys(unit for unit in found.values() if unit is not None and unit != lead)))
        done.decided.append(sector.name)
    decisions = SectorSupervision.objects.bulk_create(decisions)
    through: Any = SectorSupervision.partners.through
    through._default_manager.bulk_create(
        through(sectorsupervision_id=decision.pk, unit_id=unit.pk)
        for decision, found_units in zip(decisions, partners, strict=True)
        for unit in found_units
    )
    leads = {decision.sector_id: decision.lead.short_name for decision in decisions}
    trail.record_many(
        actor=actor,
        action="sector.load",
        summaries=[
            (sector, f"装入常用行业领域“{sector.name}”，主管部门：{leads.get(sector.pk, '待确定')}")
            for sector in sectors
        ],
    )
