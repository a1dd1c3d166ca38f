"""The shipped library of duties: complete, precise, nobody's text twice; and loading it into a draft."""

import re
from collections import Counter

import pytest
from django.urls import reverse

from responsibility.models import DutyItem, DutyList, InnerOffice, Layer, Post, Unit
from responsibility.services.duty_library import guess_subject, kind_for, library
from responsibility.services.duty_lists import begin_list
from tasks.reader.numerals import chinese_number
from tests.county import AsPerson, County
from tests.responsibility.duties import ensure_posts
from tests.responsibility.laws import ARTICLES, LAWS

KINDS = list(library().values())
DUTIES = [(kind.name, duty) for kind in KINDS for duty in kind.duties]
# 《name》, with an article of a law where it is certain.
_ARTICLE = "第[零一二三四五六七八九十百]+条"
BASIS = re.compile(rf"^《([^《》]+)》((?:{_ARTICLE}(?:、{_ARTICLE})*)?)$")


def test_there_are_enough_kinds_and_duties() -> None:
    assert len(KINDS) >= 16
    assert all(len(kind.duties) >= 20 for kind in KINDS), [(kind.name, len(kind.duties)) for kind in KINDS]
    assert sum(len(kind.duties) for kind in KINDS) >= 400
    names = {kind.name for kind in KINDS}
    assert {"应急管理局", "消防救援大队", "公安局", "乡镇（街道）"} <= names


def test_every_duty_is_whole() -> None:
    for name, duty in DUTIES:
        assert BASIS.match(duty.basis), (name, duty.basis)
        assert duty.how, (name, duty.text)
        assert duty.frequency in DutyItem.Frequency.values, (name, duty.frequency)
        assert duty.kind in DutyItem.Kind.values
        assert duty.duty_type in DutyItem.Type.values
        assert 1 <= duty.times <= 31
        assert duty.layer in Layer.values
        assert bool(duty.subject) == (duty.layer != Layer.UNIT), (name, duty.text)
        assert 10 <= len(duty.text) <= 300
        assert len(duty.basis) <= 200
        assert len(duty.how) <= 200
        assert not re.search(r"[,;:()!?]", duty.text + duty.how), (name, duty.text)


def test_every_basis_is_an_existing_law_with_an_article_it_has() -> None:
    for name, duty in DUTIES:
        found = BASIS.match(duty.basis)
        assert found is not None, (name, duty.basis)
        assert found[1] in LAWS, (name, found[1])
        for article in re.findall("第(.+?)条", found[2]):
            number = chinese_number(article)
            assert number is not None, (name, duty.basis)
            assert 1 <= number <= ARTICLES[found[1]], (name, duty.basis)
    cited = {found[1] for _, duty in DUTIES if (found := BASIS.match(duty.basis))}
    assert set(LAWS) == cited, "a name nobody cites"


def test_no_two_duties_share_a_text() -> None:
    assert [text for text, count in Counter(duty.text for _, duty in DUTIES).items() if count > 1] == []
    # Nor is one another's with the department's name changed.
    assert len({re.sub(r"[^一-鿿]", "", duty.text)[:14] for _, duty in DUTIES}) == len(DUTIES)


def test_every_kind_reaches_all_four_layers_and_several_types() -> None:
    for kind in KINDS:
        assert {duty.layer for duty in kind.duties} == set(Layer.values), kind.name
        assert len({duty.duty_type for duty in kind.duties}) >= 5, kind.name
        assert len({duty.frequency for duty in kind.duties}) >= 4, kind.name


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("清泽县应急管理局", "government", "yingji"),
        ("县消防救援大队", "stationed", "xiaofang"),
        ("白鹭浦镇人民政府", "township", "xiangzhen"),
        ("澄湾街道办事处", "subdistrict", "xiangzhen"),
        ("经济开发区管理委员会", "park", "xiangzhen"),
        ("县发展和改革局", "government", "fagai"),
    ],
)
def test_a_units_kind_is_told_by_its_name(name: str, kind: str, code: str) -> None:
    found = kind_for(Unit(name=name, kind=kind))
    assert found is not None
    assert found.code == code
    assert kind_for(Unit(name="县统计局", kind="government")) is None


def test_whose_a_duty_is_is_guessed_by_name() -> None:
    offices = [
        InnerOffice(pk=1, name="办公室"),
        InnerOffice(pk=2, name="危化品监管股"),
        InnerOffice(pk=3, name="救灾股"),
    ]
    posts = [
        Post(pk=11, leader=True, in_charge=True, title="局长"),
        Post(pk=12, leader=True, title="副局长", portfolio="分管燃气和建筑业"),
        Post(pk=13, title="值班员"),
    ]
    by_subject = {duty.subject: duty for _, duty in DUTIES}
    fire = guess_subject(by_subject["分管燃气负责人"], offices, posts)
    assert fire is not None
    assert fire.post_id == 12
    chief = guess_subject(by_subject["主要负责人"], offices, posts)
    assert chief is not None
    assert chief.post_id == 11
    watch = guess_subject(by_subject["值班员"], offices, posts)
    assert watch is not None
    assert watch.post_id == 13
    assert guess_subject(by_subject["渔政执法大队"], offices, posts) is None, "no such office"


def test_ticked_duties_are_loaded_each_for_its_subject(county: County, as_person: AsPerson, in_may: None) -> None:
    posts = ensure_posts(county)
    unit = county.units["YJ"]
    duty_list = begin_list(actor=county.editor, unit_id=unit.pk, year=2026).duty_list
    address = reverse("duties:library", args=[duty_list.pk])
    page = as_person("editor").get(address)
    assert page.context["kind"].code == "yingji", "told by the unit's name"
    assert page.context["rows"][0]["ticked"], "the unit's own duties need no guess"
    kind = library()["yingji"]
    office = posts["股长"].office
    assert office is not None
    data = {"kind": "yingji", "tick_1": "1", "subject_1": "unit", "tick_10": "1", "subject_10": f"office-{office.pk}"}
    missing = as_person("editor").post(address, data | {"tick_11": "1", "subject_11": ""})
    assert missing.status_code == 400
    assert "第 11 项没有选择责任主体" in missing.content.decode()
    assert not duty_list.items.exists()
    assert as_person("editor").post(address, data).status_code == 302
    first, tenth = duty_list.items.order_by("ordering")
    assert (first.text, first.layer, first.basis) == (kind.duties[0].text, "unit", kind.duties[0].basis)
    assert (tenth.text, tenth.office) == (kind.duties[9].text, office)
    again = as_person("editor").post(address, data, follow=True)
    assert "另有 2 项清单里已有" in again.content.decode()
    assert duty_list.items.count() == 2
    nothing = as_person("editor").post(address, {"kind": "yingji"})
    assert nothing.status_code == 400
    assert "没有勾选任何职责" in nothing.content.decode()
    other = as_person("editor").get(address, {"kind": "jiaotong"})
    assert other.context["kind"].name == "交通运输局"
    foreign = as_person("editor").post(address, data | {"subject_1": "office-999"})
    assert foreign.status_code == 400
    assert DutyList.objects.get().items.count() == 2
