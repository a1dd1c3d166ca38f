"""Who may do what to a task; the table of moves says in which state."""

from typing import TYPE_CHECKING, Any

from django.http import Http404

from core.errors import NotAllowed, WrongState
from core.models import lock_row
from responsibility.authority import authority_of
from tasks.models import Task
from tasks.transitions import HEAD, LEAD, OFFICE, SUBMIT, TASK_TRANSITIONS, TO_HEAD, Transition

if TYPE_CHECKING:
    from accounts.models import User


def plays(user: "User | Any", who: str, task: Task) -> bool:
    """Say whether the person plays the part (`LEAD`, `HEAD` or `OFFICE`) for this task today."""
    authority = authority_of(user)
    if who == OFFICE:
        return authority.is_office
    if who == HEAD:
        return task.lead_id in authority.head_units
    if who == LEAD:
        return task.lead_id in authority.editor_units
    raise ValueError(who)


def allowed_transitions(user: "User | Any", task: Task) -> list[Transition]:
    """Return the moves open to this person on this task now; they are the buttons of its page."""
    return [
        row
        for row in TASK_TRANSITIONS
        if task.state in row.sources and plays(user, row.who, task) and row is not other_way(task)
    ]


def other_way(task: Task) -> Transition:
    """Return the way of submitting that is not this unit's: by its head where it wants that, else straight."""
    return SUBMIT if task.lead.head_reviews else TO_HEAD


# What the pages of a task name besides itself.
_SHOWN = ("plan", "section", "item", "lead", "leader", "sector", "directive", "parent")


def get_task_for(user: "User | Any", pk: int) -> Task:
    """Return a task the person may see.

    Raises:
        Http404: it does not exist or is none of their business; the two look alike.
    """
    task = Task.objects.visible_to(user).select_related(*_SHOWN).filter(pk=pk).first()
    if task is None:
        raise Http404("没有这项任务。")
    return task


def lock_task_for(user: "User | Any", pk: int, move: Transition, expected_version: int | None = None) -> Task:
    """Lock the task for a move and check that the person may make it from the state it is in now.

    Raises:
        Http404: not visible to the person.
        NotAllowed: visible, but not theirs to do.
        WrongState: theirs to do, but not from the state it is in now.
        StaleObject: changed since `expected_version`.
    """
    try:
        task = lock_row(Task.objects.visible_to(user), pk, expected_version)
    except Task.DoesNotExist:
        raise Http404("没有这项任务。") from None
    if not plays(user, move.who, task):
        raise NotAllowed("您没有权限对这项任务进行此操作。")
    if task.state not in move.sources:
        raise WrongState(
            f"任务当前为“{task.get_state_display()}”，不能“{move.label}”。可能已有其他人处理，请刷新页面查看。"
        )
    return task
