"""What the three panes of a check show: the tree of items with its counters, the neighbours, what is left over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, Q, prefetch_related_objects

from audit.models import Entry
from audit.trail import history_of
from core import clock
from responsibility.models import Unit
from tasks.coverage import Uncovered, uncovered
from tasks.forms.charge import ChargingForm
from tasks.forms.plans import DropForm, ItemForm, SectionForm
from tasks.models import Plan, PlanItem, PlanSection, PlanStep, ReadingFlag, UnitMention, UnitSuggestion
from tasks.outline import Outline, in_order
from tasks.services.importing import DEFAULT_DUE
from tasks.source_marks import Piece
from tasks.suggestions import EXPLICIT_ROLES, units_in_force
from tasks.views.plan_differences import Difference
from tasks.views.plan_shaping import Shaping, shaping_of
from tasks.views.plan_source import Aside, asides_of, pieces_of

HISTORY_SHOWN = 20
STEPS_SHOWN = 12


@dataclass(slots=True)
class ItemPage:
    """The right pane's forms, and what went wrong with them.

    Attributes:
        form, rows, drop, section, charging: forms with what was typed; empty ones are filled from what is stored.
        stale: fields in which what is stored and what was typed (or seen) differ.
        seen: `stale` compares with what the page showed, not with what was typed.
        error: why nothing was done.
        typed: what was typed for an item that is gone.
        opened: mark of what the form showed when it was opened.
    """

    form: ItemForm | None = None
    rows: Any = None
    drop: DropForm | None = None
    section: SectionForm | None = None
    charging: ChargingForm | None = None
    stale: list[Difference] = field(default_factory=list)
    seen: bool = False
    error: str = ""
    typed: list[Difference] = field(default_factory=list)
    opened: str = ""


@dataclass(frozen=True, slots=True)
class TreeRow:
    """An item in the middle pane with what is still to be done about it."""

    item: PlanItem
    depth: int
    targets: int
    open_flags: int
    unknown: list[UnitMention]
    suggestions: list[UnitSuggestion]

    @property
    def default_due(self) -> bool:
        """The deadline is the year's end because the text names none."""
        return not self.item.dropped and self.item.due_basis == DEFAULT_DUE

    @property
    def unassigned(self) -> bool:
        """Still without a lead."""
        return not self.item.dropped and self.item.lead_id is None

    @property
    def checked(self) -> bool:
        """A person has compared it with the document, or left it out with a reason."""
        return self.item.dropped or self.item.checked_by_id is not None

    @property
    def flag_words(self) -> str:
        """How many doubtful readings are open, for the mark."""
        return f"存疑 {self.open_flags}"

    @property
    def best_lead(self) -> UnitSuggestion | None:
        """The unit suggested to lead, while nobody leads."""
        if not self.unassigned:
            return None
        return next((row for row in self.suggestions if row.part == UnitSuggestion.Part.LEAD), None)


FILTERS: dict[str, tuple[str, Callable[[TreeRow], bool]]] = {
    "unchecked": ("未核对", lambda row: not row.checked),
    "kept": ("已分解", lambda row: not row.item.dropped),
    "targets": ("量化指标", lambda row: row.targets > 0),
    "deadlines": ("写明时限", lambda row: not row.item.dropped and row.item.due_on is not None and not row.default_due),
    "flags": ("存疑", lambda row: row.open_flags > 0),
    "uncovered": ("未覆盖", lambda row: False),
    "unassigned": ("未定牵头", lambda row: row.unassigned),
    "unknown": ("未识别单位", lambda row: bool(row.unknown)),
    "dropped": ("不纳入", lambda row: row.item.dropped),
}
_WARNING = ("flags", "uncovered", "unassigned", "unknown")
_SHOWN_ALWAYS = frozenset(FILTERS) - {"unknown", "dropped"}


@dataclass(frozen=True, slots=True)
class Counter:
    """A figure above the panes; its link leaves just the items it counted in the tree."""

    key: str
    label: str
    count: int
    unit: str
    warns: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Panes:
    """Everything the page draws."""

    sections: list[tuple[PlanSection | None, list[TreeRow]]]
    counters: list[Counter]
    checked: int
    total: int
    show: str
    show_label: str
    current: PlanItem | None
    section: PlanSection | None
    row: TreeRow | None
    previous: PlanItem | None
    next: PlanItem | None
    next_unchecked: PlanItem | None
    shaping: Shaping | None
    pieces: list[Piece]
    units: list[Unit]
    loose_flags: list[ReadingFlag]
    unknown_names: list[str]
    left_over: list[Uncovered]
    head: list[Uncovered]
    aside: list[Aside]
    history: Sequence[Entry]
    steps: list[PlanStep]
    undo: PlanStep | None
    redo: PlanStep | None

    @property
    def current_key(self) -> str:
        """Primary key of the chosen item as it stands in an address."""
        return str(self.current.pk) if self.current else ""


def _rows(plan: Plan) -> list[TreeRow]:
    items = in_order(
        plan.items.select_related("section", "lead", "checked_by", "leader", "sector").prefetch_related(
            "targets",
            "deadlines",
            "mentions",
            "supports",
            Prefetch("suggestions", UnitSuggestion.objects.select_related("unit")),
        )
    )
    flags: dict[int | None, list[ReadingFlag]] = {}
    for flag in plan.flags.all():
        flags.setdefault(flag.item_id, []).append(flag)
    depth: dict[int | None, int] = {None: 0}
    rows = []
    for item in items:
        item.plan = plan
        item.read_flags = flags.get(item.pk, [])  # type: ignore[attr-defined]
        depth[item.pk] = depth.get(item.parent_id, 0) + 1
        rows.append(
            TreeRow(
                item=item,
                depth=depth[item.pk],
                targets=sum(1 for target in item.targets.all() if not target.dropped) if not item.dropped else 0,
                open_flags=sum(1 for flag in flags.get(item.pk, []) if not flag.resolved),
                unknown=[row for row in item.mentions.all() if row.unit_id is None and row.role in EXPLICIT_ROLES],
                suggestions=list(item.suggestions.all()),
            )
        )
    return rows


def _counters(rows: Sequence[TreeRow], loose: int, left_over: int, show: str) -> list[Counter]:
    counts = {key: sum(1 for row in rows if test(row)) for key, (_, test) in FILTERS.items()}
    # These are counted piece by piece, the others by item.
    counts["targets"] = sum(row.targets for row in rows)
    counts["flags"] = sum(row.open_flags for row in rows) + loose
    counts["uncovered"] = left_over
    units = {"targets": "个", "flags": "处", "uncovered": "句"}
    return [
        Counter(
            key=key,
            label=label,
            count=counts[key],
            unit=units.get(key, "条"),
            warns=key in _WARNING and counts[key] > 0,
            active=key == show,
        )
        for key, (label, _) in FILTERS.items()
        if counts[key] or key in _SHOWN_ALWAYS
    ]


def _choose(rows: Sequence[TreeRow], visible: Sequence[TreeRow], item_id: str | int | None) -> TreeRow | None:
    """Return the row of the item asked for, else the first shown."""
    wanted = str(item_id or "")
    return next((row for row in rows if str(row.item.pk) == wanted), None) or next(iter(visible or rows), None)


def _by_section(
    rows: Sequence[TreeRow], sections: Sequence[PlanSection], *, whole: bool
) -> list[tuple[PlanSection | None, list[TreeRow]]]:
    """Return the rows by section in order; all sections where the `whole` tree is shown."""
    groups: dict[int | None, list[TreeRow]] = {}
    for row in rows:
        groups.setdefault(row.item.section_id, []).append(row)
    found: list[tuple[PlanSection | None, list[TreeRow]]] = [(None, groups[None])] if None in groups else []
    found += [(section, groups.get(section.pk, [])) for section in sections if whole or section.pk in groups]
    return found


def read_panes(plan: Plan, item_id: str | int | None, show: str, section_id: str = "") -> Panes:
    """Read a draft for its check.

    Args:
        plan: the draft.
        item_id: the item asked for; anything unknown means the first.
        show: key of `FILTERS`, or empty for all items.
        section_id: the section to be renamed, shown instead of an item; anything unknown means none.
    """
    prefetch_related_objects([plan], "flags", "sections")
    rows = _rows(plan)
    sections = sorted(plan.sections.all(), key=lambda row: row.start)
    visible = [row for row in rows if FILTERS[show][1](row)] if show else rows
    section = next((row for row in sections if str(row.pk) == section_id), None)
    chosen = None if section else _choose(rows, visible, item_id)
    current = chosen.item if chosen else None
    place = rows.index(chosen) if chosen else -1
    shown = {row.item.pk for row in visible}
    before = [row.item for row in rows[:place] if row.item.pk in shown] if chosen else []
    after = [row for row in rows[place + 1 :] if row.item.pk in shown] if chosen else []
    items = [row.item for row in rows]
    open_ = uncovered(plan, items, sections)
    left_over = [row for row in open_ if not row.head]
    loose = [flag for flag in plan.flags.all() if flag.item_id is None and not flag.resolved]
    steps = list(plan.steps.select_related("actor", "undone_by").defer("states")[:STEPS_SHOWN])
    unchecked = [row.item for row in (*rows[place + 1 :], *rows[: max(place, 0)]) if not row.checked]
    return Panes(
        sections=_by_section(visible, sections, whole=not show),
        counters=_counters(rows, len(loose), len(left_over), show),
        checked=sum(1 for row in rows if row.checked),
        total=len(rows),
        show=show,
        show_label=FILTERS[show][0] if show else "",
        current=current,
        section=section,
        row=chosen,
        previous=before[-1] if before else None,
        next=after[0].item if after else None,
        next_unchecked=next(iter(unchecked), None),
        shaping=shaping_of(Outline(plan, items), current, sections) if current is not None else None,
        pieces=pieces_of(plan, items, sections, current),
        units=_units(current),
        loose_flags=loose,
        unknown_names=list(dict.fromkeys(mention.name for row in rows for mention in row.unknown)),
        left_over=left_over,
        head=[row for row in open_ if row.head],
        aside=asides_of(plan),
        history=list(history_of(current)[:HISTORY_SHOWN]) if current is not None else [],
        steps=steps,
        undo=next((step for step in steps if step.undone_at is None), None),
        redo=max((step for step in steps if step.undone_at is not None), key=lambda step: step.touched, default=None),
    )


def _units(current: PlanItem | None) -> list[Unit]:
    force = Q(pk__in=units_in_force(clock.today()).values("pk"))
    if current is not None:
        # A unit abolished meanwhile stays choosable where it is set, so that nothing is lost by saving.
        force |= Q(pk=current.lead_id) | Q(pk__in=[unit.pk for unit in current.supports.all()])
    return list(Unit.objects.filter(force))
