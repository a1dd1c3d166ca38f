"""Celery jobs of responsibility: thin calls of services."""

import logging

from celery import shared_task

from responsibility.services import duty_rendering

logger = logging.getLogger(__name__)


@shared_task
def render_duty_list(list_id: int) -> bool:
    """Make the PDF of one duty list in force, unless it is there already."""
    return duty_rendering.render_duty_file(list_id)


@shared_task
def refresh_duty_lists() -> int:
    """Bring signatures up to who holds the posts today and make every PDF that is missing; harmless to run twice."""
    moved = duty_rendering.realign_all_signatures()
    made = duty_rendering.render_missing_files()
    logger.info("duty lists of %d units looked through, %d files made", moved, made)
    return made
