"""/healthz, /readyz and `manage.py readiness`; with servers that really stop in test_production."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import OperationalError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis import Redis

from core import clock
from core.models import Heartbeat
from safetyplan import checks, health
from safetyplan import settings as project
from safetyplan.celery import app, tick_at_once
from safetyplan.jobs import record_heartbeat
from tests.county import AsPerson

pytestmark = pytest.mark.django_db
ALL_WELL = {"database": "ok", "migrations": "ok", "broker": "ok", "beat": "ok"}


@pytest.fixture
def beating() -> None:
    record_heartbeat()


@pytest.mark.parametrize("person", [None, "editor"])
def test_alive_needs_no_database(as_person: AsPerson, client: Client, person: str | None) -> None:
    client = as_person(person) if person else client
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json(), len(queries)) == (200, {"status": "ok"}, 0)
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("beating")
def test_ready_names_every_part(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": ALL_WELL})
    assert "no-store" in answer.headers["Cache-Control"]


def assert_failing(client: Client, *parts: str) -> None:
    answer = client.get("/readyz")
    expected = {"status": "failed", "checks": ALL_WELL | dict.fromkeys(parts, "failed")}
    assert (answer.status_code, answer.json()) == (503, expected)


def test_a_clock_that_never_ticked_is_named(client: Client) -> None:
    assert_failing(client, "beat")


@pytest.mark.usefixtures("beating")
def test_a_clock_that_stopped_is_named(client: Client) -> None:
    Heartbeat.objects.update(at=clock.now() - health.BEAT_WITHIN - timedelta(seconds=1))
    assert_failing(client, "beat")
    record_heartbeat()
    assert client.get("/readyz").status_code == 200
    assert Heartbeat.objects.count() == 1


@pytest.mark.usefixtures("beating")
def test_a_broker_that_is_away_is_named(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://:geheim@127.0.0.1:1/0"
    assert_failing(client, "broker")
    assert "geheim" not in client.get("/readyz").content.decode()


@pytest.mark.usefixtures("beating")
def test_a_migration_that_is_missing_is_named(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("core", "0001_heartbeat")
    assert_failing(client, "migrations", "beat")


@pytest.mark.usefixtures("beating")
def test_a_database_that_is_away_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OperationalError('connection to server at "10.1.2.3" failed')

    monkeypatch.setattr(connection, "cursor", refuse)
    assert_failing(client, "database", "migrations", "beat")
    assert "10.1.2.3" not in client.get("/readyz").content.decode()


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_the_machine_itself_may_ask_whatever_the_public_name_is(
    client: Client, settings: Any, host: str, address: str
) -> None:
    settings.ALLOWED_HOSTS = ["county.example", *project.LOOPBACK]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    assert client.get(address, HTTP_HOST=host).status_code in (200, 503)
    assert client.get("/accounts/login/", HTTP_HOST=host).status_code == 301
    assert client.get("/accounts/login/", HTTP_HOST="other.example").status_code == 400


def test_the_command_tells_and_its_exit_code_too() -> None:
    output = io.StringIO()
    with pytest.raises(CommandError, match="定时任务和后台任务不正常"):
        call_command("readiness", stdout=output)
    assert "数据库：正常" in output.getvalue()
    call_command("readiness", only=["database", "broker"], stdout=io.StringIO())
    record_heartbeat()
    output = io.StringIO()
    call_command("readiness", only=["beat"], stdout=output)
    assert output.getvalue() == "定时任务和后台任务：正常\n"


def test_the_clock_sends_a_heartbeat_every_minute() -> None:
    entry = app.conf.beat_schedule["record-heartbeat"]
    assert entry["task"] == record_heartbeat.name
    assert entry["schedule"].is_due(clock.now() - timedelta(seconds=61)).is_due


def test_a_clock_that_starts_sends_a_heartbeat_at_once(settings: Any) -> None:
    app.conf.task_always_eager = False
    try:
        tick_at_once()
    finally:
        app.conf.task_always_eager = True
    with Redis.from_url(settings.REDIS_URL) as broker:
        (message,) = broker.lrange("celery", 0, -1)
    assert json.loads(message)["headers"]["task"] == record_heartbeat.name


def test_a_clock_that_starts_without_its_broker_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from kombu.exceptions import OperationalError as BrokerAway

    def refuse(*_: Any, **__: Any) -> None:
        raise BrokerAway

    monkeypatch.setattr(app, "send_task", refuse)
    tick_at_once()


def test_in_earnest_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    assert [message.id for message in checks.check_secret_key(None)] == ["safetyplan.E001"]
    monkeypatch.setenv("SECRET_KEY", "x" * 60)
    assert checks.check_secret_key(None) == []
