"""A log line for each background job, and the job's number on everything that is logged while it runs.

The number of the request that ordered a job travels with it, so that one search finds both.
"""

import logging
import logging.config
import time
from contextlib import ExitStack
from typing import Any

from celery import Task, signals
from django.conf import settings

from core import logs

logger = logging.getLogger(__name__)

# Every minute all year round.
QUIET = {"safetyplan.jobs.record_heartbeat"}
_running: dict[str, tuple[ExitStack, float]] = {}


@signals.setup_logging.connect
def configure_logging(**_: Any) -> None:
    """Log as the web processes do; Celery leaves its own set-up out as soon as somebody listens here."""
    logging.config.dictConfig(settings.LOGGING)


@signals.before_task_publish.connect
def pass_request_id_on(headers: dict[str, Any], **_: Any) -> None:
    """Write the request's number on the order."""
    headers["request_id"] = logs.request_id()


@signals.task_prerun.connect
def begin(task_id: str, task: "Task[Any, Any]", **_: Any) -> None:
    """Bind the job's number and name."""
    stack = ExitStack()
    ordered_by = logs.request_id() or str(task.request.get("request_id") or "")
    stack.enter_context(logs.bound(request_id=ordered_by, job_id=task_id, job=task.name))
    _running[task_id] = (stack, time.perf_counter())


@signals.task_postrun.connect
def end(task_id: str, task: "Task[Any, Any]", state: str | None = None, **_: Any) -> None:
    """Write the line and forget the job."""
    stack, began = _running.pop(task_id, (ExitStack(), time.perf_counter()))
    with stack:
        fields: dict[str, logs.Field] = {
            "state": state,
            "duration_ms": round((time.perf_counter() - began) * 1000, 1),
        }
        logger.log(logging.DEBUG if task.name in QUIET else logging.INFO, "job", extra={"fields": fields})
