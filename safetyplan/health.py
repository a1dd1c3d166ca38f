"""Whether the application lives (/healthz) and whether all it needs is there (/readyz).

`/healthz` is for whoever restarts processes: it looks at nothing beyond this process, so that a database that is away
does not make every web process be killed. `/readyz` is for whoever watches the service, and names what is missing. Both
answer anybody, tell nothing but the names of the parts, and are asked over plain HTTP on the loopback address as well.
"""

import logging
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from core import clock
from core.models import Heartbeat
from safetyplan import embedded_valkey

logger = logging.getLogger(__name__)

BEAT = "beat"
# The clock ticks every minute; a worker busy with one long document may answer a few ticks late.
BEAT_WITHIN = timedelta(minutes=5)


def record_heartbeat() -> None:
    """Note that the clock's tick has reached a worker, now."""
    Heartbeat.objects.update_or_create(name=BEAT, defaults={"at": clock.now()})


@cache
def _own_migrations() -> frozenset[tuple[str, str]]:
    """Return every migration that this process's code has."""
    return frozenset(MigrationLoader(None).graph.nodes)


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _is_migrated() -> bool:
    return _own_migrations() <= set(MigrationRecorder(connection).applied_migrations())


def _broker_answers() -> bool:
    return embedded_valkey.answers(settings.REDIS_URL)


def _beat_is_recent() -> bool:
    return Heartbeat.objects.filter(name=BEAT, at__gte=clock.now() - BEAT_WITHIN).exists()


# In this order: who has no database has no migrations, who has no migrations may have no table of heartbeats.
PARTS: dict[str, tuple[Callable[[], bool], tuple[str, ...]]] = {
    "database": (_database_answers, ()),
    "migrations": (_is_migrated, ("database",)),
    "broker": (_broker_answers, ()),
    "beat": (_beat_is_recent, ("database", "migrations")),
}


def readiness(only: Collection[str] = ()) -> dict[str, bool]:
    """Return which parts are in order.

    Args:
        only: names out of PARTS; all of them if empty. What a part needs is looked at as well.
    """
    found: dict[str, bool] = {}
    wanted = {name for name in PARTS if not only or name in only}
    needed = wanted | {other for name in wanted for other in PARTS[name][1]}
    for name, (check, needs) in PARTS.items():
        if name in needed:
            found[name] = all(found[other] for other in needs) and _holds(name, check)
    return {name: found[name] for name in PARTS if name in wanted}


def _holds(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("%s is not there: %s", name, str(error).strip().partition("\n")[0])
        return False


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200: this process takes requests."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 if every part is in order, else 503; each part is named with "ok" or "failed"."""
    found = readiness()
    failed = [name for name, holds in found.items() if not holds]
    if failed:
        logger.warning("not ready: %s", ", ".join(failed))
    parts = {name: "ok" if holds else "failed" for name, holds in found.items()}
    return JsonResponse({"status": "failed" if failed else "ok", "checks": parts}, status=503 if failed else 200)
