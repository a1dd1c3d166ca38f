"""Log lines: their form, the numbers they carry, and what must never stand in them."""

import io
import json
import logging
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core import logs
from notifications import outbox
from notifications.services import notify
from tests.county import PASSWORD, AsPerson, County


class Written:
    """What a handler with the JSON form wrote."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def lines(self, logger: str) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in found if line["logger"] == logger]


@pytest.fixture
def written() -> Iterator[Written]:
    """Collect everything that is logged, as LOG_FORMAT=json writes it and in all detail."""
    collected = Written()
    handler = logging.StreamHandler(collected.stream)
    handler.setFormatter(logs.JsonFormatter())
    root, lines = logging.getLogger(), logging.getLogger("core.requests")
    before = root.level, lines.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    lines.setLevel(logging.INFO)
    yield collected
    root.removeHandler(handler)
    root.setLevel(before[0])
    lines.setLevel(before[1])


def record(message: str, error: BaseException | None = None, **fields: Any) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("a.b", logging.WARNING, __file__, 1, message, (), info)
    made.__dict__.update({"fields": fields} if fields else {})
    return made


def test_a_json_line_is_one_line_with_everything() -> None:
    with logs.bound(request_id="r1"), logs.bound(job="j"):
        text = logs.JsonFormatter().format(record("两行\n“引号”", status=200))
    assert "\n" not in text
    line = json.loads(text)
    assert datetime.fromisoformat(line.pop("time")).tzinfo is not None
    assert line == {
        "level": "WARNING",
        "process": os.getpid(),
        "logger": "a.b",
        "message": "两行\n“引号”",
        "request_id": "r1",
        "job": "j",
        "status": 200,
    }
    assert logs.request_id() == ""


def test_a_plain_line_reads_as_before_with_its_numbers_behind() -> None:
    formatter = logs.PlainFormatter()
    assert formatter.format(record("words")).endswith("WARNING a.b words")
    with logs.bound(request_id="r1", user_id=None):
        assert formatter.format(record("words", status=200)).endswith("a.b words [request_id=r1 status=200]")


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match="LOG_FORMAT must be one of plain, json"):
        logs.configuration("xml", "INFO", requests=False)


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", [logs.JsonFormatter(), logs.PlainFormatter()])
def test_the_row_a_database_complains_about_stays_out(formatter: logging.Formatter) -> None:
    # A traceback shows lines of code: the name must not stand in one.
    name = "".join(("zhang", "san"))
    User.objects.create_user(name, password="x")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        User.objects.create_user(name, password="x")
    text = formatter.format(record("failed", caught.value))
    assert "IntegrityError" in text
    if connection.vendor == "postgresql":
        assert "zhangsan" in str(caught.value)
    assert "zhangsan" not in text


def test_details_of_several_lines_stay_out_as_a_whole() -> None:
    class Told(Exception):
        class diag:
            message_detail = "Failing row contains (7, 王芳\n13800000000)."

    error = Told(f"violates\nDETAIL:  {Told.diag.message_detail}\n")
    outer = ValueError("outer")
    outer.__cause__ = error
    for formatter in (logs.JsonFormatter(), logs.PlainFormatter()):
        text = formatter.format(record("failed", outer))
        assert "王芳" not in text
        assert "13800000000" not in text


@pytest.mark.django_db
def test_each_request_gets_a_line(as_person: AsPerson, county: County, written: Written) -> None:
    answer = as_person("editor").get("/tasks/?q=王芳")
    (line,) = written.lines("core.requests")
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["user_id"], line["method"], line["path"]) == (county.editor.pk, "GET", "/tasks/")
    assert (line["status"], line["level"]) == (200, "INFO")
    assert line["duration_ms"] > 0


@pytest.mark.django_db
def test_health_checks_get_none(client: Client, written: Written) -> None:
    client.get("/healthz")
    client.get("/readyz")
    assert written.lines("core.requests") == []
    # That something is missing is told once, with its name.
    assert [line["message"] for line in written.lines("safetyplan.health")] == ["not ready: beat"]


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["0123abcd4567", "a" * 64, "req-2026.11_25"])
def test_the_number_of_the_proxy_is_kept(client: Client, number: str) -> None:
    assert client.get("/healthz", HTTP_X_REQUEST_ID=number).headers["X-Request-ID"] == number


@pytest.mark.django_db
@pytest.mark.parametrize(
    "number", ["", "short", "a" * 65, "a b c d e f", "<script>alert(1)</script>", "0123abcd\u4e00"]
)
def test_a_number_that_could_be_anything_is_replaced(client: Client, number: str) -> None:
    answer = client.get("/healthz", HTTP_X_REQUEST_ID=number)
    given = answer.headers["X-Request-ID"]
    assert given != number
    assert logs.SANE_REQUEST_ID.fullmatch(given)
    assert client.get("/healthz").headers["X-Request-ID"] != given


@pytest.mark.django_db
def test_nothing_people_typed_and_no_secret_is_logged(county: County, written: Written, settings: Any) -> None:
    client = Client(raise_request_exception=False, HTTP_USER_AGENT="agent-of-wang", REMOTE_ADDR="10.9.8.7")
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": "editor", "password": "wrong-password"})
    client.post(reverse("account_login"), {"login": "editor", "password": PASSWORD})
    client.get("/tasks/", {"q": "13800000000"})
    client.get("/nowhere/")
    client.post(reverse("tasks:work"), {"note": "王芳的手机号"})
    client.post(reverse("account_logout"))
    kept = [client.cookies[name].value for name in ("csrftoken", "sessionid") if name in client.cookies]
    assert len(written.lines("core.requests")) == 7
    for word in ("editor", "wrong-password", PASSWORD, "13800000000", "应小急", "王芳", "agent-of-wang", "10.9.8.7"):
        assert word not in written.text, word
    for value in [*filter(None, kept), settings.SECRET_KEY]:
        assert value not in written.text


@pytest.mark.django_db
def test_the_address_of_a_mail_that_was_refused_is_not_logged(
    county: County, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    import smtplib

    def refuse(self: mail.EmailMessage, **_: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({"editor@example.test": (550, b"no such user")})

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    notify(recipients=[county.editor], title="请知悉", path="/tasks/work/", key="logs")
    assert outbox.send_outbox().put_off == 1
    (line,) = written.lines("notifications.outbox")
    assert "SMTPRecipientsRefused" in line["message"]
    assert "editor@example.test" not in written.text


def test_logging_of_a_process_that_is_only_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The configuration holds together by itself, as gunicorn and Celery take it."""
    import logging.config

    made = logs.configuration("json", "INFO", requests=True)
    logger = logging.getLogger("gunicorn.error")
    logger.propagate = False
    before = logging.getLogger().handlers[:], logging.getLogger().level
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    try:
        logging.config.dictConfig(made)
        logger.info("booted")
        logging.getLogger("gunicorn.access").info("GET /?q=x")
        logging.getLogger("celery.worker.strategy").info("Task received")
    finally:
        logging.getLogger().handlers, level = before
        logging.getLogger().setLevel(level)
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["booted"]
