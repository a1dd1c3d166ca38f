"""Which duty lists wait for a person's signature: the queue of 我的工作 and the list it opens ask the same."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from core import clock
from responsibility.authority import authority_of
from responsibility.models import DutyList, DutySignature, Layer

S = DutyList.State


def to_sign(user: Any) -> Q:
    """Return what a list in force fulfils that holds something for the person to sign."""
    mine = Q(tenure__user=user.pk)
    heads = authority_of(user).head_units
    if heads:
        without_account = Q(tenure__isnull=True) | Q(tenure__user__isnull=True) | Q(tenure__user__is_active=False)
        mine |= Q(duty_list__unit_id__in=heads) & (Q(layer=Layer.UNIT) | without_account)
    waiting = DutySignature.objects.counted().filter(mine, signed_at__isnull=True, duty_list=OuterRef("pk"))
    return Q(Exists(waiting), state=S.PUBLISHED, year__gte=clock.today().year)
