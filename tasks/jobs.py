"""Celery jobs of the tasks app: thin calls of services."""

import logging

from celery import shared_task

from tasks.models import Task
from tasks.services import changes, consulting, printed_rendering

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


@shared_task
def render_printed_form(form_id: int) -> bool:
    """Typeset one 进展情况报送表, unless it is there already."""
    return printed_rendering.render_form_file(form_id)


@shared_task
def render_missing_forms() -> int:
    """Typeset every form that lacks its file and forget old ones; harmless to run twice."""
    made = printed_rendering.render_missing_forms()
    logger.info("printed forms without a file swept, %d made", made)
    return made


@shared_task
def remind_consultations() -> int:
    """Remind units of the drafts they were asked about; harmless to run twice."""
    told = consulting.remind_consultations()
    logger.info("consultations: %d units reminded", told)
    return told
