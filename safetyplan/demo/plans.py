"""Reading, checking and publishing the demonstration's plans as the office would."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from core import clock
from responsibility.models import Unit
from safetyplan.demo.county import People
from safetyplan.demo.story import day_of, moment_of, read_json, read_plan
from tasks.models import ItemTarget, PlanItem, ReadingFlag, Task
from tasks.services.charge import Charging, charge_items
from tasks.services.importing import PlanFacts, edit_plan, import_reading, read_document
from tasks.services.item_editing import ItemDraft, TargetDraft, edit_item, resolve_flag
from tasks.services.publishing import publish_plan


@dataclass(frozen=True, slots=True)
class Storyline:
    """A published plan of the demonstration: its year, what happens, and its tasks by item number."""

    year: int
    content: dict[str, Any]
    tasks: dict[int, Task]


def publish_demo_plan(people: People, *, story: str, year: int, until: datetime) -> Storyline:
    """Import, check and publish the plan that a storyline file names, on the days it names.

    Args:
        people: units and users made before.
        story: name of the storyline's file.
        year: year of the plan.
        until: the moment the demonstration is loaded; nothing is dated later.
    """
    content = read_json(story)
    office, units = people.users["office-1"], people.units
    with clock.travel(min(moment_of(day_of(content["published_on"], year), 8, 30), until)):
        read = read_document(read_plan(content["plan"], year), filename=content["plan"], year=year)
        plan = import_reading(actor=office, reading=read.reading, year=year, source_name=f"{year}年工作要点.txt")
        issued = day_of(content["issued_on"], year)
        facts = PlanFacts(plan.title, plan.doc_number, plan.issuer, issued, plan.report_every)
        plan = edit_plan(actor=office, plan_id=plan.pk, facts=facts, expected_version=plan.version)
        items = {item.number: item for item in plan.items.prefetch_related("targets")}
        for row in content["tasks"]:
            _check_item(office, items[row["item"]], row, units, year)
        for leader, numbers in content.get("leaders", {}).items():
            charging = Charging(leader=people.users[leader])
            ids = [items[number].pk for number in numbers]
            charge_items(actor=office, plan_id=plan.pk, item_ids=ids, charging=charging)
        for flag in ReadingFlag.objects.filter(plan=plan, resolved=False):
            resolve_flag(actor=office, flag_id=flag.pk)
        tasks = publish_plan(actor=office, plan_id=plan.pk)
    return Storyline(year, content, {task.item.number: task for task in tasks if task.item})


def _check_item(office: User, item: PlanItem, row: dict[str, Any], units: dict[str, Unit], year: int) -> None:
    draft = ItemDraft(
        title=item.title,
        starts_on=day_of(row["starts_on"], year),
        due_on=day_of(row["due_on"], year),
        lead=units[row["lead"]],
        supports=[units[code] for code in row["supports"]],
        targets=_targets(list(item.targets.all()), row["metrics"]),
        # Where the storyline says nothing the office accepts what the reader proposed.
        recurrence=row.get("recurrence"),
    )
    edit_item(actor=office, item_id=item.pk, draft=draft, expected_version=item.version)


def _targets(found: list[ItemTarget], wanted: list[dict[str, Any]]) -> list[TargetDraft]:
    """Lay the office's targets over those the reader found: matched by figure, else added; the rest is dropped."""
    drafts, left = [], list(found)
    for metric in wanted:
        value = Decimal(str(metric["value"]))
        same = next((row for row in left if row.value == value and row.unit == metric["unit"]), None)
        if same is not None:
            left.remove(same)
        drafts.append(
            TargetDraft(
                id=same.pk if same else None,
                metric=metric["name"],
                operator=metric["operator"],
                value=value,
                unit=metric["unit"],
                dropped=bool(metric.get("dropped")),
            )
        )
    dropped = [TargetDraft(row.pk, row.metric, row.operator, row.value, row.unit, dropped=True) for row in left]
    return drafts + dropped
