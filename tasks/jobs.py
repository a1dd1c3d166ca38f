"""Celery jobs of the tasks app: thin calls of services."""

import logging

from celery import shared_task

from tasks.models import Task
from tasks.services import changes

logger = logging.getLogger(__name__)


@shared_task
def recompute_lamps() -> int:
    """Bring every open task's lamp to today; harmless to run twice."""
    changed = changes.recompute_lamps()
    logger.info("lamps recomputed, %d changed", changed)
    return changed


@shared_task
def recompute_all_lamps() -> int:
    """Judge every open task anew, also those judged today: the lamp table was changed."""
    changed = changes.recompute_lamps(list(Task.objects.open().values_list("pk", flat=True)))
    logger.info("lamps recomputed under a changed table, %d changed", changed)
    return changed
