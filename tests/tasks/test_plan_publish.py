"""Publishing: what stands in the way, what comes of it, who is told, two clerks at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from audit.trail import history_of
from core.errors import NotAllowed, StaleObject, UserError, WrongState
from notifications.models import Notification
from responsibility.models import Unit
from tasks.models import Plan, PlanItem, Task, TaskChange
from tasks.services import publishing
from tasks.services.item_editing import drop_item
from tasks.services.publishing import preview_publication, publish_plan
from tests.county import County
from tests.plan_drafts import assigned_draft, draft, items

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_february")]


@pytest.fixture
def in_february() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 2, 2, 2, 0, tzinfo=UTC), tick=False):
        yield


def ready(county: County) -> Plan:
    return assigned_draft(county.office, county.units["ZJ"])


def test_items_become_tasks_with_targets_supports_and_lamps(county: County) -> None:
    plan = ready(county)
    tasks = publish_plan(actor=county.office, plan_id=plan.pk, expected_version=plan.version)
    assert [(t.code, t.title, t.lead.code, t.starts_on, t.due_on) for t in tasks] == [
        ("2026-01", "健全责任清单", "YJ", date(2026, 1, 20), date(2026, 6, 30)),
        ("2026-02", "组织综合演练", "ZJ", date(2026, 1, 20), date(2026, 12, 31)),
        ("2026-03", "整治燃气隐患", "ZJ", date(2026, 1, 20), date(2026, 11, 30)),
    ]
    plan.refresh_from_db()
    assert (plan.state, plan.published_by, plan.version) == (Plan.State.PUBLISHED, county.office, 2)
    second = Task.objects.get(code="2026-02")
    assert (second.state, second.original_due_on, second.section and second.section.title) == (
        Task.State.ASSIGNED,
        second.due_on,
        "压实责任",
    )
    assert second.source_text.startswith("2.组织综合演练。")
    assert [(t.metric, t.value, t.unit) for t in second.targets.all()] == [("演练场次", 400, "场次")]
    assert [row.unit.code for row in second.supports.all()] == ["Z1"]
    assert all(task.lamp_reason and task.lamp_on == date(2026, 2, 2) for task in Task.objects.all())
    lit = TaskChange.objects.filter(field="lamp")
    assert {row.task_id for row in lit} == {task.pk for task in tasks if task.lamp != "grey"}
    assert history_of(plan)[0].action == "plan.publish"


def test_dropped_items_and_targets_stay_out(county: County) -> None:
    plan = ready(county)
    drop_item(actor=county.office, item_id=plan.items.get(number=1).pk, reason="不做")
    plan.items.get(number=2).targets.update(dropped=True)
    tasks = publish_plan(actor=county.office, plan_id=plan.pk)
    assert [task.code for task in tasks] == ["2026-02", "2026-03"]
    assert not tasks[0].targets.exists()


def test_groups_stand_for_their_members_without_the_lead(county: County) -> None:
    plan = ready(county)
    unit = county.units
    gone = Unit.objects.create(code="OLD", name="旧镇", short_name="旧镇", kind="township", valid_to="2025-01-01")
    inner = Unit.objects.create(code="G2", name="各乡镇", short_name="各乡镇", kind=Unit.Kind.GROUP)
    inner.members.set([unit["Z1"], gone])
    outer = Unit.objects.create(code="G1", name="各有关单位", short_name="各单位", kind=Unit.Kind.GROUP)
    outer.members.set([inner, unit["ZJ"], unit["XF"], outer])
    plan.items.get(number=3).supports.set([outer, unit["Z1"]])
    tasks = publish_plan(actor=county.office, plan_id=plan.pk)
    assert [row.unit.code for row in tasks[2].supports.all()] == ["XF", "Z1"]


def test_numbers_that_begin_anew_give_codes_by_order(county: County) -> None:
    rows = items()
    rows[2] = replace(rows[2], number=1, marker="1.")
    plan = draft(county.office, items=rows)
    plan.items.update(lead=county.units["YJ"])
    tasks = publish_plan(actor=county.office, plan_id=plan.pk)
    assert [task.code for task in tasks] == ["2026-01", "2026-02", "2026-03"]


def test_every_problem_is_named(county: County) -> None:
    plan = draft(county.office)
    first, second, third = plan.items.all()
    made = Unit.objects.create(code="G", name="各乡镇", short_name="各乡镇", kind=Unit.Kind.GROUP)
    closed = Unit.objects.create(code="OLD", name="旧局", short_name="旧局", kind="government", valid_to="2025-12-31")
    PlanItem.objects.filter(pk=first.pk).update(lead=made)
    PlanItem.objects.filter(pk=second.pk).update(due_on=None)
    PlanItem.objects.filter(pk=third.pk).update(lead=closed, due_on=date(2026, 1, 2))
    with pytest.raises(UserError) as caught:
        publish_plan(actor=county.office, plan_id=plan.pk)
    for words in (
        "“1.健全责任清单”的牵头单位“各乡镇”是集合名称",
        "“2.组织综合演练”未定牵头单位",
        "“2.组织综合演练”未定完成时限",
        "“3.整治燃气隐患”的牵头单位“旧局”已停用",
        "“3.整治燃气隐患”的完成时限早于开始日期",
    ):
        assert words in caught.value.message
    assert not Task.objects.exists()
    assert not Notification.objects.exists()


def test_plan_without_items_is_refused(county: County) -> None:
    plan = ready(county)
    plan.items.update(dropped=True)
    with pytest.raises(UserError, match="没有纳入任务的条目"):
        publish_plan(actor=county.office, plan_id=plan.pk)


def test_one_published_plan_a_year(county: County) -> None:
    first, second = ready(county), ready(county)
    publish_plan(actor=county.office, plan_id=first.pk)
    with pytest.raises(UserError, match="2026年已有发布的工作要点"):
        publish_plan(actor=county.office, plan_id=second.pk)
    with pytest.raises(WrongState, match="已发布"):
        publish_plan(actor=county.second_office, plan_id=first.pk)
    assert Task.objects.count() == 3


def test_two_drafts_published_in_the_same_moment(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other transaction commits after our check: only the constraint of the database is left to refuse."""
    first, second = ready(county), ready(county)
    publish_plan(actor=county.office, plan_id=first.pk)
    monkeypatch.setattr(publishing, "_problems", lambda *args: [])
    with pytest.raises(UserError, match="2026年已有发布的工作要点"):
        publish_plan(actor=county.second_office, plan_id=second.pk)
    second.refresh_from_db()
    assert second.state == Plan.State.DRAFT
    assert Task.objects.filter(plan=second).count() == 0


def test_confirmation_of_an_older_state_is_stopped(county: County) -> None:
    plan = ready(county)
    seen = Plan.objects.get(pk=plan.pk).changes
    drop_item(actor=county.second_office, item_id=plan.items.get(number=1).pk, reason="不做")
    with pytest.raises(StaleObject):
        publish_plan(actor=county.office, plan_id=plan.pk, expected_version=plan.version, expected_contents=seen)
    with pytest.raises(StaleObject):
        publish_plan(actor=county.office, plan_id=plan.pk, expected_version=plan.version + 1)
    assert not Task.objects.exists()


def test_only_the_office_publishes(county: County) -> None:
    plan = ready(county)
    for person in county.people.values():
        if person not in (county.office, county.second_office):
            with pytest.raises((Http404, NotAllowed)):
                publish_plan(actor=person, plan_id=plan.pk)
    assert not Task.objects.exists()


def test_each_editor_gets_one_message_with_the_counts(county: County) -> None:
    plan = ready(county)
    publish_plan(actor=county.office, plan_id=plan.pk)
    rows = {row.recipient.username: row.title for row in Notification.objects.select_related("recipient")}
    assert rows == {
        "editor": "2026年工作要点已发布：县应急局牵头1项",
        "editor2": "2026年工作要点已发布：县应急局牵头1项",
        "other": "2026年工作要点已发布：县住建局牵头2项、配合1项",
    }


def test_preview_says_what_publishing_will_do(county: County) -> None:
    plan = ready(county)
    drop_item(actor=county.office, item_id=plan.items.get(number=3).pk, reason="不做")
    plan.refresh_from_db()
    seen = preview_publication(plan)
    assert (len(seen.items), seen.dropped, seen.targets, seen.problems, seen.open_flags) == (2, 1, 1, [], 2)
    assert [(s.unit.code, s.leads, s.supports, s.has_editor) for s in seen.shares] == [
        ("YJ", 1, 0, True),
        ("ZJ", 1, 1, True),
        ("Z1", 0, 1, False),
    ]
    assert [item.number for item in seen.default_due] == [2]
    assert seen.contents == Plan.objects.get(pk=plan.pk).changes


def test_statements_do_not_grow_with_the_items(county: County) -> None:
    small, big = ready(county), ready(county)
    Plan.objects.filter(pk=big.pk).update(year=2027)
    unit = county.units
    extra = [
        PlanItem(
            plan=big, number=n, marker=f"{n}.", title=f"条目{n}", start=0, end=9, lead=unit["YJ"], due_on="2027-12-31"
        )
        for n in range(4, 64)
    ]
    for item in PlanItem.objects.bulk_create(extra):
        item.supports.set([unit["ZJ"]])
    with CaptureQueriesContext(connection) as few:
        publish_plan(actor=county.office, plan_id=small.pk)
    with CaptureQueriesContext(connection) as many:
        assert len(publish_plan(actor=county.office, plan_id=big.pk)) == 63
    assert len(many) <= len(few) + 3
