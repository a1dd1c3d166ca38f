"""Editing, dropping and assigning the items of a draft."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import Http404

from audit.models import Entry
from audit.trail import history_of
from core.errors import NotAllowed, StaleObject, UserError, WrongState
from responsibility.models import Unit
from tasks.models import Plan, PlanItem
from tasks.services.importing import withdraw_plan
from tasks.services.item_editing import (
    CONFIRMED_DUE,
    ItemDraft,
    TargetDraft,
    accept_suggestions,
    drop_item,
    edit_item,
    resolve_flag,
    restore_item,
)
from tests.county import County
from tests.plan_drafts import draft

pytestmark = pytest.mark.django_db


def item_of(plan: Plan, number: int) -> PlanItem:
    return plan.items.get(number=number)


def form(item: PlanItem, **changes: Any) -> ItemDraft:
    fields = {
        "title": item.title,
        "starts_on": item.starts_on,
        "due_on": item.due_on,
        "lead": item.lead,
        "supports": list(item.supports.all()),
    }
    return ItemDraft(**(fields | changes))


def save(county: County, item: PlanItem, **changes: Any) -> PlanItem:
    edit_item(actor=county.office, item_id=item.pk, draft=form(item, **changes), expected_version=item.version)
    return PlanItem.objects.get(pk=item.pk)


def test_edit_keeps_every_field_and_its_trace(county: County) -> None:
    item = item_of(draft(county.office), 3)
    unit = county.units
    saved = save(
        county,
        item,
        title=" 整治瓶装燃气隐患 ",
        due_on=date(2026, 10, 31),
        lead=unit["ZJ"],
        supports=[unit["YJ"], unit["ZJ"]],
    )
    assert (saved.title, saved.due_on, saved.due_basis) == ("整治瓶装燃气隐患", date(2026, 10, 31), CONFIRMED_DUE)
    assert (saved.lead, list(saved.supports.all()), saved.version) == (unit["ZJ"], [unit["YJ"]], 2)
    assert history_of(item)[0].changes == [
        ["标题", "整治燃气隐患", "整治瓶装燃气隐患"],
        ["完成时限", "2026-11-30", "2026-10-31"],
        ["牵头单位", "", "县住房和城乡建设局"],
        ["配合单位", "", "县应急局"],
    ]


def test_saving_without_a_change_leaves_no_trace(county: County) -> None:
    item = item_of(draft(county.office), 1)
    assert save(county, item).version == 1
    assert not history_of(item).exists()


def test_targets_are_changed_added_and_dropped(county: County) -> None:
    item = item_of(draft(county.office), 2)
    target = item.targets.get()
    rows = [
        TargetDraft(target.pk, "综合演练场次", ">=", Decimal(420), "场次", dropped=True),
        TargetDraft(None, "参演人次", ">=", Decimal("3000.5"), "人次"),
    ]
    save(county, item, targets=rows)
    assert list(item.targets.values_list("metric", "value", "dropped", "phrase")) == [
        ("综合演练场次", Decimal(420), True, "全年演练不少于400场次"),
        ("参演人次", Decimal("3000.5"), False, "安委办增加"),
    ]
    assert history_of(item)[0].changes == [
        ["指标", "演练场次不低于400场次", "综合演练场次不低于420场次（不采用）"],
        ["指标", "", "参演人次不低于3000.5人次"],
    ]


def test_target_of_another_item_is_refused_and_nothing_saved(county: County) -> None:
    plan = draft(county.office)
    item, foreign = item_of(plan, 2), item_of(plan, 3).targets.get()
    with pytest.raises(UserError, match="不属于"):
        save(county, item, title="改了", targets=[TargetDraft(foreign.pk, "x", ">=", Decimal(1))])
    item.refresh_from_db()
    assert (item.title, item.version) == ("组织综合演练", 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "标题"),
        ({"due_on": date(2026, 1, 1)}, "早于"),
        ({"targets": [TargetDraft(None, " ", ">=", Decimal(1))]}, "名称"),
        ({"targets": [TargetDraft(None, "人次", ">=", Decimal(-1))]}, "负数"),
    ],
)
def test_what_cannot_be_is_refused(county: County, changes: dict[str, Any], words: str) -> None:
    item = item_of(draft(county.office), 1)
    with pytest.raises(UserError, match=words):
        save(county, item, **changes)


def test_group_cannot_lead(county: County) -> None:
    item = item_of(draft(county.office), 1)
    made = Unit.objects.create(code="G", name="各乡镇", short_name="各乡镇", kind=Unit.Kind.GROUP)
    with pytest.raises(UserError, match="集合名称"):
        save(county, item, lead=made)
    assert list(save(county, item, supports=[made]).supports.all()) == [made]


def test_second_clerk_with_an_old_form_is_stopped(county: County) -> None:
    item = item_of(draft(county.office), 1)
    save(county, item, title="甲改")
    with pytest.raises(StaleObject):
        edit_item(actor=county.second_office, item_id=item.pk, draft=form(item, title="乙改"), expected_version=1)
    item.refresh_from_db()
    assert item.title == "甲改"


def test_others_than_the_office_change_nothing(county: County) -> None:
    plan = draft(county.office)
    item, flag = item_of(plan, 1), plan.flags.get(item__number=1)
    # Drafts are the office's own: to everybody else they do not exist.
    for person in (county.leader, county.editor, county.auditor, county.stranger, county.administrator):
        for call in (
            lambda who: edit_item(actor=who, item_id=item.pk, draft=form(item, title="x"), expected_version=1),
            lambda who: drop_item(actor=who, item_id=item.pk, reason="x"),
            lambda who: restore_item(actor=who, item_id=item.pk),
            lambda who: accept_suggestions(actor=who, plan_id=plan.pk, item_ids=[item.pk]),
            lambda who: resolve_flag(actor=who, flag_id=flag.pk),
        ):
            with pytest.raises((Http404, NotAllowed)):
                call(person)
    item.refresh_from_db()
    assert (item.title, item.dropped, item.lead, item.version) == ("健全责任清单", False, None, 1)


def test_items_of_a_withdrawn_plan_are_closed(county: County) -> None:
    plan = draft(county.office)
    withdraw_plan(actor=county.office, plan_id=plan.pk, reason="重来")
    with pytest.raises(WrongState):
        save(county, item_of(plan, 1), title="x")
    with pytest.raises(WrongState):
        accept_suggestions(actor=county.office, plan_id=plan.pk, item_ids=[])


def test_drop_needs_a_reason_and_can_be_taken_back(county: County) -> None:
    item = item_of(draft(county.office), 2)
    with pytest.raises(UserError, match="理由"):
        drop_item(actor=county.office, item_id=item.pk, reason="  ")
    with pytest.raises(UserError, match="200"):
        drop_item(actor=county.office, item_id=item.pk, reason="长" * 201)
    drop_item(actor=county.office, item_id=item.pk, reason="由市级统一组织", expected_version=1)
    item.refresh_from_db()
    assert (item.dropped, item.dropped_reason, item.version) == (True, "由市级统一组织", 2)
    restore_item(actor=county.office, item_id=item.pk)
    item.refresh_from_db()
    assert (item.dropped, item.dropped_reason) == (False, "")
    assert [entry.action for entry in history_of(item)] == ["plan_item.restore", "plan_item.drop"]


def test_only_ticked_items_take_the_suggestions(county: County) -> None:
    plan = draft(county.office)
    first, second, third = plan.items.all()
    done = accept_suggestions(actor=county.office, plan_id=plan.pk, item_ids=[first.pk, third.pk])
    assert (done.changed, done.settled, done.without) == (1, 0, 1)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.lead, list(first.supports.all())) == (county.units["YJ"], [county.units["ZJ"]])
    assert second.lead is None
    entry = Entry.objects.get(action="plan_item.accept")
    assert "原文点名：县应急局（牵头）" in entry.reason


def test_what_somebody_has_set_is_not_overwritten(county: County) -> None:
    plan = draft(county.office)
    first = save(county, item_of(plan, 1), lead=county.units["XF"], supports=[county.units["Z1"]])
    done = accept_suggestions(actor=county.office, plan_id=plan.pk, item_ids=[first.pk])
    assert (done.changed, done.settled) == (0, 1)
    again = PlanItem.objects.get(pk=first.pk)
    assert (again.lead, list(again.supports.all()), again.version) == (
        county.units["XF"],
        [county.units["Z1"]],
        first.version,
    )


def test_accepting_takes_the_new_lead_off_the_supporting_units(county: County) -> None:
    plan = draft(county.office)
    first = save(county, item_of(plan, 1), supports=[county.units["YJ"], county.units["Z1"]])
    accept_suggestions(actor=county.office, plan_id=plan.pk, item_ids=[first.pk])
    again = PlanItem.objects.get(pk=first.pk)
    assert (again.lead, list(again.supports.all())) == (county.units["YJ"], [county.units["Z1"]])


def test_items_of_another_plan_and_dropped_ones_are_left_alone(county: County) -> None:
    plan, other = draft(county.office), draft(county.office)
    drop_item(actor=county.office, item_id=item_of(plan, 1).pk, reason="不做")
    ids = [item_of(plan, 1).pk, item_of(other, 1).pk]
    assert accept_suggestions(actor=county.office, plan_id=plan.pk, item_ids=ids).changed == 0
    assert not PlanItem.objects.filter(lead__isnull=False).exists()


def test_flag_is_settled_and_unsettled(county: County) -> None:
    plan = draft(county.office)
    flag = plan.flags.get(kind="date_typo")
    for resolved in (True, True, False):
        resolve_flag(actor=county.office, flag_id=flag.pk, resolved=resolved)
        assert plan.flags.filter(resolved=True).count() == resolved
    assert [entry.action for entry in history_of(plan)][:2] == ["plan.flag", "plan.flag"]
    with pytest.raises(Http404):
        resolve_flag(actor=county.office, flag_id=flag.pk + 1000)
