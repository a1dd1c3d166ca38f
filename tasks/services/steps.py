"""Steps on a draft: kept with what they changed, taken back and done again by any clerk of the office."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.http import Http404
from django.utils import timezone

from audit import trail
from core import clock
from core.errors import UserError
from tasks.models import Plan, PlanItem, PlanStep, ReadingFlag
from tasks.outline import Outline
from tasks.plan_permissions import lock_draft
from tasks.services.step_states import State, States, capture, changed_keys, holds, ids_of, put_back
from tasks.spans import within
from tasks.suggestions import suggest_units

if TYPE_CHECKING:
    from accounts.models import User

_SHORT_TITLE = 24


def quoted(item: PlanItem) -> str:
    """Return an item as sentences name it."""
    title = item.title if len(item.title) <= _SHORT_TITLE else f"{item.title[:_SHORT_TITLE]}…"
    return f"“{item.marker}{title}”"


def keep_step(
    *, plan: Plan, actor: "User", kind: PlanStep.Kind, summary: str, before: States, created: Iterable[str] = ()
) -> PlanStep | None:
    """Keep what was just done to a locked draft as a step; call it in the transaction that made the change.

    Args:
        plan: the draft; its number of changes rises.
        actor: clerk who did it.
        kind, summary: what was done, in words.
        before: states of everything that may have changed, taken before.
        created: keys of what was not there before.

    Returns:
        The step, or None where nothing has changed.
    """
    earlier: dict[str, State] = {**before, **dict.fromkeys(created)}
    after = capture(plan, earlier)
    keys = changed_keys(earlier, after)
    if not keys:
        return None
    plan.changes += 1
    plan.save(update_fields=["changes"])
    last = plan.steps.aggregate(number=Max("number"))["number"] or 0
    return PlanStep.objects.create(
        plan=plan,
        number=last + 1,
        kind=kind,
        summary=summary[:300],
        actor=actor,
        at=clock.now(),
        states={key: [earlier[key], after[key]] for key in keys},
        change=plan.changes,
        touched=plan.changes,
        touched_by=actor,
    )


def settle(plan: Plan, item_ids: Iterable[int]) -> None:
    """Let what is derived follow items that were cut, joined or put back: doubts and suggested units.

    Raises:
        UserError: the items do not fit together any more.
    """
    outline = Outline.of(plan)
    fault = next(outline.faults(), "")
    if fault:
        raise UserError(f"不能这样改动：{fault}。请刷新页面核对后再试。")
    moved: list[ReadingFlag] = []
    for flag in plan.flags.all():
        around = [item for item in outline.items if within([(flag.start, flag.end)], item.spans)]
        # Of an item and the one around it the inner one, which comes later.
        inner = around[-1].pk if around else None
        if flag.item_id != inner:
            flag.item_id = inner
            moved.append(flag)
    ReadingFlag.objects.bulk_update(moved, ["item"])
    suggest_units(plan, item_ids)


@transaction.atomic
def undo_step(*, actor: "User", plan_id: int, step_id: int) -> PlanStep:
    """撤销: bring everything a step changed back to what it was, whoever did it.

    Raises:
        UserError: it is taken back already, or later steps build on it; the sentence names them.
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    plan, step = _lock(actor, plan_id, step_id)
    if step.undone_at is not None:
        raise UserError(f"第{step.number}步“{step.summary}”已经撤销过了。")
    _shift(plan, step, back=True)
    step.undone_at, step.undone_by = clock.now(), actor
    _close(plan, step, actor)
    return step


@transaction.atomic
def redo_step(*, actor: "User", plan_id: int, step_id: int) -> PlanStep:
    """重做: do again a step that was taken back.

    Raises:
        UserError: it holds, or what it built on has changed; the sentence says what.
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    plan, step = _lock(actor, plan_id, step_id)
    if step.undone_at is None:
        raise UserError(f"第{step.number}步“{step.summary}”没有撤销，不需要重做。")
    _shift(plan, step, back=False)
    step.undone_at = step.undone_by = None
    _close(plan, step, actor)
    return step


def _lock(actor: "User", plan_id: int, step_id: int) -> tuple[Plan, PlanStep]:
    plan = lock_draft(actor, plan_id)
    step = plan.steps.select_related("actor").filter(pk=step_id).first()
    if step is None:
        raise Http404("没有这一步。")
    return plan, step


def _shift(plan: Plan, step: PlanStep, *, back: bool) -> None:
    """Bring everything the step changed from one side of it to the other."""
    wanted = {key: states[0 if back else 1] for key, states in step.states.items()}
    expected = {key: states[1 if back else 0] for key, states in step.states.items()}
    present = capture(plan, wanted)
    differing = [key for key, state in present.items() if not holds(state, expected[key])]
    if differing:
        raise UserError(_refusal(plan, step, differing, back=back))
    plan.changes += 1
    plan.save(update_fields=["changes"])
    put_back(plan, wanted)
    _settle(plan, step, wanted, back=back)


def _settle(plan: Plan, step: PlanStep, wanted: Mapping[str, State], *, back: bool) -> None:
    if not any(key.startswith(("item:", "noise:")) for key in wanted):
        return
    try:
        settle(plan, ids_of(wanted, "item"))
    except UserError as error:
        verb = "撤销" if back else "重做"
        reason = error.message.removeprefix("不能这样改动：")
        raise UserError(f"不能{verb}第{step.number}步“{step.summary}”：{reason}") from error


def _refusal(plan: Plan, step: PlanStep, keys: Sequence[str], *, back: bool) -> str:
    """Say why a step cannot be taken back or done again, and what to do first."""
    verb = "撤销" if back else "重做"
    head = f"不能{verb}第{step.number}步“{step.summary}”："
    touching = [
        other
        for other in plan.steps.select_related("actor").exclude(pk=step.pk)
        if any(key in other.states for key in keys)
    ]
    later = [other for other in touching if other.undone_at is None and other.touched > step.touched]
    if later:
        newest = max(later, key=lambda other: other.touched)
        at = timezone.localtime(newest.at)
        who = f"{newest.actor}，{at.month}月{at.day}日{at:%H:%M}"
        return (
            f"{head}之后的第{newest.number}步“{newest.summary}”（{who}）改动了同样的内容。请先撤销第{newest.number}步。"
        )
    earlier = [other for other in touching if other.undone_at is not None and other.number < step.number]
    if not back and earlier:
        needed = max(earlier, key=lambda other: other.number)
        return f"{head}它接着第{needed.number}步“{needed.summary}”，而那一步已经撤销。请先重做第{needed.number}步。"
    return f"{head}有关内容后来又有变动。请直接修改条目。"


def _close(plan: Plan, step: PlanStep, actor: "User") -> None:
    step.touched, step.touched_by = plan.changes, actor
    step.save(update_fields=["undone_at", "undone_by", "touched", "touched_by"])
    verb = "撤销" if step.undone_at is not None else "重做"
    whose = "" if step.actor_id == actor.pk else f"（原由{step.actor}办理）"
    trail.record(
        actor=actor,
        action="plan.undo" if step.undone_at is not None else "plan.redo",
        target=plan,
        summary=f"{verb}第{step.number}步：{step.summary}{whose}",
    )
