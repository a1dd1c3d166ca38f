"""签收承诺: whoever a published list names signs for their part; the unit's head for who has no account."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import lock_row
from responsibility.authority import authority_of
from responsibility.duty_permissions import signing_right
from responsibility.models import DutyList, DutySignature

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def sign_duties(
    *, actor: "User", list_id: int, signature_ids: Iterable[int], expected_version: int | None = None
) -> list[DutySignature]:
    """Sign for parts of a published list.

    Who holds the post signs for themselves; the head of the unit (or who stands in for the head) signs for the unit's
    part, and on behalf of those who have no account, which the row says.

    Raises:
        UserError: nothing chosen.
        WrongState: one of them is signed already, or the list is no longer in force.
        NotAllowed: one of them is not the person's to sign.
        StaleObject: the list was changed since `expected_version`: what was read is not what would be signed.
        Http404: no such list for this person.
    """
    try:
        duty_list = lock_row(DutyList.objects.visible_to(actor).select_related("unit"), list_id, expected_version)
    except DutyList.DoesNotExist:
        raise Http404("没有这份责任清单。") from None
    if not duty_list.is_published:
        raise WrongState(f"责任清单当前为“{duty_list.get_state_display()}”，不能签收，请刷新页面查看。")
    wanted = set(signature_ids)
    if not wanted:
        raise UserError("没有勾选任何一项，请勾选要签收的责任主体。")
    found = list(duty_list.signatures.counted().filter(pk__in=wanted).select_related("tenure__user"))
    if len(found) < len(wanted):
        raise WrongState("所选的责任主体已有人员调整，请刷新页面后重新勾选。")
    for row in found:
        row.duty_list = duty_list
        _sign(actor, duty_list, row)
    names = "、".join(f"{row.subject}（{row.signed_as}{'代签' if row.on_behalf else ''}）" for row in found)
    trail.record(actor=actor, action="duties.sign", target=duty_list, summary=f"签收承诺：{names}"[:300])
    return found


def _sign(actor: "User", duty_list: DutyList, row: DutySignature) -> None:
    if row.signed_at is not None:
        raise WrongState(f"“{row}”已由{row.signed_as}签收，请刷新页面查看。")
    right = signing_right(actor, row)
    if not right:
        raise NotAllowed(f"“{row}”应由本人签收；没有账号的，由单位负责人代签。")
    stands_in_for = authority_of(actor).acting_for.get(duty_list.unit_id)
    own = row.tenure is not None and row.tenure.user_id == actor.pk
    row.signed_as = f"{stands_in_for}（由{actor}代）" if stands_in_for and not own else str(actor)
    row.signed_at, row.signed_by, row.on_behalf = clock.now(), actor, right == "behalf"
    row.save(update_fields=["signed_at", "signed_by", "signed_as", "on_behalf"])
