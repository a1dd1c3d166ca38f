"""What of the letters waits for a person, for 我的工作 and the daily digest."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from core import clock
from core.queues import NOTHING, Placed, QueueRow, WorkQueue, placed
from responsibility.authority import authority_of
from supervision.models import Letter
from supervision.transitions import ISSUE, RECEIVE

S = Letter.State


# key, state, place on the page, title, how the summary counts it, what the button says, its page
QueueKind = tuple[str, str, int, str, str, str, str]
UNIT_QUEUES: tuple[QueueKind, ...] = (
    ("sign", S.ISSUED, 44, "督促函待签收", "份督促函待签收", RECEIVE.label, "detail"),
    ("reply", S.RECEIVED, 45, "督促函待回复", "份督促函待回复", "填写回复", "reply"),
)
OFFICE_QUEUES: tuple[QueueKind, ...] = (
    ("review", S.REPLIED, 52, "督促函回复待审核", "份督促函回复待审核", "审核", "detail"),
)
SIGNING_QUEUES: tuple[QueueKind, ...] = (
    ("issue", S.DRAFT, 53, "督促函草稿待签发", "份督促函待签发", ISSUE.done, "detail"),
)


def letter_queues(user: Any) -> list[WorkQueue]:
    """Return the letter queues of a person, by the roles they hold today."""
    authority = authority_of(user)
    wanted: tuple[QueueKind, ...] = UNIT_QUEUES if authority.units else ()
    wanted += OFFICE_QUEUES if authority.is_office else ()
    wanted += SIGNING_QUEUES if authority.is_office or authority.is_leader else ()
    if not wanted:
        return []
    theirs = {row[0] for row in UNIT_QUEUES}
    places = {
        key: Q(state=state, unit_id__in=authority.units) if key in theirs else Q(state=state)
        for key, state, *_ in wanted
    }
    found = placed(Letter.objects.select_related("unit"), places, "reply_due_on", "pk")
    return [_queue(*row, found.get(row[0], NOTHING)) for row in wanted]


def _queue(
    key: str, state: str, order: int, title: str, short: str, button: str, page: str, queue: Placed
) -> WorkQueue:
    late = any(letter.awaits_unit and letter.reply_due_on < clock.today() for letter in queue.rows)
    rows = [
        QueueRow(
            title=str(letter),
            path=reverse("supervision:detail", args=[letter.pk]),
            tag=letter.get_kind_display(),
            note=_note(letter),
            due_on=letter.reply_due_on if letter.awaits_unit else None,
            action_label=button,
            action_path=reverse(f"supervision:{page}", args=[letter.pk]),
        )
        for letter in queue.rows
    ]
    path = f"{reverse('supervision:list')}?state={state}"
    return WorkQueue(f"letters-{key}", order, title, short, "red" if late else "blue", queue.count, rows, path)


def _note(letter: Letter) -> str:
    note = f"主送：{letter.unit.short_name}"
    return f"{note} · 回复被退回：{letter.review_comment}" if letter.was_returned else note
