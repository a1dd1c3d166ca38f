"""Celery jobs of notifications: thin calls of services."""

import logging

from celery import shared_task

from notifications import outbox

logger = logging.getLogger(__name__)


@shared_task
def send_outbox() -> None:
    """Send the e-mails that are due; harmless to run twice."""
    done = outbox.send_outbox()
    if done != outbox.Outcome():
        logger.info("outbox: %d sent, %d put off, %d failed", done.sent, done.put_off, done.failed)
