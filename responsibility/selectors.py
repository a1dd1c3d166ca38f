"""Reads that join units, people and words."""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Prefetch, Q, QuerySet

from core import clock
from responsibility.models import Membership, Role, Unit

if TYPE_CHECKING:
    from accounts.models import User


def people_of(*, unit_id: int | None = None, role: str | None = None) -> "QuerySet[User]":
    """Return the active accounts that act today for a unit (editors and heads), or hold a role.

    Args:
        unit_id: only people of this unit; without `role` its editors and heads.
        role: only holders of this role.
    """
    rows = Membership.objects.active_on(clock.today())
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    rows = rows.filter(role=role) if role is not None else rows.filter(Q(role=Role.EDITOR) | Q(role=Role.HEAD))
    users = get_user_model()._default_manager.filter(is_active=True, pk__in=rows.values("user_id"))
    return users.order_by("pk")


def in_force(day: date) -> QuerySet[Unit]:
    """Return the units that exist on `day`."""
    return Unit.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    )


def assignable_units() -> QuerySet[Unit]:
    """Return the units people can have a role in today: those that exist and are no collective name."""
    return in_force(clock.today()).exclude(kind=Unit.Kind.GROUP)


def current_people() -> "Prefetch[str, QuerySet[Membership], str]":
    """Prefetch a unit's active people of today with their roles as `people_now`."""
    rows = Membership.objects.active_on(clock.today()).filter(user__is_active=True)
    return Prefetch("memberships", rows.select_related("user", "deputy_for"), to_attr="people_now")
