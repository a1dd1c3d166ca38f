"""签收, 回复, 退回, 办结: the unit's side, the office's side, and that who replied never accepts."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import Http404

from audit.trail import history_of
from core.errors import NotAllowed, StaleObject, UserError, WrongState
from evidence.services import access_to, attach_file
from notifications.models import Notification
from responsibility.models import Membership, Role
from supervision.models import Letter
from supervision.permissions import allowed_transitions
from supervision.services.replying import (
    ReplyDraft,
    close_letter,
    receive_letter,
    reply_letter,
    return_reply,
    save_reply,
)
from supervision.transitions import BY_ACTION, LETTER_TRANSITIONS
from tasks.models import Task
from tests.county import County
from tests.supervision.letters import S, answer, draft_of, issue, letter_in
from tests.tasks.test_flow import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]


def test_whole_way_to_closing_leaves_every_trace(county: County, late: list[Task]) -> None:
    letter = letter_in(S.CLOSED, county, late)
    letter.refresh_from_db()
    assert (letter.received_by, letter.received_as) == (county.editor, "应小急")
    assert (letter.replied_by, letter.closed_by, letter.review_comment) == (county.editor, county.office, "同意")
    assert [row.reply for row in letter.items.all()] == ["已整改1", "已整改2"]
    assert [entry.action for entry in history_of(letter).order_by("id")] == [
        "letter.compose",
        "letter.issue",
        "letter.receive",
        "letter.reply",
        "letter.close",
    ]
    reply = history_of(letter).get(action="letter.reply")
    assert ["1.开展演练", "", "已整改1"] in reply.changes
    assert Notification.objects.filter(recipient=county.office, title__contains="县应急管理局已回复").count() == 1
    assert Notification.objects.filter(recipient=county.head, title__contains="办结").count() == 1


def test_every_item_must_be_answered(county: County, late: list[Task]) -> None:
    letter = letter_in(S.RECEIVED, county, late)
    first, _ = letter.items.all()
    save_reply(actor=county.editor, letter_id=letter.pk, draft=ReplyDraft(replies={first.pk: "已办"}))
    with pytest.raises(UserError, match="第2项“修订预案”"):
        reply_letter(actor=county.editor, letter_id=letter.pk)
    letter.refresh_from_db()
    assert (letter.state, letter.items.first().reply) == (S.RECEIVED, "已办")  # type: ignore[union-attr]


def test_promise_must_lie_ahead(county: County, late: list[Task]) -> None:
    letter = letter_in(S.RECEIVED, county, late)
    items = list(letter.items.all())
    replies = {item.pk: "已办" for item in items}
    draft = ReplyDraft(replies=replies, promised={items[0].pk: date(2026, 5, 11)}, summary="总体情况")
    save_reply(actor=county.editor, letter_id=letter.pk, draft=draft)
    with pytest.raises(UserError, match="承诺完成日期不能早于今天"):
        reply_letter(actor=county.editor, letter_id=letter.pk)
    draft = ReplyDraft(replies=replies, promised={items[0].pk: date(2026, 5, 30)}, summary="总体情况")
    save_reply(actor=county.head, letter_id=letter.pk, draft=draft)
    reply_letter(actor=county.head, letter_id=letter.pk)
    letter.refresh_from_db()
    assert (letter.replied_as, letter.reply_summary, letter.items.all()[0].promised_on) == (
        "应局长",
        "总体情况",
        date(2026, 5, 30),
    )


def test_returned_reply_is_mended_and_the_first_one_can_still_be_read(county: County, late: list[Task]) -> None:
    letter = letter_in(S.REPLIED, county, late)
    return_reply(actor=county.office, letter_id=letter.pk, reason="缺少台账")
    letter.refresh_from_db()
    assert (letter.state, letter.was_returned, letter.review_comment) == (S.RECEIVED, True, "缺少台账")
    assert Notification.objects.filter(recipient=county.editor, body="缺少台账").count() == 1
    answer(letter, county.second_editor, "补充后")
    close_letter(actor=county.office, letter_id=letter.pk, comment="同意")
    first, second = history_of(letter).filter(action="letter.reply").order_by("id")
    assert ["1.开展演练", "", "已整改1"] in first.changes
    assert ["1.开展演练", "", "补充后1"] in second.changes


def test_return_and_close_need_words(county: County, late: list[Task]) -> None:
    letter = letter_in(S.REPLIED, county, late)
    with pytest.raises(UserError, match="意见或理由"):
        return_reply(actor=county.office, letter_id=letter.pk, reason="")
    with pytest.raises(UserError, match="意见或理由"):
        close_letter(actor=county.office, letter_id=letter.pk, comment=" \n")


def test_who_replied_never_accepts(county: County, late: list[Task]) -> None:
    """A clerk of the office who is also the unit's editor must leave the judging to a colleague."""
    Membership.objects.create(
        user=county.office, unit=county.units["YJ"], role=Role.EDITOR, valid_from=date(2020, 1, 1)
    )
    letter = answer(letter_in(S.RECEIVED, county, late), county.office)
    with pytest.raises(NotAllowed, match="另一位工作人员"):
        close_letter(actor=county.office, letter_id=letter.pk, comment="同意")
    with pytest.raises(NotAllowed, match="另一位工作人员"):
        return_reply(actor=county.office, letter_id=letter.pk, reason="不同意")
    assert allowed_transitions(county.office, letter) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(closed_by=county.office)
    close_letter(actor=county.second_office, letter_id=letter.pk, comment="同意")


def test_deputy_signs_for_the_person(county: County, late: list[Task]) -> None:
    Membership.objects.create(
        user=county.stranger,
        unit=county.units["YJ"],
        role=Role.EDITOR,
        valid_from=date(2026, 5, 1),
        valid_to=date(2026, 5, 31),
        deputy_for=county.editor,
    )
    letter = receive_letter(actor=county.stranger, letter_id=letter_in(S.ISSUED, county, late).pk)
    assert letter.received_as == "应小急（由无任职代）"


SERVICES = {
    "receive": lambda person, letter: receive_letter(actor=person, letter_id=letter.pk),
    "reply": lambda person, letter: answer(letter, person),
    "return_reply": lambda person, letter: return_reply(actor=person, letter_id=letter.pk, reason="补"),
    "close": lambda person, letter: close_letter(actor=person, letter_id=letter.pk, comment="同意"),
    "issue": lambda person, letter: issue(letter, person),
}
ACTORS = {"receive": "editor", "reply": "editor", "return_reply": "office", "close": "office", "issue": "office"}


@pytest.mark.parametrize("action", SERVICES)
@pytest.mark.parametrize("state", [S.DRAFT, S.ISSUED, S.RECEIVED, S.REPLIED, S.CLOSED])
def test_moves_start_only_where_the_table_says(county: County, late: list[Task], action: str, state: str) -> None:
    letter = letter_in(state, county, late)
    person = county.people[ACTORS[action]]
    if state in BY_ACTION[action].sources:
        assert SERVICES[action](person, letter).state == BY_ACTION[action].target
    elif state == S.DRAFT and action in ("receive", "reply"):
        with pytest.raises(Http404):
            SERVICES[action](person, letter)
    else:
        with pytest.raises(WrongState):
            SERVICES[action](person, letter)


@pytest.mark.parametrize("state", [S.ISSUED, S.RECEIVED, S.REPLIED, S.CLOSED])
def test_strangers_get_nothing_and_colleagues_without_the_right_are_refused(
    county: County, late: list[Task], state: str
) -> None:
    letter = letter_in(state, county, late)
    for action in SERVICES:
        for name in ("other_editor", "stranger", "enterprise", "administrator"):
            with pytest.raises(Http404):
                SERVICES[action](county.people[name], letter)
        with pytest.raises(NotAllowed):
            SERVICES[action](county.auditor, letter)
    for action in ("return_reply", "close", "issue"):
        with pytest.raises(NotAllowed):
            SERVICES[action](county.editor, letter)


def test_buttons_are_the_moves_of_the_table(county: County, late: list[Task]) -> None:
    letter = letter_in(S.REPLIED, county, late)
    assert [row.action for row in allowed_transitions(county.office, letter)] == ["close", "return_reply"]
    assert allowed_transitions(county.editor, letter) == []
    assert {row.action for row in LETTER_TRANSITIONS} == {"edit", "void", *SERVICES}


def test_second_editor_does_not_overwrite_the_first(county: County, late: list[Task]) -> None:
    letter = letter_in(S.RECEIVED, county, late)
    item = letter.items.all()[0]
    saved = save_reply(
        actor=county.editor,
        letter_id=letter.pk,
        draft=ReplyDraft(replies={item.pk: "甲"}),
        expected_version=letter.version,
    )
    with pytest.raises(StaleObject):
        save_reply(
            actor=county.second_editor,
            letter_id=letter.pk,
            draft=ReplyDraft(replies={item.pk: "乙"}),
            expected_version=letter.version,
        )
    with pytest.raises(StaleObject):
        reply_letter(actor=county.second_editor, letter_id=letter.pk, expected_version=saved.version - 1)
    item.refresh_from_db()
    assert item.reply == "甲"


def test_evidence_is_the_units_until_it_has_replied_and_read_by_both_sides(county: County, late: list[Task]) -> None:
    def access(name: str) -> str:
        return access_to(county.people[name], "supervision.letter", letter.pk)

    letter = draft_of(county, late[:2])
    assert (access("office"), access("editor")) == ("read", "")
    issue(letter, county.office)
    assert (access("editor"), access("head"), access("office"), access("auditor"), access("other_editor")) == (
        "change",
        "change",
        "read",
        "read",
        "",
    )
    receive_letter(actor=county.editor, letter_id=letter.pk)
    attach_file(actor=county.editor, owner=letter, upload=SimpleUploadedFile("台账.pdf", PDF))
    with pytest.raises(NotAllowed):
        attach_file(actor=county.office, owner=letter, upload=SimpleUploadedFile("另.pdf", PDF + b"2"))
    answer(letter, county.editor)
    assert (access("editor"), access("office")) == ("read", "read")
