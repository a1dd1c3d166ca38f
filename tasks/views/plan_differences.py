"""Two texts of one item, field by field: what is stored and what was typed, what a person saw and what stands now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model

from responsibility.models import Sector, Unit
from tasks.models import Operator, Plan, PlanItem, PlanSection, PlanStep, Recurrence
from tasks.models.plan import plain
from tasks.models.recurrence import recurrence_words
from tasks.services.item_editing import ItemDraft
from tasks.services.step_states import State, capture, item_key
from tasks.spans import words

_LONG = 120


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two texts of an item differ: `stored` is what stands now."""

    label: str
    stored: str
    typed: str


@dataclass(frozen=True, slots=True)
class Overtaken:
    """What became of an item since a page was opened.

    Attributes:
        steps: what was done to it meanwhile, the newest first.
        differences: its fields as they stand now (`stored`) and as the page showed them (`typed`).
        gone: it is no item any more.
        instead: the item that holds its text now, if it is gone.
    """

    steps: list[PlanStep]
    differences: list[Difference]
    gone: bool
    instead: PlanItem | None


def differences(item: PlanItem, typed: ItemDraft) -> list[Difference]:
    """Compare the item as a colleague saved it with what was typed; equal fields are left out."""
    pairs = [
        ("任务名称", item.title, typed.title),
        ("开始日期", str(item.starts_on or "（空）"), str(typed.starts_on or "（空）")),
        ("完成时限", str(item.due_on or "（空）"), str(typed.due_on or "（空）")),
        ("期次", _recurs(item.recurrence, item.months), _recurs(*_typed_recurrence(item, typed))),
        ("牵头单位", _name(item.lead), _name(typed.lead)),
        ("配合单位", _names(item.supports.all()), _names(typed.supports)),
    ]
    if (charge := typed.charge) is not None:
        pairs += [
            ("牵头领导", str(item.leader or "（未定）"), str(charge.leader or "（未定）")),
            ("行业领域", str(item.sector or "（无）"), str(charge.sector or "（无）")),
            ("权重", plain(item.weight), plain(charge.weight)),
        ]
    drafts = {row.id: row for row in typed.targets if row.id is not None}
    stored = list(item.targets.all())
    for target in stored:
        row = drafts.get(target.pk)
        old = _target_words(target.metric, target.operator, plain(target.value), target.unit, target.dropped)
        new = _target_words(row.metric, row.operator, plain(row.value), row.unit, row.dropped) if row else old
        pairs.append(("指标", old, new))
    for row in typed.targets:
        if row.id is None or row.id not in {target.pk for target in stored}:
            new = _target_words(row.metric, row.operator, plain(row.value), row.unit, row.dropped)
            pairs.append(("指标", "（无）", new))
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def _typed_recurrence(item: PlanItem, typed: ItemDraft) -> tuple[str, Sequence[int]]:
    """Return what was chosen; a form without the field leaves what is stored."""
    return (item.recurrence, item.months) if typed.recurrence is None else (typed.recurrence, typed.months)


def _recurs(recurrence: str, months: Sequence[int]) -> str:
    named = ",".join(map(str, months)) if recurrence == Recurrence.MONTHS else ""
    return recurrence_words(recurrence, named) or str(Recurrence.ONCE.label)


def _name(unit: Unit | None) -> str:
    return unit.short_name if unit else "（未定）"


def _names(units: Any) -> str:
    return "、".join(sorted(unit.short_name for unit in units)) or "（无）"


def _target_words(metric: str, operator: str, value: str, unit: str, dropped: bool) -> str:
    return f"{metric} {operator}{value}{unit}" + ("（不采用）" if dropped else "")


def overtaken(plan: Plan, item_id: int, seen: int) -> Overtaken:
    """Say what was done to an item after the draft's change `seen`, with both texts of it."""
    key = item_key(item_id)
    steps = [
        step
        for step in plan.steps.since(seen).select_related("actor", "touched_by").order_by("-touched")
        if key in step.states
    ]
    now = capture(plan, [key])[key]
    shown = _as_seen(key, steps, seen, now)
    gone = now is None
    return Overtaken(steps, state_differences(plan, now, shown), gone, _holder(plan, shown) if gone else None)


def _as_seen(key: str, steps: Sequence[PlanStep], seen: int, now: State) -> State:
    """Return the state the page showed: before the first step done since, after one that was only taken back since."""
    earliest = min(steps, key=lambda step: step.change, default=None)
    if earliest is None:
        return now
    before, after = earliest.states[key]
    shown: State = after if earliest.change <= seen else before
    return shown


def _holder(plan: Plan, shown: State) -> PlanItem | None:
    """Return the innermost item that holds the beginning of a text that was another item's."""
    if shown is None:
        return None
    around = [row for row in plan.items.all() if any(start <= shown["start"] < end for start, end in row.spans)]
    return min(around, key=lambda row: sum(end - start for start, end in row.spans), default=None)


def state_differences(plan: Plan, now: State, shown: State) -> list[Difference]:
    """Compare two states of an item; None is an item that is not there."""
    names = _Names(plan, (now, shown))
    old, new = names.words(shown), names.words(now)
    labels = dict.fromkeys((*new, *old))
    pairs = [(label, new.get(label, "（无）"), old.get(label, "（无）")) for label in labels]
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


class _Names:
    """The words behind the keys in states."""

    def __init__(self, plan: Plan, states: Iterable[State]) -> None:
        self.plan = plan
        known = [state for state in states if state is not None]
        units = {pk for state in known for pk in (*state["supports"], state["lead_id"])} - {None}
        self.units = dict(Unit.objects.filter(pk__in=units).values_list("pk", "short_name"))
        leaders = {state["leader_id"] for state in known if state.get("leader_id")}
        people = get_user_model()._default_manager.filter(pk__in=leaders) if leaders else ()
        self.leaders = {person.pk: str(person) for person in people}
        sectors = {state["sector_id"] for state in known if state.get("sector_id")}
        self.sectors = dict(Sector.objects.filter(pk__in=sectors).values_list("pk", "name")) if sectors else {}
        self.sections = {row.pk: str(row) for row in PlanSection.objects.filter(plan=plan)}
        parents = {state["parent_id"] for state in known} - {None}
        self.parents = {row.pk: str(row) for row in PlanItem.objects.filter(plan=plan, pk__in=parents)}

    def words(self, state: State) -> dict[str, str]:
        """Put a state into words, by label."""
        if state is None:
            return {}
        spans = [(state["start"], state["end"]), *state["more_spans"]]
        text = words(self.plan.source_text, [(start, end) for start, end in spans])
        return {
            "任务名称": state["title"],
            "原文": text if len(text) <= _LONG else f"{text[: _LONG // 2]}……{text[-_LONG // 2 :]}（共{len(text)}字）",
            "章节": self.sections.get(state["section_id"], "（无）"),
            "上级条目": self.parents.get(state["parent_id"], "（无）"),
            "开始日期": state["starts_on"] or "（空）",
            "完成时限": state["due_on"] or "（空）",
            "期次": recurrence_words(state.get("recurrence", ""), state.get("recurrence_months", ""))
            or str(Recurrence.ONCE.label),
            "牵头单位": self.units.get(state["lead_id"], "（未定）"),
            "配合单位": "、".join(sorted(self.units.get(pk, "") for pk in state["supports"])) or "（无）",
            "牵头领导": self.leaders.get(state.get("leader_id") or 0, "（未定）"),
            "行业领域": self.sectors.get(state.get("sector_id") or 0, "（无）"),
            "权重": plain(Decimal(state.get("weight", "1"))),
            "指标": "；".join(_target_state(row) for row in state["targets"]) or "（无）",
            "是否纳入": f"不纳入（{state['dropped_reason']}）" if state["dropped"] else "纳入",
            "核对": "已核对" if state["checked_by_id"] else "未核对",
        }


def _target_state(row: Mapping[str, Any]) -> str:
    value = row["value"].rstrip("0").rstrip(".") if "." in row["value"] else row["value"]
    return _target_words(row["metric"], Operator(row["operator"]).value, value, row["unit"], row["dropped"])
