"""What a person may do today: their active memberships, read once per request."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from core import clock
from responsibility.models import Membership, Role

# Roles that read everything in the working ledgers.
COUNTY_READERS = frozenset({Role.OFFICE, Role.LEADER, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Authority:
    """The roles a person holds on one day and the units they hold them in."""

    user_id: int
    roles: frozenset[str]
    editor_units: frozenset[int]
    head_units: frozenset[int]
    # unit id → names of the people the person stands in for there.
    acting_for: dict[int, str]
    title: str
    # Enterprises the person belongs to.
    enterprises: frozenset[int] = frozenset()

    @property
    def is_office(self) -> bool:
        """Clerk of the safety committee office."""
        return Role.OFFICE in self.roles

    @property
    def is_leader(self) -> bool:
        """County leader."""
        return Role.LEADER in self.roles

    @property
    def is_administrator(self) -> bool:
        """Keeps accounts, units and settings; not the content."""
        return Role.ADMINISTRATOR in self.roles

    @property
    def reads_county(self) -> bool:
        """May read every unit's work."""
        return bool(self.roles & COUNTY_READERS)

    @property
    def units(self) -> frozenset[int]:
        """Units whose work the person takes part in."""
        return self.editor_units | self.head_units


def _read(user_id: int, day: date) -> Authority:
    rows = list(Membership.objects.active_on(day).filter(user_id=user_id).select_related("unit", "deputy_for"))
    return Authority(
        user_id=user_id,
        roles=frozenset(row.role for row in rows),
        editor_units=frozenset(row.unit_id for row in rows if row.role == Role.EDITOR),
        head_units=frozenset(row.unit_id for row in rows if row.role == Role.HEAD),
        acting_for={row.unit_id: str(row.deputy_for) for row in rows if row.deputy_for is not None},
        enterprises=frozenset(row.enterprise_id for row in rows if row.enterprise_id is not None),
        title="、".join(f"{row.unit.short_name} · {row.post or row.get_role_display()}" for row in rows[:2]),
    )


def authority_of(user: Any) -> Authority:
    """Return what `user` may do today; anonymous and inactive people hold no role.

    The answer is kept on the user object, which lives for one request.
    """
    day = clock.today()
    known: tuple[date, Authority] | None = getattr(user, "_authority", None)
    if known is not None and known[0] == day:
        return known[1]
    if not user.is_authenticated or not user.is_active:
        return Authority(0, frozenset(), frozenset(), frozenset(), {}, "")
    fresh = _read(user.pk, day)
    user._authority = (day, fresh)
    return fresh
