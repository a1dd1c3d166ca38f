"""Duty lists: begun, copied, filled, seen by whom, published edition by edition."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import clock
from core.errors import UserError
from responsibility.models import DutyItem, DutyList, InnerOffice, Unit
from responsibility.services.duty_items import Subject, change_item
from responsibility.services.duty_lists import begin_list, revise_list
from responsibility.services.duty_moves import publish_list, submit_list
from responsibility.services.fulfilment import FulfilmentDraft, add_fulfilment
from responsibility.services.posts import close_post
from tests.county import AsPerson, County
from tests.responsibility.duties import draft, ensure_posts, layer_counts, list_in

pytestmark = pytest.mark.usefixtures("in_may")
S = DutyList.State


def begin(as_person: AsPerson, person: str, unit: Unit, **changes: Any) -> Any:
    follow = bool(changes.pop("follow", False))
    data = {"unit": unit.pk, "year": "2026", "source": "blank"} | changes
    return as_person(person).post(reverse("duties:begin"), data, follow=follow)


def test_a_unit_begins_its_own_list_and_the_office_any(county: County, as_person: AsPerson) -> None:
    yj, zj = county.units["YJ"], county.units["ZJ"]
    assert begin(as_person, "editor", yj).status_code == 302
    made = DutyList.objects.get()
    assert (made.unit, made.year, made.edition, made.state) == (yj, 2026, 1, S.DRAFT)
    assert begin(as_person, "editor", zj).status_code == 400, "not offered"
    assert begin(as_person, "office", zj).status_code == 302
    again = begin(as_person, "office", yj)
    assert again.status_code == 400
    assert "已有一份正在编制的责任清单" in again.content.decode()
    assert begin(as_person, "leader", yj).status_code == 403


def test_the_words_of_last_year_are_copied(county: County, as_person: AsPerson) -> None:
    old = list_in(S.PUBLISHED, county, 2025)
    gone = old.items.get(layer="post").post
    assert gone is not None
    close_post(actor=county.editor, post_id=gone.pk, last_day=date(2026, 5, 11), reason="撤岗")
    answer = begin(as_person, "editor", county.units["YJ"], source="copy", follow=True)
    new = DutyList.objects.get(year=2026)
    assert layer_counts(new) == {"unit": 1, "leader": 1, "office": 1, "post": 0}
    assert not set(new.items.values_list("lineage")) & set(old.items.values_list("lineage")), (
        "another year, another duty"
    )
    assert "现场执法留痕" in answer.content.decode(), "what was not copied is said"
    nothing = begin(as_person, "office", county.units["ZJ"], source="copy")
    assert "没有可复制的内容" in nothing.content.decode()


def add(as_person: AsPerson, duty_list: DutyList, **changes: Any) -> Any:
    data = {
        "subject": "unit",
        "text": "汇总分析事故情况",
        "kind": "business",
        "duty_type": "manage",
        "basis": "《中华人民共和国安全生产法》第八十九条",
        "how": "季度分析",
        "frequency": "quarter",
        "times": "2",
        "due_on": "2026-12-20",
    }
    return as_person("editor").post(reverse("duties:item_add", args=[duty_list.pk]), data | changes)


def test_a_duty_is_added_for_each_layer(county: County, as_person: AsPerson) -> None:
    posts = ensure_posts(county)
    duty_list = begin_list(actor=county.editor, unit_id=county.units["YJ"].pk, year=2026).duty_list
    office = posts["股长"].office
    assert office is not None
    for subject in ("unit", f"post-{posts['局长'].pk}", f"office-{office.pk}", f"post-{posts['科员'].pk}"):
        assert add(as_person, duty_list, subject=subject).status_code == 302
    assert layer_counts(duty_list) == {"unit": 1, "leader": 1, "office": 1, "post": 1}
    item = duty_list.items.get(layer="unit")
    assert item.frequency_words == "每季度不少于2次"
    assert item.due_on == date(2026, 12, 20)
    assert add(as_person, duty_list).status_code == 400, "the same duty twice"
    always = add(as_person, duty_list, text="接收事故信息", frequency="always", times="9")
    assert always.status_code == 302
    assert duty_list.items.get(text="接收事故信息").frequency_words == "经常"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": "  "}, "此项必填，请填写或选择后再提交。"),
        ({"basis": ""}, "此项必填，请填写或选择后再提交。"),
        ({"how": ""}, "此项必填，请填写或选择后再提交。"),
        ({"subject": ""}, "此项必填，请填写或选择后再提交。"),
        ({"subject": "office-999999"}, "“office-999999”不在可选范围内，请重新选择。"),
        ({"times": "32"}, "每期次数应在 1 到 31 之间"),
        ({"due_on": "明年"}, "日期无法识别，请按“2026-05-31”的格式填写。"),
    ],
)
def test_a_wrong_duty_is_refused_and_kept(
    county: County, as_person: AsPerson, changes: dict[str, str], sentence: str
) -> None:
    duty_list = begin_list(actor=county.editor, unit_id=county.units["YJ"].pk, year=2026).duty_list
    answer = add(as_person, duty_list, **changes)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    if "text" not in changes:
        assert "汇总分析事故情况" in answer.content.decode(), "what was typed is lost"
    assert not duty_list.items.exists()


def test_a_stale_duty_shows_both_texts(county: County, as_person: AsPerson) -> None:
    duty_list = list_in(S.DRAFT, county)
    item = duty_list.items.get(layer="unit")
    address = reverse("duties:item_edit", args=[item.pk])
    page = as_person("second_editor").get(address)
    version = page.context["version"]
    change_item(actor=county.editor, item_id=item.pk, draft=draft("同事改过的职责", Subject()))
    data = {
        "subject": "unit",
        "text": "我正在写的职责",
        "kind": "industry",
        "duty_type": "inspect",
        "basis": "三定规定",
        "how": "检查",
        "frequency": "year",
        "times": "1",
        "ordering": "10",
        "version": version,
    }
    stale = as_person("second_editor").post(address, data)
    assert stale.status_code == 400
    text = stale.content.decode()
    assert "同事改过的职责" in text
    assert "我正在写的职责" in text
    item.refresh_from_db()
    assert item.text == "同事改过的职责"
    again = as_person("second_editor").post(address, data | {"version": stale.context["version"]})
    assert again.status_code == 302
    item.refresh_from_db()
    assert item.text == "我正在写的职责"


def test_nothing_is_edited_once_it_is_submitted(county: County, as_person: AsPerson) -> None:
    duty_list = list_in(S.SUBMITTED, county)
    item = duty_list.items.get(layer="unit")
    refused = add(as_person, duty_list)
    assert refused.status_code == 400
    assert "当前为“待审核发布”" in refused.content.decode()
    assert "汇总分析事故情况" in refused.content.decode()
    as_person("editor").post(reverse("duties:item_remove", args=[item.pk]))
    assert DutyItem.objects.filter(pk=item.pk).exists()
    page = as_person("editor").get(reverse("duties:item_add", args=[duty_list.pk]))
    assert page.status_code == 302


def test_an_empty_list_is_not_submitted(county: County, as_person: AsPerson) -> None:
    duty_list = begin_list(actor=county.editor, unit_id=county.units["YJ"].pk, year=2026).duty_list
    address = reverse("duties:act", args=[duty_list.pk, "submit"])
    answer = as_person("editor").post(address, {"version": duty_list.version})
    assert answer.status_code == 409
    assert "清单里还没有职责事项" in answer.content.decode()


def test_a_draft_is_the_units_own_and_a_published_list_everybodys(county: County, as_person: AsPerson) -> None:
    drafted = list_in(S.DRAFT, county, 2025)
    published = list_in(S.PUBLISHED, county, 2026)
    for person in ("office", "leader", "auditor", "editor", "head"):
        assert as_person(person).get(reverse("duties:detail", args=[drafted.pk])).status_code == 200, person
    for person in ("other_editor", "administrator"):
        for name in ("detail", "sheet", "pdf", "library", "item_add", "sign"):
            assert as_person(person).get(reverse(f"duties:{name}", args=[drafted.pk])).status_code == 404, name
        page = as_person(person).get(reverse("duties:detail", args=[published.pk])).content.decode()
        assert "检查危化企业" in page
        rows = as_person(person).get(reverse("duties:list")).context["table"].page
        assert {row.record.pk for row in rows} == {published.pk}
    assert as_person("enterprise").get(reverse("duties:list")).status_code == 404


def test_a_new_edition_takes_the_place_of_the_old(county: County) -> None:
    first = list_in(S.PUBLISHED, county)
    second = revise_list(actor=county.editor, list_id=first.pk).duty_list
    assert second.edition == 2
    assert set(second.items.values_list("lineage")) == set(first.items.values_list("lineage")), "the same duties"
    with pytest.raises(UserError, match="已有一份正在编制"):
        revise_list(actor=county.editor, list_id=first.pk)
    submit_list(actor=county.editor, list_id=second.pk)
    first.refresh_from_db()
    assert first.is_published, "in force until the new one is"
    publish_list(actor=county.office, list_id=second.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.superseded_on) == (S.SUPERSEDED, clock.today())
    assert second.is_published


def test_the_database_knows_one_list_in_force_and_no_submitter_who_publishes(county: County) -> None:
    first = list_in(S.PUBLISHED, county)
    values = {"unit": first.unit, "year": 2026, "created_by": county.editor, "submitted_by": county.editor}
    values |= {"submitted_at": clock.now(), "published_on": clock.today()}
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyList.objects.create(**values, edition=2, state=S.PUBLISHED, published_by=county.office)
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyList.objects.create(**(values | {"year": 2025}), state=S.PUBLISHED, published_by=county.editor)
    item = first.items.get(layer="office")
    for wrong in ({"layer": "unit"}, {"layer": "post"}, {"office": None}, {"times": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DutyItem.objects.filter(pk=item.pk).update(**wrong)


def test_the_list_page_finds_and_counts(county: County, as_person: AsPerson) -> None:
    published = list_in(S.PUBLISHED, county)
    list_in(S.DRAFT, county, 2025)
    client = as_person("office")

    def found(query: str) -> set[int]:
        return {row.record.year for row in client.get(f"{reverse('duties:list')}?{query}").context["table"].page}

    assert found("") == {2025, 2026}
    assert found("state=published") == {2026}
    assert found("year=2025") == {2025}
    assert found("q=危化企业 yjj") == set()
    assert found("q=危化企业 应急") == {2025, 2026}
    assert found("q=没有这样的职责") == set()
    assert found("signing=0") == {2026}
    assert found("signing=1") == set()
    figures = client.get(reverse("duties:list")).context["figures"]
    assert (figures.published, figures.due, figures.signed, figures.without) == (1, 4, 0, 4)
    units = client.get(f"{reverse('responsibility:units')}?duties=0").context["count"]
    assert units == figures.without
    assert client.get(f"{reverse('responsibility:units')}?duties=1").context["count"] == 1
    due = client.get(f"{reverse('duties:signatures')}?list={published.pk}").context["count"]
    assert due == figures.due


def cells_of(answer: Any, place: int = 0) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[place]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_spreadsheets(county: County, as_person: AsPerson) -> None:
    published = list_in(S.PUBLISHED, county)
    list_in(S.DRAFT, county, 2025)
    rows = cells_of(as_person("other_editor").get(reverse("duties:export")))
    assert [row[:4] for row in rows[3:]] == [["县应急管理局", 2026, 1, "已发布"]], "only what the person may see"
    rows = cells_of(as_person("office").get(reverse("duties:export"), {"year": "2025"}))
    assert [row[3] for row in rows[3:]] == ["起草"]
    duties = cells_of(as_person("other_editor").get(reverse("duties:sheet", args=[published.pk])))
    assert [row[:3] for row in duties[3:]] == [
        ["单位", "县应急管理局", "研判全县安全形势"],
        ["班子成员", "局长", "主持安全会议"],
        ["内设机构", "危化股", "检查危化企业"],
        ["岗位", "危化股 科员", "现场执法留痕"],
    ]


def test_the_spreadsheet_of_all_lists_holds_their_duties_and_how_they_are_kept(
    county: County, as_person: AsPerson
) -> None:
    published = list_in(S.PUBLISHED, county)
    list_in(S.DRAFT, county, 2025)
    item = published.items.get(layer="office")
    record = FulfilmentDraft(clock.today(), "检查三家企业", "应小急")
    add_fulfilment(actor=county.editor, item_id=item.pk, draft=record)
    seen = {}
    for person in ("office", "editor", "other_editor"):
        seen[person] = cells_of(as_person(person).get(reverse("duties:export")), 1)[3:]
    assert [row[1:7] for row in seen["office"][:3]] == [
        [2026, 1, "已发布", "单位", "县应急管理局", "研判全县安全形势"],
        [2026, 1, "已发布", "班子成员", "局长", "主持安全会议"],
        [2026, 1, "已发布", "内设机构", "危化股", "检查危化企业"],
    ]
    basis = "《中华人民共和国安全生产法》第十条"
    assert seen["office"][2][7:] == [
        "管行业",
        "执法检查",
        basis,
        "现场检查",
        "每季度不少于1次",
        None,
        1,
        0,
        "本季度 1/1 次",
    ]
    assert [row[13:] for row in seen["office"][4:]] == [[None] * 3] * 4, "what is not in force is not counted"
    assert seen["editor"] == seen["office"]
    assert [row[13:] for row in seen["other_editor"]] == [[None] * 3] * 4, "records are not everybody's"


def test_an_office_that_has_ended_gets_no_duty(county: County, as_person: AsPerson) -> None:
    duty_list = begin_list(actor=county.editor, unit_id=county.units["YJ"].pk, year=2026).duty_list
    office = InnerOffice.objects.create(
        unit=county.units["YJ"], name="旧股", valid_from=date(2020, 1, 1), valid_to=date(2026, 5, 11)
    )
    assert add(as_person, duty_list, subject=f"office-{office.pk}").status_code == 400
    foreign = InnerOffice.objects.create(unit=county.units["ZJ"], name="外单位股")
    assert add(as_person, duty_list, subject=f"office-{foreign.pk}").status_code == 400
    assert not duty_list.items.exists()
