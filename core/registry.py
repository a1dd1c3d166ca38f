"""Typed registries through which an app on the right tells one on its left how to treat its objects.

Each app fills them in `apps.py:ready()`.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Named entries, each registered once."""

    def __init__(self, purpose: str) -> None:
        self.purpose = purpose
        self._entries: dict[str, T] = {}

    def register(self, key: str, entry: T) -> None:
        """Add an entry.

        Raises:
            ValueError: the key is taken by another entry.
        """
        if key in self._entries and self._entries[key] is not entry:
            raise ValueError(f"{self.purpose}: {key} is registered twice")
        self._entries[key] = entry

    def get(self, key: str) -> T | None:
        """Return the entry or None."""
        return self._entries.get(key)

    def all(self) -> list[T]:
        """Return the entries in the order of registration."""
        return list(self._entries.values())


# owner type ("app.model") → (user, owner id) → "", "read" or "change": what the person may do to the owner's files.
evidence_access: Registry[Callable[[object, int], str]] = Registry("evidence access")

# "change" → describes who changed a row last and how (audit fills it in); None where nothing is recorded.
latest_change: Registry[Callable[[Any], dict[str, Any] | None]] = Registry("latest change")
