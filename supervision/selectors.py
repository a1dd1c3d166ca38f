"""Reads that join letters, tasks and people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from core import clock
from core.panels import Panel, PanelRow
from core.workdays import add_working_days
from responsibility.models import Unit
from supervision.models import Letter, LetterItem
from supervision.wording import DEMANDS, Standing, requirement_for
from tasks.lamps import facts_of, judge
from tasks.missed import lamp_nodes
from tasks.models import Plan, Task
from tasks.services.changes import active_rules

if TYPE_CHECKING:
    from accounts.models import User

# Working days a unit gets to answer, as proposed; the office may change it.
REPLY_WORKING_DAYS = 7


def unanswered_letters(task_ids: Collection[int]) -> dict[int, Letter]:
    """Return, by task, the latest letter that names it and has not been answered."""
    rows = (
        LetterItem.objects.filter(task_id__in=task_ids, letter__in=Letter.objects.unanswered())
        .select_related("letter")
        .order_by("letter_id")
    )
    return {row.task_id: row.letter for row in rows}


def last_letters(task_ids: Collection[int]) -> dict[int, Letter]:
    """Return, by task, the last letter in force that named it to the unit that leads it now."""
    rows = (
        LetterItem.objects.filter(
            task_id__in=task_ids, letter__in=Letter.objects.in_force(), letter__unit_id=F("task__lead_id")
        )
        .select_related("letter")
        .order_by("letter__issued_on", "letter_id")
    )
    return {row.task_id: row.letter for row in rows}


def predecessor_of(task_ids: Iterable[int], last: Mapping[int, Letter]) -> Letter | None:
    """Return the latest of the letters (see `last_letters`) that named any of the tasks: the one to refer to."""
    found = [last[pk] for pk in task_ids if pk in last]
    return max(found, key=lambda letter: (letter.issued_on or date.min, letter.pk), default=None)


def standings_of(tasks: Iterable[Task], day: date) -> list[Standing]:
    """Judge tasks (with plan, lead, targets and `lamp_nodes` fetched) as they stand on `day`, for drafting letters."""
    known = list(tasks)
    ids = [task.pk for task in known]
    overdue = set(Task.objects.filter(pk__in=ids).overdue_on(day).values_list("pk", flat=True))
    named, rules = unanswered_letters(ids), active_rules()
    found = []
    for task in known:
        targets = list(task.targets.all())
        verdict = judge(facts_of(task, targets, list(task.nodes.all()), day, task.plan.report_every), rules)
        found.append(
            Standing(
                task=task,
                colour=verdict.colour,
                reason=verdict.reason,
                overdue=task.pk in overdue,
                days_overdue=(day - task.due_on).days,
                percent=task.shown_percent,
                requirement=requirement_for(task, targets),
                open_letter=named.get(task.pk),
            )
        )
    return found


def tasks_for_letters(user: "User | Any", task_ids: Collection[int] | None = None) -> "Sequence[Task]":
    """Return the visible tasks to draft letters about, by lead unit: those named, else all that are overdue or red."""
    rows = Task.objects.visible_to(user).select_related("plan", "lead").prefetch_related("targets", lamp_nodes())
    if task_ids is not None:
        rows = rows.filter(pk__in=task_ids)
    else:
        rows = rows.filter(plan__state=Plan.State.PUBLISHED).unfinished()
        overdue = Task.objects.overdue_on(clock.today()).values("pk")
        rows = rows.filter(pk__in=overdue) | rows.filter(lamp=Task.Lamp.RED)
    return list(rows.order_by("lead__ordering", "lead_id", "code"))


@dataclass(frozen=True, slots=True)
class Habits:
    """What a new letter takes over from the last one."""

    issuer: str
    code: str
    contact: str
    reply_due_on: date


def habits_of(user: "User") -> Habits:
    """Return issuer, 代字 and contact as last used, else the office's full name and the person, and a reply date."""
    due = add_working_days(clock.today(), REPLY_WORKING_DAYS)
    last = Letter.objects.exclude(state=Letter.State.VOID).order_by("-pk").first()
    if last is not None:
        return Habits(last.issuer, last.code, last.contact, due)
    contact = f"{user}，{user.phone}" if user.phone else str(user)
    return Habits(office_name(), "", contact, due)


def office_name() -> str:
    """Return the full name of the safety committee office, with the county's name in place of a bare 县."""
    office = Unit.objects.filter(kind=Unit.Kind.OFFICE).first()
    name = office.name if office else "县安全生产委员会办公室"
    county: str = settings.COUNTY_NAME
    if county == "本县" or name.startswith(county):
        return name
    return county + name.removeprefix("县")


def default_demand(kind: str) -> str:
    """Return the proposed demands of a letter of this kind."""
    return DEMANDS[kind]


def last_signatory() -> str:
    """Return who signed the last letter, for the next one; empty before the first."""
    last = Letter.objects.exclude(signatory="").order_by("-issued_on", "-pk").first()
    return last.signatory if last else ""


def task_panel(user: Any, task_id: int) -> Panel:
    """Return the letters about a task for its page."""
    letters = Letter.objects.visible_to(user).filter(items__task_id=task_id).select_related("unit")
    rows = [
        PanelRow(
            title=letter.number or f"{letter.get_kind_display()}（草稿）",
            path=reverse("supervision:detail", args=[letter.pk]),
            note=f"{letter.unit.short_name} · {letter.get_state_display()}",
        )
        for letter in letters
    ]
    return Panel("督办函件", rows, "没有涉及本任务的函件。")
