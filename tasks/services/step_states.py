"""What a step changed, as plain data: taken before and after it, compared, and put back.

A key names a thing of the draft (`item:12`, `section:3`, `flag:9`, `noise:40-52`, `plan`); its state is everything a
person can change of it, None where it does not exist. Versions and what is derived (suggestions, the item a doubt
belongs to) are no part of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tasks.models import ItemDeadline, ItemTarget, Plan, PlanItem, PlanSection, ReadingFlag, UnitMention

State = dict[str, Any] | None
States = dict[str, State]

PLAN = "plan"
_PLAN_FIELDS = ("title", "doc_number", "issuer", "issued_on", "report_every")
_ITEM_FIELDS = (
    "section_id",
    "parent_id",
    "place",
    "number",
    "piece",
    "marker",
    "title",
    "start",
    "end",
    "more_spans",
    "dropped",
    "dropped_reason",
    "lead_id",
    "leader_id",
    "weight",
    "sector_id",
    "starts_on",
    "due_on",
    "due_basis",
    "recurrence",
    "recurrence_months",
    "checked_at",
    "checked_by_id",
)
_TARGET_FIELDS = (
    "id",
    "phrase",
    "start",
    "end",
    "metric",
    "operator",
    "value",
    "unit",
    "period",
    "explicit",
    "dropped",
)
_DEADLINE_FIELDS = ("phrase", "start", "end", "kind", "on", "every")
_MENTION_FIELDS = ("name", "role", "start", "end")
_FIGURES = frozenset({"value", "weight"})
_DAYS = frozenset({"issued_on", "starts_on", "due_on", "on"})


def item_key(pk: int) -> str:
    """Return the key of an item."""
    return f"item:{pk}"


def section_key(pk: int) -> str:
    """Return the key of a section."""
    return f"section:{pk}"


def flag_key(pk: int) -> str:
    """Return the key of a doubt."""
    return f"flag:{pk}"


def noise_key(start: int, end: int) -> str:
    """Return the key of a stretch of text that is set aside."""
    return f"noise:{start}-{end}"


def ids_of(keys: Iterable[str], kind: str) -> list[int]:
    """Return the primary keys that keys of a kind name."""
    return [int(key.partition(":")[2]) for key in keys if key.startswith(f"{kind}:")]


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _fields(row: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def capture(plan: Plan, keys: Iterable[str]) -> States:
    """Return the present state of each key; a fixed number of queries whatever their number."""
    found: States = dict.fromkeys(keys)
    _capture_items(plan, found)
    for section in plan.sections.filter(pk__in=ids_of(found, "section")):
        found[section_key(section.pk)] = {"title": section.title}
    for flag in plan.flags.filter(pk__in=ids_of(found, "flag")):
        found[flag_key(flag.pk)] = {"resolved": flag.resolved}
    for row in plan.noise:
        key = noise_key(row["start"], row["end"])
        if key in found:
            found[key] = {"reason": row["reason"]}
    if PLAN in found:
        found[PLAN] = _fields(plan, _PLAN_FIELDS)
    return found


def _capture_items(plan: Plan, found: States) -> None:
    ids = ids_of(found, "item")
    if not ids:
        return
    items = plan.items.filter(pk__in=ids).prefetch_related("supports", "targets", "deadlines", "mentions")
    for item in items:
        found[item_key(item.pk)] = _fields(item, _ITEM_FIELDS) | {
            "supports": sorted(unit.pk for unit in item.supports.all()),
            "targets": sorted((_fields(row, _TARGET_FIELDS) for row in item.targets.all()), key=lambda row: row["id"]),
            "deadlines": _sorted(_fields(row, _DEADLINE_FIELDS) for row in item.deadlines.all()),
            "mentions": _sorted(_fields(row, _MENTION_FIELDS) for row in item.mentions.all()),
        }


def _sorted(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["start"], row["end"], str(row)))


def put_back(plan: Plan, states: Mapping[str, State]) -> None:
    """Bring things into the given states; the plan is locked and `plan.changes` already counts this change.

    The versions of what is changed rise; a thing that comes back gets one higher than it ever had.
    """
    if PLAN in states and (facts := states[PLAN]) is not None:
        for name, value in _values(facts, _PLAN_FIELDS).items():
            setattr(plan, name, value)
        plan.version += 1
        plan.save(update_fields=[*_PLAN_FIELDS, "version"])
    for section in PlanSection.objects.filter(plan=plan, pk__in=ids_of(states, "section")):
        section.title = (states[section_key(section.pk)] or {})["title"]
        section.version += 1
        section.save(update_fields=["title", "version"])
    for flag in ReadingFlag.objects.filter(plan=plan, pk__in=ids_of(states, "flag")):
        flag.resolved = (states[flag_key(flag.pk)] or {})["resolved"]
        flag.save(update_fields=["resolved"])
    _put_back_noise(plan, states)
    _put_back_items(plan, states)


def _put_back_noise(plan: Plan, states: Mapping[str, State]) -> None:
    keys = {key for key in states if key.startswith("noise:")}
    if not keys:
        return
    rows = [row for row in plan.noise if noise_key(row["start"], row["end"]) not in keys]
    for key in keys:
        state = states[key]
        if state is not None:
            start, _, end = key.removeprefix("noise:").partition("-")
            rows.append({"start": int(start), "end": int(end), "reason": state["reason"]})
    plan.noise = sorted(rows, key=lambda row: row["start"])
    plan.save(update_fields=["noise"])


def _put_back_items(plan: Plan, states: Mapping[str, State]) -> None:
    wanted = {pk: states[item_key(pk)] for pk in ids_of(states, "item")}
    present = {item.pk: item for item in plan.items.filter(pk__in=wanted)}
    for pk, state in wanted.items():
        if state is None:
            continue
        item = present.get(pk)
        if item is None:
            item = PlanItem(pk=pk, plan=plan, version=plan.changes)
        for name, value in _values(state, _ITEM_FIELDS).items():
            setattr(item, name, value)
        item.version += 1
        item.save(force_insert=pk not in present)
        item.supports.set(state["supports"])
    _put_back_rows(plan, wanted)
    # Only now: what was inside a thing that goes has found its former place.
    plan.items.filter(pk__in=[pk for pk, state in wanted.items() if state is None]).delete()


def _put_back_rows(plan: Plan, wanted: Mapping[int, State]) -> None:
    """Write targets, deadlines and named units of items anew; targets keep their keys, forms know them by those."""
    kept = {pk: state for pk, state in wanted.items() if state is not None}
    for model in (ItemTarget, ItemDeadline, UnitMention):
        model.objects.filter(item__plan=plan, item__in=wanted).delete()
    targets, deadlines, mentions = [], [], []
    for pk, state in kept.items():
        targets += [ItemTarget(item_id=pk, **_values(row, _TARGET_FIELDS)) for row in state["targets"]]
        deadlines += [ItemDeadline(item_id=pk, **_values(row, _DEADLINE_FIELDS)) for row in state["deadlines"]]
        mentions += [UnitMention(item_id=pk, **_values(row, _MENTION_FIELDS)) for row in state["mentions"]]
    ItemTarget.objects.bulk_create(targets)
    ItemDeadline.objects.bulk_create(deadlines)
    UnitMention.objects.bulk_create(mentions)


def _values(state: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return the fields of a state as the models take them; a state kept before a field existed says nothing of it."""
    return {name: _typed(name, state[name]) for name in names if name in state}


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _DAYS:
        return date.fromisoformat(value)
    if name == "checked_at":
        return datetime.fromisoformat(value)
    return Decimal(value) if name in _FIGURES else value


def holds(state: State, kept: State) -> bool:
    """Say whether a thing still is as a step left it; of fields that came later the step says nothing."""
    if state is None or kept is None:
        return state is kept
    return all(state[name] == value for name, value in kept.items())


def changed_keys(before: Mapping[str, State], after: Mapping[str, State]) -> list[str]:
    """Return the keys whose states differ."""
    return [key for key in after if before.get(key) != after[key]]
