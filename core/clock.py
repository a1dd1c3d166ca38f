"""The one clock of the application.

Domain code asks this module for the time instead of the system, so that a plan's whole year can be replayed
(demonstration data, imports of past records) and every row carries the moment it stands for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("core_clock_moment", default=None)


def now() -> datetime:
    """Return the current moment, timezone-aware; inside `travel` the moment travelled to."""
    return _moment.get() or timezone.now()


def today() -> date:
    """Return the current date in the county's time zone (`TIME_ZONE`)."""
    return timezone.localdate(now())


def date_of(moment: datetime) -> date:
    """Return the county's calendar day of a moment."""
    return timezone.localdate(moment)


@contextmanager
def travel(moment: datetime) -> Iterator[None]:
    """Make `now()` answer `moment` (timezone-aware) for the code inside the block, in this context only.

    Raises:
        ValueError: if `moment` has no time zone.
    """
    if timezone.is_naive(moment):
        raise ValueError("moment must be timezone-aware")
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
