"""What of the drills waits for a person, for 我的工作 and the daily digest."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from core import clock
from core.queues import NOTHING, SHOWN, Placed, QueueRow, WorkQueue, placed
from drills.duties import Question, duties
from drills.duty_lines import Duty, read_duties
from drills.models import Drill
from drills.models.records import awaiting_review, owned
from drills.permissions import may_file
from responsibility.authority import authority_of


@dataclass(frozen=True, slots=True)
class RecordQueue:
    """A queue of records: as in `core.queues.WorkQueue`, and what the button of a row says and opens."""

    key: str
    order: int
    title: str
    short: str
    tone: str
    button: str
    page: str


RETURNED = RecordQueue("drills-returned", 12, "演练记录退回待改", "条演练记录退回待改", "red", "修改后重报", "edit")
REVIEW = RecordQueue("drills-review", 54, "演练记录待审核计入", "条演练记录待审核", "blue", "审核", "detail")


def drill_queues(user: Any) -> list[WorkQueue]:
    """Return the queues of a person: records returned, drills they still owe, records that wait for judgement."""
    rows = Drill.objects.select_related("organiser", "enterprise")
    places = {REVIEW.key: awaiting_review(user)}
    if may_file(user):
        places[RETURNED.key] = owned(user) & Q(state=Drill.State.RETURNED)
    found = placed(rows, places, "reviewed_at", "submitted_at", "pk")
    queues = [_queue(queue, found.get(queue.key, NOTHING)) for queue in (RETURNED, REVIEW)]
    owed = _owed(user)
    return [*queues, owed] if owed else queues


def _queue(queue: RecordQueue, found: Placed) -> WorkQueue:
    returned = queue == RETURNED
    rows = [
        QueueRow(
            title=str(drill),
            path=reverse("drills:detail", args=[drill.pk]),
            tag=drill.get_level_display(),
            note=f"退回意见：{drill.review_comment}" if returned else f"{drill.organiser_name} · {drill.subject}",
            action_label=queue.button,
            action_path=reverse(f"drills:{queue.page}", args=[drill.pk]),
        )
        for drill in found.rows
    ]
    path = f"{reverse('drills:list')}?queue={queue.key.removeprefix('drills-')}"
    return WorkQueue(queue.key, queue.order, queue.title, queue.short, queue.tone, found.count, rows, path)


def _owed(user: Any) -> WorkQueue | None:
    """Return the drills that the person's own units and enterprises still owe and that press."""
    authority, today = authority_of(user), clock.today()
    if not (authority.units or authority.enterprises):
        return None
    found = duties(Question(today.year, today, user, own=True, met="0", pressing=True, order="period"))
    shown = read_duties(found, 0, SHOWN)
    rows = [
        QueueRow(
            title=f"{line.name}{line.rule.get_frequency_display()}{line.rule.get_what_display()}",
            path=line.new_path,
            tag="应练",
            note=_owed_note(line),
            due_on=line.period.end,
            action_label="登记演练",
        )
        for line in shown
    ]
    count = len(shown) if len(shown) < SHOWN else found.count()
    tone = "red" if any(line.overdue for line in shown) else "yellow"
    path = f"{reverse('drills:duties')}?year={today.year}&own=1&met=0&pressing=1"
    return WorkQueue("drills-owed", 35, "本单位未完成演练", "项演练未完成", tone, count, rows, path)


def _owed_note(line: Duty) -> str:
    return (
        f"{line.period.label} · 村（社区）{line.words}" if line.of_villages else f"{line.period.label} · {line.words}"
    )
