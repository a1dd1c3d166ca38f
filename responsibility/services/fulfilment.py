"""履职记录: what the unit's people did for a duty, dated, with evidence."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError
from core.models import bump, lock_row
from responsibility.duty_permissions import get_fulfilment_for, get_item_for, may_record
from responsibility.models import DutyItem, Fulfilment
from responsibility.services.changes import assign

if TYPE_CHECKING:
    from accounts.models import User

MAX_TEXT = 3000


@dataclass(frozen=True, slots=True)
class FulfilmentDraft:
    """What the form of a record holds; the fields are those of `Fulfilment`."""

    done_on: date
    text: str
    person: str


def _checked(draft: FulfilmentDraft, item: DutyItem) -> dict[str, object]:
    text, person = draft.text.replace("\r\n", "\n").strip(), " ".join(draft.person.split())
    if not text:
        raise UserError("请填写履职情况：做了什么、发现什么、怎么处理。")
    if len(text) > MAX_TEXT:
        raise UserError(f"履职情况请控制在 {MAX_TEXT} 字以内（现为 {len(text)} 字）。")
    if not person:
        raise UserError("请填写履职人。")
    if draft.done_on > clock.today():
        raise UserError("履职日期不能晚于今天。")
    if draft.done_on.year != item.duty_list.year:
        raise UserError(f"履职日期须在 {item.duty_list.year} 年内：这是{item.duty_list.year}年的责任清单。")
    return asdict(draft) | {"text": text, "person": person}


def _require_recorder(actor: "User", item: DutyItem) -> None:
    if not may_record(actor, item):
        raise NotAllowed("只有本单位人员可以为现行责任清单登记履职记录。")


@transaction.atomic
def add_fulfilment(*, actor: "User", item_id: int, draft: FulfilmentDraft) -> Fulfilment:
    """Record what was done for a duty of a list in force.

    Raises:
        UserError: something is missing, the day lies ahead or in another year.
        NotAllowed: not of the unit, or the list is not in force.
        Http404: no such duty for this person.
    """
    item = get_item_for(actor, item_id)
    _require_recorder(actor, item)
    row = Fulfilment.objects.create(item=item, created_by=actor, **_checked(draft, item))
    summary = f"登记履职记录：{row.done_on} {row.person}"
    trail.record(actor=actor, action="fulfilment.create", target=row, summary=summary)
    return row


def _lock(actor: "User", record_id: int, expected_version: int | None = None) -> Fulfilment:
    known = get_fulfilment_for(actor, record_id)
    _require_recorder(actor, known.item)
    rows = Fulfilment.objects.visible_to(actor).select_related("item__duty_list__unit")
    return lock_row(rows, record_id, expected_version)


@transaction.atomic
def change_fulfilment(
    *, actor: "User", record_id: int, draft: FulfilmentDraft, expected_version: int | None = None
) -> Fulfilment:
    """Correct a record; what stood there before is in the history.

    Raises:
        StaleObject: changed by somebody else since `expected_version`.
        UserError, NotAllowed, Http404: as `add_fulfilment`.
    """
    row = _lock(actor, record_id, expected_version)
    values = _checked(draft, row.item)
    changes = assign(row, values)
    if changes:
        bump(row, *values)
        trail.record(actor=actor, action="fulfilment.change", target=row, summary="修改履职记录", changes=changes)
    return row


@transaction.atomic
def remove_fulfilment(*, actor: "User", record_id: int, reason: str, expected_version: int | None = None) -> Fulfilment:
    """撤销 a record that was wrong; row and evidence are kept, it no longer counts.

    Raises:
        StaleObject: changed by somebody else since `expected_version`.
        UserError: no reason.
        NotAllowed, Http404: as `add_fulfilment`.
    """
    row = _lock(actor, record_id, expected_version)
    reason = reason.strip()
    if not reason:
        raise UserError("请填写撤销理由。")
    row.removed_at = clock.now()
    bump(row, "removed_at")
    trail.record(actor=actor, action="fulfilment.remove", target=row, summary="撤销履职记录", reason=reason)
    return row
