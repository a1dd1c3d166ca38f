"""职责事项 of a list that is being worked on: added, changed, taken out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.http import Http404

from audit import trail
from core import clock
from core.errors import UserError
from core.models import bump, lock_row
from responsibility.duty_permissions import lock_duty_list_for
from responsibility.models import DutyItem, DutyList, InnerOffice, Layer, Post
from responsibility.services.changes import assign
from responsibility.transitions import EDIT

if TYPE_CHECKING:
    from accounts.models import User

STEP = 10
MAX_ITEMS = 500


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose duty it is: the unit's, an inner office's, or that of a post (of a leader or within an office)."""

    office_id: int | None = None
    post_id: int | None = None


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """What the form of a duty holds; the fields are those of `DutyItem`."""

    subject: Subject
    text: str
    kind: str
    duty_type: str
    basis: str
    how: str
    frequency: str
    times: int = 1
    frequency_note: str = ""
    due_on: date | None = None


# Layer, inner office and post of a duty.
Place = tuple[str, InnerOffice | None, Post | None]


class Subjects:
    """The inner offices and posts of a unit that duties can be given to today."""

    def __init__(self, duty_list: DutyList) -> None:
        today = clock.today()
        self._unit = duty_list.unit.name
        self._offices = {row.pk: row for row in InnerOffice.objects.filter(unit=duty_list.unit).in_force_on(today)}
        rows = Post.objects.filter(unit=duty_list.unit).in_force_on(today).select_related("office")
        self._posts = {row.pk: row for row in rows}

    def place(self, subject: Subject) -> Place:
        """Return layer, office and post of a subject.

        Raises:
            UserError: it is none of the unit's, or has ended.
        """
        if subject.office_id is not None:
            office = self._offices.get(subject.office_id)
            if office is None:
                raise UserError("所选内设机构不是本单位的，或者已经撤销，请重新选择责任主体。")
            return Layer.OFFICE, office, None
        if subject.post_id is not None:
            post = self._posts.get(subject.post_id)
            if post is None:
                raise UserError("所选岗位不是本单位的，或者已经撤销，请重新选择责任主体。")
            return (Layer.LEADER if post.leader else Layer.POST), None, post
        return Layer.UNIT, None, None


def _checked(draft: ItemDraft) -> dict[str, object]:
    """Return the fields of a draft, trimmed.

    Raises:
        UserError: something is missing or out of range.
    """
    texts = {"text": draft.text, "basis": draft.basis, "how": draft.how}
    words = {name: " ".join(value.split()) for name, value in texts.items()}
    for name, label in (("text", "职责事项"), ("basis", "依据"), ("how", "履职方式")):
        if not words[name]:
            raise UserError(f"请填写{label}。")
    if not 1 <= draft.times <= 31:
        raise UserError("每期次数应在 1 到 31 之间。")
    counted = draft.frequency not in (DutyItem.Frequency.ALWAYS, DutyItem.Frequency.ON_DEMAND)
    return {
        **words,
        "kind": draft.kind,
        "duty_type": draft.duty_type,
        "frequency": draft.frequency,
        "times": draft.times if counted else 1,
        "frequency_note": draft.frequency_note.strip(),
        "due_on": draft.due_on,
    }


def _require_not_twin(duty_list: DutyList, values: dict[str, object], place: Place, pk: int) -> None:
    layer, office, post = place
    rows = duty_list.items.filter(text=values["text"], layer=layer, office=office, post=post).exclude(pk=pk)
    if rows.exists():
        raise UserError("这个责任主体已经有一项文字完全相同的职责，请核对。")


@transaction.atomic
def add_item(*, actor: "User", list_id: int, draft: ItemDraft) -> DutyItem:
    """Add a duty to a list.

    Raises:
        UserError: something is missing, the subject is none of the unit's, or the same duty is there already.
        Http404, NotAllowed, WrongState: see `responsibility.duty_permissions.lock_duty_list_for`.
    """
    duty_list = lock_duty_list_for(actor, list_id, EDIT)
    values, place = _checked(draft), Subjects(duty_list).place(draft.subject)
    _require_not_twin(duty_list, values, place, 0)
    layer, office, post = place
    item = DutyItem.objects.create(
        duty_list=duty_list, layer=layer, office=office, post=post, ordering=_next(duty_list), **values
    )
    trail.record(actor=actor, action="duties.add_item", target=duty_list, summary=f"新增职责：{item.text}")
    return item


def _next(duty_list: DutyList) -> int:
    return (duty_list.items.aggregate(last=Max("ordering"))["last"] or 0) + STEP


@transaction.atomic
def add_items(*, actor: "User", list_id: int, drafts: Sequence[ItemDraft], origin: str) -> int:
    """Add many duties, those left out that the subject has already word for word.

    Args:
        actor: who drafts the list.
        list_id: the list.
        drafts: the duties.
        origin: where they come from, for the history.

    Returns:
        How many were added.

    Raises:
        UserError: nothing chosen, too many, something is missing, or a subject is none of the unit's.
        Http404, NotAllowed, WrongState: see `responsibility.duty_permissions.lock_duty_list_for`.
    """
    duty_list = lock_duty_list_for(actor, list_id, EDIT)
    if not drafts:
        raise UserError("没有勾选任何职责，请至少勾选一项。")
    known = {(item.layer, item.office_id, item.post_id, item.text) for item in duty_list.items.all()}
    if len(known) + len(drafts) > MAX_ITEMS:
        raise UserError(f"一份清单最多 {MAX_ITEMS} 项职责，请减少勾选。")
    subjects, ordering = Subjects(duty_list), _next(duty_list)
    rows: list[DutyItem] = []
    for draft in drafts:
        values, (layer, office, post) = _checked(draft), subjects.place(draft.subject)
        key = (layer, office.pk if office else None, post.pk if post else None, str(values["text"]))
        if key in known:
            continue
        known.add(key)
        place = ordering + STEP * len(rows)
        rows.append(DutyItem(duty_list=duty_list, layer=layer, office=office, post=post, ordering=place, **values))
    DutyItem.objects.bulk_create(rows)
    trail.record(actor=actor, action="duties.add_items", target=duty_list, summary=f"{origin}，新增职责{len(rows)}项")
    return len(rows)


def _lock_item(actor: "User", item_id: int, expected_version: int | None = None) -> DutyItem:
    found = DutyItem.objects.filter(pk=item_id).values_list("duty_list_id", flat=True).first()
    if found is None:
        raise Http404("没有这项职责。")
    # The list first: a move of the whole list and a change of one duty wait for each other.
    lock_duty_list_for(actor, found, EDIT)
    try:
        return lock_row(DutyItem.objects.select_related("duty_list__unit", "office", "post"), item_id, expected_version)
    except DutyItem.DoesNotExist:
        raise Http404("没有这项职责。") from None


@transaction.atomic
def change_item(
    *, actor: "User", item_id: int, draft: ItemDraft, ordering: int | None = None, expected_version: int | None = None
) -> DutyItem:
    """Change a duty of a list that is being worked on.

    Raises:
        StaleObject: changed by somebody else since `expected_version`.
        UserError, Http404, NotAllowed, WrongState: as `add_item`.
    """
    item = _lock_item(actor, item_id, expected_version)
    duty_list = item.duty_list
    values, place = _checked(draft), Subjects(duty_list).place(draft.subject)
    _require_not_twin(duty_list, values, place, item.pk)
    layer, office, post = place
    values |= {"layer": layer, "office": office, "post": post}
    if ordering is not None:
        values["ordering"] = ordering
    changes = assign(item, values)
    if changes:
        bump(item, *values)
        trail.record(
            actor=actor,
            action="duties.change_item",
            target=duty_list,
            summary=f"修改职责：{item.text}",
            changes=changes,
        )
    return item


@transaction.atomic
def remove_item(*, actor: "User", item_id: int, expected_version: int | None = None) -> DutyList:
    """Take a duty out of a list that is being worked on.

    Raises:
        StaleObject: changed by somebody else since `expected_version`.
        Http404, NotAllowed, WrongState: as `add_item`.
    """
    item = _lock_item(actor, item_id, expected_version)
    duty_list, text = item.duty_list, item.text
    item.delete()
    trail.record(actor=actor, action="duties.remove_item", target=duty_list, summary=f"删除职责：{text}")
    return duty_list
