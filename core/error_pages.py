"""What people see when the application itself fails (500) or its database is away (503).

The page uses neither the database nor the session nor anything of the shell, and tells the number under which the log
knows the request. Of an answer to htmx the page that asked takes the notice alone; a program (below /api/) gets a JSON
problem.
"""

import sqlite3
import sys
from dataclasses import dataclass

from django.core.files.storage import InvalidStorageError
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.templatetags.static import static
from django.utils.log import log_response

from core import logs
from core.api.problems import MEDIA_TYPE, TITLES, problem

# Seconds after which to try again: a database that is being restarted is back by then.
RETRY_AFTER = 30
# SQLSTATE classes: connection lost, resources used up, shut down or starting.
AWAY_STATES = ("08", "53", "57P")
AWAY_SQLITE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR)


@dataclass(frozen=True)
class Failure:
    """One kind of failure: status, kind of problem, heading, and what it means and what to do."""

    status: int
    kind: str
    title: str
    sentences: tuple[str, ...]


FAILED = Failure(
    500,
    "failed",
    TITLES["failed"],
    (
        "系统没能完成这次操作，出错情况已记入日志。本次提交没有生效，此前保存的内容不受影响。",
        "请返回上一页重试一次；仍然出错的，请把下面的错误编号告诉系统管理员。",
    ),
)
AWAY = Failure(
    503,
    "unavailable",
    TITLES["unavailable"],
    (
        "数据库暂时连接不上，可能正在维护或重新启动。本次提交没有生效，此前保存的内容不受影响。",
        "请半分钟后返回上一页重试，填写的内容仍在原来的页面上；长时间不能恢复的，请联系系统管理员，并告知下面的错误编号。",
    ),
)


def database_is_away(error: BaseException | None) -> bool:
    """Tell whether an error means that the database cannot be reached at the moment, not that a query is wrong."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The low byte is the kind, the rest its variant.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in AWAY_SQLITE
    state = getattr(cause, "pgcode", None)
    # A connection that failed or broke has no state to tell.
    return state is None or state.startswith(AWAY_STATES)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request whose exception nobody caught; Django calls it while the exception is being handled."""
    error = sys.exc_info()[1]
    if not database_is_away(error):
        return failure_response(request, FAILED)
    response = failure_response(request, AWAY)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    # One line instead of a traceback for everybody who clicks meanwhile.
    reason = str(error).strip().partition("\n")[0]
    log_response("Database away: %s: %s", request.path, reason, response=response, request=request)
    return response


def failure_response(request: HttpRequest, failure: Failure) -> HttpResponse:
    """Return the failure in the form the request asked for."""
    number = logs.request_id()
    if request.path.startswith("/api/"):
        document = problem(failure.status, failure.kind, failure.sentences[0]) | {"request_id": number}
        return JsonResponse(
            document, status=failure.status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False}
        )
    shown = {"failure": failure, "request_id": number, "stylesheet": _stylesheet()}
    return HttpResponse(loader.render_to_string("failure.html", shown), status=failure.status)


def _stylesheet() -> str:
    """Return the address of the page's style sheet, empty where static files are amiss themselves: plain will do."""
    try:
        return static("css/error.css")
    except (ValueError, InvalidStorageError):
        return ""
