"""How log lines are written: plain for people, or one JSON object a line, each knowing its request or job.

The module needs nothing but the standard library, so that gunicorn and Celery can take the same configuration before
Django is there. What people typed stays out: a line holds addresses without their query, numbers of rows and accounts,
and of a database's error only its first sentence, never the row it complains about.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

Field = str | int | float | bool | None
PLAIN = "%(asctime)s %(levelname)s %(name)s %(message)s"
FORMATS = ("plain", "json")
# The tail of a number is as good as the head; long ones are cut by the proxy (deploy/nginx).
SANE_REQUEST_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{7,63}")
_bound: ContextVar[Mapping[str, Field]] = ContextVar("core_logs_bound", default={})  # noqa: B039 - never written to


@contextmanager
def bound(**fields: Field) -> Iterator[None]:
    """Add these fields to every line logged inside the block, in this context only."""
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def request_id() -> str:
    """Return the number of the request being answered (or that a job was ordered by), "" outside of any."""
    return str(_bound.get().get("request_id") or "")


def _without_row_contents(error: BaseException | None, text: str) -> str:
    """Cut out of `text` what PostgreSQL tells about the offending row: it holds what people typed."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        detail = getattr(getattr(error, "diag", None), "message_detail", None)
        if detail:
            text = text.replace(str(detail), "…")
        error = error.__cause__ or error.__context__
    return text


class PlainFormatter(logging.Formatter):
    """A line for a person; the numbers of request and job follow in brackets."""

    def __init__(self) -> None:
        super().__init__(PLAIN)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line without its traceback."""
        fields = {**_bound.get(), **getattr(record, "fields", {})}
        words = " ".join(f"{name}={value}" for name, value in fields.items() if value not in (None, ""))
        return super().formatMessage(record) + (f" [{words}]" if words else "")

    def formatException(self, ei: Any) -> str:
        """Return the traceback without the contents of rows."""
        return _without_row_contents(ei[1], super().formatException(ei))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (ISO 8601 with zone), level, process, logger, message, bound fields, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object; values JSON has no form for are written as text."""
        moment = datetime.fromtimestamp(record.created, UTC).astimezone()
        line: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": record.process,
            "logger": record.name,
            "message": record.getMessage(),
            **_bound.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            text = "".join(traceback.format_exception(record.exc_info[1]))
            line["exception"] = _without_row_contents(record.exc_info[1], text)
        return json.dumps(line, ensure_ascii=False, default=str)


def configuration(style: str, level: str, *, requests: bool) -> dict[str, Any]:
    """Return the configuration for `logging.config.dictConfig`.

    Args:
        style: one of FORMATS.
        level: lowest level written, e.g. "INFO".
        requests: whether each request and each background job gets a line.

    Raises:
        ValueError: `style` is unknown.
    """
    if style not in FORMATS:
        raise ValueError(f"LOG_FORMAT must be one of {', '.join(FORMATS)}, not {style!r}")
    lines = "INFO" if requests else "WARNING"
    formatter = JsonFormatter if style == "json" else PlainFormatter
    # The libraries' own lines about each request and each job would repeat ours.
    quiet: dict[str, Any] = {"level": "WARNING", "handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": {"()": f"{formatter.__module__}.{formatter.__qualname__}"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "chosen", "stream": "ext://sys.stderr"}
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "core.requests": {"level": lines},
            "safetyplan.job_lines": {"level": lines},
            "django.server": {"level": "WARNING"},
            "celery": quiet,
            "kombu": quiet,
            "gunicorn.access": quiet,
            "gunicorn.error": {"level": "INFO" if requests else "WARNING", "handlers": [], "propagate": True},
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
        },
    }
