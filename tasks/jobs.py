"""Celery jobs of the tasks app: thin calls of services."""

import logging

from celery import shared_task

from tasks.services import changes

logger = logging.getLogger(__name__)


@shared_task
def recompute_lamps() -> int:
    """Bring every open task's lamp to today; harmless to run twice."""
    changed = changes.recompute_lamps()
    logger.info("lamps recomputed, %d changed", changed)
    return changed
