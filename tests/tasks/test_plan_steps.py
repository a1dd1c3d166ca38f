"""The steps on a draft: kept, taken back and done again by any clerk, refused where later ones build on them."""

from datetime import date
from typing import Any

import pytest
from django.http import Http404

from audit.trail import history_of
from core.errors import NotAllowed, UserError, WrongState
from tasks.models import Plan, PlanItem, PlanStep
from tasks.services.importing import PlanFacts, edit_plan, withdraw_plan
from tasks.services.item_editing import (
    ItemDraft,
    TargetDraft,
    accept_suggestions,
    drop_item,
    edit_item,
    resolve_flag,
    restore_item,
)
from tasks.services.item_moves import lift_item, move_item, nest_item
from tasks.services.item_structure import merge_items, split_item
from tasks.services.leftovers import add_item, set_aside
from tasks.services.steps import redo_step, undo_step
from tests.county import County
from tests.tasks.outlines import TEXT, item, leftovers, outline_draft, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(county: County) -> Plan:
    return outline_draft(county.office)


def last(plan: Plan) -> PlanStep:
    return plan.steps.order_by("-number")[0]


def edit(county: County, row: PlanItem, **changes: Any) -> PlanItem:
    row = PlanItem.objects.get(pk=row.pk)
    fields = {"title": row.title, "starts_on": row.starts_on, "due_on": row.due_on, "lead": row.lead}
    draft = ItemDraft(**(fields | {"supports": list(row.supports.all())} | changes))
    return edit_item(actor=county.office, item_id=row.pk, draft=draft, expected_version=row.version)


def state(row: PlanItem) -> tuple[Any, ...]:
    row = PlanItem.objects.get(pk=row.pk)
    targets = list(row.targets.values_list("pk", "metric", "value", "dropped"))
    return row.title, row.due_on, row.due_basis, row.lead, set(row.supports.all()), row.dropped, targets


def test_an_edit_is_taken_back_whole(plan: Plan, county: County) -> None:
    row = item(plan, "组织演练")
    before = state(row)
    target = row.targets.get()
    rows = [
        TargetDraft(target.pk, "演练", ">=", target.value + 2, "场次", dropped=True),
        TargetDraft(None, "人次", ">=", target.value, "人次"),
    ]
    edit(
        county,
        row,
        title="改过",
        due_on=date(2026, 8, 8),
        lead=county.units["YJ"],
        supports=[county.units["ZJ"], county.units["Z1"]],
        targets=rows,
        checked=True,
    )
    after = state(row)
    step = last(plan)
    assert (step.kind, step.actor, step.number) == ("edit", county.office, 1)
    assert step.summary == "修改条目“2.改过”：标题、完成时限、牵头单位、配合单位、指标、核对"
    undo_step(actor=county.second_office, plan_id=plan.pk, step_id=step.pk)
    assert state(row) == before
    row.refresh_from_db()
    assert (row.checked_by, row.version) == (None, 3)
    redo_step(actor=county.second_office, plan_id=plan.pk, step_id=step.pk)
    assert state(row) == after
    row.refresh_from_db()
    assert row.checked_by == county.office
    assert [(entry.actor, entry.summary) for entry in history_of(plan)[:2]] == [
        (county.second_office, f"重做第1步：{step.summary}（原由安小委办理）"),
        (county.second_office, f"撤销第1步：{step.summary}（原由安小委办理）"),
    ]


def test_every_kind_of_decision_is_a_step(plan: Plan, county: County) -> None:
    row, flag = item(plan, "健全清单"), plan.flags.get(kind="date_typo")
    drop_item(actor=county.office, item_id=row.pk, reason="不做")
    restore_item(actor=county.office, item_id=row.pk)
    accept_suggestions(actor=county.office, plan_id=plan.pk, item_ids=plan.items.values_list("pk", flat=True))
    resolve_flag(actor=county.office, flag_id=flag.pk)
    plan.refresh_from_db()
    facts = PlanFacts("新标题", "1号", "", date(2026, 1, 9), "month")
    edit_plan(actor=county.office, plan_id=plan.pk, facts=facts, expected_version=plan.version)
    assert [step.kind for step in plan.steps.order_by("number")] == ["drop", "restore", "accept", "flag", "facts"]
    for step in plan.steps.all():
        undo_step(actor=county.office, plan_id=plan.pk, step_id=step.pk)
    plan.refresh_from_db()
    flag.refresh_from_db()
    assert (plan.title, plan.issued_on, plan.report_every) == ("2026年清泽县安全生产工作要点", None, "quarter")
    assert (flag.resolved, plan.items.filter(lead__isnull=False).count(), plan.items.filter(dropped=True).count()) == (
        False,
        0,
        0,
    )
    for step in plan.steps.order_by("number"):
        redo_step(actor=county.office, plan_id=plan.pk, step_id=step.pk)
    plan.refresh_from_db()
    flag.refresh_from_db()
    assert (plan.title, flag.resolved, plan.items.filter(lead__isnull=False).count()) == ("新标题", True, 1)


def test_what_changes_nothing_is_no_step(plan: Plan, county: County) -> None:
    edit(county, item(plan, "健全清单"))
    accept_suggestions(actor=county.office, plan_id=plan.pk, item_ids=[])
    restore_item(actor=county.office, item_id=item(plan, "健全清单").pk)
    plan.refresh_from_db()
    assert (plan.steps.count(), plan.changes) == (0, 0)


def test_an_earlier_step_on_something_else_is_taken_back_alone(plan: Plan, county: County) -> None:
    edit(county, item(plan, "健全清单"), title="甲")
    edit(county, item(plan, "组织演练"), title="乙")
    first = plan.steps.get(number=1)
    undo_step(actor=county.office, plan_id=plan.pk, step_id=first.pk)
    assert tree(plan)[:2] == ["一、1.健全清单", "一、2.乙"]


def test_a_step_that_later_ones_build_on_stays_and_they_are_named(plan: Plan, county: County) -> None:
    row = item(plan, "整治隐患")
    new = split_item(actor=county.office, item_id=row.pk, at=TEXT.index("燃气领域"))
    edit_item(
        actor=county.second_office,
        item_id=new.pk,
        draft=ItemDraft("燃气整治", new.starts_on, new.due_on, None),
        expected_version=1,
    )
    before = tree(plan)
    named = r"之后的第2步“修改条目“3-2\.燃气整治”：标题”（安二委，.*）改动了同样的内容。请先撤销第2步"
    with pytest.raises(UserError, match=named):
        undo_step(actor=county.office, plan_id=plan.pk, step_id=plan.steps.get(number=1).pk)
    assert tree(plan) == before
    undo_step(actor=county.office, plan_id=plan.pk, step_id=plan.steps.get(number=2).pk)
    undo_step(actor=county.office, plan_id=plan.pk, step_id=plan.steps.get(number=1).pk)
    with pytest.raises(UserError, match="请先重做第1步"):
        redo_step(actor=county.office, plan_id=plan.pk, step_id=plan.steps.get(number=2).pk)
    redo_step(actor=county.office, plan_id=plan.pk, step_id=plan.steps.get(number=1).pk)
    redo_step(actor=county.office, plan_id=plan.pk, step_id=plan.steps.get(number=2).pk)
    assert tree(plan) == before


def test_a_thing_that_comes_back_is_newer_than_any_form(plan: Plan, county: County) -> None:
    row = item(plan, "组织演练")
    for title in ("甲", "乙"):
        edit(county, row, title=title)
    seen = PlanItem.objects.get(pk=row.pk).version
    merge_items(actor=county.office, plan_id=plan.pk, item_ids=[item(plan, "健全清单").pk, row.pk])
    assert not PlanItem.objects.filter(pk=row.pk).exists()
    undo_step(actor=county.office, plan_id=plan.pk, step_id=last(plan).pk)
    assert PlanItem.objects.get(pk=row.pk).version > seen


def test_the_same_sentence_is_not_covered_twice(plan: Plan, county: County) -> None:
    span = (TEXT.index("做好信息"), TEXT.index("做好信息") + len("做好信息报送。"))
    add_item(actor=county.office, plan_id=plan.pk, spans=[span])
    added = last(plan)
    undo_step(actor=county.office, plan_id=plan.pk, step_id=added.pk)
    add_item(actor=county.second_office, plan_id=plan.pk, spans=[span])
    with pytest.raises(UserError, match=r"不能重做第1步.*原文重复"):
        redo_step(actor=county.office, plan_id=plan.pk, step_id=added.pk)
    undo_step(actor=county.office, plan_id=plan.pk, step_id=last(plan).pk)
    set_aside(actor=county.office, plan_id=plan.pk, spans=[span])
    with pytest.raises(UserError, match=r"不能重做第1步.*没有文字"):
        redo_step(actor=county.office, plan_id=plan.pk, step_id=added.pk)
    assert leftovers(plan)[-1] == "各单位要加强领导。"


def test_moves_fit_together_whatever_is_taken_back_first(plan: Plan, county: County) -> None:
    road, inspection = item(plan, "排查道路"), item(plan, "严格执法")
    lift_item(actor=county.office, item_id=road.pk)
    nest_item(actor=county.office, item_id=inspection.pk)
    with pytest.raises(UserError, match="上级条目的最后"):
        move_item(actor=county.office, item_id=inspection.pk, direction="down")
    moved = tree(plan)
    assert moved[2:] == ["二、3.整治隐患", "二、·（1）排查桥梁", "二、（2）排查道路", "二、·4.严格执法"]
    with pytest.raises(UserError, match="请先撤销第2步"):
        undo_step(actor=county.office, plan_id=plan.pk, step_id=plan.steps.get(number=1).pk)
    assert tree(plan) == moved


def test_a_step_is_taken_back_once(plan: Plan, county: County) -> None:
    edit(county, item(plan, "健全清单"), title="甲")
    step = last(plan)
    with pytest.raises(UserError, match="不需要重做"):
        redo_step(actor=county.office, plan_id=plan.pk, step_id=step.pk)
    undo_step(actor=county.office, plan_id=plan.pk, step_id=step.pk)
    with pytest.raises(UserError, match="已经撤销过"):
        undo_step(actor=county.office, plan_id=plan.pk, step_id=step.pk)


def test_nobody_else_and_nothing_after_the_draft(plan: Plan, county: County) -> None:
    edit(county, item(plan, "健全清单"), title="甲")
    step = last(plan)
    for person in (county.leader, county.editor, county.auditor, county.stranger):
        for call in (undo_step, redo_step):
            with pytest.raises((Http404, NotAllowed)):
                call(actor=person, plan_id=plan.pk, step_id=step.pk)
    other = outline_draft(county.office)
    with pytest.raises(Http404):
        undo_step(actor=county.office, plan_id=other.pk, step_id=step.pk)
    withdraw_plan(actor=county.office, plan_id=plan.pk, reason="重来")
    with pytest.raises(WrongState):
        undo_step(actor=county.office, plan_id=plan.pk, step_id=step.pk)
    assert item(plan, "甲").version == 2
