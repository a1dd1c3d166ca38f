"""Moving items: up and down among their neighbours, into another section, inside another item and out of it."""

from typing import TYPE_CHECKING, Literal

from django.db import transaction

from core.errors import UserError
from tasks.models import PlanItem, PlanStep
from tasks.outline import DEEPEST, Outline
from tasks.plan_permissions import lock_item
from tasks.services.item_structure import Restructuring
from tasks.services.steps import quoted

if TYPE_CHECKING:
    from accounts.models import User

Direction = Literal["up", "down"]


@transaction.atomic
def move_item(*, actor: "User", item_id: int, direction: Direction, expected_version: int | None = None) -> PlanItem:
    """上移、下移: put an item, with all inside it, before or behind its neighbour.

    The first (last) item of a section goes to the end (beginning) of the section before (behind) it.

    Raises:
        UserError: there is nowhere to go.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.plan_permissions.lock_draft`.
    """
    work = Restructuring(lock_item(actor, item_id, expected_version).plan)
    outline = work.outline
    item = outline.get(item_id)
    group = outline.siblings(item)
    index = group.index(item)
    up = direction == "up"
    others = [row for row in group if row is not item]
    target = index - 1 if up else index + 1
    if 0 <= target < len(group):
        item.place = outline.place_after(others, target)
    else:
        _to_next_section(work, item, up=up)
    words = "上移" if up else "下移"
    work.keep(actor=actor, kind=PlanStep.Kind.MOVE, summary=f"{words}{quoted(item)}", target=item)
    return item


def _to_next_section(work: Restructuring, item: PlanItem, *, up: bool) -> None:
    if item.parent_id is not None:
        raise UserError(f"{quoted(item)}已在上级条目的{'最前' if up else '最后'}，不能再移。可先升一级。")
    sections = [None, *work.plan.sections.order_by("start").values_list("pk", flat=True)]
    index = sections.index(item.section_id) + (-1 if up else 1)
    # Items outside every section stand before the first one; where there are none, that place is no stop.
    if index < 0 or index >= len(sections) or (index == 0 and not work.outline.group(None, None)):
        raise UserError(f"{quoted(item)}已在全文的{'最前' if up else '最后'}，不能再移。")
    group = work.outline.group(sections[index], None)
    work.put_into(item, sections[index])
    item.place = work.outline.place_after(group, len(group) if up else 0)


@transaction.atomic
def move_to_section(*, actor: "User", item_id: int, section_id: int, expected_version: int | None = None) -> PlanItem:
    """移到章节: put an item, with all inside it, at the end of a section; a point leaves the item it was in.

    Raises:
        UserError: no such section, or the item stands there already.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_item(actor, item_id, expected_version).plan
    section = plan.sections.filter(pk=section_id).first()
    if section is None:
        raise UserError("请选择要移到的章节。")
    work = Restructuring(plan)
    item = work.outline.get(item_id)
    if item.section_id == section.pk and item.parent_id is None:
        raise UserError(f"{quoted(item)}已在“{section}”中，请选择另一个章节。")
    group = work.outline.group(section.pk, None)
    work.detach(item)
    item.parent_id = None
    work.put_into(item, section.pk)
    item.place = work.outline.place_after(group, len(group))
    summary = f"把{quoted(item)}移到“{str(section)[:30]}”"
    work.keep(actor=actor, kind=PlanStep.Kind.MOVE, summary=summary, target=item)
    return item


@transaction.atomic
def nest_item(*, actor: "User", item_id: int, expected_version: int | None = None) -> PlanItem:
    """降一级: make an item a point of the item before it; its text becomes part of that one's.

    Raises:
        UserError: there is none before it, or the levels do not suffice.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.plan_permissions.lock_draft`.
    """
    work = Restructuring(lock_item(actor, item_id, expected_version).plan)
    outline = work.outline
    item = outline.get(item_id)
    group = outline.siblings(item)
    index = group.index(item)
    if index == 0:
        raise UserError(f"{quoted(item)}前面没有同级条目，不能成为下级条目。")
    parent = group[index - 1]
    _check_depth(outline, parent, item)
    children = outline.children(parent)
    item.place = outline.place_after(children, len(children))
    item.parent_id = parent.pk
    work.attach(parent, item.spans)
    summary = f"{quoted(item)}降为{quoted(parent)}的下级条目"
    work.keep(actor=actor, kind=PlanStep.Kind.LEVEL, summary=summary, target=item)
    return item


def _check_depth(outline: Outline, parent: PlanItem, item: PlanItem) -> None:
    if outline.depth(parent) + outline.height(item) > DEEPEST:
        raise UserError(f"条目最多分{DEEPEST}级，{quoted(item)}不能再降。")


@transaction.atomic
def lift_item(*, actor: "User", item_id: int, expected_version: int | None = None) -> PlanItem:
    """升一级: take a point out of the item it is in and put it behind that one, as its neighbour.

    Raises:
        UserError: it is in none, or that one would be left without text.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.plan_permissions.lock_draft`.
    """
    work = Restructuring(lock_item(actor, item_id, expected_version).plan)
    outline = work.outline
    item = outline.get(item_id)
    if item.parent_id is None:
        raise UserError(f"{quoted(item)}已是一级条目，不能再升。")
    parent = outline.get(item.parent_id)
    group = outline.siblings(parent)
    work.detach(item, but=outline.above(parent))
    item.place = outline.place_after(group, group.index(parent) + 1)
    item.parent_id = parent.parent_id
    summary = f"{quoted(item)}升为与{quoted(parent)}同级"
    work.keep(actor=actor, kind=PlanStep.Kind.LEVEL, summary=summary, target=item)
    return item
