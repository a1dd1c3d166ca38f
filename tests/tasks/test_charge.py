"""牵头领导、权重、行业领域: set on a draft, copied by publishing, changed with a reason, shown everywhere."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from audit.models import Entry
from core.errors import UserError
from notifications.models import Notification
from responsibility.models import Sector
from tasks.models import Plan, PlanItem, Task
from tasks.services.charge import Charge, Charging, change_charge, charge_items
from tasks.services.publishing import publish_plan
from tasks.services.steps import undo_step
from tests.county import AsPerson, County, make_task
from tests.plan_drafts import assigned_draft, draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]


@pytest.fixture
def gas() -> Sector:
    return Sector.objects.create(code="RQ", name="燃气", ordering=1)


def recharge(client: Any, task: Task, **data: Any) -> Any:
    task.refresh_from_db()
    facts = {
        "version": task.version,
        "source": task.source,
        "leader": "",
        "sector": "",
        "weight": "1",
        "reason": "分工",
    }
    return client.post(reverse("tasks:recharge", args=[task.pk]), facts | data)


def test_the_draft_item_keeps_leader_field_and_weight(as_person: AsPerson, county: County, gas: Sector) -> None:
    plan = draft(county.office)
    item = plan.items.get(number=3)
    data = {
        "title": item.title,
        "due_on": "2026-11-30",
        "version": item.version,
        "leader": county.leader.pk,
        "sector": gas.pk,
        "weight": "２.5",
        "target-TOTAL_FORMS": "0",
        "target-INITIAL_FORMS": "0",
    }
    address = reverse("plans:item", args=[plan.pk, item.pk])
    assert as_person("office").post(address, data).status_code == 302
    item.refresh_from_db()
    assert (item.leader, item.sector, item.weight) == (county.leader, gas, Decimal("2.5"))
    page = as_person("office").get(reverse("plans:check", args=[plan.pk]) + f"?item={item.pk}").content.decode()
    assert f'<option value="{county.leader.pk}" selected>' in page
    undo_step(actor=county.office, plan_id=plan.pk, step_id=plan.steps.get().pk)
    item.refresh_from_db()
    assert (item.leader, item.sector, item.weight) == (None, None, Decimal(1))


def test_a_weight_that_cannot_be_comes_back_as_typed(as_person: AsPerson, county: County) -> None:
    plan = draft(county.office)
    item = plan.items.get(number=3)
    data = {"title": item.title, "version": item.version, "weight": "0", "target-TOTAL_FORMS": "0"}
    data |= {"target-INITIAL_FORMS": "0"}
    answer = as_person("office").post(reverse("plans:item", args=[plan.pk, item.pk]), data)
    assert answer.status_code == 409
    assert "权重应大于 0" in answer.content.decode()
    assert 'name="weight" value="0"' in answer.content.decode()


def test_ticked_items_are_set_at_once_and_taken_back_at_once(as_person: AsPerson, county: County, gas: Sector) -> None:
    plan = draft(county.office)
    first, _, third = plan.items.order_by("number")
    charge_items(actor=county.office, plan_id=plan.pk, item_ids=[third.pk], charging=Charging(weight=Decimal(3)))
    data = {"tick": [first.pk, third.pk], "charging-leader": county.leader.pk, "charging-sector": gas.pk}
    answer = as_person("office").post(reverse("plans:charge", args=[plan.pk]), data, follow=True)
    assert "已设定2条" in answer.content.decode()
    found = list(PlanItem.objects.order_by("number").values_list("leader", "sector", "weight"))
    leader = county.leader.pk
    # What was left empty stays.
    assert found == [(leader, gas.pk, Decimal(1)), (None, None, Decimal(1)), (leader, gas.pk, Decimal(3))]
    assert Entry.objects.filter(action="plan_item.charge").count() == 3
    undo_step(actor=county.office, plan_id=plan.pk, step_id=plan.steps.latest("pk").pk)
    assert not PlanItem.objects.filter(leader__isnull=False).exists()
    assert PlanItem.objects.get(pk=third.pk).weight == 3


def test_setting_nothing_is_refused(as_person: AsPerson, county: County) -> None:
    plan = draft(county.office)
    data = {"tick": [plan.items.all()[0].pk]}
    answer = as_person("office").post(reverse("plans:charge", args=[plan.pk]), data)
    assert answer.status_code == 409
    assert "至少一项" in answer.content.decode()
    assert as_person("editor").post(reverse("plans:charge", args=[plan.pk]), data).status_code == 404


def test_publishing_copies_them_and_tells_the_leader(as_person: AsPerson, county: County, gas: Sector) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])
    ids = list(plan.items.values_list("pk", flat=True))
    charging = Charging(county.leader, Decimal("1.5"), gas)
    charge_items(actor=county.office, plan_id=plan.pk, item_ids=ids[:2], charging=charging)
    publish_plan(actor=county.office, plan_id=plan.pk)
    found = Task.objects.filter(leader=county.leader, sector=gas, weight=Decimal("1.5"), source="plan")
    assert found.count() == 2
    assert Notification.objects.filter(recipient=county.leader, title__contains="由您牵头2项").exists()
    page = as_person("office").get(f"/plans/{plan.pk}/breakdown/").content.decode()
    assert '<td data-label="牵头领导">县领导</td>' in page
    sheet = load_workbook(io.BytesIO(as_person("office").get(f"/plans/{plan.pk}/breakdown/export/").content)).active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    assert [line[5] for line in lines if isinstance(line[0], int)] == ["县领导", "县领导", None]


def test_the_office_changes_them_with_a_reason(as_person: AsPerson, county: County, task: Task, gas: Sector) -> None:
    version = task.version
    data = {"leader": county.leader.pk, "sector": gas.pk, "weight": "2", "source": "meeting", "reason": "常委会议定"}
    assert recharge(as_person("office"), task, **data).status_code == 302
    task.refresh_from_db()
    assert (task.leader, task.sector, task.weight, task.source) == (county.leader, gas, Decimal(2), "meeting")
    assert task.version == version + 1
    rows = set(task.changes.filter(reason="常委会议定").values_list("field", "old", "new"))
    assert rows == {
        ("leader", "", "县领导"),
        ("sector", "", "燃气"),
        ("weight", "1", "2"),
        ("source", "要点", "会议决定"),
    }
    entry = Entry.objects.get(action="task.recharge")
    assert (entry.actor, entry.reason) == (county.office, "常委会议定")
    assert Notification.objects.filter(recipient=county.leader, title__startswith="由您牵头的任务").exists()
    page = as_person("editor").get(f"/tasks/{task.pk}/").content.decode()
    assert "<dt>牵头领导</dt><dd>县领导</dd>" in page
    assert "调整来源、牵头领导" not in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"reason": ""}, "此项必填"),
        ({"reason": "  "}, "此项必填"),
        ({}, "没有改动任何内容"),
        ({"weight": "-1"}, "权重应大于 0"),
        ({"weight": "101"}, "权重应大于 0"),
        ({"leader": "9" * 30}, "不在可选范围内"),
        ({"version": "99", "weight": "2"}, "已有其他人修改"),
    ],
)
def test_what_cannot_be_comes_back_as_typed(as_person: AsPerson, task: Task, data: dict[str, str], words: str) -> None:
    answer = recharge(as_person("office"), task, **({"reason": "我写的理由"} | data))
    assert answer.status_code == 409
    assert words in answer.content.decode()
    if "reason" not in data:
        assert "我写的理由" in answer.content.decode()
    task.refresh_from_db()
    assert (task.weight, task.leader) == (Decimal(1), None)


def test_only_a_leader_of_today_leads(county: County, task: Task) -> None:
    with pytest.raises(UserError, match="不是县领导"):
        change_charge(task, Charge(leader=county.editor))


def test_others_and_closed_tasks_are_refused(as_person: AsPerson, county: County, plan: Plan, task: Task) -> None:
    assert recharge(as_person("leader"), task, weight="2").status_code == 403
    assert recharge(as_person("other_editor"), task, weight="2").status_code == 404
    Task.objects.filter(pk=task.pk).update(state="closed", closed_on="2026-05-01")
    answer = recharge(as_person("office"), task, weight="2")
    assert answer.status_code == 409
    assert "已销号" in answer.content.decode()


def test_a_leader_finds_what_is_theirs(as_person: AsPerson, county: County, plan: Plan, task: Task) -> None:
    other = make_task(plan, county.units["ZJ"], 2, title="整治燃气")
    Task.objects.filter(pk=other.pk).update(leader=county.leader, source="meeting")
    answer = as_person("leader").get("/tasks/led/", follow=True)
    assert [row.record.pk for row in answer.context["table"].rows] == [other.pk]
    assert "我分管的" in answer.content.decode()
    assert "我分管的任务" in as_person("leader").get("/tasks/work/").content.decode()
    assert as_person("office").get("/tasks/led/").status_code == 403
    # To nobody else does it mean anything.
    assert as_person("office").get("/tasks/?leader=me").context["count"] == 0
    assert as_person("office").get(f"/tasks/?leader={county.leader.pk}").context["count"] == 1
    assert as_person("office").get("/tasks/?source=meeting").context["count"] == 1
    assert as_person("office").get("/tasks/?source=plan").context["count"] == 1


def test_list_and_sheet_show_them(as_person: AsPerson, county: County, task: Task, gas: Sector) -> None:
    Task.objects.filter(pk=task.pk).update(leader=county.leader, sector=gas, source="inspection")
    page = as_person("office").get(f"/tasks/?show=source&show=leader&show=sector&sector={gas.pk}").content.decode()
    for words in ("巡查反馈", "县领导", "燃气"):
        assert words in page
    sheet = load_workbook(io.BytesIO(as_person("office").get("/tasks/export/").content)).active
    assert sheet is not None
    lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    head = next(line for line in lines if line[0] == "任务编号")
    row = dict(zip(head, lines[lines.index(head) + 1], strict=True))
    assert (row["来源"], row["牵头领导"], row["行业领域"], row["权重"]) == ("巡查反馈", "县领导", "燃气", 1)


def test_a_weight_of_nothing_is_no_row(task: Task) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(weight=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanItem.objects.filter(tasks=task).update(weight=0)
