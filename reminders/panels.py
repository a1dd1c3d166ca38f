"""The panel 提醒 on a task's page."""

from typing import Any

from django.urls import reverse

from core.panels import Panel, PanelRow
from reminders.models import Reminder

# Days of reminding shown; the rest is on the list.
SHOWN = 5


def task_panel(user: Any, task_id: int) -> Panel:
    """Return the reminders of a task that went out, newest first: what step, on which day, to whom."""
    sent = Reminder.objects.filter(task=task_id, sent_on__isnull=False).select_related("rule", "recipient")
    people: dict[tuple[Any, str], list[str]] = {}
    for row in sent.order_by("-sent_on", "-rule__offset_days", "recipient"):
        people.setdefault((row.sent_on, str(row.rule)), []).append(str(row.recipient))
    path = f"{reverse('reminders:list')}?task={task_id}"
    rows = [
        PanelRow(f"{day:%Y-%m-%d} {step}", path, f"已提醒{'、'.join(names)}")
        for (day, step), names in list(people.items())[:SHOWN]
    ]
    return Panel("提醒", rows, "还没有发出提醒；临近时限和逾期时，每天自动提醒一次牵头单位。")
