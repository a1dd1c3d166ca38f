"""Celery jobs of reminders: thin calls of services."""

import logging

from celery import shared_task

from core import clock
from reminders import services

logger = logging.getLogger(__name__)


@shared_task
def send_reminders() -> None:
    """Write the reminder rows due by today and send the day's digests; harmless to run twice."""
    day = clock.today()
    written = services.scan(day)
    sent = services.send_digests(day)
    logger.info("reminders for %s: %d rows written, %d digests sent", day, written, sent)
