"""Background jobs in the log: a line for each, and the numbers of job and request on all that is logged meanwhile."""

import logging
from collections.abc import Iterator

import pytest

from core import logs
from safetyplan import job_lines
from safetyplan.jobs import record_heartbeat
from tasks.jobs import recompute_lamps

pytestmark = pytest.mark.django_db


class Lines(logging.Handler):
    """Keeps each record with what was bound when it was written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.found: list[tuple[str, str, dict[str, object]]] = []

    def emit(self, record: logging.LogRecord) -> None:
        fields = {**logs._bound.get(), **getattr(record, "fields", {})}
        self.found.append((record.name, record.levelname, fields))


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, levels = Lines(), {}
    for name in ("safetyplan.job_lines", "tasks.jobs"):
        logger = logging.getLogger(name)
        levels[name] = logger.level
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield handler
    for name, level in levels.items():
        logging.getLogger(name).removeHandler(handler)
        logging.getLogger(name).setLevel(level)


def test_a_job_gets_a_line_and_its_number_is_on_its_own(lines: Lines) -> None:
    with logs.bound(request_id="r1"):
        recompute_lamps.delay()
    (own, _, bound), (name, level, fields) = lines.found
    assert (own, name, level) == ("tasks.jobs", "safetyplan.job_lines", "INFO")
    assert bound["job"] == fields["job"] == "tasks.jobs.recompute_lamps"
    assert bound["request_id"] == fields["request_id"] == "r1"
    assert len(str(bound["job_id"])) == 36
    assert bound["job_id"] == fields["job_id"]
    assert fields["state"] == "SUCCESS"
    assert float(str(fields["duration_ms"])) >= 0
    assert logs._bound.get() == {}
    assert job_lines._running == {}


def test_the_tick_of_every_minute_is_no_news(lines: Lines) -> None:
    record_heartbeat.delay()
    assert [level for _, level, _ in lines.found] == ["DEBUG"]


def test_the_number_of_the_request_travels_with_the_order() -> None:
    headers: dict[str, object] = {}
    with logs.bound(request_id="r2"):
        job_lines.pass_request_id_on(headers=headers)
    assert headers == {"request_id": "r2"}
