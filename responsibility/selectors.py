"""Reads that join units, people and words."""

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from core import clock
from responsibility.models import Membership, Role

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
