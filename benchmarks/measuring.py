"""Requests through the whole application, with their time and queries."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page costs: milliseconds (median) and queries."""

    milliseconds: float
    queries: int


def client_of(username: str) -> Client:
    """Return a client logged in as that person of the database in use."""
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def timed(run: Callable[[], object]) -> float:
    """Return how many milliseconds the call took."""
    begun = perf_counter()
    run()
    return (perf_counter() - begun) * 1_000


def queries_of(run: Callable[[], object]) -> int:
    """Return how many queries the call makes."""
    with CaptureQueriesContext(connection) as found:
        run()
    return len(found)


def page(client: Client, address: str) -> Callable[[], object]:
    """Return the call that asks for the page.

    Raises:
        SystemExit: the page does not answer 200.
    """

    def get() -> object:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
        return answer.content

    return get


def middle(times: list[float]) -> float:
    """Return the median."""
    return median(times)
