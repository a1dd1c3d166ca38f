"""Each row of the table of 报批 over HTTP: who may, who may not, from which states, and what is recorded."""

from typing import Any

import pytest
from django.urls import reverse

from audit.models import Entry
from notifications.models import Notification
from responsibility.models import Role
from tasks.approval_transitions import APPROVAL_MOVES, BY_ACTION, LEADER, OFFICE, ApprovalMove
from tasks.models import Plan, PlanApproval, PlanItem
from tasks.services.approving import decide_approval, submit_for_approval
from tasks.services.item_editing import check_items
from tests.county import AsPerson, County, client_of, make_user
from tests.meta.page_forms import forms_of
from tests.plan_drafts import assigned_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
S = PlanApproval.State
PLAYERS = {LEADER: {"leader"}, OFFICE: {"office", "second_office"}}
READERS = {"office", "second_office", "leader"}
WRONG = [(row, state) for row in APPROVAL_MOVES for state in S.values if state not in row.sources]
OPINION = "经研究，情况属实。"


@pytest.fixture
def plan(county: County) -> Plan:
    made = assigned_draft(county.office, county.units["YJ"])
    made.refresh_from_db()
    return made


@pytest.fixture
def approval(county: County, plan: Plan) -> PlanApproval:
    return submit_for_approval(actor=county.office, plan_id=plan.pk, leader_id=county.leader.pk, note="请审批。")


def brought_to(approval: PlanApproval, county: County, state: str) -> PlanApproval:
    move = next((row for row in APPROVAL_MOVES if row.target == state), None)
    if move is not None:
        actor = county.leader if move.who == LEADER else county.office
        decide_approval(actor=actor, approval_id=approval.pk, action=move.action, opinion=OPINION)
        approval.refresh_from_db()
    return approval


def act(client: Any, approval: PlanApproval, action: str, **data: Any) -> Any:
    address = reverse("plans:approval_act", args=[approval.plan_id, approval.pk, action])
    return client.post(address, {"version": approval.version, "opinion": OPINION} | data)


def buttons(client: Any, approval: PlanApproval) -> set[str]:
    page = client.get(reverse("plans:approval", args=[approval.plan_id]))
    if page.status_code != 200:
        return set()
    text = page.content.decode()
    return {action for action in BY_ACTION if f"/approval/{approval.pk}/{action}/" in text}


def test_the_table_reaches_every_state() -> None:
    assert {S.SUBMITTED, *(row.target for row in APPROVAL_MOVES)} == set(S.values)
    assert len(BY_ACTION) == len(APPROVAL_MOVES)


@pytest.mark.parametrize("row", APPROVAL_MOVES, ids=lambda row: row.action)
def test_the_right_person_presses_the_button(
    as_person: AsPerson, county: County, approval: PlanApproval, row: ApprovalMove
) -> None:
    person = "leader" if row.who == LEADER else "second_office"
    client = as_person(person)
    assert row.action in buttons(client, approval)
    assert forms_of(client.get(reverse("plans:approval", args=[approval.plan_id])).content.decode())
    assert act(client, approval, row.action).status_code == 302
    approval.refresh_from_db()
    assert (approval.state, approval.decided_by, approval.opinion) == (row.target, county.people[person], OPINION)
    entry = Entry.objects.get(action=f"plan_approval.{row.action}")
    assert (entry.object_id, entry.actor, entry.reason) == (str(approval.plan_id), county.people[person], OPINION)
    told = county.office if row.who == LEADER else county.leader
    assert Notification.objects.filter(recipient=told, key__endswith=f"-{approval.version}").exists()


@pytest.mark.parametrize("row", APPROVAL_MOVES, ids=lambda row: row.action)
def test_nobody_else_may(as_person: AsPerson, county: County, approval: PlanApproval, row: ApprovalMove) -> None:
    for person in county.people.keys() - PLAYERS[row.who]:
        assert row.action not in buttons(as_person(person), approval), person
        assert act(as_person(person), approval, row.action).status_code == (403 if person in READERS else 404), person
    other = make_user("leader2", "另一领导", county.units["AWB"], Role.LEADER)
    if row.who == LEADER:
        assert act(client_of(other), approval, row.action).status_code == 403, "laid before somebody else"
    approval.refresh_from_db()
    assert approval.state == S.SUBMITTED


@pytest.mark.parametrize(("row", "state"), WRONG, ids=lambda value: getattr(value, "action", value))
def test_not_from_another_state(
    as_person: AsPerson, county: County, approval: PlanApproval, row: ApprovalMove, state: str
) -> None:
    brought_to(approval, county, state)
    client = as_person("leader" if row.who == LEADER else "office")
    assert row.action not in buttons(client, approval)
    assert act(client, approval, row.action).status_code == 409
    approval.refresh_from_db()
    assert approval.state == state


@pytest.mark.parametrize("row", APPROVAL_MOVES, ids=lambda row: row.action)
def test_not_with_a_page_somebody_has_overtaken(as_person: AsPerson, approval: PlanApproval, row: ApprovalMove) -> None:
    client = as_person("leader" if row.who == LEADER else "office")
    for version in ("", "x", "99"):
        answer = act(client, approval, row.action, version=version)
        assert answer.status_code == 409, version
        assert OPINION in answer.content.decode(), "what was typed is lost"
    approval.refresh_from_db()
    assert approval.state == S.SUBMITTED


@pytest.mark.parametrize("row", [row for row in APPROVAL_MOVES if row.needs_reason], ids=lambda row: row.action)
def test_not_without_the_words_it_asks_for(as_person: AsPerson, approval: PlanApproval, row: ApprovalMove) -> None:
    client = as_person("leader" if row.who == LEADER else "office")
    assert "请填写意见" in act(client, approval, row.action, opinion=" ").content.decode()


def test_the_one_who_submits_never_decides(county: County, plan: Plan) -> None:
    county.office.memberships.create(unit=county.units["AWB"], role=Role.LEADER)
    client = client_of(county.office)
    data = {"version": plan.version, "contents": plan.changes, "leader": county.office.pk}
    assert "不能自己审批" in client.post(reverse("plans:approval", args=[plan.pk]), data).content.decode()
    assert not PlanApproval.objects.exists()


def test_the_office_submits_with_what_is_open_named(as_person: AsPerson, county: County, plan: Plan) -> None:
    address = reverse("plans:approval", args=[plan.pk])
    data = {"version": plan.version, "contents": plan.changes, "leader": county.leader.pk, "note": "请审批。"}
    stale = as_person("office").post(address, data | {"contents": plan.changes - 1})
    assert stale.status_code == 409
    assert "请审批。" in stale.content.decode()
    assert "必填" in as_person("office").post(address, data | {"leader": ""}).content.decode()
    assert as_person("leader").get(address).status_code == 404, "nothing was laid before anybody"
    assert as_person("office").post(address, data).status_code == 302
    made = PlanApproval.objects.get()
    assert (made.leader, made.contents) == (county.leader, plan.changes)
    assert "3条没有与原文核对" in made.open_points
    assert "任务分解待审批" in as_person("leader").get(reverse("tasks:work")).content.decode()
    assert as_person("office").post(address, data).status_code == 409, "it waits already"


def test_a_change_after_the_approval_voids_it(as_person: AsPerson, county: County, approval: PlanApproval) -> None:
    brought_to(approval, county, S.APPROVED)
    plan = approval.plan
    check_items(actor=county.office, plan_id=plan.pk, item_ids=plan.items.values_list("pk", flat=True))
    page = as_person("office").get(reverse("plans:approval", args=[plan.pk]))
    assert "原批准已失效" in page.content.decode()
    assert page.context["submit"] is not None, "it can be submitted anew"


def test_what_changed_meanwhile_is_not_approved(as_person: AsPerson, county: County, approval: PlanApproval) -> None:
    check_items(actor=county.office, plan_id=approval.plan_id, item_ids=PlanItem.objects.values_list("pk", flat=True))
    assert buttons(as_person("leader"), approval) == {"return"}
    answer = act(as_person("leader"), approval, "approve")
    assert answer.status_code == 409
    assert "又有改动，不能批准" in answer.content.decode()
    assert act(as_person("leader"), approval, "return").status_code == 302


@pytest.mark.parametrize("state", [None, S.SUBMITTED, S.RETURNED, S.APPROVED])
def test_publishing_wants_it_where_the_county_does(
    as_person: AsPerson, county: County, plan: Plan, settings: Any, state: str | None
) -> None:
    settings.PLAN_NEEDS_APPROVAL = True
    if state is not None:
        made = submit_for_approval(actor=county.office, plan_id=plan.pk, leader_id=county.leader.pk)
        brought_to(made, county, state)
    plan.refresh_from_db()
    data = {"version": plan.version, "contents": plan.changes, "knowing": "on"}
    answer = as_person("office").post(reverse("plans:publish", args=[plan.pk]), data)
    assert answer.status_code == (302 if state == S.APPROVED else 409)
    assert state == S.APPROVED or "须经县领导审批" in answer.content.decode()
    plan.refresh_from_db()
    assert plan.state == ("published" if state == S.APPROVED else "draft")
