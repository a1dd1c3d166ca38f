"""The demonstration's year, event by event, through the services people use."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from core import clock
from evidence.services import attach_file
from safetyplan.demo.county import People, county_name
from safetyplan.demo.files import make_evidence
from safetyplan.demo.plans import Storyline
from safetyplan.demo.story import day_of, moment_of
from supervision.models import Letter
from supervision.services.drafting import Cover, Texts, compose_letters
from supervision.services.issuing import issue_letter
from supervision.services.replying import ReplyDraft, close_letter, receive_letter, reply_letter, save_reply
from supervision.wording import DEMANDS
from tasks.models import Task
from tasks.progress import HUNDRED
from tasks.services.changes import recompute_lamps
from tasks.services.milestones import MilestoneDraft, set_milestones
from tasks.services.moves import close_task, request_close, sign_task
from tasks.services.reporting import ReportDraft, pass_report, return_report, save_draft, submit_report

# A report delivers the occurrences that fall due so soon after it.
SOON_DAYS = 20
OFFICE_CODE = "清安委办"
# Lamps are brought up to date daily in the last days, so that 近 7 天变红 is true, and twice a month before.
DAILY_FOR = 10


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when, and what to call."""

    at: datetime
    run: Callable[[], Any]


@dataclass(slots=True)
class Replay:
    """Carries out one storyline; letters made are kept by their key."""

    people: People
    story: Storyline
    letters: dict[str, int] = field(default_factory=dict)

    def events(self) -> Iterator[Event]:
        """Yield everything that happens in the storyline, in no order."""
        for row in self.story.content["tasks"]:
            yield from self._task_events(row, self.story.tasks[row["item"]])
        for row in self.story.content["letters"]:
            yield from self._letter_events(row)

    def _at(self, text: str, hour: int, minute: int = 0) -> datetime:
        return moment_of(day_of(text, self.story.year), hour, minute)

    def _task_events(self, row: dict[str, Any], task: Task) -> Iterator[Event]:
        editor = self.people.users[f"{row['lead']}-editor"]
        reviewer = self.people.users["office-2"]
        # Items of one day follow each other by their number.
        minute = row["item"] % 60
        if row["signed_on"]:
            sign = partial(sign_task, actor=editor, task_id=task.pk)
            yield Event(self._at(row["signed_on"], 9, minute), sign)
        if "milestones" in row:
            plan = row["milestones"]
            yield Event(self._at(plan["set_on"], 9, 30), partial(self.set_milestones, row["lead"], task, plan))
        for report in row["reports"]:
            submit = partial(self.submit, editor, task, report)
            yield Event(self._at(report["submitted_on"], 10, minute), submit)
            if report["outcome"] == "pending":
                continue
            decide: Callable[[], Any]
            if report["outcome"] == "passed":
                decide = partial(pass_report, actor=reviewer, task_id=task.pk, comment=report["review_comment"])
            else:
                decide = partial(return_report, actor=reviewer, task_id=task.pk, reason=report["review_comment"])
            yield Event(self._at(report["reviewed_on"], 15, minute), decide)
        closing = row["closing"]
        if closing:
            ask = partial(request_close, actor=editor, task_id=task.pk, reason=closing["reason"])
            yield Event(self._at(closing["applied_on"], 16, minute), ask)
            if closing["decided_on"]:
                office = self.people.users["office-1"]
                close = partial(close_task, actor=office, task_id=task.pk, reason=closing["opinion"])
                yield Event(self._at(closing["decided_on"], 17, minute), close)

    def set_milestones(self, lead: str, task: Task, plan: dict[str, Any]) -> None:
        """Set a task's milestones, by the office where it plans by them and else by the lead unit."""
        drafts = [
            MilestoneDraft(None, kind, title, day_of(due_on, self.story.year), Decimal(str(share)))
            for title, kind, due_on, share in plan["rows"]
        ]
        curve = plan.get("curve")
        actor = self.people.users["office-1" if curve else f"{lead}-editor"]
        set_milestones(actor=actor, task_id=task.pk, drafts=drafts, curve=curve, reason=plan["reason"])

    def submit(self, editor: Any, task: Task, report: dict[str, Any]) -> None:
        """Draft, prove and submit one report of the storyline at the moment travelled to."""
        targets = list(task.targets.order_by("pk"))
        if len(targets) != len(report["values"]):
            raise ValueError(f"{task.code}: {len(targets)} targets, {len(report['values'])} values")
        draft = save_draft(
            actor=editor,
            task_id=task.pk,
            draft=ReportDraft(
                values={
                    target.pk: Decimal(str(value)) for target, value in zip(targets, report["values"], strict=True)
                },
                percent=Decimal(str(report["percent"])),
                nodes=_delivered(task, Decimal(str(report["percent"]))),
                texts={name: report[name] or "" for name in ("actions_taken", "results", "problems", "next_steps")},
            ),
        )
        for row in report["evidence"]:
            upload = make_evidence(row["file"], row["caption"], task.lead.short_name, clock.today().isoformat())
            attach_file(actor=editor, owner=draft, upload=upload)
        submit_report(actor=editor, task_id=task.pk)

    def _letter_events(self, row: dict[str, Any]) -> Iterator[Event]:
        editor = self.people.users[f"{row['unit']}-editor"]
        yield Event(self._at(row["drafted_on"], 11), partial(self._compose, row))
        if row["issued_on"]:
            yield Event(self._at(row["issued_on"], 14), partial(self._issue, row))
        if row["received_on"]:
            yield Event(self._at(row["received_on"], 9, 30), lambda: self._receive(row, editor))
        reply = row["reply"]
        if reply:
            yield Event(self._at(reply["on"], 16, 30), lambda: self._reply(row, editor))
            if reply["reviewed_on"]:
                yield Event(self._at(reply["reviewed_on"], 17, 30), lambda: self._close(row))

    def cover(self, reply_due_on: date, demand: str = "") -> Cover:
        """Return what every letter of the demonstration office has in common."""
        return Cover(
            issuer=county_name() + self.people.units["AW01"].name.removeprefix("县"),
            code=OFFICE_CODE,
            contact=f"{self.people.names['office-3']}，{self.people.users['office-3'].phone}",
            reply_due_on=reply_due_on,
            demand=demand or DEMANDS[Letter.Kind.URGING],
        )

    def _compose(self, row: dict[str, Any]) -> None:
        tasks = [self.story.tasks[number] for number in row["items"]]
        unit = self.people.units[row["unit"]]
        office = self.people.users["office-1"]
        composition = compose_letters(
            actor=office,
            kind=row["kind"],
            task_ids=[task.pk for task in tasks],
            cover=self.cover(day_of(row["reply_due_on"], self.story.year), row["demand"]),
            again=[task.pk for task in tasks],
            texts={unit.pk: Texts(row["title"], row["opening"])},
            requirements={self.story.tasks[int(number)].pk: text for number, text in row["requirements"].items()},
        )
        self.letters[row["key"]] = composition.letters[0].pk

    def _issue(self, row: dict[str, Any]) -> None:
        signatory = self.people.names[row["signatory"]]
        leader = self.people.users[row["signatory"]]
        issue_letter(actor=leader, letter_id=self.letters[row["key"]], signatory=signatory)

    def _receive(self, row: dict[str, Any], editor: Any) -> None:
        receive_letter(actor=editor, letter_id=self.letters[row["key"]])

    def _reply(self, row: dict[str, Any], editor: Any) -> None:
        letter = Letter.objects.get(pk=self.letters[row["key"]])
        answers = {self.story.tasks[int(number)].pk: answer for number, answer in row["reply"]["items"].items()}
        items = {item.pk: answers[item.task_id] for item in letter.items.all()}
        draft = ReplyDraft(
            replies={pk: answer["text"] for pk, answer in items.items()},
            promised={
                pk: day_of(answer["promised_on"], self.story.year) if answer.get("promised_on") else None
                for pk, answer in items.items()
            },
            summary=row["reply"]["summary"],
        )
        save_reply(actor=editor, letter_id=letter.pk, draft=draft)
        reply_letter(actor=editor, letter_id=letter.pk)

    def _close(self, row: dict[str, Any]) -> None:
        office = self.people.users["office-2"]
        close_letter(actor=office, letter_id=self.letters[row["key"]], comment=row["reply"]["review_comment"])


def _delivered(task: Task, percent: Decimal) -> list[int]:
    """Return what a report delivers: milestones up to its percent, occurrences due by now or soon, at 100 % all."""
    soon = clock.today() + timedelta(days=SOON_DAYS)
    return [
        node.pk
        for node in task.nodes.undelivered()
        if percent >= HUNDRED or (node.due_on <= soon if node.share is None else node.share <= percent)
    ]


def lamp_days(first: date, last: date) -> Iterator[date]:
    """Yield the days on which lamps are brought up to date: first and last of each month, then daily at the end.

    The last of a month, so that a quarter's report finds the colours of its last day.
    """
    day = first
    while day <= last:
        if 1 in (day.day, (day + timedelta(days=1)).day) or (last - day).days < DAILY_FOR:
            yield day
        day += timedelta(days=1)


def timeline(replays: list[Replay], *, until: datetime) -> list[Event]:
    """Return everything dated up to `until` in order of time, the nightly recomputing of lamps included."""
    events = [event for replay in replays for event in replay.events() if event.at <= until]
    first = min(replay.story.year for replay in replays)
    for day in lamp_days(date(first, 2, 1), clock.date_of(until)):
        events.append(Event(moment_of(day, 0, 10), recompute_lamps))
    return sorted((event for event in events if event.at <= until), key=lambda event: event.at)


def carry_out(events: list[Event]) -> None:
    """Run events in their order, each at its own moment."""
    for event in events:
        with clock.travel(event.at):
            event.run()
