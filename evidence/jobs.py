"""Celery jobs of evidence: thin calls of services."""

import logging

from celery import shared_task

from evidence import previews

logger = logging.getLogger(__name__)


@shared_task
def make_preview(file_id: int) -> bool:
    """Make the preview of one picture, unless it is there already."""
    return previews.make_preview(file_id)


@shared_task
def make_missing_previews() -> int:
    """Make every preview that is missing; harmless to run twice."""
    made = previews.make_missing_previews()
    logger.info("pictures without a preview swept, %d made", made)
    return made
