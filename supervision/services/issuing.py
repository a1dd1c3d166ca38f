"""签发 and 作废: a letter gets its number and goes out, or is taken back."""

from typing import TYPE_CHECKING

from django.db import transaction

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from documents.numbering import official_date
from supervision.jobs import render_letter
from supervision.models import Letter, LetterCounter
from supervision.permissions import get_letter_for, lock_letter_for, may_compose
from supervision.services.drafting import check_reply_date
from supervision.services.moves import carry_out, check_reason, tell_unit
from supervision.transitions import ISSUE, VOID
from tasks.models import Task

if TYPE_CHECKING:
    from accounts.models import User


def take_number(code: str, year: int) -> int:
    """Return the next running number of a 代字 in a year, 1 for the first.

    The counter's row stays locked until the caller's transaction ends: a second issue waits, and one that fails
    gives its number back, so that none is used twice and none is skipped.
    """
    LetterCounter.objects.get_or_create(code=code, year=year)
    counter = LetterCounter.objects.select_for_update().get(code=code, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def queue_rendering(letter: Letter) -> None:
    """Have the worker make the PDF once the transaction is kept.

    With the broker away the letter is issued all the same: the row without a file is what the sweep looks for.
    """

    def enqueue() -> None:
        render_letter.apply_async((letter.pk,), retry=False)

    transaction.on_commit(enqueue, robust=True)


def _check_tasks(letter: Letter) -> None:
    """Refuse to urge what has been done since the draft was made."""
    done = Task.objects.filter(letter_items__letter=letter, completed_on__isnull=False) | Task.objects.filter(
        letter_items__letter=letter, state=Task.State.CLOSED
    )
    names = "、".join(f"“{task}”" for task in done.distinct().order_by("code"))
    if names:
        raise UserError(f"{names}在起草后已完成，不应再发函。请修改文稿将其移出并核对事由中的数字，或将草稿作废。")


@transaction.atomic
def issue_letter(*, actor: "User", letter_id: int, signatory: str, expected_version: int | None = None) -> Letter:
    """签发: take the number, date the letter, tell the unit, and have the PDF made.

    Args:
        actor: clerk of the office, or a county leader.
        letter_id: a draft.
        signatory: 签发人, the name of the person who approved it.
        expected_version: version of the draft last seen.

    Raises:
        UserError: no signatory, the reply deadline has come, or a task was done meanwhile.
        Http404, NotAllowed, WrongState, StaleObject: see `supervision.permissions.lock_letter_for`.
    """
    letter = lock_letter_for(actor, letter_id, ISSUE, expected_version)
    signatory = " ".join(signatory.split())
    if not signatory:
        raise UserError("请填写签发人姓名。")
    if len(signatory) > 60:
        raise UserError("签发人姓名请控制在 60 字以内。")
    check_reply_date(letter.reply_due_on)
    _check_tasks(letter)
    today = clock.today()
    letter.year, letter.sequence = today.year, take_number(letter.code, today.year)
    letter.issued_on, letter.issued_by, letter.signatory = today, actor, signatory
    carry_out(
        letter,
        ISSUE,
        actor=actor,
        changes=[("发文字号", "", letter.number), ("签发人", "", signatory)],
        fields=("year", "sequence", "issued_on", "issued_by", "signatory"),
    )
    tell_unit(
        letter,
        f"收到{letter.get_kind_display()}：{letter}",
        f"请及时签收，并于{official_date(letter.reply_due_on)}前逐项回复。",
        actor=actor,
    )
    queue_rendering(letter)
    return letter


@transaction.atomic
def void_letter(*, actor: "User", letter_id: int, reason: str, expected_version: int | None = None) -> Letter:
    """作废: take a draft or an issued letter back; a number it has stays used.

    Raises:
        UserError: no reason.
        Http404, NotAllowed, WrongState, StaleObject: see `supervision.permissions.lock_letter_for`.
    """
    letter = lock_letter_for(actor, letter_id, VOID, expected_version)
    letter.void_reason = check_reason(VOID, reason)
    carry_out(letter, VOID, actor=actor, reason=letter.void_reason, fields=("void_reason",))
    if letter.sequence is not None:
        tell_unit(letter, f"{letter.number}已作废，无需办理", letter.void_reason, actor=actor)
    return letter


@transaction.atomic
def render_again(*, actor: "User", letter_id: int) -> Letter:
    """重新生成: have the PDF of a letter in force made anew, after an error or when the proper fonts were installed.

    The earlier file stays on disk; its fingerprint is in the history.

    Raises:
        Http404: not visible to the person.
        NotAllowed: the person is not of the office.
        WrongState: a draft or a voided letter has no PDF.
    """
    get_letter_for(actor, letter_id)
    if not may_compose(actor):
        raise NotAllowed("只有县安委办工作人员可以重新生成PDF。")
    letter = lock_row(Letter.objects.all(), letter_id)
    if letter.state in (Letter.State.DRAFT, Letter.State.VOID):
        raise WrongState(f"函件当前为“{letter.get_state_display()}”，没有需要生成的PDF。")
    letter.pdf, letter.pdf_error = "", ""
    bump(letter, "pdf", "pdf_error")
    trail.record(actor=actor, action="letter.render_again", target=letter, summary="重新生成PDF")
    queue_rendering(letter)
    return letter
