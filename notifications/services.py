"""Putting messages into people's boxes."""

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
        [OutboxMail(notification=row, address=row.recipient.email) for row in written if row.recipient.email],
        ignore_conflicts=True,
    )
    return len(fresh)
