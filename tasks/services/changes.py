"""The dated rows of a task and its lamp, written by every service that changes one."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from core import clock
from tasks.lamps import facts_of, forced, judge
from tasks.models import LampRule, Task, TaskChange, TaskNode, TaskTarget

if TYPE_CHECKING:
    from accounts.models import User


def note_change(
    task: Task,
    field: str,
    old: str,
    new: str,
    *,
    actor: "User | None",
    reason: str = "",
    target: TaskTarget | None = None,
    node: TaskNode | None = None,
) -> None:
    """Write one dated row; nothing when old and new are the same."""
    if old != new:
        TaskChange.objects.create(
            task=task,
            target=target,
            node=node,
            field=field,
            old=old[:300],
            new=new[:300],
            at=clock.now(),
            on=clock.today(),
            actor=actor,
            reason=reason[:300],
        )


def active_rules() -> list[LampRule]:
    """Return the county's lamp table in its order."""
    return list(LampRule.objects.filter(active=True))


def relight(task: Task, *, actor: "User | None" = None, rules: Sequence[LampRule] | None = None) -> bool:
    """Recompute the lamp of a task locked by the caller and store it with its dated row.

    Returns:
        Whether the colour changed.
    """
    targets, nodes = list(task.targets.all()), list(task.nodes.undelivered().with_claims())
    today = clock.today()
    facts = facts_of(task, targets, nodes, today, task.plan.report_every)
    verdict = judge(facts, rules if rules is not None else active_rules())
    verdict = forced(task, today, verdict)
    changed = verdict.colour != task.lamp
    if changed:
        note_change(task, TaskChange.Field.LAMP, task.lamp, verdict.colour, actor=actor, reason=verdict.reason)
    task.lamp, task.lamp_reason, task.lamp_on = verdict.colour, verdict.reason, today
    # The version is left alone: a lamp is derived, and must not make an open form stale.
    task.save(update_fields=["lamp", "lamp_reason", "lamp_on"])
    return changed


def recompute_lamps(task_ids: Iterable[int] | None = None) -> int:
    """Bring every lamp to today: the nightly job and its command.

    Closed tasks are left out, their colour no longer depends on the day. Each task is its own short transaction, so
    that people at work are not kept waiting.

    Returns:
        How many colours changed.
    """
    rules, day, changed = active_rules(), clock.today(), 0
    wanted = Task.objects.open().exclude(lamp_on=day) if task_ids is None else Task.objects.filter(pk__in=task_ids)
    for pk in list(wanted.values_list("pk", flat=True)):
        with transaction.atomic():
            task = Task.objects.select_for_update(of=("self",)).select_related("plan").get(pk=pk)
            changed += relight(task, rules=rules)
    return changed
