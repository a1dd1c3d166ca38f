"""Cutting, joining and moving the items of a draft: what goes where, what is refused, what nobody else may."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.http import Http404

from audit.trail import history_of
from core.errors import NotAllowed, StaleObject, UserError, WrongState
from tasks.models import Plan, PlanItem
from tasks.services.importing import withdraw_plan
from tasks.services.item_editing import CONFIRMED_DUE, ItemDraft, TargetDraft, check_items, drop_item, edit_item
from tasks.services.item_moves import lift_item, move_item, move_to_section, nest_item
from tasks.services.item_structure import merge_items, split_item
from tasks.services.leftovers import add_item, rename_section, set_aside, take_back
from tasks.services.steps import redo_step, undo_step
from tests.county import County
from tests.tasks.outlines import TEXT, item, leftovers, outline_draft, tree, words_of

pytestmark = pytest.mark.django_db

BEGINNING = [
    "一、1.健全清单",
    "一、2.组织演练",
    "二、3.整治隐患",
    "二、·（1）排查桥梁",
    "二、·（2）排查道路",
    "二、4.严格执法",
]


@pytest.fixture
def plan(county: County) -> Plan:
    return outline_draft(county.office)


def at(phrase: str) -> int:
    return TEXT.index(phrase)


def sentence(text: str) -> tuple[int, int]:
    start = TEXT.index(text)
    return start, start + len(text)


def edited(county: County, row: PlanItem, **changes: Any) -> PlanItem:
    fields = {"title": row.title, "starts_on": row.starts_on, "due_on": row.due_on, "lead": row.lead}
    draft = ItemDraft(**(fields | {"supports": list(row.supports.all())} | changes))
    return edit_item(actor=county.office, item_id=row.pk, draft=draft, expected_version=row.version)


def details(row: PlanItem) -> list[str]:
    return [
        *row.targets.values_list("phrase", flat=True),
        *row.deadlines.values_list("phrase", flat=True),
        *row.mentions.values_list("name", flat=True),
    ]


def test_an_imported_draft_stands_as_the_document_does(plan: Plan) -> None:
    assert tree(plan) == BEGINNING
    assert leftovers(plan) == [
        "2026年清泽县安全生产工作要点",
        "为做好全年工作，制定本要点。",
        "坚持预防为主。",
        "各单位要加强领导。",
        "做好信息报送。",
    ]


def test_a_split_gives_each_part_its_text_targets_deadlines_and_points(plan: Plan, county: County) -> None:
    whole = item(plan, "整治隐患")
    new = split_item(actor=county.office, item_id=whole.pk, at=at("燃气领域"), expected_version=1)
    whole.refresh_from_db()
    assert (whole.text, whole.version) == ("3.整治隐患。危化品领域，完成36家企业复核。", 2)
    assert new.text.startswith("燃气领域，20266月底前")
    assert (new.title, new.marker, new.number, new.piece) == ("燃气领域", "3-2.", 3, 2)
    assert details(whole) == ["完成36家企业复核"]
    assert details(new) == ["更新管网15公里", "重大隐患整改率达到100%", "20266月底前"]
    assert (whole.due_on, new.due_on) == (date(2026, 12, 31), date(2026, 6, 30))
    # The inner points stand behind the cut; the doubt as well.
    assert tree(plan)[2:5] == ["二、3.整治隐患", "二、3-2.燃气领域", "二、·（1）排查桥梁"]
    assert plan.flags.get(kind="date_typo").item == new
    third = split_item(actor=county.office, item_id=new.pk, at=at("重大隐患整改率"))
    assert third.marker == "3-3."
    assert [entry.action for entry in history_of(whole)] == ["plan_item.split"]


def test_what_a_person_has_set_stays_with_the_first_part(plan: Plan, county: County) -> None:
    row = item(plan, "健全清单")
    targets = [TargetDraft(None, "检查次数", ">=", row.targets.get().value, "次")]
    edited(
        county, row, due_on=date(2026, 8, 1), lead=county.units["YJ"], supports=[county.units["ZJ"]], targets=targets
    )
    new = split_item(actor=county.office, item_id=row.pk, at=at("全年培训"))
    row.refresh_from_db()
    assert (row.due_on, row.lead, list(row.supports.all())) == (
        date(2026, 8, 1),
        county.units["YJ"],
        [county.units["ZJ"]],
    )
    assert list(row.targets.values_list("metric", flat=True)) == ["检查次数"]
    assert (new.due_on, new.due_basis, new.lead) == (date(2026, 8, 1), CONFIRMED_DUE, None)
    assert list(new.targets.values_list("phrase", flat=True)) == ["全年培训不少于200人次"]


def test_suggestions_follow_the_text(plan: Plan, county: County) -> None:
    row = item(plan, "组织演练")
    assert {each.unit.code for each in row.suggestions.all()} == {"XF"}
    new = split_item(actor=county.office, item_id=row.pk, at=at("县消防救援大队参加"))
    assert not row.suggestions.exists()
    assert {each.unit.code for each in new.suggestions.all()} == {"XF"}
    merge_items(actor=county.office, plan_id=plan.pk, item_ids=[row.pk, new.pk])
    assert {each.unit.code for each in row.suggestions.all()} == {"XF"}


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (0, "不在本条的原文里"),
        (at("1.健全"), "不在本条的原文里"),
        (at("3.整治"), "前面没有留下文字"),
        (at("整治隐患"), "前面没有留下文字"),
        (at("排查桥梁"), "下级条目“（1）排查桥梁”里"),
        (at("（1）排查"), "后面没有本条自己的文字"),
        (10**9, "不在本条的原文里"),
        (-1, "不在本条的原文里"),
    ],
)
def test_a_cut_that_leaves_nothing_is_refused(plan: Plan, county: County, place: int, words: str) -> None:
    with pytest.raises(UserError, match=words):
        split_item(actor=county.office, item_id=item(plan, "整治隐患").pk, at=place)
    assert tree(plan) == BEGINNING
    assert not plan.steps.exists()


def test_merging_neighbours_joins_text_details_and_units(plan: Plan, county: County) -> None:
    first, second = item(plan, "健全清单"), item(plan, "组织演练")
    edited(county, second, lead=county.units["XF"], supports=[county.units["Z1"]], due_on=date(2026, 10, 1))
    merged = merge_items(actor=county.office, plan_id=plan.pk, item_ids=[second.pk, first.pk])
    assert merged.pk == first.pk
    first.refresh_from_db()
    assert tree(plan)[:2] == ["一、1.健全清单", "二、3.整治隐患"]
    # The word count between the two is page furniture and no part of the text.
    assert first.text == (
        "1.健全清单。县应急局牵头，6月底前印发清单；9月底前开展评估。全年培训不少于200人次。\n"
        "2.组织演练。全年综合演练不少于40场次。县消防救援大队参加，11月底前完成总结。"
    )
    assert {"全年培训不少于200人次", "全年综合演练不少于40场次", "11月底前", "县应急局"} <= set(details(first))
    assert (first.lead, set(first.supports.all())) == (county.units["XF"], {county.units["Z1"]})
    assert (first.due_on, first.due_basis) == (date(2026, 10, 1), CONFIRMED_DUE)


def test_items_far_apart_are_merged_and_everything_between_stays(plan: Plan, county: County) -> None:
    first, last = item(plan, "健全清单"), item(plan, "严格执法")
    merge_items(actor=county.office, plan_id=plan.pk, item_ids=[first.pk, last.pk])
    first.refresh_from_db()
    assert len(first.spans) == 2
    assert first.text.endswith("\n4.严格执法。非现场执法占比不低于20%。")
    assert tree(plan) == [row for row in BEGINNING if "严格执法" not in row]
    assert leftovers(plan)[0] == "2026年清泽县安全生产工作要点"
    assert len(leftovers(plan)) == 5
    # What was put together from afar can be parted again at the same place.
    new = split_item(actor=county.office, item_id=first.pk, at=at("4.严格执法"))
    assert (new.title, new.text) == ("严格执法", "4.严格执法。非现场执法占比不低于20%。")


def test_an_item_takes_in_its_own_points_and_those_of_others(plan: Plan, county: County) -> None:
    parent, point = item(plan, "整治隐患"), item(plan, "排查桥梁")
    before = parent.text
    merge_items(actor=county.office, plan_id=plan.pk, item_ids=[parent.pk, point.pk])
    assert words_of(parent) == before
    assert tree(plan)[2:4] == ["二、3.整治隐患", "二、·（2）排查道路"]
    target = item(plan, "组织演练")
    merge_items(actor=county.office, plan_id=plan.pk, item_ids=[target.pk, parent.pk])
    assert tree(plan) == ["一、1.健全清单", "一、2.组织演练", "一、·（2）排查道路", "二、4.严格执法"]
    assert words_of(target).endswith("（2）排查道路。每季度巡查1次。")


def test_a_point_merged_into_another_item_leaves_its_own(plan: Plan, county: County) -> None:
    parent, point, target = item(plan, "整治隐患"), item(plan, "排查桥梁"), item(plan, "组织演练")
    merge_items(actor=county.office, plan_id=plan.pk, item_ids=[target.pk, point.pk])
    assert "排查桥梁" not in words_of(parent)
    assert words_of(target).endswith("（1）排查桥梁。汛前检测12座。")
    assert "检测" in "".join(details(target))


def test_what_does_not_go_together_is_refused(plan: Plan, county: County) -> None:
    first, second = item(plan, "健全清单"), item(plan, "组织演练")
    with pytest.raises(UserError, match="至少选择两条"):
        merge_items(actor=county.office, plan_id=plan.pk, item_ids=[first.pk])
    drop_item(actor=county.office, item_id=second.pk, reason="不做")
    with pytest.raises(UserError, match="不纳入任务、有的纳入"):
        merge_items(actor=county.office, plan_id=plan.pk, item_ids=[first.pk, second.pk])
    with pytest.raises(StaleObject, match="已被合并或撤销"):
        merge_items(actor=county.office, plan_id=plan.pk, item_ids=[first.pk, 10**6])
    assert tree(plan) == BEGINNING


def test_items_move_among_neighbours_and_over_the_border_of_a_section(plan: Plan, county: County) -> None:
    row = item(plan, "组织演练")
    move_item(actor=county.office, item_id=row.pk, direction="up")
    assert tree(plan)[:2] == ["一、2.组织演练", "一、1.健全清单"]
    with pytest.raises(UserError, match="全文的最前"):
        move_item(actor=county.office, item_id=row.pk, direction="up")
    move_item(actor=county.office, item_id=row.pk, direction="down")
    move_item(actor=county.office, item_id=row.pk, direction="down")
    assert tree(plan)[:2] == ["一、1.健全清单", "二、2.组织演练"]
    inspection = item(plan, "严格执法")
    move_item(actor=county.office, item_id=inspection.pk, direction="down")
    assert tree(plan)[-1] == "三、4.严格执法"
    with pytest.raises(UserError, match="全文的最后"):
        move_item(actor=county.office, item_id=inspection.pk, direction="down")
    point = item(plan, "排查桥梁")
    move_item(actor=county.office, item_id=point.pk, direction="down")
    assert [row for row in tree(plan) if "·" in row] == ["二、·（2）排查道路", "二、·（1）排查桥梁"]
    with pytest.raises(UserError, match="上级条目的最后"):
        move_item(actor=county.office, item_id=point.pk, direction="down")
    assert words_of(row) == "2.组织演练。全年综合演练不少于40场次。县消防救援大队参加，11月底前完成总结。"


def test_an_item_goes_to_another_section_with_its_points(plan: Plan, county: County) -> None:
    row, third = item(plan, "整治隐患"), plan.sections.get(number=3)
    move_to_section(actor=county.office, item_id=row.pk, section_id=third.pk)
    assert tree(plan)[-3:] == ["三、3.整治隐患", "三、·（1）排查桥梁", "三、·（2）排查道路"]
    with pytest.raises(UserError, match="已在"):
        move_to_section(actor=county.office, item_id=row.pk, section_id=third.pk)
    with pytest.raises(UserError, match="请选择要移到的章节"):
        move_to_section(
            actor=county.office, item_id=row.pk, section_id=outline_draft(county.office).sections.all()[0].pk
        )
    point, first = item(plan, "排查道路"), plan.sections.get(number=1)
    move_to_section(actor=county.office, item_id=point.pk, section_id=first.pk)
    assert tree(plan)[2] == "一、（2）排查道路"
    assert "排查道路" not in words_of(row)


def test_levels_change_and_texts_with_them(plan: Plan, county: County) -> None:
    row = item(plan, "严格执法")
    nest_item(actor=county.office, item_id=row.pk)
    parent = item(plan, "整治隐患")
    assert tree(plan)[-1] == "二、·4.严格执法"
    assert words_of(parent).endswith("4.严格执法。非现场执法占比不低于20%。")
    nest_item(actor=county.office, item_id=row.pk)
    assert tree(plan)[-1] == "二、··4.严格执法"
    with pytest.raises(UserError, match="没有同级条目"):
        nest_item(actor=county.office, item_id=row.pk)
    road = item(plan, "排查道路")
    assert words_of(road).endswith("4.严格执法。非现场执法占比不低于20%。")
    lift_item(actor=county.office, item_id=row.pk)
    lift_item(actor=county.office, item_id=row.pk)
    assert tree(plan) == BEGINNING
    assert words_of(road) == "（2）排查道路。每季度巡查1次。"
    assert not words_of(parent).endswith("20%。")
    with pytest.raises(UserError, match="已是一级条目"):
        lift_item(actor=county.office, item_id=row.pk)
    with pytest.raises(UserError, match="最多分3级"):
        nest_item(actor=county.office, item_id=road.pk)
        nest_item(actor=county.office, item_id=row.pk)
        nest_item(actor=county.office, item_id=row.pk)
        nest_item(actor=county.office, item_id=row.pk)


def test_a_point_that_is_all_its_item_has_cannot_leave_it(plan: Plan, county: County) -> None:
    parent, point = item(plan, "整治隐患"), item(plan, "排查桥梁")
    PlanItem.objects.filter(pk=parent.pk).update(start=point.start, end=item(plan, "排查道路").end)
    lift_item(actor=county.office, item_id=item(plan, "排查道路").pk)
    with pytest.raises(UserError, match="没有自己的文字"):
        lift_item(actor=county.office, item_id=point.pk)


def test_a_leftover_sentence_becomes_an_item_and_is_read(plan: Plan, county: County) -> None:
    text = TEXT.replace("做好信息报送。", "县应急局牵头，每季度报送信息不少于2次，10月底前完成汇总。")
    plan = outline_draft(county.office, text)
    start = text.index("县应急局牵头，每")
    made = add_item(actor=county.office, plan_id=plan.pk, spans=[(start, len(text) - 1)])
    assert (str(made.section), made.number, str(made.due_on)) == ("三、保障措施", 5, "2026-10-31")
    assert made.targets.get().value == 2
    assert {row.unit.code for row in made.suggestions.all()} == {"YJ"}
    assert leftovers(plan)[-1] == "各单位要加强领导。"
    with pytest.raises(StaleObject, match="已归入条目"):
        add_item(actor=county.office, plan_id=plan.pk, spans=[(start, len(text) - 1)])
    with pytest.raises(UserError, match="没有勾选句子"):
        add_item(actor=county.office, plan_id=plan.pk, spans=[])


def test_an_added_item_stands_where_its_text_stands(plan: Plan, county: County) -> None:
    made = add_item(
        actor=county.office,
        plan_id=plan.pk,
        spans=[sentence("坚持预防为主。"), sentence("为做好全年工作，制定本要点。")],
    )
    assert made.text == "为做好全年工作，制定本要点。坚持预防为主。"
    assert tree(plan)[0] == "为做好全年工作，制定本要点"
    last = add_item(actor=county.office, plan_id=plan.pk, spans=[sentence("做好信息报送。")])
    assert tree(plan)[-1] == "三、做好信息报送"
    assert last.number == made.number + 1


def test_sentences_are_set_aside_and_taken_back(plan: Plan, county: County) -> None:
    spans = [sentence("为做好全年工作，制定本要点。"), sentence("坚持预防为主。")]
    assert set_aside(actor=county.office, plan_id=plan.pk, spans=spans) == 2
    assert leftovers(plan)[1] == "各单位要加强领导。"
    with pytest.raises(StaleObject):
        set_aside(actor=county.office, plan_id=plan.pk, spans=spans[:1])
    take_back(actor=county.office, plan_id=plan.pk, span=spans[1])
    take_back(actor=county.office, plan_id=plan.pk, span=sentence("复制下载"))
    assert leftovers(plan)[1:3] == ["复制下载", "坚持预防为主。"]
    with pytest.raises(UserError, match="没有被剔除"):
        take_back(actor=county.office, plan_id=plan.pk, span=spans[1])


def test_a_section_is_renamed(plan: Plan, county: County) -> None:
    section = plan.sections.get(number=2)
    rename_section(
        actor=county.office, plan_id=plan.pk, section_id=section.pk, title=" 防范  风险 ", expected_version=1
    )
    section.refresh_from_db()
    assert (section.title, section.version) == ("防范 风险", 2)
    with pytest.raises(StaleObject, match="改名为“防范 风险”"):
        rename_section(
            actor=county.second_office, plan_id=plan.pk, section_id=section.pk, title="x", expected_version=1
        )
    for bad, words in ((" ", "请填写"), ("长" * 201, "200")):
        with pytest.raises(UserError, match=words):
            rename_section(actor=county.office, plan_id=plan.pk, section_id=section.pk, title=bad)


def test_a_checked_item_is_unchecked_when_its_text_changes(plan: Plan, county: County) -> None:
    first, second, third = item(plan, "健全清单"), item(plan, "组织演练"), item(plan, "严格执法")
    assert check_items(actor=county.office, plan_id=plan.pk, item_ids=[first.pk, second.pk, third.pk]) == 3
    assert check_items(actor=county.office, plan_id=plan.pk, item_ids=[first.pk]) == 0
    split_item(actor=county.office, item_id=first.pk, at=at("9月底前"))
    move_item(actor=county.office, item_id=second.pk, direction="down")
    checked = plan.items.filter(checked_by=county.office)
    assert set(checked) == {second, third}
    assert check_items(actor=county.office, plan_id=plan.pk, item_ids=[third.pk], checked=False) == 1
    assert set(checked.all()) == {second}


Call = Callable[[Plan, Any, int | None], Any]
OPERATIONS: dict[str, Call] = {
    "split": lambda p, who, v: split_item(actor=who, item_id=item(p, "整治隐患").pk, at=at("燃气"), expected_version=v),
    "up": lambda p, who, v: move_item(actor=who, item_id=item(p, "严格执法").pk, direction="up", expected_version=v),
    "section": lambda p, who, v: move_to_section(
        actor=who, item_id=item(p, "严格执法").pk, section_id=p.sections.all()[0].pk, expected_version=v
    ),
    "nest": lambda p, who, v: nest_item(actor=who, item_id=item(p, "严格执法").pk, expected_version=v),
    "lift": lambda p, who, v: lift_item(actor=who, item_id=item(p, "排查桥梁").pk, expected_version=v),
    "merge": lambda p, who, v: merge_items(
        actor=who,
        plan_id=p.pk,
        item_ids=[item(p, "健全清单").pk, item(p, "组织演练").pk],
        expected={} if v is None else {item(p, "组织演练").pk: v},
    ),
    "add": lambda p, who, v: add_item(actor=who, plan_id=p.pk, spans=[sentence("做好信息报送。")]),
    "aside": lambda p, who, v: set_aside(actor=who, plan_id=p.pk, spans=[sentence("做好信息报送。")]),
    "back": lambda p, who, v: take_back(actor=who, plan_id=p.pk, span=sentence("复制下载")),
    "rename": lambda p, who, v: rename_section(
        actor=who, plan_id=p.pk, section_id=p.sections.all()[0].pk, title="新名", expected_version=v
    ),
    "check": lambda p, who, v: check_items(actor=who, plan_id=p.pk, item_ids=[item(p, "健全清单").pk]),
}
VERSIONED = ("split", "up", "section", "nest", "lift", "merge", "rename")


@pytest.mark.parametrize("name", OPERATIONS)
def test_only_the_office_and_only_while_it_is_a_draft(plan: Plan, county: County, name: str) -> None:
    for person in (county.leader, county.editor, county.auditor, county.stranger, county.administrator):
        with pytest.raises((Http404, NotAllowed)):
            OPERATIONS[name](plan, person, None)
    assert (tree(plan), plan.steps.count()) == (BEGINNING, 0)
    withdraw_plan(actor=county.office, plan_id=plan.pk, reason="重来")
    with pytest.raises(WrongState):
        OPERATIONS[name](plan, county.office, None)


@pytest.mark.parametrize("name", VERSIONED)
def test_an_old_page_changes_nothing(plan: Plan, county: County, name: str) -> None:
    with pytest.raises(StaleObject):
        OPERATIONS[name](plan, county.office, 7)
    assert (tree(plan), plan.steps.count()) == (BEGINNING, 0)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_taken_back_and_done_again(plan: Plan, county: County, name: str) -> None:
    def state() -> tuple[Any, ...]:
        rows = [
            (row.title, row.text, row.checked_by_id, details(row), {each.unit.code for each in row.suggestions.all()})
            for row in plan.items.all()
        ]
        sections = list(plan.sections.values_list("title", flat=True))
        return tree(plan), leftovers(plan), rows, sections, [flag.item_id for flag in plan.flags.all()]

    before = state()
    OPERATIONS[name](plan, county.office, None)
    after = state()
    assert before != after
    versions = dict(plan.items.values_list("pk", "version"))
    step = plan.steps.get()
    undo_step(actor=county.second_office, plan_id=plan.pk, step_id=step.pk)
    assert state() == before
    redo_step(actor=county.office, plan_id=plan.pk, step_id=step.pk)
    assert state() == after
    # No version comes back: a form opened before is old.
    touched = [key for key in step.states if key.startswith("item:")]
    for row in plan.items.filter(pk__in=[int(key[5:]) for key in touched]):
        assert row.version > versions[row.pk]
