"""The monthly reports of many tasks with what comes with them: values, changes, audit entries, files and messages."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal

from accounts.models import User
from audit.models import Entry
from core import clock
from core.periods import period_of
from evidence.models import File
from notifications.models import Notification
from responsibility.models import Membership, Role
from tasks.models import ProgressReport, ReportValue, Task, TaskChange, TaskTarget

BATCH = 2_000
MONTHS = 12
TEXT = "本月组织检查三十家次，发现问题均已交办并督促整改，已完成复查。"
OPEN = {
    Task.State.REPORTED: ProgressReport.State.SUBMITTED,
    Task.State.ENDORSING: ProgressReport.State.ENDORSING,
}
F = TaskChange.Field


def moment(day: date, hour: int = 10) -> datetime:
    """Return the moment of that hour on that day, county time."""
    return datetime.combine(day, time(hour), tzinfo=clock.now().tzinfo)


def write_rounds(tasks: list[Task], office: User) -> None:
    """Write every task's rounds of its year, up to today."""
    members = Membership.objects.filter(role=Role.EDITOR).select_related("user")
    editors = {row.unit_id: row.user for row in members}
    targets = {target.task_id: target for target in TaskTarget.objects.filter(task__in=tasks)}
    rounds = ProgressReport.objects.bulk_create(
        (row for task in tasks for row in _rounds(task, editors.get(task.lead_id, office), office)), batch_size=BATCH
    )
    ReportValue.objects.bulk_create(
        (ReportValue(report=row, target=targets[row.task_id], value=row.percent) for row in rounds), batch_size=BATCH
    )
    TaskChange.objects.bulk_create((change for row in rounds for change in _changes(row)), batch_size=BATCH)
    Entry.objects.bulk_create((entry for row in rounds for entry in _entries(row)), batch_size=BATCH)
    File.objects.bulk_create((_file(row) for row in rounds), batch_size=BATCH)
    Notification.objects.bulk_create((_message(row) for row in rounds), batch_size=BATCH)


def _rounds(task: Task, editor: User, office: User) -> Iterator[ProgressReport]:
    """Yield one round a month, in every third month one that was returned before it, and the one that waits."""
    turn = 0
    for month in range(1, MONTHS + 1):
        day = date(task.plan.year, month, 20)
        if day >= clock.today():
            break
        for state in [ProgressReport.State.RETURNED] * (month % 3 == 0) + [ProgressReport.State.PASSED]:
            turn += 1
            reviewer = None if editor == office else office
            yield _round(task, editor, turn, state, day, reviewed_by=reviewer, reviewed_at=moment(day, 16))
    if task.state in OPEN:
        yield _round(task, editor, turn + 1, OPEN[Task.State(task.state)], clock.today())


def _round(task: Task, editor: User, turn: int, state: str, day: date, **more: object) -> ProgressReport:
    return ProgressReport(
        task=task,
        round=turn,
        state=state,
        period_label=period_of(day, task.plan.report_every).label,
        percent=Decimal(8 * day.month),
        actions_taken=TEXT * 3,
        results=TEXT,
        problems=TEXT,
        next_steps=TEXT,
        created_by=editor,
        saved_at=moment(day),
        submitted_by=editor,
        submitted_at=moment(day),
        submitted_as=str(editor),
        **more,
    )


def _changes(row: ProgressReport) -> Iterator[TaskChange]:
    at = row.submitted_at or clock.now()
    for field, old, new in (
        (F.STATE, "进行中", "已上报待审"),
        (F.VALUE, "", f"上报{row.percent}"),
        (F.STATE, "已上报待审", "进行中"),
        (F.PROGRESS, "", f"{row.percent}"),
    ):
        yield TaskChange(
            task_id=row.task_id, field=field, old=old, new=new, at=at, on=at.date(), actor_id=row.submitted_by_id
        )


def _entries(row: ProgressReport) -> Iterator[Entry]:
    at = row.submitted_at or clock.now()
    for action, actor, words in (
        ("task.submit", row.submitted_by, "上报进展"),
        ("task.pass", row.reviewed_by, "审核通过进展"),
    ):
        yield Entry(
            at=at,
            actor=actor,
            actor_name=str(actor or "系统"),
            action=action,
            object_type=Task._meta.label_lower,
            object_id=str(row.task_id),
            object_label=str(row.task)[:200],
            summary=f"{words}（{row.task.title}）"[:300],
        )


def _file(row: ProgressReport) -> File:
    return File(
        owner_type=ProgressReport._meta.label_lower,
        owner_id=row.pk,
        name="检查记录.pdf",
        content="evidence/none.pdf",
        media_type="application/pdf",
        size=120_000,
        sha256=f"{row.pk:064x}",
        uploaded_at=row.submitted_at or clock.now(),
        uploaded_by=row.created_by,
    )


def _message(row: ProgressReport) -> Notification:
    return Notification(
        recipient=row.created_by,
        title=f"审核通过进展：{row.task.code}",
        path=f"/tasks/{row.task_id}/",
        key=f"round-{row.pk}",
        created_at=row.reviewed_at or clock.now(),
        read_at=row.reviewed_at,
    )
