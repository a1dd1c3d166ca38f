"""交办事项 of the demonstration county: instructions, minutes, feedback, the tasks they became, one with children."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from core import clock
from evidence.services import attach_file
from safetyplan.demo.county import People
from safetyplan.demo.files import make_evidence
from safetyplan.demo.replay import Event
from safetyplan.demo.story import day_of, moment_of, read_json
from tasks.models import Directive, Task
from tasks.services.charge import Charge
from tasks.services.children import NewChild, add_children
from tasks.services.directives import DirectiveDraft, register_directive, settle_directive
from tasks.services.item_editing import TargetDraft
from tasks.services.moves import close_directly, sign_task
from tasks.services.opening import NewTask, open_task
from tasks.services.reporting import ReportDraft, pass_report, save_draft, submit_report

# Days from the entry to its tasks, from those to their signing, and from a report to its review.
OPENED_AFTER, SIGNED_AFTER, REVIEWED_AFTER = 1, 3, 2


def directive_ledger(people: People, until: datetime) -> list[Event]:
    """Return what happens in the register in the year of `until`."""
    register = _Register(people, clock.date_of(until).year)
    return [event for row in read_json("directives.json")["directives"] for event in register.events(row)]


@dataclass(slots=True)
class _Register:
    """The register of a year; what was made is kept by key."""

    people: People
    year: int
    entries: dict[str, Directive] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)

    def events(self, row: dict[str, Any]) -> Iterator[Event]:
        """Yield the way of one entry."""
        received = day_of(row["received_on"], self.year)
        opened = received + timedelta(days=OPENED_AFTER)
        yield Event(moment_of(received, 9, 20), partial(self._register, row))
        for number, task in enumerate(row["tasks"]):
            key = f"{row['key']}-{number}"
            yield Event(moment_of(opened, 9, 30 + number), partial(self._open, row["key"], key, task))
            yield Event(moment_of(opened + timedelta(days=SIGNED_AFTER), 9, 40), partial(self._sign, key))
            for day, percent, words, value in task["reports"]:
                yield from self._reports(key, day_of(day, self.year), percent, words, value)
            if "closed_on" in task:
                yield Event(moment_of(day_of(task["closed_on"], self.year), 16), partial(self._close, key))
            for place, child in enumerate(task.get("children", ())):
                yield from self._child_events(f"{key}-{place}", opened, child)
        if "settled_on" in row:
            yield Event(moment_of(day_of(row["settled_on"], self.year), 17), partial(self._settle, row))

    def _child_events(self, key: str, opened: date, child: list[Any]) -> Iterator[Event]:
        title, _, _, _, done_on = child
        yield Event(moment_of(opened + timedelta(days=SIGNED_AFTER), 10), partial(self._sign, key))
        if done_on is not None:
            day = day_of(done_on, self.year)
            yield from self._reports(key, day, 100, f"{title}工作全部完成，已逐点核对。", None)
            yield Event(moment_of(day + timedelta(days=REVIEWED_AFTER), 17), partial(self._close, key))

    def _reports(self, key: str, day: date, percent: int, words: str, value: int | None) -> Iterator[Event]:
        yield Event(moment_of(day, 10, 50), partial(self._report, key, percent, words, value))
        yield Event(moment_of(day + timedelta(days=REVIEWED_AFTER), 15, 50), partial(self._pass, key))

    def _register(self, row: dict[str, Any]) -> None:
        leader = self.people.users[row["leader"]] if row["leader"] else None
        draft = DirectiveDraft(
            kind=row["kind"],
            received_on=day_of(row["received_on"], self.year),
            giver=row["giver"],
            title=row["title"],
            text=row["text"],
            number=row["number"].format(year=self.year),
            leader=leader,
            due_on=day_of(row["due_on"], self.year) if row["due_on"] else None,
        )
        actor = self.people.users[row.get("by", "office-1")]
        self.entries[row["key"]] = entry = register_directive(actor=actor, draft=draft)
        scan = make_evidence(f"{row['title']}.pdf", row["title"], row["giver"], clock.today().isoformat())
        attach_file(actor=actor, owner=entry, upload=scan)

    def _open(self, entry: str, key: str, row: dict[str, Any]) -> None:
        units, office = self.people.units, self.people.users["office-1"]
        draft = NewTask(
            title=row["title"],
            lead=units[row["lead"]],
            starts_on=clock.today(),
            due_on=day_of(row["due_on"], self.year),
            supports=[units[code] for code in row["supports"]],
            charge=Charge(leader=self.people.users[row["leader"]]),
            targets=[TargetDraft(None, name, ">=", Decimal(value), unit) for name, value, unit in row["targets"]],
        )
        task = open_task(actor=office, directive_id=self.entries[entry].pk, draft=draft)
        self.tasks[key] = task
        drafts = [
            NewChild(title, units[lead], day_of(due_on, self.year), Decimal(weight))
            for title, lead, due_on, weight, _ in row.get("children", ())
        ]
        if drafts:
            made = add_children(actor=office, task_id=task.pk, children=drafts)
            self.tasks |= {f"{key}-{place}": child for place, child in enumerate(made)}

    def _sign(self, key: str) -> None:
        task = self.tasks[key]
        sign_task(actor=self._editor(task), task_id=task.pk)

    def _editor(self, task: Task) -> Any:
        return self.people.users[f"{task.lead.code}-editor"]

    def _report(self, key: str, percent: int, words: str, value: int | None) -> None:
        task = self.tasks[key]
        editor, values = self._editor(task), {}
        if value is not None:
            values = {target.pk: Decimal(value) for target in task.targets.all()}
        texts = {"actions_taken": words}
        draft = ReportDraft(values=values, percent=Decimal(percent), texts=texts)
        report = save_draft(actor=editor, task_id=task.pk, draft=draft)
        proof = make_evidence("办理情况.pdf", task.title, task.lead.short_name, clock.today().isoformat())
        attach_file(actor=editor, owner=report, upload=proof)
        submit_report(actor=editor, task_id=task.pk)

    def _pass(self, key: str) -> None:
        pass_report(actor=self.people.users["office-2"], task_id=self.tasks[key].pk, comment="材料齐全，同意。")

    def _close(self, key: str) -> None:
        office = self.people.users["office-1"]
        close_directly(actor=office, task_id=self.tasks[key].pk, reason="已完成，佐证齐全。")

    def _settle(self, row: dict[str, Any]) -> None:
        office, entry = self.people.users["office-1"], self.entries[row["key"]]
        settle_directive(actor=office, directive_id=entry.pk, outcome=row["outcome"])
