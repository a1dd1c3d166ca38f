"""What of the register 交办事项 waits for the office: entries nobody has taken up, and those ready to be settled."""

from typing import Any

from django.urls import reverse

from core.queues import SHOWN, QueueRow, WorkQueue
from responsibility.authority import authority_of
from tasks.models import Directive

# stage, place on the page, title, how the summary counts it, what the button says, its page
QUEUES = (
    (Directive.Stage.NEW, 57, "交办事项待立项", "件交办事项待立项", "立项", "directives:open"),
    (Directive.Stage.READY, 58, "交办事项待办结", "件交办事项待办结", "办结", "directives:settle"),
)


def directive_queues(user: Any) -> list[WorkQueue]:
    """Return the office's queues of the register; nobody else has any."""
    if not authority_of(user).is_office:
        return []
    # One query: what is not settled is never more than a page or two.
    counted = Directive.objects.filter(done_on__isnull=True).with_counts().order_by("due_on", "pk")
    unsettled: list[Any] = list(counted)
    found = []
    for stage, order, title, short, label, page in QUEUES:
        waiting = [row for row in unsettled if row.stage_of(row.total, row.closed) == stage]
        if waiting:
            rows = [_row(row, label, reverse(page, args=[row.pk])) for row in waiting[:SHOWN]]
            path = f"{reverse('directives:list')}?stage={stage}"
            found.append(WorkQueue(f"directive-{stage}", order, title, short, "blue", len(waiting), rows, path))
    return found


def _row(row: Directive, label: str, path: str) -> QueueRow:
    return QueueRow(
        title=row.title,
        path=reverse("directives:detail", args=[row.pk]),
        tag=row.get_kind_display(),
        note=row.giver,
        due_on=row.due_on,
        action_label=label,
        action_path=path,
    )
