"""Which tasks are reminded of, and whom."""

from collections import defaultdict
from datetime import date

from django.db.models import F, QuerySet

from reminders.models import Reminder
from responsibility.models import Membership, Role
from tasks.models import Task


def remindable() -> QuerySet[Task]:
    """Return the tasks whose unit still has something to do.

    Left out are closed tasks, those complete and waiting to be closed, and those reported in time that wait for the
    office.
    """
    return Task.objects.unfinished().exclude(
        state=Task.State.REPORTED, submitted_on__isnull=False, submitted_on__lte=F("due_on")
    )


def roles_by_unit(tasks: QuerySet[Task], day: date) -> dict[int, dict[int, set[str]]]:
    """Return unit → active account → its roles (editor, head) on `day`, for the lead units of the tasks; one query."""
    found: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = Membership.objects.active_on(day).filter(
        unit__in=tasks.order_by().values("lead"), role__in=[Role.EDITOR, Role.HEAD], user__is_active=True
    )
    for unit_id, user_id, role in rows.order_by("user_id").values_list("unit_id", "user_id", "role"):
        found[unit_id][user_id].add(role)
    return found


def waiting() -> QuerySet[Reminder]:
    """Return the reminders to be sent: not sent, not overtaken, and still true of their task."""
    return Reminder.objects.filter(
        sent_on__isnull=True, superseded=False, due_on=F("task__due_on"), task__in=remindable()
    )
