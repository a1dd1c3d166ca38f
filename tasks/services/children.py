"""子任务: one level below a task, opened by the office one by one or many at once; the parent counts those done.

Whoever changes a child's state locks the parent first, then the child.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404
from django.urls import reverse

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.models import Unit
from responsibility.selectors import people_of
from tasks.lamps import plain
from tasks.models import Task, TaskChange
from tasks.progress import HUNDRED, TENTH, is_amount
from tasks.services.changes import note_change, relight
from tasks.services.charge import Charge
from tasks.services.opening import NewTask, check_new, create_task, next_code

if TYPE_CHECKING:
    from accounts.models import User

MOST = 100
SETTLED = (Task.State.CLOSING, Task.State.CLOSED)


@dataclass(frozen=True, slots=True)
class NewChild:
    """One child to be opened; what is None is the parent's."""

    title: str
    lead: Unit | None = None
    due_on: date | None = None
    weight: Decimal = Decimal(1)


def may_have_children(task: Task) -> bool:
    """Say whether children may be added to the task now: it is under way and itself no child."""
    return task.parent_id is None and task.state not in SETTLED


@transaction.atomic
def add_children(
    *, actor: "User", task_id: int, children: Sequence[NewChild], expected_version: int | None = None
) -> list[Task]:
    """增加子任务: open tasks below a task; every lead unit is told once.

    Args:
        actor: clerk of the office.
        task_id: a task that is not settled and is no child.
        children: in their order.
        expected_version: version of the parent last seen; it rises, so that a form sent twice adds once.

    Raises:
        UserError: none, too many, or one of them cannot be; the sentence names its place.
        Http404, NotAllowed, WrongState, StaleObject: as for every change of a task.
    """
    parent = _lock_parent(actor, task_id, expected_version)
    if not children:
        raise UserError("请至少填写一项子任务。")
    if len(children) > MOST:
        raise UserError(f"一次最多增加 {MOST} 项子任务，请分批增加。")
    drafts = [_draft(parent, child) for child in children]
    for place, draft in enumerate(drafts, 1):
        try:
            check_new(draft, latest=parent.due_on, latest_words="上级任务的时限")
        except UserError as error:
            where = f"第{place}项“{draft.title[:20]}”：" if len(drafts) > 1 else ""
            raise UserError(f"{where}{error.message}") from error
    made = []
    for draft in drafts:
        task = Task(
            plan=parent.plan,
            parent=parent,
            section_id=parent.section_id,
            code=next_code(parent.plan, f"{parent.code}-", 1),
            source=parent.source,
            source_text=parent.source_text,
        )
        create_task(task, draft, actor=actor, words=f"（{parent.code} {parent.title}的子任务）", tell=False)
        note_change(parent, TaskChange.Field.CHILD, "", f"{task.code} {task.title}", actor=actor)
        made.append(task)
    bump(parent)
    trail.record(
        actor=actor,
        action="task.add_children",
        target=parent,
        summary=f"增加子任务{len(made)}项：{made[0].code}" + (f"至{made[-1].code}" if len(made) > 1 else ""),
    )
    count_children(parent, actor=actor)
    _tell(parent, made, actor)
    return made


def _draft(parent: Task, child: NewChild) -> NewTask:
    due = child.due_on or parent.due_on
    return NewTask(
        title=child.title,
        lead=child.lead or parent.lead,
        starts_on=min(max(parent.starts_on, clock.today()), due),
        due_on=due,
        charge=Charge(None, child.weight, None),
    )


def _lock_parent(actor: "User", task_id: int, expected_version: int | None) -> Task:
    rows = Task.objects.visible_to(actor).select_related("plan", "lead", "leader", "sector")
    try:
        task = lock_row(rows, task_id, expected_version)
    except Task.DoesNotExist:
        raise Http404("没有这项任务。") from None
    if not authority_of(actor).is_office:
        raise NotAllowed("只有县安委办可以增加子任务。")
    if task.parent_id is not None:
        raise UserError("子任务下面不能再设子任务。请在上级任务下增加。")
    if task.state in SETTLED:
        raise WrongState(f"任务当前为“{task.get_state_display()}”，不能增加子任务。")
    return task


def _tell(parent: Task, made: Sequence[Task], actor: "User") -> None:
    units = {task.lead_id: task.lead for task in made}
    listed = f"{reverse('tasks:list')}?q={parent.code}"
    for lead_id, count in Counter(task.lead_id for task in made).items():
        own = [task for task in made if task.lead_id == lead_id]
        what = f"{own[0].code} {own[0].title}" if count == 1 else f"{parent.code} {parent.title}，{count}项"
        notify(
            recipients=[person for person in people_of(unit_id=lead_id) if person.pk != actor.pk],
            title=f"新增子任务：{what}",
            body=f"由{units[lead_id].short_name}牵头，请签收，并按期填报进展。",
            path=reverse("tasks:detail", args=[own[0].pk]) if count == 1 else listed,
            key=f"task-{parent.pk}-children-{parent.version}-{lead_id}",
        )


def lock_parent_of(task_id: int) -> Task | None:
    """Lock the parent of a task that is about to change its state; None where it has none.

    A task's parent never changes, so that reading it without a lock is safe.
    """
    parent_id = Task.objects.filter(pk=task_id).values_list("parent_id", flat=True).first()
    if parent_id is None:
        return None
    return Task.objects.select_for_update(of=("self",)).select_related("plan", "lead").get(pk=parent_id)


def children_percent(task: Task) -> Decimal | None:
    """Return how much of a task's children is closed, by weight, in percent; None where it has none.

    With an amount target of its own a task is measured by that, and this says nothing of it.
    """
    if any(is_amount(target) for target in task.targets.all()):
        return None
    rows = list(task.children.values_list("weight", "state"))
    if not rows:
        return None
    total = sum((weight for weight, _ in rows), Decimal(0))
    done = sum((weight for weight, state in rows if state == Task.State.CLOSED), Decimal(0))
    share = (HUNDRED * done / total).quantize(TENTH)
    return share if done == total else min(share, HUNDRED - TENTH)


def count_children(parent: Task, *, actor: "User | None") -> None:
    """Bring a locked parent's progress to what its children have come to, and its lamp after it.

    Derived like a lamp: the version is left alone, and the dated row says 审定, for the office closed the children.
    """
    percent = children_percent(parent)
    if percent is None:
        return
    if percent == HUNDRED and parent.nodes.undelivered().exists():
        percent = HUNDRED - TENTH
    old = parent.verified_percent
    note_change(
        parent,
        TaskChange.Field.PROGRESS,
        f"{plain(old)}%",
        f"{plain(percent)}%",
        actor=actor,
        reason="审定：按子任务销号情况计算",
    )
    parent.verified_percent = percent
    if parent.state != Task.State.REPORTED:
        parent.reported_percent = percent
    if percent < HUNDRED:
        parent.completed_on = None
    elif parent.completed_on is None:
        parent.completed_on = clock.today()
    parent.save(update_fields=["verified_percent", "reported_percent", "completed_on"])
    relight(parent, actor=actor)


def open_children(task: Task) -> list[str]:
    """Return the codes of a task's children that are not closed."""
    return list(task.children.exclude(state=Task.State.CLOSED).order_by("code").values_list("code", flat=True))
