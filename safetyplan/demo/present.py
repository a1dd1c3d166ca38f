"""What is under way in the demonstration on the day it is loaded, so that no role opens an empty page.

The storylines are dated; between two rounds of reports little waits. This module brings the next round of a few tasks
forward to the end of the last working day and writes letters about tasks that are behind, again through the services.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from core import clock
from core.workdays import add_working_days
from safetyplan.demo.replay import Event, Replay, carry_out, timeline
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
# Later than everything a storyline does on a day, still within office hours.
EVENING = (17, 36)


@dataclass(frozen=True, slots=True)
class Present:
    """The last working day before the demonstration is loaded.

    Attributes:
        replay: this year's storyline.
        evening: when what is under way begins to happen.
        today: day the demonstration is loaded; what the storyline dates up to it happens by itself.
        settled: tasks that move between that evening and the loading, left alone here.
    """

    replay: Replay
    evening: datetime
    today: date
    settled: frozenset[int]

    def at(self, minutes: int) -> datetime:
        """Return the moment so many minutes into the evening."""
        return self.evening + timedelta(minutes=minutes)

    def waiting(self, state: str) -> int:
        """Count the tasks that will still be in this state when the demonstration is loaded."""
        return Task.objects.filter(state=state).exclude(pk__in=self.settled).count()

    def rows(self) -> Iterator[tuple[dict[str, Any], Task]]:
        """Yield the storyline's rows under way, each with its task."""
        for row in self.replay.story.content["tasks"]:
            task = Task.objects.get(pk=self.replay.story.tasks[row["item"]].pk)
            if task.state == Task.State.ACTIVE and task.pk not in self.settled:
                yield row, task


def _dates(row: dict[str, Any], year: int) -> Iterator[date]:
    closing = row["closing"] or {}
    found = [row["signed_on"], closing.get("applied_on"), closing.get("decided_on")]
    found += [report.get(name) for report in row["reports"] for name in ("submitted_on", "reviewed_on")]
    yield from (day_of(text, year) for text in found if text)


def _settled(replays: list[Replay], evening: datetime, today: date) -> frozenset[int]:
    return frozenset(
        replay.story.tasks[row["item"]].pk
        for replay in replays
        for row in replay.story.content["tasks"]
        if any(clock.date_of(evening) < day <= today for day in _dates(row, replay.story.year))
    )


def _next_report(present: Present, row: dict[str, Any]) -> dict[str, Any] | None:
    for report in row["reports"]:
        day = day_of(report["submitted_on"], present.replay.story.year)
        if day > present.today:
            found: dict[str, Any] = report
            return found if day - present.today <= FORWARD else None
    return None


def _reports(present: Present) -> list[Event]:
    """Bring forward the next reports of tasks under way; the last of them is returned."""
    returning = not present.waiting(Task.State.RETURNED)
    wanted = RETURNED * returning + max(0, WAITING - present.waiting(Task.State.REPORTED))
    events: list[Event] = []
    for row, task in present.rows():
        report = _next_report(present, row) if len(events) < wanted else None
        if report is None or task.completed_on is not None:
            continue
        editor = present.replay.people.users[f"{row['lead']}-editor"]
        events.append(Event(present.at(len(events)), partial(present.replay.submit, editor, task, report)))
        if returning and len(events) == wanted:
            office = present.replay.people.users["office-2"]
            give_back = partial(return_report, actor=office, task_id=task.pk, reason=RETURN_REASON)
            events.append(Event(present.at(10), give_back))
    return events


def _closings(present: Present) -> list[Event]:
    """Ask for the closing of a task that is complete, where none waits."""
    if present.waiting(Task.State.CLOSING) >= CLOSING:
        return []
    for row, task in present.rows():
        if row["closing"] and task.completed_on is not None:
            editor = present.replay.people.users[f"{row['lead']}-editor"]
            reason = row["closing"]["reason"]
            return [Event(present.at(12), partial(request_close, actor=editor, task_id=task.pk, reason=reason))]
    return []


def _letters(present: Present) -> list[Event]:
    """Write about red tasks: a draft that waits to be signed and, where no unit has one to answer, an issued letter."""
    open_letters = Letter.objects.exclude(state__in=[Letter.State.CLOSED, Letter.State.VOID])
    named = open_letters.values("items__task_id")
    worst: dict[int, int] = {}
    behind = Task.objects.filter(state__in=[Task.State.ACTIVE, Task.State.RETURNED], lamp=Task.Lamp.RED)
    for task in behind.exclude(pk__in=named).order_by("due_on", "code"):
        worst.setdefault(task.lead_id, task.pk)
    issuing = not open_letters.awaiting_unit().exists()
    chosen = list(worst.values())[: 1 + issuing]
    return [
        Event(present.at(14 + place), partial(_write, present.replay, pk, issue=issuing and place == 0))
        for place, pk in enumerate(chosen)
    ]


def _write(replay: Replay, task_id: int, *, issue: bool) -> None:
    office, leader = replay.people.users["office-1"], replay.people.users["leader-2"]
    cover = replay.cover(add_working_days(clock.today(), 7))
    made = compose_letters(actor=office, kind=Letter.Kind.URGING, task_ids=[task_id], cover=cover, again=[task_id])
    if issue:
        issue_letter(actor=leader, letter_id=made.letters[0].pk, signatory=replay.people.names["leader-2"])


def live_through(replays: list[Replay], *, until: datetime, more: Sequence[Event] = ()) -> int:
    """Carry out the storylines up to `until`, and what is under way on the last working day before it.

    Args:
        replays: the storylines, this year's last.
        until: the moment the demonstration is loaded.
        more: what else happens, such as hazards found and drills held; what is dated later is left out.

    Returns:
        How many events happened.
    """
    today = clock.date_of(until)
    evening = moment_of(add_working_days(today, -1), *EVENING)
    events = timeline(replays, until=until)
    events = sorted([*events, *(event for event in more if event.at <= until)], key=lambda event: event.at)
    carry_out([event for event in events if event.at <= evening])
    present = Present(replays[-1], evening, today, _settled(replays, evening, today))
    lively = [event for part in (_reports, _closings, _letters) for event in part(present)]
    carry_out(sorted(lively, key=lambda event: event.at))
    carry_out([event for event in events if event.at > evening])
    return len(events) + len(lively)
