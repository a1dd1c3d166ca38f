"""Sectors: who supervises each from when to when, one at a time; gaps; all of it the office's to decide."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import Entry
from core import clock
from responsibility.models import Enterprise, Sector, SectorSupervision
from tests.county import AsPerson, County
from tests.enterprises import make_enterprise, make_sector

pytestmark = pytest.mark.usefixtures("in_may")
BASIS = "清安委〔2026〕9号"


@pytest.fixture
def sector(county: County) -> Sector:
    """危险化学品, supervised by 应急局 since 18 February 2025 with 消防."""
    made = Sector.objects.create(code="S01", name="危险化学品", high_risk=True)
    row = SectorSupervision.objects.create(
        sector=made, lead=county.units["YJ"], basis="清安委〔2025〕3号", valid_from=date(2025, 2, 18)
    )
    row.partners.set([county.units["XF"]])
    return made


def typed(county: County, **changes: Any) -> dict[str, Any]:
    values = {"lead": county.units["ZJ"].pk, "basis": BASIS, "valid_from": "2026-06-01", "valid_to": ""}
    return values | {"partners": [county.units["YJ"].pk]} | changes


def test_a_new_decision_ends_the_former_one_the_day_before(county: County, sector: Sector, as_person: AsPerson) -> None:
    answer = as_person("office").post(reverse("sectors:decide", args=[sector.pk]), typed(county))
    assert answer.status_code == 302
    new, old = sector.decisions.order_by("-valid_from")
    assert (old.lead, old.valid_to) == (county.units["YJ"], date(2026, 5, 31))
    assert (new.lead, new.basis, new.valid_from, new.valid_to) == (county.units["ZJ"], BASIS, date(2026, 6, 1), None)
    assert list(new.partners.all()) == [county.units["YJ"]]
    entry = Entry.objects.get(action="sector.decide")
    assert entry.actor == county.office
    assert ["主管部门", "县应急局", "县住建局"] in entry.changes
    page = as_person("editor").get(reverse("sectors:detail", args=[sector.pk])).content.decode()
    assert "2025-02-18 至 2026-05-31" in page
    assert BASIS in page
    assert "未开始" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"valid_from": "2025-02-18"}, "新的分工须晚于这一天"),
        ({"valid_from": "2024-06-01"}, "日期重叠"),
        ({"valid_to": "2026-05-01"}, "截止日期不能早于起始日期"),
        ({"basis": "  "}, "此项必填，请填写或选择后再提交。"),
        ({"lead": ""}, "此项必填，请填写或选择后再提交。"),
        ({"lead": "999999"}, "所选内容已不在可选范围内，请重新选择。"),
    ],
)
def test_what_does_not_hold_together_is_refused_and_kept_on_the_form(
    county: County, sector: Sector, as_person: AsPerson, changes: dict[str, str], sentence: str
) -> None:
    answer = as_person("office").post(reverse("sectors:decide", args=[sector.pk]), typed(county, **changes))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert sentence in page
    if "basis" not in changes:
        assert BASIS in page, "what was typed is lost"
    row = sector.decisions.get()
    assert row.valid_to is None


def test_the_lead_is_no_partner(county: County, sector: Sector, as_person: AsPerson) -> None:
    data = typed(county, partners=[county.units["ZJ"].pk])
    answer = as_person("office").post(reverse("sectors:decide", args=[sector.pk]), data)
    assert answer.status_code == 400
    assert "请从配合部门中去掉" in answer.content.decode()


def test_two_decisions_at_a_time_are_refused_by_the_database(county: County, sector: Sector) -> None:
    lead = county.units["ZJ"]
    for start, end in (
        (date(2025, 1, 1), date(2025, 2, 18)),
        (date(2025, 3, 1), date(2025, 4, 1)),
        (date(2027, 1, 1), None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SectorSupervision.objects.create(sector=sector, lead=lead, basis="无", valid_from=start, valid_to=end)
    before = SectorSupervision.objects.create(
        sector=sector, lead=lead, basis="此前", valid_from=date(2024, 1, 1), valid_to=date(2025, 2, 17)
    )
    before.valid_to = date(2025, 2, 18)
    with pytest.raises(IntegrityError), transaction.atomic():
        before.save()
    before.valid_to = date(2025, 2, 16)
    before.save()


def test_a_decision_is_corrected_and_a_stale_form_shows_both_texts(
    county: County, sector: Sector, as_person: AsPerson
) -> None:
    row = sector.decisions.get()
    address = reverse("sectors:decision", args=[row.pk])
    client = as_person("office")
    data = typed(county, valid_from="2025-02-18", valid_to="2026-12-31") | {"version": row.version}
    assert client.post(address, data).status_code == 302
    row.refresh_from_db()
    assert (row.lead, row.valid_to, row.version) == (county.units["ZJ"], date(2026, 12, 31), 2)
    assert Entry.objects.get(action="sector.change_decision").actor == county.office
    stale = client.post(address, data | {"basis": "另一份文件"})
    assert stale.status_code == 400
    page = stale.content.decode()
    assert BASIS in page
    assert "另一份文件" in page
    assert "其他人保存的最新内容" in page
    row.refresh_from_db()
    assert row.basis == BASIS


def test_a_sector_is_added_changed_and_taken_out_of_use(county: County, sector: Sector, as_person: AsPerson) -> None:
    client = as_person("office")
    data = {"code": "S60", "name": "低空飞行服务", "emerging": "on", "active": "on"}
    answer = client.post(reverse("sectors:create"), data)
    made = Sector.objects.get(code="S60")
    assert answer.headers["Location"] == reverse("sectors:detail", args=[made.pk])
    assert (made.emerging, made.high_risk, made.active) == (True, False, True)
    twin = client.post(reverse("sectors:create"), data | {"code": "S61"})
    assert twin.status_code == 400
    assert "名称与行业领域“低空飞行服务”（S60）重复" in twin.content.decode()
    changed = data | {"name": "低空经济", "version": made.version}
    changed.pop("active")
    assert client.post(reverse("sectors:edit", args=[made.pk]), changed).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.active) == ("低空经济", False)
    assert Entry.objects.filter(action="sector.change", object_id=str(made.pk)).exists()


def rows_of(client: Any, query: str) -> set[str]:
    answer = client.get(f"{reverse('sectors:list')}?{query}")
    return {row.record.name for row in answer.context["table"].page}


def test_gaps_are_figures_that_link_to_their_rows(county: County, sector: Sector, as_person: AsPerson) -> None:
    lead = county.units["ZJ"]
    Sector.objects.create(code="A", name="从未明确", emerging=True)
    Sector.objects.create(code="B", name="停用的", active=False)
    lapsed = Sector.objects.create(code="C", name="到期的")
    SectorSupervision.objects.create(
        sector=lapsed, lead=lead, basis="清安委〔2020〕1号", valid_from=date(2020, 1, 1), valid_to=date(2026, 5, 11)
    )
    bare = Sector.objects.create(code="D", name="没有文号的")
    SectorSupervision.objects.create(sector=bare, lead=lead, basis="三定规定", valid_from=date(2020, 1, 1))
    client = as_person("editor")
    figures = client.get(reverse("sectors:list")).context["figures"]
    assert figures == {"total": 4, "high": 1, "new": 1, "none": 2, "undocumented": 1}
    assert rows_of(client, "gap=none") == {"从未明确", "到期的"}
    assert rows_of(client, "gap=lapsed") == {"到期的"}
    assert rows_of(client, "gap=undocumented") == {"没有文号的"}
    assert len(rows_of(client, "active=1")) == figures["total"]
    assert rows_of(client, "high_risk=1") == {"危险化学品"}
    assert rows_of(client, f"lead={lead.pk}") == {"没有文号的"}
    assert rows_of(client, "q=消防") == {"危险化学品"}, "found by a partner"
    assert rows_of(client, "q=2025〕3号") == {"危险化学品"}, "found by its document"
    assert rows_of(client, "sort=lead&q=三定") == {"没有文号的"}


def test_the_spreadsheet_holds_what_is_filtered(county: County, sector: Sector, as_person: AsPerson) -> None:
    Sector.objects.create(code="A", name="=从未明确()")
    answer = as_person("leader").get(reverse("sectors:export"), {"gap": "none"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1][0] == "截至 2026-05-12，共 1 个"
    assert rows[3][1] == "=从未明确()"
    assert sheet.cell(4, 2).data_type == "s", "a name becomes no formula"
    everything = openpyxl.load_workbook(io.BytesIO(as_person("leader").get(reverse("sectors:export")).content)).active
    assert everything is not None
    cells = [cell.value for cell in list(everything.iter_rows())[-1]]
    assert cells[1:7] == ["危险化学品", "是", "否", "县应急管理局", "县消防大队", "清安委〔2025〕3号"]


def test_an_empty_list_offers_the_usual_sectors(county: County, as_person: AsPerson) -> None:
    page = as_person("office").get(reverse("sectors:list")).content.decode()
    assert reverse("sectors:load") in page
    assert reverse("sectors:load") not in as_person("editor").get(reverse("sectors:list")).content.decode()
    data = {"basis": "清安委〔2025〕3号", "valid_from": "2025-03-01"}
    answer = as_person("office").post(reverse("sectors:load"), data, follow=True)
    assert "新增行业领域" in answer.content.decode()
    assert SectorSupervision.objects.filter(lead=county.units["YJ"], basis="清安委〔2025〕3号").count() >= 4
    refused = as_person("office").post(reverse("sectors:load"), {"basis": "", "valid_from": "x"})
    assert refused.status_code == 400


def test_the_page_leads_to_the_enterprises_of_the_sector(county: County, sector: Sector, as_person: AsPerson) -> None:
    address = reverse("sectors:detail", args=[sector.pk])
    assert "没有登记的在营生产经营单位" in as_person("office").get(address).content.decode()
    make_enterprise(county, 1, "甲公司", sector=sector)
    closed = make_enterprise(county, 2, "乙公司", sector=sector)
    Enterprise.objects.filter(pk=closed.pk).update(closed_on=clock.today())
    make_enterprise(county, 3, "丙公司", sector=make_sector("S77", "建筑施工"))
    page = as_person("office").get(address)
    link = f"{reverse('responsibility:enterprises')}?sector={sector.pk}&closed=0"
    assert "在营生产经营单位 1 家" in page.content.decode()
    assert link.replace("&", "&amp;") in page.content.decode()
    rows = as_person("office").get(link).context["table"].page
    assert [row.record.name for row in rows] == ["甲公司"]
