"""Each row of the duty list's transition table over the interface; duties, signatures and records."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from audit.models import Entry
from responsibility.duty_permissions import allowed_transitions
from responsibility.models import DutyItem, DutyList, DutySignature, Fulfilment
from responsibility.transitions import REVISE, Transition
from tests.api.calls import Api, problem_of, send, tag, undone
from tests.meta.test_duty_moves import INSIDERS, PLAYERS, PUBLIC, READERS, REASON, ROWS, WRONG, name_of, of

pytestmark = pytest.mark.django_db
S = DutyList.State


def make(api: Api, row: Transition, duty_list: DutyList, person: str, *, etag: str = "", **data: Any) -> HttpResponse:
    """Make the move as this person, with all it asks for."""
    name, kwargs = "duty-list-act", {"pk": duty_list.pk, "action": row.action}
    if row == REVISE:
        name, kwargs = "duty-list-revise", {"pk": duty_list.pk}
    sent = ({"reason": REASON} if row.needs == "reason" else {}) | data
    return send(api.scene, person, "POST", reverse(f"api:{name}", kwargs=kwargs), sent, If_Match=etag or tag(duty_list))


@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_the_right_person_makes_the_move(api: Api, row: Transition, source: str) -> None:
    duty_list = of(api.scene, source)
    for person in sorted(set().union(*(PLAYERS[part] for part in row.who))):
        with undone():
            answer = make(api, row, duty_list, person)
            found, after = json.loads(answer.content), DutyList.objects.get(pk=duty_list.pk)
            target = after
            if row == REVISE:
                assert answer.status_code == 201
                found = found["duty_list"]
                target = DutyList.objects.get(year=after.year, edition=after.edition + 1)
                assert answer.headers["Location"] == reverse("api:duty-list", args=[target.pk])
                assert (found["id"], found["item_count"]) == (target.pk, duty_list.items.count())
            else:
                assert answer.status_code == 200, answer.content.decode()
                assert found["state"] == after.state == row.target
                assert found["version"] == after.version == duty_list.version + 1
                allowed = {each.action for each in allowed_transitions(api.scene.county.people[person], after)}
                assert {each["action"] for each in found["actions"]} == allowed
            entry = Entry.objects.filter(action=f"duties.{row.action}", object_id=str(target.pk)).latest("pk")
            assert entry.actor == api.scene.county.people[person]
            assert entry.reason == (REASON if row.needs == "reason" else "")


@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_nobody_else_may(api: Api, row: Transition, source: str) -> None:
    duty_list = of(api.scene, source)
    players = set().union(*(PLAYERS[part] for part in row.who))
    readers = READERS if source in PUBLIC else INSIDERS
    for person in api.scene.county.people.keys() - players:
        with undone():
            answer = make(api, row, duty_list, person)
        assert answer.status_code == (403 if person in readers else 404), person
        problem_of(answer)
    assert DutyList.objects.get(pk=duty_list.pk).version == duty_list.version


@pytest.mark.parametrize(("row", "state"), WRONG, ids=name_of)
def test_not_from_another_state(api: Api, row: Transition, state: str) -> None:
    duty_list = of(api.scene, state)
    answer = make(api, row, duty_list, sorted(PLAYERS[row.who[0]])[0])
    assert answer.status_code == 409
    assert f"当前为“{S(state).label}”" in problem_of(answer)["detail"]
    assert DutyList.objects.get(pk=duty_list.pk).version == duty_list.version


@pytest.mark.parametrize(("row", "source"), ROWS, ids=name_of)
def test_not_overtaken_nor_without_its_reason(api: Api, row: Transition, source: str) -> None:
    duty_list, person = of(api.scene, source), sorted(PLAYERS[row.who[0]])[0]
    answer = make(api, row, duty_list, person, etag=f'"{duty_list.version + 1}"')
    assert answer.status_code == 412
    assert problem_of(answer)["current"]["etag"] == tag(duty_list)
    if row.needs == "reason":
        assert make(api, row, duty_list, person, reason=" \n").status_code == 422
    assert DutyList.objects.get(pk=duty_list.pk).version == duty_list.version


def test_who_submitted_neither_publishes_nor_returns(api: Api) -> None:
    duty_list = of(api.scene, S.DRAFT)
    by_action = {row.action: row for row, _ in ROWS}
    with undone():
        assert make(api, by_action["submit"], duty_list, "office").status_code == 200
        for action in ("publish", "return"):
            answer = make(api, by_action[action], duty_list, "office")
            assert answer.status_code == 403
            assert "提交人不能审核" in problem_of(answer)["detail"]
        assert make(api, by_action["publish"], duty_list, "second_office").status_code == 200


def sign(api: Api, person: str, rows: list[DutySignature], etag: str = "") -> HttpResponse:
    duty_list = rows[0].duty_list
    address = reverse("api:duty-list-sign", args=[duty_list.pk])
    sent = {"signatures": [row.pk for row in rows]}
    return send(api.scene, person, "POST", address, sent, If_Match=etag or tag(duty_list))


def test_each_signs_for_themselves_and_the_head_for_who_has_no_account(api: Api) -> None:
    duty_list = of(api.scene, S.PUBLISHED)
    rows = {row.subject: row for row in duty_list.signatures.counted()}
    listed = json.loads(
        send(api.scene, "head", "GET", reverse("api:duty-signatures") + f"?list={duty_list.pk}").content
    )
    rights = {row["subject"]: row["right"] for row in listed["results"]}
    unit = rows["县应急管理局"]
    assert rights["县应急管理局"] == "self"
    assert "behalf" in rights.values()
    with undone():
        for person, status in (("editor", 403), ("office", 403), ("leader", 403), ("other_editor", 403)):
            assert sign(api, person, [unit]).status_code == status, person
        assert sign(api, "enterprise", [unit]).status_code == 404
        assert sign(api, "head", [unit], etag=f'"{duty_list.version + 1}"').status_code == 412
        mine = [rows[subject] for subject, right in rights.items() if right != "none"]
        answer = sign(api, "head", mine)
        assert answer.status_code == 200, answer.content.decode()
        shown = {row["id"]: row for row in json.loads(answer.content)["signatures"]}
        for row in mine:
            row.refresh_from_db()
            assert row.signed_by == api.scene.county.head
            assert shown[row.pk]["signed_as"] == row.signed_as == "应局长"
            assert row.on_behalf == (rights[row.subject] == "behalf")
        again = sign(api, "head", [unit])
        assert again.status_code == 409
        assert "已由应局长签收" in problem_of(again)["detail"]
    draft = of(api.scene, S.DRAFT)
    address = reverse("api:duty-list-sign", args=[draft.pk])
    early = send(api.scene, "head", "POST", address, {"signatures": [unit.pk]}, If_Match=tag(draft))
    assert early.status_code == 409


def test_duties_are_added_changed_and_taken_out_while_the_list_is_a_draft(api: Api) -> None:
    draft = of(api.scene, S.DRAFT)
    with undone():
        made = api.call("editor", "POST", "duty-items", "new duty")
        found = json.loads(made.content)
        item = DutyItem.objects.get(pk=found["id"])
        assert (made.status_code, item.text, item.duty_list_id, item.frequency) == (
            201,
            "研判形势",
            draft.pk,
            "quarter",
        )
        assert made.headers["Location"] == reverse("api:duty-item", args=[item.pk])
        address, post = made.headers["Location"], DutyItem.objects.filter(duty_list=draft, layer="post")[0].post
        assert post is not None
        answer = send(api.scene, "head", "PATCH", address, {"post": post.pk, "times": 2}, If_Match=tag(item))
        item.refresh_from_db()
        assert answer.status_code == 200, answer.content.decode()
        assert (item.layer, item.post_id, item.times, item.text) == ("post", post.pk, 2, "研判形势")
        stale = send(api.scene, "editor", "DELETE", address, If_Match='"1"')
        assert stale.status_code == 412
        assert send(api.scene, "editor", "DELETE", address, If_Match=tag(item)).status_code == 204
        assert not DutyItem.objects.filter(pk=item.pk).exists()
    published = DutyItem.objects.get(pk=api.scene.samples["duty"]["pk"])
    address = reverse("api:duty-item", args=[published.pk])
    for method, body in (("PATCH", {"how": "改"}), ("DELETE", None)):
        answer = send(api.scene, "editor", method, address, body, If_Match=tag(published))
        assert answer.status_code == 409, method
        assert "已发布" in problem_of(answer)["detail"]


def test_records_are_the_units_own_and_a_wrong_one_is_taken_back_with_a_reason(api: Api) -> None:
    record = Fulfilment.objects.get(pk=api.scene.samples["record"]["pk"])
    with undone():
        answer = api.call("editor", "PATCH", "fulfilment", "record")
        record.refresh_from_db()
        assert (answer.status_code, record.text, record.person) == (200, "检查四家企业", "应小急")
        stale = api.call("editor", "POST", "fulfilment-remove", "record remove", If_Match='"1"')
        assert stale.status_code == 412
        address = reverse("api:fulfilment-remove", args=[record.pk])
        assert send(api.scene, "editor", "POST", address, {}, If_Match=tag(record)).status_code == 422
        assert api.call("editor", "POST", "fulfilment-remove", "record remove").status_code == 204
        record.refresh_from_db()
        assert record.removed_at is not None
        assert api.call("editor", "GET", "fulfilment", "record").status_code == 404
    for day in ("2026-05-13", "2025-12-31"):
        sent = api.samples["new record"].data | {"done_on": day}
        answer = send(api.scene, "editor", "POST", reverse("api:fulfilments"), sent)
        assert answer.status_code == 422, day


def test_a_list_is_begun_empty_or_from_an_earlier_year(api: Api) -> None:
    with undone():
        sent = {"unit": api.scene.county.units["YJ"].pk, "year": 2027, "copy_last": True}
        answer = send(api.scene, "editor", "POST", reverse("api:duty-lists"), sent)
        found = json.loads(answer.content)
        assert answer.status_code == 201
        assert found["left_out"] == []
        assert len(found["duty_list"]["items"]) == of(api.scene, S.PUBLISHED).items.count()
        again = send(api.scene, "head", "POST", reverse("api:duty-lists"), sent)
        assert again.status_code == 422
        assert "已有一份正在编制" in problem_of(again)["detail"]
