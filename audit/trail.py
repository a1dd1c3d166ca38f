"""Writing and reading the audit trail."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import models

from audit.models import Entry
from core import clock

if TYPE_CHECKING:
    from accounts.models import User

Change = tuple[str, str, str]


def record(
    *,
    actor: "User | None",
    action: str,
    target: models.Model,
    summary: str,
    reason: str = "",
    changes: Sequence[Change] = (),
    operation: uuid.UUID | None = None,
) -> Entry:
    """Append one entry; call it inside the transaction that makes the change.

    Args:
        actor: the person; None for the system's own jobs.
        action: stable code such as `task.submit`.
        target: the object the action was done to (already saved).
        summary: one Chinese sentence for the object's history.
        reason: what the person gave as the reason, if the action asks for one.
        changes: (label, old, new) triples in words.
        operation: shared by all rows of one bulk action.
    """
    entry = _entry(actor, action, target, summary, operation or uuid.uuid4())
    entry.reason, entry.changes = reason, [list(change) for change in changes]
    entry.save(force_insert=True)
    return entry


def record_many(*, actor: "User | None", action: str, summaries: Sequence[tuple[models.Model, str]]) -> None:
    """Append one entry for each of many objects of one operation, in one statement.

    Args:
        actor: the person; None for the system's own jobs.
        action: stable code.
        summaries: each object with the sentence for its history.
    """
    operation = uuid.uuid4()
    Entry.objects.bulk_create(_entry(actor, action, target, summary, operation) for target, summary in summaries)


def _entry(actor: "User | None", action: str, target: models.Model, summary: str, operation: uuid.UUID) -> Entry:
    return Entry(
        at=clock.now(),
        actor=actor,
        actor_name=str(actor) if actor is not None else "系统",
        action=action,
        object_type=target._meta.label_lower,
        object_id=str(target.pk),
        object_label=str(target)[:200],
        summary=summary[:300],
        operation=operation,
    )


def record_login(*, actor: "User | None", action: str, name: str, summary: str) -> Entry:
    """Append an entry about getting in or out; it belongs to no object, so that it fills nobody's history.

    Args:
        actor: the person; None where nobody was let in.
        action: stable code such as `account.login`.
        name: the user name as typed; the account may not exist.
        summary: one Chinese sentence.
    """
    return Entry.objects.create(
        at=clock.now(),
        actor=actor,
        actor_name=str(actor) if actor is not None else "未登录",
        action=action,
        object_type="accounts.user",
        object_id="",
        object_label=name[:60],
        summary=summary[:300],
    )


def history_of(target: models.Model) -> models.QuerySet[Entry]:
    """Return the object's entries, newest first."""
    return Entry.objects.filter(object_type=target._meta.label_lower, object_id=str(target.pk))
