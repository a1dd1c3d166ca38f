"""The addresses of the application, read from its resolver, and the rows of url_roles.py."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.meta.scene import Scene
from tests.meta.url_roles import FILES, ROLES, TABLE


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: what each role is answered."""

    method: str
    name: str
    sample: str
    status: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.name} {self.sample}".strip()

    def permitted(self) -> str:
        """Return the first role that is neither refused nor kept in the dark, preferring one that is shown a page."""
        return min(ROLES, key=lambda role: (self.status[role] != 200, self.status[role] in (403, 404)))

    def request(self, scene: Scene, person: str, **extra: Any) -> HttpResponse:
        """Make the row's request as this person; POST sends what the scene says."""
        address = reverse(self.name, kwargs=scene.samples[self.sample])
        if self.method == "POST":
            extra.setdefault("data", scene.posted.get(self.sample, {}))
        send = getattr(scene.client(person), self.method.lower())
        answer: HttpResponse = send(address, **extra)
        if answer.streaming:
            # Read to its end it closes itself; close() of our own would end the test's database connection as well.
            answer.getvalue()
        return answer


def rows() -> list[Row]:
    """Return the table."""
    return [
        Row(method, name, sample, dict(zip(ROLES, map(int, statuses.split()), strict=True)))
        for method, name, sample, statuses in TABLE
    ]


def pages() -> list[Row]:
    """Return the rows that somebody is shown a page for."""
    return [row for row in rows() if row.method == "GET" and 200 in row.status.values() and row.name not in FILES]


def files() -> list[Row]:
    """Return the rows that somebody gets a file from."""
    return [row for row in rows() if row.method == "GET" and 200 in row.status.values() and row.name in FILES]


def addresses(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield the full name of every named address with the names of its arguments."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield space + pattern.name, sorted(pattern.pattern.regex.groupindex)
