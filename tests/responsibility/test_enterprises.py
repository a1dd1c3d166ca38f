"""Enterprises through the pages: who keeps them, the credit code, closing, Excel, and the people of an enterprise."""

import io
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from audit.models import Entry
from responsibility.authority import authority_of
from responsibility.models import Enterprise, Membership, Role
from tests.county import AsPerson, County
from tests.enterprises import credit_code, join_enterprise, make_enterprise, make_sector

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
NEW = reverse("responsibility:enterprise_create")
LIST = reverse("responsibility:enterprises")


def typed(county: County, **changes: Any) -> dict[str, Any]:
    return {
        "name": "清泽新建材有限公司",
        "credit_code": credit_code(77),
        "sector": make_sector().pk,
        "township": county.units["Z1"].pk,
        "supervisor": county.units["YJ"].pk,
        "address": "河口镇东街2号",
        "contact": "王安全",
        "phone": "000-00000003",
        "staff": "12",
        "risk": "yellow",
    } | changes


def test_a_code_in_full_width_and_small_letters_is_tidied(as_person: AsPerson, county: County) -> None:
    code = credit_code(77)
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code.lower())
    answer = as_person("editor").post(NEW, typed(county, credit_code=f" {wide[:9]}-{wide[9:]} "))
    made = Enterprise.objects.get()
    assert answer.status_code == 302
    assert (made.credit_code, made.initials, made.supervisor) == (code, "qzxjcyxgs", county.units["YJ"])
    assert Entry.objects.get(action="enterprise.create").actor == county.editor


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"credit_code": "123"}, "应为 18 位，现为 3 位"),
        ({"credit_code": credit_code(77)[:-1] + "!"}, "不应有“!”"),
        ({"credit_code": "0" * 17 + "1"}, "校验位不符"),
        ({"credit_code": credit_code(1)}, "已登记在“清泽第1化工有限公司”（河口镇）名下"),
        ({"name": "清泽第1化工有限公司"}, "已登记（河口镇"),
        ({"staff": "-1"}, "0"),
        ({"address": ""}, "此项必填，请填写或选择后再提交。"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    as_person: AsPerson, county: County, changes: dict[str, Any], sentence: str
) -> None:
    make_enterprise(county, 1)
    answer = as_person("office").post(NEW, typed(county, **changes))
    text = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in text
    assert "王安全" in text
    assert Enterprise.objects.count() == 1


def test_an_editor_registers_for_their_own_unit_only(as_person: AsPerson, county: County) -> None:
    answer = as_person("other_editor").post(NEW, typed(county))
    assert answer.status_code == 400
    assert "须有一个是本单位" in answer.content.decode()
    assert as_person("other_editor").post(NEW, typed(county, supervisor=county.units["ZJ"].pk)).status_code == 302


def test_an_editor_cannot_move_one_out_of_their_unit(as_person: AsPerson, county: County) -> None:
    made = make_enterprise(county)
    edit = reverse("responsibility:enterprise_edit", args=[made.pk])
    data = typed(county, supervisor=county.units["ZJ"].pk, version=made.version)
    assert as_person("editor").post(edit, data).status_code == 400
    assert as_person("office").post(edit, data).status_code == 302
    made.refresh_from_db()
    assert (made.supervisor, made.version) == (county.units["ZJ"], 2)
    stale = as_person("office").post(edit, data | {"contact": "李安全"})
    assert stale.status_code == 400
    assert "李安全" in stale.content.decode()
    assert "其他人保存的最新内容" in stale.content.decode()


def test_closing_and_opening_again_want_a_reason(as_person: AsPerson, county: County) -> None:
    made = make_enterprise(county)
    switch = reverse("responsibility:enterprise_switch", args=[made.pk])
    client = as_person("editor")
    assert client.post(switch, {"active": "0", "closed_on": "2026-05-01", "reason": ""}).status_code == 400
    late = client.post(switch, {"active": "0", "closed_on": "2026-06-01", "reason": "注销"})
    assert "不能晚于今天" in late.content.decode()
    assert client.post(switch, {"active": "0", "closed_on": "2026-05-01", "reason": "注销"}).status_code == 302
    assert Enterprise.objects.get().closed_on == date(2026, 5, 1)
    twice = client.post(switch, {"active": "0", "closed_on": "2026-05-02", "reason": "再注销"})
    assert twice.status_code == 400
    assert client.post(switch, {"active": "1", "reason": "恢复生产"}).status_code == 302
    assert Enterprise.objects.operating().get() == made
    assert Entry.objects.get(action="enterprise.reopen").reason == "恢复生产"


def test_each_sees_what_concerns_them(as_person: AsPerson, county: County) -> None:
    mine = make_enterprise(county, 1)
    other = make_enterprise(county, 2, supervisor="ZJ", sector=make_sector("S07", "建筑施工"))
    join_enterprise(county.enterprise, mine)
    seen = {"office": 2, "leader": 2, "auditor": 2, "editor": 1, "other_editor": 1, "enterprise": 1, "administrator": 0}
    for person, count in seen.items():
        assert as_person(person).get(LIST).context["count"] == count, person
    assert as_person("stranger").get(LIST).status_code == 404
    page = reverse("responsibility:enterprise", args=[other.pk])
    assert as_person("enterprise").get(page).status_code == 404
    assert as_person("editor").get(page).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=QZDHG", {1, 2, 3}),
        ("q=清泽第2", {2}),
        (f"q={credit_code(2)}", {2}),
        ("high_risk=1", {2}),
        ("risk=red", {2}),
        ("closed=1", {3}),
        ("closed=0", {1, 2}),
        ("supervisor=nothing", set()),
    ],
)
def test_search_and_filters(as_person: AsPerson, county: County, query: str, found: set[int]) -> None:
    make_enterprise(county, 1)
    make_enterprise(county, 2, high_risk=True, risk="red")
    make_enterprise(county, 3, closed_on=date(2026, 1, 1))
    table = as_person("office").get(f"{LIST}?{query}").context["table"]
    assert {row.record.credit_code for row in table.rows} == {credit_code(number) for number in found}


def test_the_excel_file_holds_what_is_filtered_and_no_formula(as_person: AsPerson, county: County) -> None:
    make_enterprise(county, 1, address="=HYPERLINK(1)")
    make_enterprise(county, 2, risk="red")
    answer = as_person("office").get(reverse("responsibility:enterprises_export"), {"risk": "blue"})
    page: Any = load_workbook(io.BytesIO(answer.content)).active
    rows = list(page.iter_rows(min_row=4))
    assert [row[0].value for row in rows] == ["清泽第1化工有限公司"]
    assert (rows[0][5].value, rows[0][5].data_type) == ("=HYPERLINK(1)", "s")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "须选择所在企业"),
        ({"enterprise": "own", "unit": "XF"}, "请选择河口镇或县应急局"),
        ({"enterprise": "own", "role": "editor"}, "只有“企业安全管理人员”才选择企业"),
    ],
)
def test_the_post_of_an_enterprise_names_it(
    as_person: AsPerson, county: County, changes: dict[str, Any], sentence: str
) -> None:
    made = make_enterprise(county)
    address = reverse("responsibility:post_add", args=[county.stranger.pk])
    data = {"unit": "Z1", "role": "enterprise", "valid_from": "2026-05-01"} | changes
    data = data | {"unit": county.units[str(data["unit"])].pk}
    data |= {"enterprise": made.pk} if "enterprise" in data else {}
    answer = as_person("administrator").post(address, data)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    right = {"unit": county.units["Z1"].pk, "role": "enterprise", "valid_from": "2026-05-01", "enterprise": made.pk}
    assert as_person("administrator").post(address, right).status_code == 302
    post = Membership.objects.get(user=county.stranger)
    assert (post.role, post.enterprise) == (Role.ENTERPRISE, made)
    assert authority_of(county.stranger).enterprises == {made.pk}
