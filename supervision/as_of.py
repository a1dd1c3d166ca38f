"""Letters as they stood at the end of a past day, told from the dated entries of their moves in the audit trail."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from audit.models import Entry
from core import clock
from supervision.models import Letter
from supervision.transitions import LETTER_TRANSITIONS
from tasks.models import Plan

S = Letter.State
_TARGETS = {f"letter.{move.action}": move.target for move in LETTER_TRANSITIONS if move.target}


@dataclass(frozen=True, slots=True)
class LetterSnapshot:
    """One letter at the end of a day.

    Attributes:
        letter: the row as it is now, with its unit; only what never changes after the issue may be read from it.
        state: code of `Letter.State` on the day.
        received_on, replied_on, closed_on: day of the last such move by then; a reply that was sent back is none.
        late: the unit should have answered by then and had not.
    """

    letter: Letter
    state: str
    received_on: date | None
    replied_on: date | None
    closed_on: date | None
    late: bool


def letters_on(plan: Plan, day: date) -> list[LetterSnapshot]:
    """Return the letters about a plan's tasks that were issued by the end of `day` and in force then, by number.

    Costs two queries.
    """
    letters = list(
        Letter.objects.filter(plan=plan, issued_on__lte=day)
        .select_related("unit")
        .order_by("issued_on", "year", "sequence", "pk")
    )
    moves: dict[str, list[tuple[str, date]]] = defaultdict(list)
    entries = Entry.objects.filter(
        object_type=Letter._meta.label_lower,
        object_id__in=[str(letter.pk) for letter in letters],
        action__in=_TARGETS,
    )
    for pk, action, at in entries.order_by("at", "pk").values_list("object_id", "action", "at"):
        if clock.date_of(at) <= day:
            moves[pk].append((_TARGETS[action], clock.date_of(at)))
    told = [_told(letter, moves[str(letter.pk)], day) for letter in letters]
    return [row for row in told if row.state not in (S.DRAFT, S.VOID)]


def _told(letter: Letter, moves: list[tuple[str, date]], day: date) -> LetterSnapshot:
    state = moves[-1][0] if moves else S.ISSUED
    last = dict(moves)
    replied = state in (S.REPLIED, S.CLOSED)
    return LetterSnapshot(
        letter=letter,
        state=state,
        received_on=last.get(S.RECEIVED),
        replied_on=last.get(S.REPLIED) if replied else None,
        closed_on=last.get(S.CLOSED),
        late=state in (S.ISSUED, S.RECEIVED) and letter.reply_due_on < day,
    )
