"""Units through their pages: seen by colleagues, changed by the administrator, every change audited."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.trail import history_of
from core.errors import NotAllowed, StaleObject, UserError
from responsibility.models import Unit, UnitAlias
from responsibility.services.unit_lines import read_unit_lines
from responsibility.services.units import UnitDraft, add_alias, change_unit, create_unit, create_units, set_members
from tests.county import AsPerson, County

pytestmark = pytest.mark.django_db

UNITS = "/units/"
DRAFT = UnitDraft(code="SL", name="县水利局", short_name="县水利局", kind="government", ordering=50)


@pytest.fixture
def admin(client: Client, county: County) -> Client:
    client.force_login(county.administrator)
    return client


def form_of(unit: Unit, **changes: Any) -> dict[str, Any]:
    names = ("code", "name", "short_name", "kind", "ordering")
    return {name: getattr(unit, name) for name in names} | {"version": unit.version} | changes


def names_on(client: Client, query: str) -> list[str]:
    return [row.record.short_name for row in client.get(UNITS + query).context["table"].page]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=应急", ["县应急局"]),
        ("?q=yjj", ["县应急局"]),
        ("?q=安监局", ["县应急局"]),
        ("?q=YJ", ["县应急局"]),
        ("?kind=township", ["河口镇"]),
        ("?staffed=1", ["县应急局", "县住建局"]),
        ("?staffed=0", ["县安委办", "河口镇", "县消防大队"]),
        ("?in_force=0", []),
        ("?q=没有这样的", []),
    ],
)
def test_list_filters(client: Client, county: County, query: str, found: list[str]) -> None:
    UnitAlias.objects.create(unit=county.units["YJ"], name="县安监局", former=True)
    Unit.objects.filter(code="Z1").update(ordering=2)
    Unit.objects.filter(code="YJ").update(initials="xyjj")
    client.force_login(county.editor)
    assert names_on(client, query) == found


@pytest.mark.parametrize("many", [3, 30])
def test_list_takes_few_queries(admin: Client, many: int, django_assert_max_num_queries: Any) -> None:
    for number in range(many):
        Unit.objects.create(code=f"X{number}", name=f"单位{number}", short_name=f"单位{number}", kind="government")
    with django_assert_max_num_queries(12):
        assert admin.get(UNITS + "?per_page=50").status_code == 200


@pytest.mark.parametrize(
    ("who", "status"),
    [("editor", 200), ("office", 200), ("leader", 200), ("auditor", 200), ("enterprise", 404), ("stranger", 404)],
)
def test_who_sees_units(client: Client, county: County, who: str, status: int) -> None:
    client.force_login(getattr(county, who))
    assert client.get(UNITS).status_code == status
    assert client.get(reverse("responsibility:unit", args=[county.units["YJ"].pk])).status_code == status


def test_unit_page_shows_people_names_and_rules(
    admin: Client, county: County, django_assert_max_num_queries: Any
) -> None:
    unit = county.units["YJ"]
    unit.keyword_rules.create(keywords="应急演练", reason="三定方案", weight=10)
    add_alias(actor=county.administrator, unit_id=unit.pk, name="县安监局", former=True)
    with django_assert_max_num_queries(20):
        text = admin.get(reverse("responsibility:unit", args=[unit.pk])).content.decode()
    for words in ("应小急", "应局长", "县安监局", "旧名称", "应急演练", "三定方案", "添加旧名称“县安监局”"):
        assert words in text


CHANGING = ["unit_create", "unit_lines", "unit_edit", "unit_members", "alias_add"]


@pytest.mark.parametrize("route", CHANGING)
@pytest.mark.parametrize(("who", "status"), [("office", 403), ("editor", 403), ("stranger", 404)])
def test_only_the_administrator_changes(client: Client, county: County, route: str, who: str, status: int) -> None:
    group = Unit.objects.create(code="G", name="各乡镇", short_name="各乡镇", kind="group")
    args = [] if route in ("unit_create", "unit_lines") else [group.pk]
    client.force_login(getattr(county, who))
    assert client.get(reverse(f"responsibility:{route}", args=args)).status_code == status
    assert client.post(reverse(f"responsibility:{route}", args=args), {"name": "x"}).status_code == status
    assert not group.aliases.exists()


def test_services_check_the_right_themselves(county: County) -> None:
    with pytest.raises(NotAllowed):
        create_unit(actor=county.office, draft=DRAFT)


def test_creating_a_unit(admin: Client, county: County) -> None:
    data = {"code": "SL", "name": "县水利局", "short_name": "县水利局", "kind": "government", "ordering": "50"}
    response = admin.post(reverse("responsibility:unit_create"), data)
    unit = Unit.objects.get(code="SL")
    assert response["Location"] == reverse("responsibility:unit", args=[unit.pk])
    assert unit.initials == "xslj"
    assert history_of(unit).get().action == "unit.create"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("code", "YJ", "编码“YJ”已用于“县应急管理局”"),
        ("name", "县应急管理局", "已是“县应急管理局”的名称或别名"),
        ("short_name", "县应急局", "已是“县应急管理局”的名称或别名"),
        ("valid_to", "2020-01-01", "停用日期不能早于启用日期"),
        ("kind", "", "此项必填，请填写或选择后再提交。"),
    ],
)
def test_a_refused_unit_keeps_what_was_typed(
    admin: Client, county: County, field: str, value: str, sentence: str
) -> None:
    data = {"code": "SL", "name": "县水利局", "short_name": "县水利", "kind": "government", "ordering": "50"}
    data |= {"valid_from": "2026-01-01", field: value}
    response = admin.post(reverse("responsibility:unit_create"), data)
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert "2026-01-01" in response.content.decode()
    assert Unit.objects.count() == 5


def test_a_renamed_unit_is_still_found_by_its_old_names(admin: Client, county: County) -> None:
    unit = county.units["YJ"]
    url = reverse("responsibility:unit_edit", args=[unit.pk])
    admin.post(url, form_of(unit, name="县应急管理和消防局", short_name="县应急消防局"))
    unit.refresh_from_db()
    assert (unit.name, unit.version, unit.initials) == ("县应急管理和消防局", 2, "xyjxfj")
    assert dict(unit.aliases.values_list("name", "former")) == {"县应急管理局": True, "县应急局": True}
    (entry,) = history_of(unit)
    assert ["全称", "县应急管理局", "县应急管理和消防局"] in entry.changes
    change_unit(
        actor=county.administrator,
        unit_id=unit.pk,
        draft=UnitDraft("YJ", "县应急管理局", "县应急局", "government", ordering=1),
    )
    assert dict(unit.aliases.values_list("name", "former")) == {"县应急管理和消防局": True, "县应急消防局": True}


def test_a_stale_form_shows_both_texts_and_may_be_sent_again(admin: Client, county: County) -> None:
    unit = county.units["YJ"]
    url = reverse("responsibility:unit_edit", args=[unit.pk])
    stale = form_of(unit, name="我的改名")
    admin.post(url, form_of(unit, name="别人的改名"))
    response = admin.post(url, stale)
    text = response.content.decode()
    assert response.status_code == 400
    assert "别人的改名" in text
    assert "我的改名" in text
    assert "已有其他人修改" in text
    assert admin.post(url, stale | {"version": response.context["version"]}).status_code == 302
    unit.refresh_from_db()
    assert unit.name == "我的改名"


def test_a_form_without_version_is_stale(admin: Client, county: County) -> None:
    with pytest.raises(StaleObject):
        change_unit(actor=county.administrator, unit_id=county.units["YJ"].pk, draft=DRAFT, expected_version=0)
    data = form_of(county.units["YJ"], name="改名")
    del data["version"]
    assert admin.post(reverse("responsibility:unit_edit", args=[county.units["YJ"].pk]), data).status_code == 400


@pytest.mark.parametrize("name", ["县住建局", "县住房和城乡建设局", "县应急局", " 县应急管理局 ", " "])
def test_an_alias_belongs_to_one_unit(admin: Client, county: County, name: str) -> None:
    before = UnitAlias.objects.count()
    with pytest.raises(UserError):
        add_alias(actor=county.administrator, unit_id=county.units["YJ"].pk, name=name)
    url = reverse("responsibility:alias_add", args=[county.units["YJ"].pk])
    response = admin.post(url, {"name": name})
    assert response.status_code == 400
    assert name.strip() in response.content.decode()
    assert UnitAlias.objects.count() == before


def test_alias_added_and_removed_through_the_page(admin: Client, county: County) -> None:
    unit = county.units["YJ"]
    admin.post(reverse("responsibility:alias_add", args=[unit.pk]), {"name": "安监局", "former": "on"})
    alias = unit.aliases.get(name="安监局")
    assert alias.former
    url = reverse("responsibility:alias_remove", args=[unit.pk, alias.pk])
    assert admin.get(url).status_code == 405
    admin.post(url)
    assert not unit.aliases.filter(name="安监局").exists()
    assert [entry.action for entry in history_of(unit)] == ["unit.remove_alias", "unit.add_alias"]
    assert admin.post(url).status_code == 404


@pytest.fixture
def group(county: County) -> Unit:
    return Unit.objects.create(code="G", name="各乡镇（街道）", short_name="各乡镇", kind="group")


def test_members_of_a_collective_name(admin: Client, county: County, group: Unit) -> None:
    url = reverse("responsibility:unit_members", args=[group.pk])
    admin.post(url, {"members": [county.units["Z1"].pk]})
    assert list(group.members.all()) == [county.units["Z1"]]
    assert history_of(group).get().changes == [["成员单位", "", "河口镇"]]
    assert admin.post(url, {"members": [group.pk]}).status_code == 400
    with pytest.raises(UserError, match="只有“集合名称”"):
        set_members(actor=county.administrator, unit_id=county.units["YJ"].pk, member_ids=[])


LINES = "编码,全称,简称,类别\nSL,县水利局,县水利局,政府部门\n\nZ2\t清水镇\t清水镇\t乡镇\n"


def test_pasted_lines_are_previewed_and_then_written(admin: Client, county: County) -> None:
    url = reverse("responsibility:unit_lines")
    preview = admin.post(url, {"lines": LINES})
    assert preview.status_code == 200
    assert "新增这 2 个单位" in preview.content.decode()
    assert Unit.objects.count() == 5
    assert admin.post(url, {"lines": LINES, "confirm": "1"})["Location"] == UNITS
    made = Unit.objects.filter(code__in=["SL", "Z2"])
    assert {unit.name: (unit.kind, unit.initials) for unit in made} == {
        "县水利局": ("government", "xslj"),
        "清水镇": ("township", "qsz"),
    }
    assert len({history_of(unit).get().operation for unit in made}) == 1


def test_each_wrong_line_says_what_is_wrong_and_nothing_is_written(admin: Client, county: County) -> None:
    text = "\n".join(
        (
            "SL,县水利局,县水利局,政府部门",
            "SL,县林业局,县林业局,政府部门",
            "X1,县水利局,水利,政府部门",
            "YJ,县农业局,县农业局,政府部门",
            "X2,县应急局,应急,政府部门",
            "X3,县文旅局,县文旅局,委办局",
            "X4,县商务局",
            "X5,,县民政局,政府部门",
            "C" * 21 + ",县民政局,县民政局,政府部门",
        )
    )
    assert [line.error for line in read_unit_lines(text)] == [
        "",
        "“编码SL”与第 1 行重复。",
        "“县水利局”与第 1 行重复。",
        "编码“YJ”已用于“县应急管理局”，请换一个编码。",
        "“县应急局”已是“县应急管理局”的名称或别名，请核对是否同一单位。",
        "类别“委办局”不存在，可用：安委办、党委部门、政府部门、驻县单位、乡镇、街道、园区、集合名称。",
        "应为 4 项“编码,全称,简称,类别”，这一行有 2 项。",
        "全称没有填写。",
        "编码请控制在 20 字以内。",
    ]
    response = admin.post(reverse("responsibility:unit_lines"), {"lines": text, "confirm": "1"})
    assert response.status_code == 400
    assert "其中 8 行有问题" in response.content.decode()
    assert "县文旅局,县文旅局,委办局" in response.content.decode()
    assert Unit.objects.count() == 5


@pytest.mark.parametrize("text", ["", "   \n ", "编码,全称,简称,类别"])
def test_pasting_nothing_is_told(admin: Client, text: str) -> None:
    assert admin.post(reverse("responsibility:unit_lines"), {"lines": text}).status_code == 400


def test_several_units_are_made_all_or_none(county: County) -> None:
    with pytest.raises(UserError, match="县应急局"):
        create_units(actor=county.administrator, drafts=[DRAFT, UnitDraft("X", "县应急局", "县应急局", "government")])
    assert not Unit.objects.filter(code="SL").exists()


def test_an_ended_unit_is_filtered_and_takes_no_new_people(admin: Client, county: County) -> None:
    Unit.objects.filter(code="XF").update(valid_to=date(2020, 1, 1))
    assert names_on(admin, "?in_force=0") == ["县消防大队"]
    form = admin.get(reverse("responsibility:person_create")).context["form"]
    assert county.units["XF"] not in form.fields["unit"].queryset


def test_the_head_agrees_first_only_where_there_is_a_head(as_person: AsPerson, county: County) -> None:
    def save(code: str) -> int:
        unit = county.units[code]
        unit.refresh_from_db()
        data = {
            "code": unit.code,
            "name": unit.name,
            "short_name": unit.short_name,
            "kind": unit.kind,
            "ordering": unit.ordering,
            "head_reviews": "on",
            "version": unit.version,
        }
        client = as_person("administrator")
        status = client.post(reverse("responsibility:unit_edit", args=[unit.pk]), data).status_code
        unit.refresh_from_db()
        return status if unit.head_reviews else -status

    assert save("YJ") == 302
    # 县住房和城乡建设局 has nobody who could agree.
    assert save("ZJ") in (-400, -409)
