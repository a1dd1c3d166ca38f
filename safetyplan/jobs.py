"""The project's own Celery job."""

from celery import shared_task

from safetyplan import health


@shared_task
def record_heartbeat() -> None:
    """Note that the clock, the broker and a worker do their part.

    It has no command beside it: run by hand it would prove nothing.
    """
    health.record_heartbeat()
