"""签收, 回复, 退回 and 办结: what follows once a letter is out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from core import clock
from core.errors import NotAllowed, UserError
from core.models import bump
from supervision.models import Letter
from supervision.permissions import lock_letter_for, wrote_reply
from supervision.services.moves import carry_out, check_reason, signature_of, tell_office, tell_unit
from supervision.transitions import CLOSE, RECEIVE, REPLY, RETURN_REPLY

if TYPE_CHECKING:
    from accounts.models import User

MAX_REPLY = 3000


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """What the reply form holds.

    Attributes:
        replies: item id → answer.
        promised: item id → day by which the unit promises to be done, None where left empty.
        summary: remarks on the letter as a whole.
    """

    replies: Mapping[int, str] = field(default_factory=dict)
    promised: Mapping[int, date | None] = field(default_factory=dict)
    summary: str = ""


@transaction.atomic
def receive_letter(*, actor: "User", letter_id: int, expected_version: int | None = None) -> Letter:
    """签收: the unit signs for the letter.

    Raises:
        Http404, NotAllowed, WrongState, StaleObject: see `supervision.permissions.lock_letter_for`.
    """
    letter = lock_letter_for(actor, letter_id, RECEIVE, expected_version)
    letter.received_at, letter.received_by, letter.received_as = clock.now(), actor, signature_of(actor, letter)
    carry_out(letter, RECEIVE, actor=actor, fields=("received_at", "received_by", "received_as"))
    return letter


@transaction.atomic
def save_reply(*, actor: "User", letter_id: int, draft: ReplyDraft, expected_version: int | None = None) -> Letter:
    """Keep what the unit has written so far; the office sees it only once it is submitted.

    Raises:
        UserError: an answer is too long, or a promised day has passed.
        Http404, NotAllowed, WrongState, StaleObject: see `supervision.permissions.lock_letter_for`.
    """
    letter = lock_letter_for(actor, letter_id, REPLY, expected_version)
    for item in letter.items.all():
        item.reply = draft.replies.get(item.pk, item.reply).replace("\r\n", "\n").strip()
        item.promised_on = draft.promised.get(item.pk, item.promised_on)
        if len(item.reply) > MAX_REPLY:
            raise UserError(f"第{item.order}项回复请控制在 {MAX_REPLY} 字以内（现为 {len(item.reply)} 字）。")
        item.save(update_fields=["reply", "promised_on"])
    letter.reply_summary = draft.summary.replace("\r\n", "\n").strip()
    if len(letter.reply_summary) > MAX_REPLY:
        raise UserError(f"总体说明请控制在 {MAX_REPLY} 字以内。")
    bump(letter, "reply_summary")
    return letter


def missing_before_reply(letter: Letter) -> list[str]:
    """List in words what the reply still lacks; empty when it can be submitted."""
    lacks = []
    for item in letter.items.all():
        if not item.reply:
            lacks.append(f"请填写第{item.order}项“{item.title}”的办理情况。")
        if item.promised_on is not None and item.promised_on < clock.today():
            lacks.append(f"第{item.order}项的承诺完成日期不能早于今天，请重新填写。")
    return lacks


@transaction.atomic
def reply_letter(*, actor: "User", letter_id: int, expected_version: int | None = None) -> Letter:
    """回复: submit what `save_reply` has kept to the office. Every item must be answered.

    Raises:
        UserError: something is missing; the message lists all of it.
        Http404, NotAllowed, WrongState, StaleObject: see `supervision.permissions.lock_letter_for`.
    """
    letter = lock_letter_for(actor, letter_id, REPLY, expected_version)
    lacks = missing_before_reply(letter)
    if lacks:
        raise UserError("".join(lacks))
    letter.replied_at, letter.replied_by, letter.replied_as = clock.now(), actor, signature_of(actor, letter)
    # The words go into the history, so that a reply sent back and rewritten can still be read.
    answers = [(f"{item.order}.{item.title}", "", _answer(item.reply, item.promised_on)) for item in letter.items.all()]
    if letter.reply_summary:
        answers.append(("总体说明", "", letter.reply_summary))
    carry_out(letter, REPLY, actor=actor, changes=answers, fields=("replied_at", "replied_by", "replied_as"))
    tell_office(letter, f"{letter.unit.name}已回复：{letter}", "请审核回复内容。", actor=actor)
    return letter


def _answer(reply: str, promised_on: date | None) -> str:
    return f"{reply}（承诺{promised_on:%Y-%m-%d}前完成）" if promised_on else reply


def _lock_review(actor: "User", letter: Letter) -> None:
    if wrote_reply(actor, letter):
        raise NotAllowed("回复人不能审核自己提交的回复，请由另一位工作人员办理。")


@transaction.atomic
def return_reply(*, actor: "User", letter_id: int, reason: str, expected_version: int | None = None) -> Letter:
    """退回: the unit is to mend its reply; what it wrote stays in its form.

    Raises:
        UserError: no reason.
        NotAllowed: the person gave the reply.
        Http404, WrongState, StaleObject: see `supervision.permissions.lock_letter_for`.
    """
    letter = lock_letter_for(actor, letter_id, RETURN_REPLY, expected_version)
    _lock_review(actor, letter)
    letter.review_comment, letter.returned_at = check_reason(RETURN_REPLY, reason), clock.now()
    carry_out(letter, RETURN_REPLY, actor=actor, reason=letter.review_comment, fields=("review_comment", "returned_at"))
    tell_unit(letter, f"回复被退回，请修改后重报：{letter}", letter.review_comment, actor=actor)
    return letter


@transaction.atomic
def close_letter(*, actor: "User", letter_id: int, comment: str, expected_version: int | None = None) -> Letter:
    """办结: the office accepts the reply.

    Raises:
        UserError: no comment.
        NotAllowed: the person gave the reply; who did the work does not accept it.
        Http404, WrongState, StaleObject: see `supervision.permissions.lock_letter_for`.
    """
    letter = lock_letter_for(actor, letter_id, CLOSE, expected_version)
    _lock_review(actor, letter)
    letter.review_comment = check_reason(CLOSE, comment)
    letter.closed_at, letter.closed_by = clock.now(), actor
    carry_out(
        letter, CLOSE, actor=actor, reason=letter.review_comment, fields=("review_comment", "closed_at", "closed_by")
    )
    tell_unit(letter, f"回复已审核通过，函件办结：{letter}", letter.review_comment, actor=actor)
    return letter
