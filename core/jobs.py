"""Celery jobs of the interface's framework."""

import logging

from celery import shared_task

from core.api import idempotency

logger = logging.getLogger(__name__)


@shared_task
def forget_idempotent_requests() -> int:
    """Delete the stored answers that are no longer kept; harmless to run twice."""
    deleted = idempotency.forget_expired()
    logger.info("idempotent requests: %d expired rows deleted", deleted)
    return deleted
