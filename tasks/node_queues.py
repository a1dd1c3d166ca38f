"""我的工作: milestones and occurrences of the person's units that are missed or due within a week."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

from core import clock
from core.queues import SHOWN, QueueRow, WorkQueue
from responsibility.authority import authority_of
from tasks.models import TaskNode
from tasks.selectors import SOON_DAYS
from tasks.transitions import REPORT_LABEL, SUBMIT


def node_queues(user: Any) -> list[WorkQueue]:
    """Return what falls due of the tasks the person's units lead; nothing where nothing does."""
    authority = authority_of(user)
    if not authority.units:
        return []
    until = clock.today() + timedelta(days=SOON_DAYS)
    rows = TaskNode.objects.unclaimed().filter(task__lead_id__in=authority.units, due_on__lte=until)
    count = rows.count()
    if not count:
        return []
    shown = rows.select_related("task__lead").order_by("due_on", "task__code")[:SHOWN]
    path = f"{reverse('tasks:nodes')}?standing=open&standing=overdue&own=1&due_to={until:%Y-%m-%d}"
    may_report = bool(authority.editor_units)
    return [
        WorkQueue(
            "nodes",
            25,
            f"节点、期次逾期或 {SOON_DAYS} 天内到期",
            f"个节点、期次逾期或 {SOON_DAYS} 天内到期",
            "yellow",
            count,
            [_row(node, may_report) for node in shown],
            path,
        )
    ]


def _row(node: TaskNode, may_report: bool) -> QueueRow:
    task = node.task
    detail = reverse("tasks:detail", args=[task.pk])
    reports = may_report and task.state in SUBMIT.sources
    return QueueRow(
        title=f"{task.code} {node.title}",
        path=f"{detail}#nodes",
        tag=str(node.get_kind_display()),
        note=f"{task.title} · {task.lead.short_name}",
        due_on=node.due_on,
        action_label=REPORT_LABEL if reports else "查看",
        action_path=reverse("tasks:report", args=[task.pk]) if reports else f"{detail}#nodes",
    )
