"""Which duty lists wait for a person, and for what: the queues of 我的工作 and the lists they open ask the same."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from core import clock
from responsibility.authority import authority_of
from responsibility.models import DutyList, DutySignature, Layer

S = DutyList.State
# Key of a queue → what the filter calls it.
WAITS = {"returned": "退回待改", "sign": "待我签收", "review": "待我审核发布"}


def places_of(user: Any) -> dict[str, Q]:
    """Return which duty lists stand in which of the person's queues, by the roles and posts they hold today.

    Who submitted a list does not judge it: it waits for a colleague.
    """
    authority = authority_of(user)
    found = {"sign": to_sign(user)}
    if authority.units:
        found["returned"] = Q(state=S.RETURNED, unit_id__in=authority.units)
    if authority.is_office:
        found["review"] = Q(state=S.SUBMITTED) & ~Q(submitted_by=user.pk)
    return found


def to_sign(user: Any) -> Q:
    """Return what a list in force fulfils that holds something for the person to sign."""
    mine = Q(tenure__user=user.pk)
    heads = authority_of(user).head_units
    if heads:
        without_account = Q(tenure__isnull=True) | Q(tenure__user__isnull=True) | Q(tenure__user__is_active=False)
        mine |= Q(duty_list__unit_id__in=heads) & (Q(layer=Layer.UNIT) | without_account)
    waiting = DutySignature.objects.counted().filter(mine, signed_at__isnull=True, duty_list=OuterRef("pk"))
    return Q(Exists(waiting), state=S.PUBLISHED, year__gte=clock.today().year)
