"""立项: tasks added to the year's published plan for what was not in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from audit import trail
from core import clock
from core.errors import UserError
from core.models import bump
from notifications.services import notify
from responsibility.models import Unit
from responsibility.selectors import assignable_units, people_of
from tasks.directive_permissions import lock_directive, require_running
from tasks.models import Directive, Plan, Task, TaskSupport, TaskTarget
from tasks.services.changes import relight
from tasks.services.charge import Charge, check_charge, tell_leader
from tasks.services.item_editing import TargetDraft

if TYPE_CHECKING:
    from accounts.models import User

# What the codes of tasks opened for an entry of the register begin with, after the year: 2026-P01.
LETTERS = {
    Directive.Kind.LEADER: "P",
    Directive.Kind.MEETING: "H",
    Directive.Kind.SUPERIOR: "S",
    Directive.Kind.INSPECTION: "X",
}
PHRASE = "立项时确定"


@dataclass(frozen=True, slots=True)
class NewTask:
    """The form of a task to be opened."""

    title: str
    lead: Unit
    starts_on: date
    due_on: date
    supports: Sequence[Unit] = ()
    charge: Charge = field(default_factory=Charge)
    targets: Sequence[TargetDraft] = ()


def year_plan() -> Plan:
    """Return the published plan of this year, which every task belongs to.

    Raises:
        UserError: none is published.
    """
    year = clock.today().year
    plan = Plan.objects.filter(year=year, state=Plan.State.PUBLISHED).first()
    if plan is None:
        raise UserError(f"{year}年工作要点尚未发布，不能立项：任务须归入当年的工作要点。请先发布{year}年工作要点。")
    return plan


@transaction.atomic
def open_task(*, actor: "User", directive_id: int, draft: NewTask, expected_version: int | None = None) -> Task:
    """立项交办: open a task of this year's plan for an entry of the register and tell its lead unit.

    Locks the entry, then the plan, under whose lock the task's number is taken.

    Args:
        actor: clerk of the office.
        directive_id: an entry that is not settled.
        draft: the form.
        expected_version: version of the entry last seen; it rises with every task opened, so that a form sent twice
            opens one.

    Raises:
        UserError: something typed cannot be, or no plan of the year is published.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.directive_permissions.lock_directive`.
    """
    row = lock_directive(actor, directive_id, expected_version)
    require_running(row)
    plan = Plan.objects.select_for_update().get(pk=year_plan().pk)
    check_new(draft, latest=row.due_on, latest_words="交办事项要求的时限")
    task = Task(
        plan=plan,
        directive=row,
        code=next_code(plan, f"{plan.year}-{LETTERS[Directive.Kind(row.kind)]}", 2),
        source=row.kind,
        source_text=row.text,
    )
    create_task(task, draft, actor=actor, words=f"（{row.get_kind_display()}：{row.title}）")
    bump(row)
    trail.record(
        actor=actor,
        action="directive.open_task",
        target=row,
        summary=f"立项{task.code} {task.title}：{task.lead.short_name}牵头，{task.due_on:%Y-%m-%d}前完成",
    )
    return task


def next_code(plan: Plan, prefix: str, digits: int) -> str:
    """Return the next free code that begins so; the caller holds the lock of what the numbers are counted under."""
    tails = (
        code.removeprefix(prefix)
        for code in Task.objects.filter(plan=plan, code__startswith=prefix).values_list("code", flat=True)
    )
    return f"{prefix}{max((int(tail) for tail in tails if tail.isdecimal()), default=0) + 1:0{digits}d}"


def check_new(draft: NewTask, *, latest: date | None, latest_words: str) -> None:
    """Judge the form of a new task.

    Raises:
        UserError: a sentence that says what to mend.
    """
    if not draft.title.strip():
        raise UserError("请填写任务名称。")
    if draft.lead.kind == Unit.Kind.GROUP:
        raise UserError(f"“{draft.lead.short_name}”是集合名称，不能作牵头单位，请选定一个单位。")
    if not assignable_units().filter(pk=draft.lead.pk).exists():
        raise UserError(f"“{draft.lead.short_name}”已停用，请另选牵头单位。")
    if draft.due_on < draft.starts_on:
        raise UserError("完成时限不能早于开始日期。")
    if latest is not None and draft.due_on > latest:
        raise UserError(f"完成时限不能晚于{latest_words}（{latest:%Y-%m-%d}）。")
    check_charge(draft.charge)
    for target in draft.targets:
        if not target.metric.strip():
            raise UserError("每个指标都要填写名称。")


def create_task(task: Task, draft: NewTask, *, actor: "User", words: str = "", tell: bool = True) -> None:
    """Write a new task with its partners, targets and first lamp, and tell everybody concerned; the form is checked.

    Args:
        task: with its plan, code and origin set.
        draft: the form.
        actor: who opens it.
        words: what to add to the message.
        tell: False where the caller tells the units of several tasks at once.
    """
    task.title = " ".join(draft.title.split())
    task.lead, task.starts_on, task.due_on, task.original_due_on = (
        draft.lead,
        draft.starts_on,
        draft.due_on,
        draft.due_on,
    )
    task.leader, task.weight, task.sector = draft.charge.leader, draft.charge.weight, draft.charge.sector
    task.opened_on = clock.today()
    task.save(force_insert=True)
    supports = [unit for unit in draft.supports if unit.pk != draft.lead.pk]
    TaskSupport.objects.bulk_create(TaskSupport(task=task, unit=unit) for unit in supports)
    TaskTarget.objects.bulk_create(
        TaskTarget(
            task=task,
            phrase=PHRASE,
            metric=row.metric.strip(),
            operator=row.operator,
            value=row.value,
            unit=row.unit.strip(),
        )
        for row in draft.targets
    )
    relight(task)
    trail.record(
        actor=actor,
        action="task.assign",
        target=task,
        summary=f"交办任务：{task.lead.name}牵头，{task.due_on:%Y-%m-%d}前完成{words}",
    )
    if tell:
        _tell(task, supports, actor, words)


def _tell(task: Task, supports: Sequence[Unit], actor: "User", words: str) -> None:
    for unit, part in ((task.lead, "牵头"), *((unit, "配合") for unit in supports)):
        notify(
            recipients=[person for person in people_of(unit_id=unit.pk) if person.pk != actor.pk],
            title=f"新任务（{part}）：{task.code} {task.title}",
            body=f"{task.due_on:%Y-%m-%d}前完成{words}。" + ("请签收，并按期填报进展。" if part == "牵头" else ""),
            path=reverse("tasks:detail", args=[task.pk]),
            key=f"task-{task.pk}-opened-{unit.pk}",
        )
    tell_leader(task, actor, words)
