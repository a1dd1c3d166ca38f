"""批量办理: one action over many tasks, each through the service that does it singly, with a result per row."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404

from core.errors import StaleObject, UserError
from tasks.checks import waiting_reports
from tasks.models import Task
from tasks.services.handing_over import transfer_task
from tasks.services.office_changes import set_deadline, urge_task
from tasks.services.reporting import pass_report

if TYPE_CHECKING:
    from accounts.models import User

# As many rows as the longest page of the list shows.
MOST = 100


@dataclass(frozen=True, slots=True)
class BulkAction:
    """One action.

    Attributes:
        key: stable name, in the address.
        label: what its button says.
        done: what the result says of a row it went through for.
        asks: fields of its form beside the reason: "due_on", "lead".
        reason_label: what the reason is called.
        run: the single service.
    """

    key: str
    label: str
    done: str
    asks: tuple[str, ...]
    reason_label: str
    run: Callable[..., Task]


BULK_ACTIONS = (
    BulkAction("deadline", "批量改时限", "已调整时限并通知牵头单位", ("due_on",), "调整理由", set_deadline),
    BulkAction("lead", "批量改牵头", "已移交并通知前后牵头单位", ("lead_id",), "移交理由", transfer_task),
    BulkAction("urge", "批量催办", "已通知牵头单位", (), "催办要求", urge_task),
)
BY_KEY = {action.key: action for action in BULK_ACTIONS}


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of one row."""

    task: Task
    ok: bool
    words: str


def run_bulk(
    action: BulkAction, *, actor: "User", rows: Iterable[tuple[int, int]], reason: str, **more: Any
) -> list[BulkResult]:
    """Run the action row by row, each in its own transaction: what is refused stops none of the others.

    Args:
        action: what to do.
        actor: who does it; the services judge.
        rows: (task id, version last seen); ids that are not visible to the person are left out.
        reason: kept with every row.
        more: what the action asks for.
    """
    return _each(
        actor,
        rows,
        lambda task, version: action.run(actor=actor, task_id=task.pk, reason=reason, expected_version=version, **more),
        action.done,
    )


def pass_reports(*, actor: "User", rows: Iterable[tuple[int, int]], comment: str) -> list[BulkResult]:
    """Pass reports whose automatic checks raise no doubt; the others are left to be read one by one.

    Args:
        actor: clerk of the office who submitted none of them.
        rows: (task id, version last seen).
        comment: kept with every report; may be empty.
    """
    rows = list(rows)
    tasks = Task.objects.visible_to(actor).filter(pk__in=dict(rows)).select_related("plan")
    doubted = {row.task.pk for row in waiting_reports(tasks) if row.doubts}

    def run(task: Task, version: int) -> None:
        if task.pk in doubted:
            raise UserError("自动检查有疑点，请打开这份进展逐份审核。")
        pass_report(actor=actor, task_id=task.pk, comment=comment, expected_version=version)

    return _each(actor, rows, run, "审核通过，已通知牵头单位")


def _each(
    actor: "User", rows: Iterable[tuple[int, int]], run: Callable[[Task, int], object], done: str
) -> list[BulkResult]:
    wanted = dict(rows)
    visible: Sequence[Task] = list(
        Task.objects.visible_to(actor).filter(pk__in=wanted).select_related("lead").order_by("-plan__year", "code")
    )
    found = []
    for task in visible:
        try:
            run(task, wanted[task.pk])
        except StaleObject:
            found.append(BulkResult(task, False, "在您勾选之后已有其他人修改，请核对后重新勾选办理。"))
        except (UserError, Http404) as refused:
            found.append(BulkResult(task, False, getattr(refused, "message", str(refused))))
        else:
            found.append(BulkResult(task, True, done))
    return found
