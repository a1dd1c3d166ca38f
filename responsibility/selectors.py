"""Reads that join units, people and words."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Prefetch, Q, QuerySet

from core import clock
from responsibility.authority import authority_of
from responsibility.models import InnerOffice, Membership, Post, Role, Tenure, Unit
from responsibility.permissions import keeps_posts

if TYPE_CHECKING:
    from accounts.models import User

# Units a place lies in (属地).
TOWNSHIP_KINDS = (Unit.Kind.TOWNSHIP, Unit.Kind.SUBDISTRICT, Unit.Kind.PARK)


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
    return units_of_county(clock.today())


def units_of_county(day: date) -> QuerySet[Unit]:
    """Return the units that owe a duty list on `day`: those that exist, without collective names."""
    return in_force(day).exclude(kind=Unit.Kind.GROUP)


def current_people() -> "Prefetch[str, QuerySet[Membership], str]":
    """Prefetch a unit's active people of today with their roles as `people_now`."""
    rows = Membership.objects.active_on(clock.today()).filter(user__is_active=True)
    return Prefetch("memberships", rows.select_related("user", "deputy_for"), to_attr="people_now")


def may_keep_posts(user: "User | Any", unit_id: int) -> bool:
    """Say whether the person keeps the unit's inner offices and posts."""
    return keeps_posts(user, unit_id) or authority_of(user).is_administrator


@dataclass(slots=True)
class OfficePosts:
    """The posts of an inner office, or of the unit's leaders where `office` is None, each with who holds it."""

    office: InnerOffice | None
    rows: list[tuple[Post, Tenure | None]] = field(default_factory=list)


def posts_by_office(unit: Unit, day: date) -> list[OfficePosts]:
    """Return the posts of a unit on `day`, its leaders first, then office by office; empty offices are there too."""
    found = {None: OfficePosts(None)} | {
        office.pk: OfficePosts(office) for office in unit.inner_offices.in_force_on(day)
    }
    for post in unit.posts.in_force_on(day).with_holders().order_by("-in_charge", "ordering", "pk"):
        if post.office_id in found:
            found[post.office_id].rows.append((post, post.holder_on(day)))
    return list(found.values())


def people_of_enterprise(enterprise_id: int) -> "QuerySet[User]":
    """Return the active accounts that act today for an enterprise."""
    rows = Membership.objects.active_on(clock.today()).filter(role=Role.ENTERPRISE, enterprise_id=enterprise_id)
    users = get_user_model()._default_manager.filter(is_active=True, pk__in=rows.values("user_id"))
    return users.order_by("pk")
