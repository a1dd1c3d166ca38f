"""Celery jobs of reports: thin calls of services."""

import logging

from celery import shared_task

from core import clock
from core.errors import UserError
from reports.quarters import quarter_of, read_quarter
from reports.services import drafting, rendering

logger = logging.getLogger(__name__)


@shared_task
def make_report(quarter: str) -> int:
    """Draft the report of a quarter such as 2026Q1, unless it has one; returns its id."""
    report, made = drafting.make_report(actor=None, quarter=read_quarter(quarter))
    logger.info("report of %s %s", quarter, "made" if made else "was there already")
    return report.pk


@shared_task
def make_due_report() -> bool:
    """Draft the report of the quarter that ended last; harmless to run every night.

    A county without tasks in that quarter has nothing to report on.
    """
    quarter = quarter_of(clock.today()).previous
    try:
        _, made = drafting.make_report(actor=None, quarter=quarter)
    except UserError as refused:
        logger.info("no report of %s: %s", quarter, refused.message)
        return False
    logger.info("report of %s %s", quarter, "made" if made else "was there already")
    return made


@shared_task
def render_report(report_id: int) -> bool:
    """Make the files of one issued report, unless they are there already."""
    return rendering.render_report_files(report_id)


@shared_task
def render_missing_reports() -> int:
    """Make the files of every issued report that lacks one; harmless to run twice."""
    made = rendering.render_missing_reports()
    logger.info("reports without a file swept, %d made", made)
    return made
