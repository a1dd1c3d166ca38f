"""Each row of the record's transition table over HTTP: who may, who may not, from which states, what is recorded."""

from typing import Any

import pytest
from django.urls import reverse

from audit.models import Entry
from drills.models import Drill, DrillCount
from drills.permissions import allowed_transitions
from drills.services.drafting import submit_drill, void_drill, withdraw_drill
from drills.services.reviewing import count_drill, refuse_drill, return_drill
from drills.transitions import BY_ACTION, DRILL_TRANSITIONS, EDIT, OFFICE, OWNER, REVIEWER, Transition
from drills.views.detail import SERVICES
from notifications.models import Notification
from tests.drills.conftest import Players
from tests.drills.records import draft_of
from tests.meta.page_forms import PageForm, forms_of

S = Drill.State
STATES = tuple(S.values)
ROWS = [(row, source) for row in DRILL_TRANSITIONS for source in row.sources]
WRONG = [(row, state) for row in DRILL_TRANSITIONS for state in STATES if state not in row.sources]
REASON = "照片与时间不符，请核对。"
# Whose record it is: a unit's, filed by its editor; an enterprise's, filed by itself.
KINDS = ("unit", "enterprise")
OWNERS = {"unit": {"editor", "second_editor", "head"}, "enterprise": {"enterprise"}}
AUTHOR = {"unit": "editor", "enterprise": "enterprise"}
OFFICES = {"office", "second_office"}
REVIEWERS = {"unit": OFFICES, "enterprise": OFFICES | {"township", "township_head", "other_editor"}}
READERS = {
    "unit": OFFICES | {"leader", "auditor"} | OWNERS["unit"],
    "enterprise": REVIEWERS["enterprise"] | {"leader", "auditor", "enterprise"},
}


def may(kind: str, row: Transition) -> set[str]:
    return {OWNER: OWNERS[kind], REVIEWER: REVIEWERS[kind], OFFICE: OFFICES}[row.who]


def actor_of(kind: str, row: Transition) -> str:
    return {
        OWNER: "enterprise" if kind == "enterprise" else "head",
        REVIEWER: "township" if kind == "enterprise" else "office",
        OFFICE: "second_office",
    }[row.who]


def record_in(players: Players, kind: str, state: str) -> Drill:
    """Return a record of the kind brought to the state, by its author and the first clerk."""
    author = players.people[AUTHOR[kind]]
    organiser = players.enterprise if kind == "enterprise" else players.county.units["YJ"]
    drill, office = draft_of(author, organiser), players.people["office"]
    if state == S.VOID:
        return void_drill(actor=author, drill_id=drill.pk, reason="重复登记")
    if state == S.DRAFT:
        return drill
    drill = submit_drill(actor=author, drill_id=drill.pk)
    if state == S.COUNTED:
        return count_drill(actor=office, drill_id=drill.pk)
    if state == S.NOT_COUNTED:
        return refuse_drill(actor=office, drill_id=drill.pk, reason="与上月相同")
    return return_drill(actor=office, drill_id=drill.pk, reason="照片不清") if state == S.RETURNED else drill


def address_of(row: Transition, drill: Drill) -> str:
    if row == EDIT:
        return reverse("drills:edit", args=[drill.pk])
    return reverse("drills:act", args=[drill.pk, row.action])


def drawn(players: Players, row: Transition, drill: Drill, person: str) -> list[PageForm]:
    """Return the form that makes this move, on the record's page or on its own."""
    address = address_of(row, drill)
    page = players.client(person).get(address if row == EDIT else reverse("drills:detail", args=[drill.pk]))
    return [form for form in forms_of(page.content.decode()) if form.action == address and form.method == "post"]


def make(players: Players, row: Transition, drill: Drill, person: str, **changes: str) -> Any:
    """Send the form of the move, drawn or not."""
    data = {"version": str(drill.version), "reason": REASON} | changes
    return players.client(person).post(address_of(row, drill), data)


def test_every_move_is_wired() -> None:
    assert {*SERVICES, "edit"} == set(BY_ACTION)
    assert len(BY_ACTION) == len(DRILL_TRANSITIONS)
    assert {S.DRAFT, *(row.target for row in DRILL_TRANSITIONS if row.target)} == set(S.values)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("row", "source"), ROWS, ids=lambda value: getattr(value, "action", str(value)))
def test_the_right_person_presses_the_button_and_it_is_recorded(
    players: Players, row: Transition, source: str, kind: str
) -> None:
    drill = record_in(players, kind, source)
    person = actor_of(kind, row)
    form = drawn(players, row, drill, person)[0]
    typed = {"reason": REASON} if row.needs_reason else {"title": "改过的名称"} if row == EDIT else {}
    answer = players.client(person).post(form.action, form.filled(**typed) | ({"save": ["1"]} if row == EDIT else {}))
    assert answer.status_code == 302, answer.content.decode()
    after = Drill.objects.get(pk=drill.pk)
    assert after.state == (row.target or source)
    assert after.version == drill.version + 1
    entry = Entry.objects.filter(object_type="drills.drill", object_id=str(drill.pk)).latest("pk")
    assert (entry.action, entry.actor) == (f"drill.{row.action}", players.people[person])
    assert entry.reason == (REASON if row.needs_reason else "")
    if row.target:
        assert entry.changes[0] == ["状态", drill.get_state_display(), after.get_state_display()]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("row", "source"), ROWS, ids=lambda value: getattr(value, "action", str(value)))
def test_everybody_else_is_refused(players: Players, row: Transition, source: str, kind: str) -> None:
    drill = record_in(players, kind, source)
    # A draft is its writers' own, also one given up before it had a number.
    hidden = source in (S.DRAFT, S.VOID)
    for person in players.people.keys() - may(kind, row):
        expected = 403 if person in (OWNERS[kind] if hidden else READERS[kind]) else 404
        assert make(players, row, drill, person).status_code == expected, person
    after = Drill.objects.get(pk=drill.pk)
    assert (after.state, after.version) == (source, drill.version)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("row", "state"), WRONG, ids=lambda value: getattr(value, "action", str(value)))
def test_from_another_state_it_is_refused_in_words(players: Players, row: Transition, state: str, kind: str) -> None:
    drill = record_in(players, kind, state)
    person = actor_of(kind, row)
    answer = make(players, row, drill, person)
    if state in (S.DRAFT, S.VOID) and person not in OWNERS[kind]:
        assert answer.status_code == 404
    elif row == EDIT:
        assert answer.status_code == 409
        assert "不能再修改" in answer.content.decode()
    else:
        assert answer.status_code == 409
        assert f"记录当前为“{drill.get_state_display()}”" in answer.content.decode()
        # What was typed is given back to be copied.
        assert REASON in answer.content.decode()
    after = Drill.objects.get(pk=drill.pk)
    assert (after.state, after.version) == (state, drill.version)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", STATES)
def test_buttons_are_those_of_the_table(players: Players, state: str, kind: str) -> None:
    drill = record_in(players, kind, state)
    for name, user in players.people.items():
        expected = {row.action for row in DRILL_TRANSITIONS if state in row.sources and name in may(kind, row)}
        if Drill.objects.visible_to(user).filter(pk=drill.pk).exists():
            found = {row.action for row in allowed_transitions(user, Drill.objects.get(pk=drill.pk))}
            assert found == expected, name


@pytest.mark.parametrize("action", [row.action for row in DRILL_TRANSITIONS if row.needs_reason])
def test_a_reason_is_asked_for(players: Players, action: str) -> None:
    row = BY_ACTION[action]
    drill = record_in(players, "unit", row.sources[0])
    for reason in ("  ", "长" * 2001):
        answer = make(players, row, drill, actor_of("unit", row), reason=reason)
        assert answer.status_code == 409
        assert ("须填写理由" if not reason.strip() else "理由请控制在 2000 字以内") in answer.content.decode()
    assert Drill.objects.get(pk=drill.pk).state == row.sources[0]


@pytest.mark.parametrize("action", ["count", "return", "refuse"])
def test_who_filed_or_handed_in_never_judges(players: Players, action: str) -> None:
    clerk, other = players.people["office"], players.people["second_office"]
    drill = draft_of(clerk, players.county.units["YJ"])
    drill = submit_drill(actor=other, drill_id=drill.pk)
    for person in ("office", "second_office"):
        assert make(players, BY_ACTION[action], drill, person).status_code == 403
        page = players.client(person).get(reverse("drills:detail", args=[drill.pk])).content.decode()
        assert "须由另一位工作人员审核" in page
        assert reverse("drills:act", args=[drill.pk, action]) not in page
    assert Drill.objects.get(pk=drill.pk).state == S.SUBMITTED


def test_what_a_township_files_for_an_enterprise_is_the_offices_to_judge(players: Players) -> None:
    drill = draft_of(players.people["township"], players.enterprise)
    assert drill.filer == players.county.units["Z1"]
    drill = submit_drill(actor=players.people["township"], drill_id=drill.pk)
    for person in ("township_head", "other_editor", "enterprise"):
        assert make(players, BY_ACTION["count"], drill, person).status_code == 403, person
    assert make(players, BY_ACTION["count"], drill, "office").status_code == 302
    assert Drill.objects.get(pk=drill.pk).township == players.county.units["Z1"]


def test_a_stale_move_is_refused(players: Players) -> None:
    drill = record_in(players, "unit", S.SUBMITTED)
    answer = make(players, BY_ACTION["return"], drill, "office", version=str(drill.version - 1))
    assert answer.status_code == 409
    assert "已有其他人修改" in answer.content.decode()
    assert REASON in answer.content.decode()
    assert Drill.objects.get(pk=drill.pk).state == S.SUBMITTED


def test_the_number_is_taken_once_and_kept(players: Players) -> None:
    author, office = players.people["editor"], players.people["office"]
    unit = players.county.units["YJ"]
    first = submit_drill(actor=author, drill_id=draft_of(author, unit).pk)
    second = submit_drill(actor=author, drill_id=draft_of(author, unit, hazard="fire").pk)
    assert (first.code, second.code) == ("YL-2026-0001", "YL-2026-0002")
    withdraw_drill(actor=author, drill_id=first.pk, reason="补照片")
    assert not Drill.objects.visible_to(office).filter(pk=first.pk).exists()
    submit_drill(actor=author, drill_id=first.pk)
    return_drill(actor=office, drill_id=first.pk, reason="补方案")
    again = submit_drill(actor=author, drill_id=first.pk)
    assert again.code == "YL-2026-0001"
    last_year = draft_of(author, unit, held_on="2025-12-30")
    last_year.refresh_from_db()
    assert submit_drill(actor=author, drill_id=last_year.pk).code == "YL-2025-0001"


def test_counting_is_dated_and_its_end_too(players: Players) -> None:
    drill = record_in(players, "unit", S.COUNTED)
    row = DrillCount.objects.get(drill=drill)
    assert (str(row.counted_on), row.ended_on) == ("2026-05-12", None)
    assert make(players, BY_ACTION["reopen"], drill, "office").status_code == 302
    row.refresh_from_db()
    assert str(row.ended_on) == "2026-05-12"
    assert Drill.objects.get(pk=drill.pk).counted_on is None


def test_the_people_concerned_are_told(players: Players) -> None:
    def told() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for row in Notification.objects.select_related("recipient"):
            found.setdefault(row.title.partition("：")[0], set()).add(row.recipient.username)
        Notification.objects.all().delete()
        return found

    own = record_in(players, "enterprise", S.SUBMITTED)
    assert told() == {"河口第1机械厂上报演练记录": {"zhen", "zhenzhang", "other"}}
    count_drill(actor=players.people["township"], drill_id=own.pk)
    assert told() == {"审核通过，计入场次": {"enterprise"}}
    theirs = record_in(players, "unit", S.SUBMITTED)
    assert told() == {"县应急局上报演练记录": {"office", "office2"}}
    return_drill(actor=players.people["office"], drill_id=theirs.pk, reason="照片不清")
    assert told() == {"退回演练记录": {"editor", "editor2", "head"}}
