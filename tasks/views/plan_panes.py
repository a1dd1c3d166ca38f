"""What the three panes of a check show: the tree of items with its counters, the neighbours, the differences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, prefetch_related_objects

from audit.models import Entry
from audit.trail import history_of
from core import clock
from responsibility.models import Unit
from tasks.forms.plans import DropForm, ItemForm
from tasks.models import Plan, PlanItem, PlanSection, ReadingFlag, UnitMention, UnitSuggestion
from tasks.models.plan import plain
from tasks.services.importing import DEFAULT_DUE
from tasks.services.item_editing import ItemDraft
from tasks.source_marks import Piece
from tasks.suggestions import EXPLICIT_ROLES, units_in_force
from tasks.views.plan_source import pieces_of

HISTORY_SHOWN = 20


@dataclass(slots=True)
class ItemPage:
    """The right pane's forms, and what went wrong with them."""

    form: ItemForm | None = None
    rows: Any = None
    drop: DropForm | None = None
    stale: "list[Difference]" = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which the stored item and the refused form differ."""

    label: str
    stored: str
    typed: str


@dataclass(frozen=True, slots=True)
class TreeRow:
    """An item in the middle pane with what is still to be done about it."""

    item: PlanItem
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
    "kept": ("已分解", lambda row: not row.item.dropped),
    "targets": ("量化指标", lambda row: row.targets > 0),
    "deadlines": ("写明时限", lambda row: not row.item.dropped and row.item.due_on is not None and not row.default_due),
    "flags": ("存疑", lambda row: row.open_flags > 0),
    "unassigned": ("未定牵头", lambda row: row.unassigned),
    "unknown": ("未识别单位", lambda row: bool(row.unknown)),
    "dropped": ("不纳入", lambda row: row.item.dropped),
}


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
    show: str
    show_label: str
    current: PlanItem | None
    row: TreeRow | None
    previous: PlanItem | None
    next: PlanItem | None
    pieces: list[Piece]
    units: list[Unit]
    loose_flags: list[ReadingFlag]
    unknown_names: list[str]
    history: Sequence[Entry]

    @property
    def current_key(self) -> str:
        """Primary key of the chosen item as it stands in an address."""
        return str(self.current.pk) if self.current else ""


def _rows(plan: Plan) -> list[TreeRow]:
    items = plan.items.select_related("section", "lead").prefetch_related(
        "targets", "deadlines", "mentions", "supports", "suggestions__unit"
    )
    flags: dict[int | None, list[ReadingFlag]] = {}
    for flag in plan.flags.all():
        flags.setdefault(flag.item_id, []).append(flag)
    rows = []
    for item in items:
        item.plan = plan
        item.read_flags = flags.get(item.pk, [])  # type: ignore[attr-defined]
        rows.append(
            TreeRow(
                item=item,
                targets=sum(1 for target in item.targets.all() if not target.dropped) if not item.dropped else 0,
                open_flags=sum(1 for flag in flags.get(item.pk, []) if not flag.resolved),
                unknown=[row for row in item.mentions.all() if row.unit_id is None and row.role in EXPLICIT_ROLES],
                suggestions=list(item.suggestions.all()),
            )
        )
    return rows


def _counters(rows: Sequence[TreeRow], loose: int, show: str) -> list[Counter]:
    counts = {key: sum(1 for row in rows if test(row)) for key, (_, test) in FILTERS.items()}
    # These two are counted piece by piece, the others by item.
    counts["targets"] = sum(row.targets for row in rows)
    counts["flags"] = sum(row.open_flags for row in rows) + loose
    units = {"targets": "个", "flags": "处"}
    return [
        Counter(
            key=key,
            label=label,
            count=counts[key],
            unit=units.get(key, "条"),
            warns=key in ("flags", "unassigned", "unknown") and counts[key] > 0,
            active=key == show,
        )
        for key, (label, _) in FILTERS.items()
        if counts[key] or key not in ("unknown", "dropped")
    ]


def _choose(rows: Sequence[TreeRow], visible: Sequence[TreeRow], item_id: str | int | None) -> TreeRow | None:
    """Return the row of the item asked for, else the first shown."""
    wanted = str(item_id or "")
    return next((row for row in rows if str(row.item.pk) == wanted), None) or next(iter(visible or rows), None)


def _by_section(rows: Sequence[TreeRow]) -> list[tuple[PlanSection | None, list[TreeRow]]]:
    found: list[tuple[PlanSection | None, list[TreeRow]]] = []
    for row in rows:
        if not found or found[-1][0] != row.item.section:
            found.append((row.item.section, []))
        found[-1][1].append(row)
    return found


def read_panes(plan: Plan, item_id: str | int | None, show: str) -> Panes:
    """Read a draft for its check.

    Args:
        plan: the draft.
        item_id: the item asked for; anything unknown means the first.
        show: key of `FILTERS`, or empty for all items.
    """
    prefetch_related_objects([plan], "flags", "sections")
    rows = _rows(plan)
    visible = [row for row in rows if FILTERS[show][1](row)] if show else rows
    chosen = _choose(rows, visible, item_id)
    current = chosen.item if chosen else None
    loose = [flag for flag in plan.flags.all() if flag.item_id is None and not flag.resolved]
    before = [row.item for row in visible if current is not None and row.item.start < current.start]
    after = [row.item for row in visible if current is not None and row.item.start > current.start]
    force = Q(pk__in=units_in_force(clock.today()).values("pk"))
    if current is not None:
        # A unit abolished meanwhile stays choosable where it is set, so that nothing is lost by saving.
        force |= Q(pk=current.lead_id) | Q(pk__in=[unit.pk for unit in current.supports.all()])
    return Panes(
        sections=_by_section(visible),
        counters=_counters(rows, len(loose), show),
        show=show,
        show_label=FILTERS[show][0] if show else "",
        current=current,
        row=chosen,
        previous=before[-1] if before else None,
        next=after[0] if after else None,
        pieces=pieces_of(plan, [row.item for row in rows], list(plan.sections.all()), current),
        units=list(Unit.objects.filter(force)),
        loose_flags=loose,
        unknown_names=list(dict.fromkeys(mention.name for row in rows for mention in row.unknown)),
        history=list(history_of(current)[:HISTORY_SHOWN]) if current is not None else [],
    )


def differences(item: PlanItem, typed: ItemDraft) -> list[Difference]:
    """Compare the item as a colleague saved it with what was typed; equal fields are left out."""
    pairs = [
        ("任务名称", item.title, typed.title),
        ("开始日期", str(item.starts_on or "（空）"), str(typed.starts_on or "（空）")),
        ("完成时限", str(item.due_on or "（空）"), str(typed.due_on or "（空）")),
        ("牵头单位", _name(item.lead), _name(typed.lead)),
        ("配合单位", _names(item.supports.all()), _names(typed.supports)),
    ]
    drafts = {row.id: row for row in typed.targets if row.id is not None}
    stored = list(item.targets.all())
    for target in stored:
        row = drafts.get(target.pk)
        words = _target_words(target.metric, target.operator, plain(target.value), target.unit, target.dropped)
        new = _target_words(row.metric, row.operator, plain(row.value), row.unit, row.dropped) if row else words
        pairs.append(("指标", words, new))
    for row in typed.targets:
        if row.id is None:
            new = _target_words(row.metric, row.operator, plain(row.value), row.unit, row.dropped)
            pairs.append(("指标", "（无）", new))
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def _name(unit: Unit | None) -> str:
    return unit.short_name if unit else "（未定）"


def _names(units: Any) -> str:
    return "、".join(sorted(unit.short_name for unit in units)) or "（无）"


def _target_words(metric: str, operator: str, value: str, unit: str, dropped: bool) -> str:
    return f"{metric} {operator}{value}{unit}" + ("（不采用）" if dropped else "")
