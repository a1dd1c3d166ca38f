"""Sending the e-mails of the outbox.

A row is claimed by a conditional UPDATE before anything is sent and the sending happens outside a transaction, so that
several workers never send the same row and no row is locked while a mail server is slow. A worker that dies between
claim and result leaves a row that is due again later: a mail may then arrive twice, but is never lost.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F

from core import clock
from notifications.models import OutboxMail

logger = logging.getLogger(__name__)

# Wait after the first, second … failed attempt; after the last one the mail counts as failed.
WAITS = (timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=6), timedelta(hours=6))
MAX_ATTEMPTS = len(WAITS)
# Mails taken up by one run; the next run takes the rest.
BATCH = 200
FOOTER = "本邮件由系统自动发送，请勿回复。"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did: mails sent, put off for another attempt, given up."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0


def compose(mail: OutboxMail) -> EmailMessage:
    """Return the plain-text message of an outbox row; the subject is one line whatever the title holds."""
    message = mail.notification
    parts = [message.body or message.title]
    if settings.SITE_URL and message.path:
        parts.append(f"打开：{settings.SITE_URL.rstrip('/')}{message.path}")
    parts.append(f"——\n{settings.COUNTY_NAME}安委办工作要点督办系统\n{FOOTER}")
    return EmailMessage(
        subject=" ".join(message.title.split()),
        body="\n\n".join(parts),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.address],
    )


def claim(mail: OutboxMail, now: datetime) -> bool:
    """Take a due row for this worker by raising its attempts; False where another worker was faster."""
    return bool(
        OutboxMail.objects.filter(
            pk=mail.pk, state=OutboxMail.State.WAITING, attempts=mail.attempts, next_attempt_at=mail.next_attempt_at
        ).update(attempts=F("attempts") + 1, next_attempt_at=now + WAITS[min(mail.attempts, MAX_ATTEMPTS - 1)])
    )


def _give_up(mail: OutboxMail, why: str) -> None:
    OutboxMail.objects.filter(pk=mail.pk).update(state=OutboxMail.State.FAILED, last_error=why[:300])


def _send(mail: OutboxMail, connection: BaseEmailBackend) -> str:
    """Send one claimed mail; return "sent", "put_off" or "failed"."""
    message = compose(mail)
    message.connection = connection
    try:
        message.send()
    except (OSError, ValueError) as error:
        # A server that refused leaves its connection in an unknown state.
        connection.close()
        why = f"{type(error).__name__}: {error}"
        # What the server said names the recipient: it stays on the row.
        logger.warning("mail %d not sent (attempt %d): %s", mail.pk, mail.attempts + 1, type(error).__name__)
        if mail.attempts + 1 >= MAX_ATTEMPTS:
            _give_up(mail, why)
            return "failed"
        OutboxMail.objects.filter(pk=mail.pk).update(last_error=why[:300])
        return "put_off"
    OutboxMail.objects.filter(pk=mail.pk).update(state=OutboxMail.State.SENT, sent_at=clock.now(), last_error="")
    return "sent"


def send_outbox() -> Outcome:
    """Send what is due, up to BATCH mails; harmless to run twice or in several processes at once."""
    now = clock.now()
    due = OutboxMail.objects.filter(state=OutboxMail.State.WAITING, next_attempt_at__lte=now)
    counts = {"sent": 0, "put_off": 0, "failed": 0}
    connection = get_connection()
    try:
        for mail in due.select_related("notification__recipient").order_by("next_attempt_at", "pk")[:BATCH]:
            if not mail.notification.recipient.is_active:
                _give_up(mail, "收件人账号已停用，不再发送。")
                counts["failed"] += 1
            elif mail.attempts >= MAX_ATTEMPTS:
                # The worker died during the last attempt.
                _give_up(mail, mail.last_error or "发送中断，多次尝试未成功。")
                counts["failed"] += 1
            elif claim(mail, now):
                counts[_send(mail, connection)] += 1
    finally:
        connection.close()
    return Outcome(**counts)


def send_again(mail_ids: list[int]) -> int:
    """Put failed mails back into the queue, due at once; return how many."""
    return OutboxMail.objects.filter(pk__in=mail_ids, state=OutboxMail.State.FAILED).update(
        state=OutboxMail.State.WAITING, attempts=0, next_attempt_at=clock.now()
    )
