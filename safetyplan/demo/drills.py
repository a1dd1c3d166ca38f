"""Drills of the demonstration county: target, quotas, and records handed in and judged through the services."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from core import clock
from core.workdays import add_working_days
from drills.models import Drill
from drills.services.drafting import DrillDraft, DrillValues, create_drill, submit_drill
from drills.services.problems import ProblemDraft
from drills.services.reviewing import count_drill, refuse_drill, return_drill
from drills.services.targets import TargetDraft, set_target, set_village_counts
from drills.sharing import propose, weights
from evidence.services import attach_file
from responsibility.models import Enterprise
from safetyplan.demo.county import People
from safetyplan.demo.files import make_evidence
from safetyplan.demo.replay import Event
from safetyplan.demo.story import day_of, moment_of, read_json
from tasks.models import TaskTarget
from tasks.services.feeding import set_source

# Working days from the drill to its report, and from there to its judgement.
REPORTED_AFTER, JUDGED_AFTER = 2, 4
# The target of the plan that the ledger feeds, as the storyline names it.
FED = "基层综合演练"
JUDGES: dict[str, Any] = {"returned": return_drill, "refused": refuse_drill}
GRADES = ("good", "good", "excellent", "fair")


def drill_events(people: People, until: datetime) -> list[Event]:
    """Return what happens in the drills of this year and in the last weeks of the year before."""
    content, year = read_json("drills.json"), clock.date_of(until).year
    ledger = _Ledger(people, content["subjects"])
    new_year = date(year, 1, 1)
    events = [
        Event(moment_of(new_year, 9), partial(_count_villages, people, year, content["villages"])),
        Event(moment_of(new_year, 9, 10), partial(_set_target, people, year, content["target"])),
        Event(moment_of(new_year, 9, 20), partial(_feed_plan, people, year)),
    ]
    for rows, of in ((content["held_last_year"], year - 1), (content["held"], year)):
        for number, row in enumerate(rows):
            events += ledger.events(row, of, number)
    return events


def _count_villages(people: People, year: int, numbers: dict[str, int]) -> None:
    counts = {people.units[code].pk: (None, number) for code, number in numbers.items()}
    set_village_counts(actor=people.users["office-3"], year=year, counts=counts)


def _set_target(people: People, year: int, row: dict[str, Any]) -> None:
    rows = weights(year)
    quotas = propose(row["value"], rows, "both")
    draft = TargetDraft(row["value"], row["kind"], row["basis"], quotas)
    set_target(actor=people.users["office-3"], year=year, draft=draft)


def _feed_plan(people: People, year: int) -> None:
    """Let the plan's own figure be what the ledger counts, so that nobody types it a second time."""
    target = TaskTarget.objects.get(task__plan__year=year, metric=FED)
    reason = "演练场次以演练台账审核计入的为准，不再另行填报。"
    set_source(actor=people.users["office-3"], target_id=target.pk, ledger="drills.comprehensive", reason=reason)


@dataclass(slots=True)
class _Ledger:
    """Carries out the rows of the file; records made are kept until their next step."""

    people: People
    subjects: dict[str, dict[str, Any]]
    made: dict[tuple[int, int], int] = field(default_factory=dict)

    def events(self, row: dict[str, Any], year: int, number: int) -> Iterator[Event]:
        """Yield the steps of one record: report, and judgement where there was one."""
        held = day_of(row["day"], year)
        reported = add_working_days(held, REPORTED_AFTER)
        key, minute = (year, number), number % 60
        yield Event(moment_of(reported, 16, minute), partial(self._report, row, held, key))
        if row["outcome"] in ("counted", "returned", "refused"):
            judged = add_working_days(reported, JUDGED_AFTER)
            yield Event(moment_of(judged, 10, minute), partial(self._judge, row, key))

    def _filer(self, row: dict[str, Any]) -> Any:
        if row.get("enterprise") and not row.get("filer"):
            return self.people.users["enterprise-1"]
        return self.people.users[f"{row.get('filer') or row['by']}-editor"]

    def _report(self, row: dict[str, Any], held: date, key: tuple[int, int]) -> None:
        actor, units = self._filer(row), self.people.units
        where = {"organiser_id": units[row["by"]].pk} if row["by"] else {}
        name = row.get("enterprise", "")
        if name:
            where = {"enterprise_id": Enterprise.objects.get(name=name).pk}
        short = name or row.get("village", "") or units[row["by"]].short_name
        subject = self.subjects[row["subject"]]
        drill = create_drill(
            actor=actor,
            draft=DrillDraft(
                _values(row, subject, short, held, key[1]),
                [units[code].pk for code in row.get("joined", [])],
                _problems(subject, held, key[1]),
            ),
            **where,
        )
        for number in range(row.get("photos", 2)):
            caption = f"{drill.title}现场之{'一二三'[number]}"
            upload = make_evidence(f"{caption}.png", caption, short, held.isoformat())
            attach_file(actor=actor, owner=drill, upload=upload)
        self.made[key] = drill.pk
        if row["outcome"] != "draft":
            submit_drill(actor=actor, drill_id=drill.pk)

    def _judge(self, row: dict[str, Any], key: tuple[int, int]) -> None:
        own = bool(row.get("enterprise")) and not row.get("filer")
        township = Drill.objects.get(pk=self.made[key]).township
        judge = f"{township.code}-editor" if own and township else "office-2"
        actor = self.people.users[judge]
        if row["outcome"] == "counted":
            count_drill(actor=actor, drill_id=self.made[key], comment="材料齐全，评估和整改措施具体，同意计入。")
        else:
            JUDGES[row["outcome"]](actor=actor, drill_id=self.made[key], reason=row["reason"])


def _values(row: dict[str, Any], subject: dict[str, Any], short: str, held: date, number: int) -> DrillValues:
    values: DrillValues = {
        "title": row.get("title") or short + subject["title"],
        "kind": subject["kind"],
        "form": row.get("form") or subject.get("form", "field"),
        "hazard": subject["hazard"],
        "held_on": held,
        "place": subject["place"],
        "plan_name": f"{short}{subject['plan']}",
        "scenario": subject["scenario"],
        "equipment": subject["equipment"],
        "headcount": row["people"] or None,
        "observers": row.get("observers"),
        "unscripted": row.get("unscripted", False),
        "with_evacuation": row.get("evacuation", False),
        "evaluator": f"{short}演练评估组",
        "eval_execution": subject["execution"],
        "eval_advice": subject["advice"],
        "conclusion": GRADES[number % len(GRADES)],
        "revision": "done" if number % 5 == 0 else "none",
    }
    if row.get("level"):
        values["level"] = row["level"]
    if row.get("village"):
        values["village"] = row["village"]
    return values


def _problems(subject: dict[str, Any], held: date, number: int) -> list[ProblemDraft]:
    """Return what the drill brought to light: two drills of three found something, half of it is put right at once."""
    if subject["problem"] is None or number % 3 == 2:
        return []
    text, responsible, days = subject["problem"]
    due = held + timedelta(days=days)
    if number % 2:
        return [ProblemDraft(text, responsible, due)]
    return [ProblemDraft(text, responsible, due, held + timedelta(days=1), "当场整改，已复查。")]
