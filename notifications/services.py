"""Putting messages into people's boxes, and marking them read."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core import clock
from notifications.models import Notification, OutboxMail

if TYPE_CHECKING:
    from accounts.models import User


def notify(*, recipients: "Iterable[User]", title: str, body: str = "", path: str = "", key: str) -> int:
    """Write one message to each recipient, and an e-mail to the outbox for those who have an address.

    Call it inside the transaction of the change it tells of: both are kept or neither.

    Args:
        recipients: active accounts; a person named twice gets one message.
        title: one line.
        body: plain text.
        path: where the message leads, below this application.
        key: identity of the message; a recipient who has it already gets nothing.

    Returns:
        How many people got a new message.
    """
    people = {user.pk: user for user in recipients if user.is_active}
    known = set(Notification.objects.filter(key=key, recipient_id__in=people).values_list("recipient_id", flat=True))
    fresh = [
        Notification(recipient=user, title=title[:200], body=body, path=path, key=key, created_at=clock.now())
        for pk, user in people.items()
        if pk not in known
    ]
    # A second process may have written the same key meanwhile; the constraint lets only one through.
    Notification.objects.bulk_create(fresh, ignore_conflicts=True)
    if not fresh:
        return 0
    written = Notification.objects.filter(
        key=key, recipient_id__in=[row.recipient_id for row in fresh], mail__isnull=True
    ).select_related("recipient")
    OutboxMail.objects.bulk_create(
        [
            OutboxMail(notification=row, address=row.recipient.email, next_attempt_at=clock.now())
            for row in written
            if row.recipient.email
        ],
        ignore_conflicts=True,
    )
    return len(fresh)


def mark_read(*, actor: "User", notification_id: int | None = None) -> int:
    """Mark one of the person's own messages read, or all of them; those read before keep their time.

    Returns:
        How many became read.
    """
    rows = Notification.objects.filter(recipient=actor, read_at__isnull=True)
    if notification_id is not None:
        rows = rows.filter(pk=notification_id)
    return rows.update(read_at=clock.now())
