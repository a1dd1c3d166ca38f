"""The daily reminder: rows for every step reached, then one digest for each person.

Both halves ask what is due and not yet done, never what is due today: a missed night is made good by the next run, and
a second run finds nothing left to do.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from core.queues import WorkQueue, queues_of, summary_line
from core.ui import day_in_words, due_text
from notifications.models import Notification
from notifications.services import notify
from reminders.models import Reminder, ReminderRule
from reminders.selectors import remindable, roles_by_unit, waiting
from responsibility.authority import authority_of
from responsibility.models import Role
from responsibility.selectors import people_of
from tasks.models import Task

logger = logging.getLogger(__name__)

Key = tuple[int, int, date, int]


def digest_key(day: date) -> str:
    """Return the notification key of a day's digest; with the recipient it is unique."""
    return f"digest-{day:%Y-%m-%d}"


def reached_rules(rules: Sequence[ReminderRule], due_on: date, day: date, roles: Iterable[str]) -> list[ReminderRule]:
    """Return the steps reached on `day` for a person with these roles, the latest last.

    Args:
        rules: active rules ordered by offset.
        due_on: deadline of the task.
        day: the day of the scan.
        roles: what the person is in the lead unit; a head is reminded only by rules that name heads.
    """
    elapsed = (day - due_on).days
    is_editor = Role.EDITOR in roles
    return [rule for rule in rules if rule.offset_days <= elapsed and (is_editor or rule.role == Role.HEAD)]


def _written(tasks: QuerySet[Task]) -> dict[Key, tuple[int, bool]]:
    """Return the rows that exist for these tasks: key → (primary key, whether it still waits to be sent)."""
    rows = Reminder.objects.filter(task__in=tasks.order_by().values("pk")).values_list(
        "rule_id", "task_id", "due_on", "recipient_id", "pk", "sent_on", "superseded"
    )
    return {
        (rule, task, due_on, person): (pk, sent_on is None and not superseded)
        for rule, task, due_on, person, pk, sent_on, superseded in rows
    }


@transaction.atomic
def scan(day: date) -> int:
    """Write a row for every reminder step reached and not yet written.

    Of several steps reached at once (after a gap) only the latest is to be sent; the earlier ones are kept as rows
    marked superseded. A changed deadline starts anew. The number of queries does not depend on the number of tasks.

    Returns:
        How many rows were missing.
    """
    rules = list(ReminderRule.objects.filter(active=True).order_by("offset_days"))
    if not rules:
        return 0
    tasks = remindable().filter(due_on__lte=day - timedelta(days=rules[0].offset_days))
    people = roles_by_unit(tasks, day)
    written = _written(tasks)
    fresh: list[Reminder] = []
    overtaken: list[int] = []
    for task_id, due_on, lead_id in tasks.order_by("pk").values_list("pk", "due_on", "lead_id"):
        for person_id, roles in people.get(lead_id, {}).items():
            steps = reached_rules(rules, due_on, day, roles)
            for step in steps:
                latest = step is steps[-1]
                pk, waits = written.get((step.pk, task_id, due_on, person_id), (None, False))
                if pk is None:
                    fresh.append(
                        Reminder(
                            rule=step, task_id=task_id, due_on=due_on, recipient_id=person_id, superseded=not latest
                        )
                    )
                elif waits and not latest:
                    overtaken.append(pk)
    # A second process may be writing the same rows; the unique key lets each through once.
    Reminder.objects.bulk_create(fresh, ignore_conflicts=True)
    Reminder.objects.filter(pk__in=overtaken, sent_on__isnull=True).update(superseded=True)
    return len(fresh)


def _digest_text(queues: Sequence[WorkQueue], tasks: Sequence[Task], day: date) -> str:
    """Return the digest: the summary line, then the reminded tasks, overdue first, each group by deadline."""
    groups = (
        ("已逾期", [task for task in tasks if task.due_on < day]),
        ("今天到期", [task for task in tasks if task.due_on == day]),
        ("即将到期", [task for task in tasks if task.due_on > day]),
    )
    parts = [summary_line(queues)]
    for heading, rows in groups:
        if rows:
            ordered = sorted(rows, key=lambda task: (task.due_on, task.code))
            lines = [f"· {task.code} {task.title}：{due_text(task.due_on, day).text}" for task in ordered]
            parts.append("\n".join([f"{heading}（{len(rows)}项）", *lines]))
    return "\n\n".join(parts)


def _digest_title(tasks: Sequence[Task], day: date) -> str:
    late = sum(task.due_on < day for task in tasks)
    figures = [f"{late}项逾期"] if late else []
    if len(tasks) > late:
        figures.append(f"{len(tasks) - late}项临近时限")
    heading = f"{day_in_words(day, day)}工作提醒"
    return f"{heading}：{'、'.join(figures)}" if figures else heading


def lock_person(person_id: int) -> User:
    """Lock the person for the rest of the transaction: one process at a time makes up their digest."""
    # Messages and audit entries that name the person are not kept waiting by this weaker lock.
    person = get_user_model()._default_manager.select_for_update(no_key=True).get(pk=person_id)
    assert isinstance(person, User)  # noqa: S101 - tells the type checker what AUTH_USER_MODEL is
    return person


@transaction.atomic
def send_digest(person_id: int, day: date) -> bool:
    """Send one person the day's digest, unless it was sent already or there is nothing to say.

    Whether the person still acts for the unit and the task still needs reminding is checked again here.
    """
    person = lock_person(person_id)
    if not person.is_active or Notification.objects.filter(recipient=person, key=digest_key(day)).exists():
        return False
    authority = authority_of(person)
    rows = list(waiting().filter(recipient=person, task__lead_id__in=authority.units).select_related("task"))
    queues = queues_of(person)
    if not rows and not (authority.is_office and queues):
        return False
    # A deadline may have several waiting steps for one person only while a scan is under way: name each task once.
    tasks = list({row.task_id: row.task for row in rows}.values())
    notify(
        recipients=[person],
        title=_digest_title(tasks, day),
        body=_digest_text(queues, tasks, day),
        path=reverse("home"),
        key=digest_key(day),
    )
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(sent_on=day)
    return True


def send_digests(day: date) -> int:
    """Send everybody with a waiting reminder, and the office's clerks with work waiting, one digest for the day.

    Each person is a transaction of their own, so that one failure keeps nobody else from being reminded.

    Returns:
        How many digests were sent.

    Raises:
        ExceptionGroup: some could not be made up; all others were sent, and the next run tries these again.
    """
    people = set(waiting().order_by().values_list("recipient_id", flat=True).distinct())
    people |= set(people_of(role=Role.OFFICE).values_list("pk", flat=True))
    people -= set(Notification.objects.filter(key=digest_key(day)).values_list("recipient_id", flat=True))
    sent, failures = 0, []
    for person_id in sorted(people):
        try:
            sent += send_digest(person_id, day)
        except Exception as error:
            logger.exception("digest of person %d for %s failed", person_id, day)
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} digests failed", failures)
    return sent
