"""Celery application. Job modules are called `jobs`, because `tasks` is one of the domain's own apps."""

import logging
import os
from typing import Any

from celery import Celery, signals
from kombu.exceptions import OperationalError

from safetyplan import job_lines  # noqa: F401 - connects itself to Celery's signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safetyplan.settings")

app = Celery("safetyplan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@signals.beat_init.connect
def tick_at_once(**_: Any) -> None:
    """Send the first heartbeat when the clock starts, so that a fresh start is known to work within seconds."""
    try:
        app.send_task("safetyplan.jobs.record_heartbeat", expires=55)
    except OperationalError:
        logging.getLogger(__name__).warning("the broker is away; the next tick tries again")
