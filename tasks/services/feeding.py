"""取数来源: the office decides whether a target is fed by hand or by a ledger."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from audit import trail
from core.errors import NotAllowed, UserError, WrongState
from core.metrics import metrics
from core.models import bump, lock_row
from responsibility.authority import authority_of
from tasks.feeding import same_kind
from tasks.models import Task, TaskChange, TaskTarget
from tasks.services.changes import note_change

if TYPE_CHECKING:
    from accounts.models import User

BY_HAND = "人工填报"


def source_words(ledger: str) -> str:
    """Return the name of a source: the metric's label, or 人工填报."""
    metric = metrics.get(ledger) if ledger else None
    return f"台账：{metric.label}" if metric else BY_HAND


@transaction.atomic
def set_source(
    *, actor: "User", target_id: int, ledger: str, reason: str, expected_version: int | None = None
) -> TaskTarget:
    """Feed a target by a ledger, or by hand again.

    What was reported before stays as it is; the source counts from the next report on.

    Args:
        actor: clerk of the office.
        target_id: the target.
        ledger: key of a metric; empty for by hand.
        reason: why, kept in the history.
        expected_version: version of the task last seen.

    Raises:
        Http404: the target's task is none of the person's business.
        NotAllowed: not of the office.
        UserError: no reason, an unknown ledger, or a rate for a count.
        WrongState: the task is closed.
        StaleObject: the task was changed meanwhile.
    """
    target = TaskTarget.objects.filter(pk=target_id, task__in=Task.objects.visible_to(actor)).first()
    if target is None:
        raise Http404("没有这项指标。")
    if not authority_of(actor).is_office:
        raise NotAllowed("只有县安委办可以确定指标的取数来源。")
    task = lock_row(Task.objects.all(), target.task_id, expected_version)
    if task.state == Task.State.CLOSED:
        raise WrongState("任务已销号，不能再改取数来源。确需修改的，请先重新打开任务。")
    target.refresh_from_db()
    metric = metrics.get(ledger) if ledger else None
    if ledger and metric is None:
        raise UserError("没有这个台账指标，请重新选择。")
    if metric is not None and not same_kind(target, metric):
        raise UserError(f"“{target.metric}”与“{metric.label}”一个是比率、一个是数量，不能互相取数。")
    reason = reason.strip()
    if not reason:
        raise UserError("请填写更改取数来源的理由。")
    if len(reason) > 300:
        raise UserError("理由请控制在 300 字以内。")
    if target.ledger == ledger:
        raise UserError(f"“{target.metric}”的取数来源已经是“{source_words(ledger)}”，无需更改。")
    old, target.ledger = source_words(target.ledger), ledger
    target.save(update_fields=["ledger"])
    bump(task)
    new = source_words(ledger)
    note_change(task, TaskChange.Field.TARGET, old, new, actor=actor, reason=reason, target=target)
    trail.record(
        actor=actor,
        action="task.source",
        target=task,
        summary=f"更改“{target.metric}”的取数来源",
        reason=reason,
        changes=[("取数来源", old, new)],
    )
    return target
