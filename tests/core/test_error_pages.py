"""What people see when the application fails or its database is away; the real outage is in test_production."""

import json
import logging
import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg2  # type: ignore[import-untyped]
import pytest
from django.db.utils import IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client

from core import error_pages
from core.error_pages import database_is_away
from tests.county import AsPerson

pytestmark = pytest.mark.django_db


class _PgError(psycopg2.OperationalError):  # type: ignore[misc]
    """An error with the SQLSTATE that libpq would have told."""

    def __init__(self, state: str | None, words: str = "") -> None:
        super().__init__(words)
        self.state = state

    @property
    def pgcode(self) -> str | None:
        return self.state


def raised_from(cause: BaseException, kind: type[Exception] = OperationalError) -> Exception:
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (raised_from(_PgError(None)), True),
        (raised_from(_PgError("57P01")), True),
        (raised_from(_PgError("53300")), True),
        (raised_from(_PgError("08006")), True),
        (raised_from(_PgError("40P01")), False),
        (raised_from(_PgError("55P03")), False),
        (raised_from(sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT)), True),
        (raised_from(sqlite_error(sqlite3.SQLITE_CANTOPEN)), True),
        (raised_from(sqlite_error(sqlite3.SQLITE_ERROR)), False),
        (InterfaceError("connection already closed"), True),
        (IntegrityError("x"), False),
        (ValueError("x"), False),
        (None, False),
    ],
)
def test_an_absent_database_is_told_from_a_wrong_query(error: BaseException | None, away: bool) -> None:
    assert database_is_away(error) is away


Failing = Callable[[Exception], None]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Failing:
    """Let the start page fail with an error of choice."""

    def use(error: Exception) -> None:
        def fail(request: HttpRequest) -> HttpResponse:
            raise error

        from safetyplan import urls

        monkeypatch.setattr(urls.urlpatterns[0], "callback", fail)

    return use


def visitor(as_person: AsPerson) -> Client:
    client = as_person("editor")
    client.raise_request_exception = False
    return client


def test_a_failure_tells_its_number(as_person: AsPerson, failing: Failing, caplog: pytest.LogCaptureFixture) -> None:
    failing(ValueError("secret of the office"))
    answer = visitor(as_person).get("/", HTTP_X_REQUEST_ID="0123abcd4567")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] == "0123abcd4567"
    assert "系统出错" in page
    assert "错误编号：<code>0123abcd4567</code>" in page
    assert "secret of the office" not in page
    assert "ValueError: secret of the office" in caplog.text
    assert "Retry-After" not in answer.headers


def test_the_page_names_the_style_sheet_as_it_was_collected(
    as_person: AsPerson, failing: Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only files with their hash in the name are kept where the product runs.
    monkeypatch.setattr(error_pages, "static", lambda name: f"/static/{name.replace('.css', '.0123ab.css')}")
    failing(ValueError("x"))
    assert '<link rel="stylesheet" href="/static/css/error.0123ab.css">' in visitor(as_person).get("/").content.decode()

    def never_collected(name: str) -> str:
        raise ValueError(f"Missing staticfiles manifest entry for '{name}'")

    monkeypatch.setattr(error_pages, "static", never_collected)
    answer = visitor(as_person).get("/")
    assert answer.status_code == 500
    assert "系统出错" in answer.content.decode()
    assert "stylesheet" not in answer.content.decode()


def test_an_absent_database_is_503(as_person: AsPerson, failing: Failing, caplog: pytest.LogCaptureFixture) -> None:
    failing(raised_from(_PgError(None, "connection refused\nIs the server running?")))
    client = visitor(as_person)
    answer = client.get("/")
    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert f"错误编号：<code>{answer.headers['X-Request-ID']}</code>" in page
    assert "数据库暂时连接不上" in page
    assert "connection refused" not in page
    (line,) = [record for record in caplog.records if record.name == "django.request"]
    assert (line.levelno, line.exc_info) == (logging.ERROR, None)
    assert line.getMessage() == "Database away: /: connection refused"


def test_htmx_finds_the_notice_it_shows(as_person: AsPerson, failing: Failing) -> None:
    page = as_person("editor").get("/tasks/").content.decode()
    assert '<div id="failure"></div>' in page
    _, _, rest = page.partition('name="htmx-config" content=\'')
    rules = json.loads(rest.partition("'")[0])["responseHandling"]
    (rule,) = [rule for rule in rules if rule.get("select")]
    failing(raised_from(_PgError(None)))
    answer = visitor(as_person).get("/", HTTP_HX_REQUEST="true")
    assert rule["code"] == "50[0-4]"
    assert f'id="{rule["select"].removeprefix("#")}"' in answer.content.decode()
    assert rule["target"] == "#failure"


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [(raised_from(_PgError("57P03")), 503, "系统暂时无法使用"), (KeyError("x"), 500, "系统出错")],
)
def test_a_program_gets_a_json_problem(
    as_person: AsPerson, failing: Failing, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, title: str
) -> None:
    def answer_of(request: HttpRequest) -> Any:
        request.path = "/api/v1/tasks/"
        raise error

    from safetyplan import urls

    monkeypatch.setattr(urls.urlpatterns[0], "callback", answer_of)
    answer = visitor(as_person).get("/")
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (problem["title"], problem["request_id"]) == (title, answer.headers["X-Request-ID"])
    assert problem["detail"]
