"""What of the drills waits for a person, for 我的工作 and the daily digest."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from core import clock
from core.queues import SHOWN, QueueRow, WorkQueue
from drills.duties import Question, duties
from drills.duty_lines import Duty, read_duties
from drills.models import Drill
from drills.permissions import may_file
from responsibility.authority import authority_of

S = Drill.State


def drill_queues(user: Any) -> list[WorkQueue]:
    """Return the queues of a person: records returned, drills they still owe, records that wait for judgement."""
    rows, found = Drill.objects.select_related("organiser", "enterprise"), []
    if may_file(user):
        returned = rows.owned_by(user).filter(state=S.RETURNED).order_by("reviewed_at", "pk")
        found.append(_queue("drills-returned", 12, "演练记录退回待改", "条演练记录退回待改", "returned", returned))
    waiting = rows.awaiting_review_by(user).order_by("submitted_at", "pk")
    owed = _owed(user)
    found += [owed] if owed else []
    found.append(_queue("drills-review", 54, "演练记录待审核计入", "条演练记录待审核", "review", waiting))
    return found


def _queue(key: str, order: int, title: str, short: str, name: str, drills: "QuerySet[Drill]") -> WorkQueue:
    shown = list(drills[:SHOWN])
    returned = name == "returned"
    rows = [
        QueueRow(
            title=str(drill),
            path=reverse("drills:detail", args=[drill.pk]),
            tag=drill.get_level_display(),
            note=f"退回意见：{drill.review_comment}" if returned else f"{drill.organiser_name} · {drill.subject}",
            action_label="修改后重报" if returned else "审核",
            action_path=reverse("drills:edit" if returned else "drills:detail", args=[drill.pk]),
        )
        for drill in shown
    ]
    count = len(shown) if len(shown) < SHOWN else drills.count()
    path = f"{reverse('drills:list')}?queue={name}"
    return WorkQueue(key, order, title, short, "red" if returned else "blue", count, rows, path)


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
