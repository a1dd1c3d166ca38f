"""征求意见 of the demonstration county: next year's draft, sent to the units late in the year and answered by some."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from core import clock
from core.workdays import add_working_days
from safetyplan.demo.county import People
from safetyplan.demo.replay import Event
from safetyplan.demo.story import day_of, moment_of, read_json, read_plan
from tasks.models import ConsultationAnswer, ConsultationReply, Plan
from tasks.services.consultation_answers import AnswerDraft, decide_answer, send_answers
from tasks.services.consulting import first_letter, send_round
from tasks.services.importing import import_reading, read_document
from tasks.services.item_editing import ItemDraft, edit_item

# Next year's plan is not drafted before this month.
BEGINS = 10
# Working days before the demonstration's last day on which the round went out, and after it by which to answer.
SENT_BEFORE, ANSWER_AFTER = 4, 3


def consultation_ledger(people: People, until: datetime) -> list[Event]:
    """Return the steps of next year's draft: read, assigned, sent round, answered in part, some of it decided on."""
    if clock.date_of(until).month < BEGINS:
        return []
    return list(_Draft(people, clock.date_of(until), read_json("consultation.json")).events())


@dataclass(frozen=True, slots=True)
class _Draft:
    """The draft's way; days count back from `today`."""

    people: People
    today: date
    content: dict[str, Any]

    @property
    def year(self) -> int:
        """Year of the plan."""
        return self.today.year + 1

    def events(self) -> Iterator[Event]:
        """Yield the steps, in their order."""
        sent = add_working_days(self.today, -SENT_BEFORE)
        answered, decided = add_working_days(sent, 1), add_working_days(sent, 2)
        yield Event(moment_of(sent, 9), self._make)
        yield Event(moment_of(sent, 11), self._send)
        for minute, row in enumerate(self.content["answers"]):
            yield Event(moment_of(answered, 10, minute), partial(self._answer, row))
        for minute, row in enumerate(self.content["decided"]):
            yield Event(moment_of(decided, 10, minute), partial(self._decide, row))

    def _make(self) -> None:
        office, name = self.people.users["office-1"], self.content["plan"]
        read = read_document(read_plan(name, self.year), filename=name, year=self.year)
        source = f"{self.year}年工作要点（征求意见稿）.txt"
        plan = import_reading(actor=office, reading=read.reading, year=self.year, source_name=source)
        items = {item.number: item for item in plan.items.all()}
        for row in self.content["items"]:
            item = items[row["item"]]
            draft = ItemDraft(
                title=item.title,
                starts_on=item.starts_on,
                due_on=day_of(row["due_on"], self.year),
                lead=self.people.units[row["lead"]],
                supports=[self.people.units[code] for code in row["supports"]],
                checked=True,
            )
            edit_item(actor=office, item_id=item.pk, draft=draft, expected_version=item.version)

    def _send(self) -> None:
        plan = Plan.objects.get(year=self.year)
        day = add_working_days(self.today, ANSWER_AFTER)
        send_round(actor=self.people.users["office-1"], plan_id=plan.pk, letter=first_letter(), answer_by=day)

    def _answer(self, row: dict[str, Any]) -> None:
        reply = ConsultationReply.objects.get(unit=self.people.units[row["unit"]], consultation__plan__year=self.year)
        answers = {answer.item.number: answer.pk for answer in reply.answers.select_related("item")}
        drafts = [
            AnswerDraft(
                answer_id=answers[counter["item"]],
                verdict=ConsultationAnswer.Verdict.COUNTER,
                lead_id=self.people.units[counter["lead"]].pk if "lead" in counter else None,
                due_on=day_of(counter["due_on"], self.year) if "due_on" in counter else None,
                text=counter.get("text", ""),
                reason=counter["reason"],
            )
            for counter in row["counters"]
        ]
        actor = self.people.users[f"{row['unit']}-editor"]
        send_answers(actor=actor, reply_id=reply.pk, drafts=drafts, rest_agrees=True)

    def _decide(self, row: dict[str, Any]) -> None:
        answer = ConsultationAnswer.objects.get(
            reply__unit=self.people.units[row["unit"]],
            item__number=row["item"],
            item__consultation__plan__year=self.year,
        )
        actor = self.people.users["office-2"]
        decide_answer(actor=actor, answer_id=answer.pk, take=row["take"], decision=row["decision"])
