"""What is under way in the demonstration on the day it is loaded, so that no role opens an empty page.

The storylines are dated; between two rounds of reports little waits. This module brings the next round of a few tasks
forward and writes letters about tasks that are behind, again through the services.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from core import clock
from core.workdays import add_working_days
from safetyplan.demo.replay import Event, Replay
from safetyplan.demo.story import day_of, moment_of
from supervision.models import Letter
from supervision.services.drafting import compose_letters
from supervision.services.issuing import issue_letter
from tasks.models import Task
from tasks.services.moves import request_close
from tasks.services.reporting import return_report

# A report may come so many days before the day its storyline names.
FORWARD = timedelta(days=60)
WAITING, RETURNED, CLOSING = 3, 1, 1
RETURN_REASON = "佐证材料没有注明日期和地点，请补充后重新上报。"


def _next_report(replay: Replay, row: dict[str, Any], until: datetime) -> dict[str, Any] | None:
    today = clock.date_of(until)
    for report in row["reports"]:
        day = day_of(report["submitted_on"], replay.story.year)
        if day > today:
            found: dict[str, Any] = report
            return found if day - today <= FORWARD else None
    return None


def _reports(replay: Replay, until: datetime) -> list[Event]:
    """Bring forward the next reports of tasks under way; the last of them is returned."""
    wanted = RETURNED * (not Task.objects.filter(state=Task.State.RETURNED).exists())
    wanted += max(0, WAITING - Task.objects.filter(state=Task.State.REPORTED).count())
    events: list[Event] = []
    returning = not Task.objects.filter(state=Task.State.RETURNED).exists()
    for row in replay.story.content["tasks"]:
        task = Task.objects.get(pk=replay.story.tasks[row["item"]].pk)
        report = _next_report(replay, row, until) if len(events) < wanted else None
        if report is None or task.state != Task.State.ACTIVE or task.completed_on is not None:
            continue
        editor = replay.people.users[f"{row['lead']}-editor"]
        submit = partial(replay.submit, editor, task, report)
        events.append(Event(until - timedelta(hours=30 + 2 * len(events)), submit))
        if returning and len(events) == wanted:
            office = replay.people.users["office-2"]
            give_back = partial(return_report, actor=office, task_id=task.pk, reason=RETURN_REASON)
            events.append(Event(until - timedelta(hours=5), give_back))
    return events


def _closings(replay: Replay, until: datetime) -> list[Event]:
    """Ask for the closing of a task that is complete, where none waits."""
    if Task.objects.filter(state=Task.State.CLOSING).count() >= CLOSING:
        return []
    for row in replay.story.content["tasks"]:
        task = Task.objects.get(pk=replay.story.tasks[row["item"]].pk)
        if row["closing"] and task.state == Task.State.ACTIVE and task.completed_on is not None:
            editor = replay.people.users[f"{row['lead']}-editor"]
            reason = row["closing"]["reason"]
            return [
                Event(until - timedelta(hours=4), partial(request_close, actor=editor, task_id=task.pk, reason=reason))
            ]
    return []


def _letters(replay: Replay, until: datetime) -> list[Event]:
    """Write to two units about red tasks: one letter is issued and waits to be signed for, one is a draft."""
    if Letter.objects.exclude(state__in=[Letter.State.CLOSED, Letter.State.VOID]).exists():
        return []
    worst: dict[int, int] = {}
    for task in Task.objects.filter(state=Task.State.ACTIVE, lamp=Task.Lamp.RED).order_by("due_on", "code"):
        worst.setdefault(task.lead_id, task.pk)
    chosen = list(worst.values())[:2]
    made = [Event(until - timedelta(hours=3 - index), partial(_write, replay, pk)) for index, pk in enumerate(chosen)]
    return [*made, Event(until - timedelta(hours=1), partial(_issue_first, replay))] if made else []


def _write(replay: Replay, task_id: int) -> None:
    office = replay.people.users["office-1"]
    cover = replay.cover(add_working_days(clock.today(), 7))
    compose_letters(actor=office, kind=Letter.Kind.URGING, task_ids=[task_id], cover=cover, again=[task_id])


def _issue_first(replay: Replay) -> None:
    leader = replay.people.users["leader-2"]
    letter = Letter.objects.filter(state=Letter.State.DRAFT).earliest("created_at")
    issue_letter(actor=leader, letter_id=letter.pk, signatory=replay.people.names["leader-2"])


def bring_to_life(replay: Replay, until: datetime) -> int:
    """Carry out what is under way on the day of `until`.

    Returns:
        How many events happened.
    """
    # Offices work by day, whenever the demonstration is loaded.
    if not 9 <= timezone.localtime(until).hour < 18:
        until = min(until, moment_of(clock.date_of(until - timedelta(hours=9)), 17))
    done = 0
    for part in (_reports, _closings, _letters):
        for event in sorted(part(replay, until), key=lambda event: event.at):
            with clock.travel(event.at):
                event.run()
            done += 1
    return done
