"""Cutting an item in two and putting items together. Every character of the document stays where it can be seen."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from audit import trail
from core.errors import StaleObject, UserError
from core.models import bump
from tasks import reader
from tasks.models import ItemDeadline, ItemTarget, Plan, PlanItem, PlanStep, UnitMention
from tasks.occurrences import propose_recurrence
from tasks.outline import DEEPEST, Outline
from tasks.plan_permissions import lock_draft, lock_item
from tasks.services.importing import latest_due
from tasks.services.item_editing import CONFIRMED_DUE
from tasks.services.step_states import States, capture, item_key
from tasks.services.steps import keep_step, quoted, settle
from tasks.spans import Span, holds, minus, says_something, union, words

if TYPE_CHECKING:
    from accounts.models import User

STALE = "在您打开页面之后，已有其他人改动了{what}。请核对最新内容后再办理。"
_FIELDS = (
    *("section_id", "parent_id", "place", "piece", "marker", "title", "start", "end", "more_spans"),
    *("lead_id", "leader_id", "sector_id", "starts_on", "due_on", "due_basis", "checked_at", "checked_by_id"),
    *("recurrence", "recurrence_months"),
)


class Restructuring:
    """A change of a locked draft's outline: what was there before, and how it is kept afterwards."""

    def __init__(self, plan: Plan) -> None:
        """Read the outline and the state of everything in it."""
        self.plan = plan
        self.outline = Outline.of(plan)
        self.before: States = capture(plan, [item_key(item.pk) for item in self.outline.items])
        self._loaded = {item.pk: self._fields(item) for item in self.outline.items}
        self._spans = {item.pk: item.spans for item in self.outline.items}

    @staticmethod
    def _fields(item: PlanItem) -> tuple[object, ...]:
        return tuple(str(getattr(item, name)) for name in _FIELDS)

    def save(self, target: PlanItem) -> list[int]:
        """Save `target` and the other items that were changed; one whose text is another now is no longer checked.

        Returns:
            Their keys.
        """
        changed = []
        for item in self.outline.items:
            if item.pk not in self._loaded:
                continue
            if item.spans != self._spans[item.pk]:
                item.checked_at = item.checked_by = None
            if item.pk == target.pk or self._fields(item) != self._loaded[item.pk]:
                bump(item, *_FIELDS)
                changed.append(item.pk)
        return changed

    def keep(
        self,
        *,
        actor: "User",
        kind: PlanStep.Kind,
        summary: str,
        target: PlanItem,
        created: Sequence[PlanItem] = (),
        gone: Sequence[PlanItem] = (),
    ) -> None:
        """Save what was changed, let what is derived follow, keep the step and its trace.

        Args:
            actor, kind, summary: of the step.
            target: the item it was done to.
            created: items that were not there before, saved already.
            gone: items that are to be no more; what was inside them has found another place.

        Raises:
            UserError: the items do not fit together.
        """
        changed = self.save(target)
        self.plan.items.filter(pk__in=[item.pk for item in gone]).delete()
        settle(self.plan, [*changed, *(item.pk for item in created)])
        keep_step(
            plan=self.plan,
            actor=actor,
            kind=kind,
            summary=summary,
            before=self.before,
            created=[item_key(item.pk) for item in created],
        )
        trail.record(actor=actor, action=f"plan_item.{kind.value}", target=target, summary=summary)

    def detach(self, item: PlanItem, *, but: Sequence[PlanItem] = ()) -> None:
        """Take an item's text out of the items around it, except those in `but`.

        Raises:
            UserError: an item around it would be left without text of its own.
        """
        kept = {row.pk for row in but}
        for around in self.outline.above(item):
            if around.pk in kept:
                continue
            left = minus(self.plan.source_text, around.spans, item.spans)
            if not left:
                raise UserError(f"{quoted(around)}除此之外没有自己的文字，不能移出；可改为与它合并。")
            around.spans = left

    def attach(self, item: PlanItem, spans: Iterable[Span]) -> None:
        """Add text to an item and to the items around it."""
        added = list(spans)
        for row in (item, *self.outline.above(item)):
            row.spans = union(self.plan.source_text, row.spans, added)

    def put_into(self, item: PlanItem, section_id: int | None) -> None:
        """Put an item, with all that is inside it, into a section."""
        for row in (item, *self.outline.below(item)):
            row.section_id = section_id


@transaction.atomic
def split_item(*, actor: "User", item_id: int, at: int, expected_version: int | None = None) -> PlanItem:
    """拆分: cut an item in two. Its second part becomes an item of its own behind it.

    Targets, deadlines, named units and inner points go with the text they stand in; what the office has added and the
    units it has chosen stay with the first part. Deadlines nobody has confirmed and suggestions are worked out anew.

    Args:
        actor: clerk of the office.
        item_id: the item.
        at: code point of the document at which the second part begins.
        expected_version: version of the item the person saw.

    Returns:
        The new item.

    Raises:
        UserError: the place lies outside the item, inside a point of its own, or leaves a part without words.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_item(actor, item_id, expected_version).plan
    work = Restructuring(plan)
    outline, source = work.outline, plan.source_text
    item = outline.get(item_id)
    first, second = _parts(outline, item, at)
    whole = item.text
    piece = _next_piece(plan, item)
    new = PlanItem(
        plan=plan,
        section=item.section,
        parent_id=item.parent_id,
        place=outline.place_after(outline.siblings(item), outline.siblings(item).index(item) + 1),
        number=item.number,
        piece=piece,
        marker=f"{item.number}-{piece}.",
        title=(reader.title_of(words(source, second)) or item.title)[:200],
        dropped=item.dropped,
        dropped_reason=item.dropped_reason,
        starts_on=item.starts_on,
        due_on=item.due_on,
        due_basis=item.due_basis,
        leader_id=item.leader_id,
        weight=item.weight,
        sector_id=item.sector_id,
        recurrence=item.recurrence,
        recurrence_months=item.recurrence_months,
    )
    new.spans, item.spans = second, first
    if item.title in whole and item.title not in item.text:
        item.title = (reader.title_of(item.text) or item.title)[:200]
    new.save()
    outline.items.append(new)
    for child in outline.children(item):
        if child.start >= at:
            child.parent_id = new.pk
    _move_details(item, new, at)
    for row in (item, new):
        propose_again(row)
    new.save()
    work.keep(
        actor=actor,
        kind=PlanStep.Kind.SPLIT,
        summary=f"拆分{quoted(item)}，后一部分成为{quoted(new)}",
        target=item,
        created=[new],
    )
    return new


def _parts(outline: Outline, item: PlanItem, at: int) -> tuple[list[Span], list[Span]]:
    """Return an item's text before and from `at`, both with words of their own."""
    source = outline.plan.source_text
    if not holds(item.spans, at):
        raise UserError("拆分处不在本条的原文里，请重新选择。")
    inner = [span for child in outline.children(item) for span in child.spans]
    child = next((row for row in outline.children(item) if holds(row.spans, at) and at > row.start), None)
    if child is not None:
        raise UserError(f"拆分处在下级条目{quoted(child)}里，请先选中那一条再拆分。")
    first = minus(source, item.spans, [(at, len(source))])
    second = minus(source, item.spans, [(0, at)])
    own = words(source, minus(source, first, inner)).strip()
    if not says_something(own[reader.leading_mark(own) :]):
        raise UserError("拆分处前面没有留下文字，请在句子之间拆分。")
    if not minus(source, second, inner):
        raise UserError("拆分处后面没有本条自己的文字，请在句子之间拆分。")
    return first, second


def _next_piece(plan: Plan, item: PlanItem) -> int:
    """Return the number of the next piece of the document's item."""
    pieces = plan.items.filter(number=item.number, section=item.section_id, parent=item.parent_id)
    return max(pieces.aggregate(piece=Max("piece"))["piece"] or 0, 1) + 1


def _move_details(item: PlanItem, new: PlanItem, at: int) -> None:
    for model in (ItemTarget, ItemDeadline, UnitMention):
        model.objects.filter(item=item, start__gte=at).update(item=new)


def _propose_recurrence(item: PlanItem) -> None:
    """Propose how often an item is due, unless a person has checked it or chosen months."""
    if item.checked_by_id is not None or item.recurrence_months:
        return
    deadlines = list(item.deadlines.values_list("every", "phrase"))
    spans = item.targets.filter(dropped=False).values_list("period", flat=True)
    item.recurrence = propose_recurrence(
        [*(every for every, _ in deadlines), *spans], [phrase for _, phrase in deadlines]
    )


def propose_again(item: PlanItem) -> None:
    """Propose the recurrence and deadline an item's text names, the latter unless the office has set it; not saved."""
    _propose_recurrence(item)
    if item.due_basis == CONFIRMED_DUE:
        return
    rows = item.deadlines.values_list("kind", "on", "phrase")
    item.due_on, item.due_basis = latest_due(rows, item.plan.year)
    if item.starts_on is not None and item.starts_on > item.due_on:
        item.starts_on = min(date(item.plan.year, 1, 1), item.due_on)


@transaction.atomic
def merge_items(
    *, actor: "User", plan_id: int, item_ids: Iterable[int], expected: Mapping[int, int] | None = None
) -> PlanItem:
    """合并: put items together into the first of them, in the order of the plan.

    Its name stays; text, targets, deadlines, named units and inner points of the others come to it. A unit that led
    another one supports it (or leads it, where it has no lead).

    Args:
        actor: clerk of the office.
        plan_id: the draft.
        item_ids: at least two of its items.
        expected: versions of the items the person saw.

    Raises:
        UserError: fewer than two, or they do not go together.
        StaleObject: one of them was changed or is gone.
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_draft(actor, plan_id)
    work = Restructuring(plan)
    wanted = set(item_ids)
    items = [item for item in work.outline.items if item.pk in wanted]
    if len(items) < len(wanted):
        raise StaleObject(STALE.format(what="所选条目，其中有的已被合并或撤销"))
    if len(items) < 2:
        raise UserError("请至少选择两条，再合并。")
    for item in items:
        if expected is not None and item.version != expected.get(item.pk, item.version):
            raise StaleObject(STALE.format(what=quoted(item)))
    first, *others = items
    if any(item.dropped != first.dropped for item in others):
        raise UserError("所选条目中有的不纳入任务、有的纳入。请先恢复纳入，或只选同类的条目再合并。")
    names = "、".join(quoted(item) for item in others[:3]) + (f"等{len(others)}条" if len(others) > 3 else "")
    _join_decisions(first, others)
    for item in others:
        _take_in(work, first, item)
    propose_again(first)
    work.keep(
        actor=actor, kind=PlanStep.Kind.MERGE, summary=f"合并：{names}并入{quoted(first)}", target=first, gone=others
    )
    return first


def _take_in(work: Restructuring, first: PlanItem, item: PlanItem) -> None:
    """Bring an item's text, rows and inner points to `first` and take it out of the outline."""
    outline = work.outline
    inside = first in outline.above(item)
    depth = outline.depth(first)
    if depth + outline.height(item) - 1 > DEEPEST:
        raise UserError(f"合并后层级超过{DEEPEST}级，请先把{quoted(item)}的下级条目升级。")
    if not inside:
        gone = outline.get(item.pk)
        around = outline.above(first)
        survivors = [row for row in outline.above(gone) if row not in around]
        for row in survivors:
            left = minus(work.plan.source_text, row.spans, gone.spans)
            if not left:
                raise UserError(f"{quoted(row)}除此之外没有自己的文字。请把它也选上，一起合并。")
            row.spans = left
        work.attach(first, gone.spans)
    last = outline.children(first)
    for child in outline.children(item):
        child.parent_id = first.pk
        child.place = outline.place_after(last, len(last))
        last.append(child)
        work.put_into(child, first.section_id)
    for model in (ItemTarget, ItemDeadline, UnitMention):
        model.objects.filter(item=item).update(item=first)
    outline.items.remove(item)


def _join_decisions(first: PlanItem, others: Sequence[PlanItem]) -> None:
    """Units and dates that a person has set are not lost by joining."""
    leads = [item.lead for item in (first, *others) if item.lead is not None]
    supports = {unit.pk for item in (first, *others) for unit in item.supports.all()}
    supports |= {unit.pk for unit in leads}
    if first.lead is None and leads:
        first.lead = leads[0]
    first.supports.set(supports - {first.lead_id})
    for name in ("leader_id", "sector_id"):
        known = (getattr(item, name) for item in (first, *others))
        setattr(first, name, next((key for key in known if key is not None), None))
    starts = [item.starts_on for item in (first, *others) if item.starts_on is not None]
    first.starts_on = min(starts, default=None)
    confirmed = [item.due_on for item in others if item.due_basis == CONFIRMED_DUE and item.due_on is not None]
    if first.due_basis != CONFIRMED_DUE and confirmed:
        first.due_on, first.due_basis = max(confirmed), CONFIRMED_DUE
