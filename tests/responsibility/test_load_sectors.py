"""The usual sectors put into a county: who leads is found by name, a second run changes nothing."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import Entry
from core.errors import NotAllowed
from responsibility.models import Sector, SectorSupervision, Unit
from responsibility.services.sector_presets import PROPOSED_BASIS, UnitNames, load_sectors, preset_sectors
from tests.county import County

pytestmark = pytest.mark.usefixtures("in_may")


def run(**options: str) -> str:
    out = StringIO()
    call_command("load_sectors", stdout=out, **options)
    return out.getvalue()


def test_the_command_fills_an_installation_and_may_run_again(county: County) -> None:
    said = run()
    rows = preset_sectors()
    assert Sector.objects.count() == len(rows) >= 50
    assert f"新增行业领域{len(rows)}个" in said
    chemicals = SectorSupervision.objects.get(sector__code="S01")
    assert chemicals.lead == county.units["YJ"]
    assert chemicals.basis == PROPOSED_BASIS
    assert chemicals.valid_from.isoformat() == "2026-01-01"
    assert not chemicals.partners.exists(), "the county has none of its usual partners"
    fire = SectorSupervision.objects.get(sector__code="S19")
    assert list(fire.partners.all()) == [county.units["ZJ"]]
    # The usual lead is no unit of this county: the sector is there, the decision is people's to make.
    assert not SectorSupervision.objects.filter(sector__code="S12").exists()
    assert "道路运输（交通运输局）" in said
    assert "“危险化学品”的配合部门“公安局”未找到对应单位" in said
    assert Entry.objects.filter(action="sector.load", actor=None).count() == len(rows)
    sector = Sector.objects.get(code="S02")
    sector.name = "烟花爆竹和民用礼花"
    sector.save()
    again = run()
    assert "新增行业领域0个" in again
    assert f"{len(rows)}个已经存在" in again
    assert Sector.objects.count() == len(rows)
    assert Sector.objects.get(code="S02").name == "烟花爆竹和民用礼花"


def test_the_basis_and_the_first_day_may_be_given(county: County) -> None:
    call_command("load_sectors", "--basis", "清安委〔2025〕3号", "--from", "2025-03-01", stdout=StringIO())
    row = SectorSupervision.objects.get(sector__code="S01")
    assert (row.basis, row.valid_from.isoformat()) == ("清安委〔2025〕3号", "2025-03-01")


def test_a_decision_without_basis_is_none(county: County) -> None:
    with pytest.raises(CommandError, match="请填写依据"):
        run(basis=" ")
    assert not Sector.objects.exists()


def test_only_the_office_loads_them(county: County) -> None:
    with pytest.raises(NotAllowed):
        load_sectors(actor=county.editor)
    load_sectors(actor=county.office)
    assert Entry.objects.filter(action="sector.load", actor=county.office).exists()


def test_a_unit_is_found_by_the_end_of_its_name_or_by_an_alias(county: County) -> None:
    kind = Unit.Kind.GOVERNMENT
    Unit.objects.create(code="A", name="县公安局", short_name="县公安局", kind=kind)
    Unit.objects.create(code="B", name="县森林公安局", short_name="县森林公安局", kind=kind)
    health = Unit.objects.create(code="C", name="县卫生健康局", short_name="县卫健局", kind=kind)
    health.aliases.create(name="卫生健康委员会")
    Unit.objects.create(code="D", name="东城供电公司", short_name="东城供电", kind=kind)
    Unit.objects.create(code="E", name="西城供电公司", short_name="西城供电", kind=kind)
    Unit.objects.create(code="F", name="各水利局", short_name="各水利局", kind=Unit.Kind.GROUP)
    names = UnitNames(Unit.objects.prefetch_related("aliases"))
    found = names.find("公安局")
    assert found is not None
    assert found.name == "县公安局"
    assert names.find("卫生健康委员会") == health
    assert names.find("供电公司") is None, "either of two"
    assert names.find("水利局") is None, "a collective name leads nothing"
