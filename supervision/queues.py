"""What of the letters waits for a person, for 我的工作 and the daily digest."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from core import clock
from core.queues import SHOWN, QueueRow, WorkQueue
from responsibility.authority import authority_of
from supervision.models import Letter
from supervision.transitions import ISSUE, RECEIVE

S = Letter.State


def letter_queues(user: Any) -> list[WorkQueue]:
    """Return the letter queues of a person, by the roles they hold today."""
    authority = authority_of(user)
    rows, found = Letter.objects.select_related("unit"), []
    if authority.units:
        own = rows.filter(unit_id__in=authority.units).order_by("reply_due_on", "pk")
        found += [
            _queue("letters-sign", 44, "督促函待签收", "份督促函待签收", S.ISSUED, own, RECEIVE.label, "detail"),
            _queue("letters-reply", 45, "督促函待回复", "份督促函待回复", S.RECEIVED, own, "填写回复", "reply"),
        ]
    if authority.is_office:
        answered = rows.order_by("replied_at", "pk")
        found.append(
            _queue(
                "letters-review", 52, "督促函回复待审核", "份督促函回复待审核", S.REPLIED, answered, "审核", "detail"
            )
        )
    if authority.is_office or authority.is_leader:
        drafts = rows.order_by("created_at", "pk")
        found.append(
            _queue("letters-issue", 53, "督促函草稿待签发", "份督促函待签发", S.DRAFT, drafts, ISSUE.done, "detail")
        )
    return found


def _queue(
    key: str, order: int, title: str, short: str, state: str, letters: "QuerySet[Letter]", button: str, page: str
) -> WorkQueue:
    shown = list(letters.filter(state=state)[:SHOWN])
    late = any(letter.awaits_unit and letter.reply_due_on < clock.today() for letter in shown)
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
        for letter in shown
    ]
    count = len(shown) if len(shown) < SHOWN else letters.filter(state=state).count()
    path = f"{reverse('supervision:list')}?state={state}"
    return WorkQueue(key, order, title, short, "red" if late else "blue", count, rows, path)


def _note(letter: Letter) -> str:
    note = f"主送：{letter.unit.short_name}"
    return f"{note} · 回复被退回：{letter.review_comment}" if letter.was_returned else note
