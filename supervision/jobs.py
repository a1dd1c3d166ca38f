"""Celery jobs of supervision: thin calls of services."""

import logging

from celery import shared_task

from supervision.services import rendering

logger = logging.getLogger(__name__)


@shared_task
def render_letter(letter_id: int) -> bool:
    """Make the PDF of one letter, unless it is there already."""
    return rendering.render_letter_file(letter_id)


@shared_task
def render_missing_letters() -> int:
    """Make the PDF of every letter that lacks one; harmless to run twice."""
    made = rendering.render_missing_letters()
    logger.info("letters without a file swept, %d made", made)
    return made
