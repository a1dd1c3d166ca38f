"""Which units an item is probably for: from its text and from the county's keyword rules, each with its reason.

Nothing here assigns anybody: the plans name no unit per item, or name them loosely, and the breakdown is a decision
of the office. What the text says outweighs every rule.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet

from core import clock
from responsibility.models import KeywordRule, Unit, UnitAlias
from tasks.models import Plan, PlanItem, UnitMention, UnitSuggestion

LEAD, SUPPORT = UnitSuggestion.Part.LEAD, UnitSuggestion.Part.SUPPORT
# Weights of what the text says lie above anything a rule can score (100 × 10 × 2).
TEXT_WEIGHTS = {"lead": 9000, "responsible": 8000, "cooperate": 7000, "implement": 6000, "mentioned": 5000}
EXPLICIT_ROLES = frozenset(TEXT_WEIGHTS) - {"mentioned"}
# More than four proposed supporting units are a list nobody reads; the office adds the rest.
SUPPORTS_BY_RULE = 4
_SEPARATORS = str.maketrans(dict.fromkeys(",，;； \u3000\n", "、"))


def units_in_force(day: date) -> "QuerySet[Unit]":
    """Return the units that exist on `day`."""
    return Unit.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    )


def _plain_name(name: str) -> str:
    """Bring the ways of writing one name together: bracket widths, blanks, masks such as ``**``, the county's name."""
    text = "".join(unicodedata.normalize("NFKC", name).split()).strip("*、,。;:")
    text = text.replace("*", "")
    return text.removeprefix(settings.COUNTY_NAME)


class UnitNames:
    """The county's units by every name a document may write."""

    def __init__(self, units: Iterable[Unit], aliases: Iterable[UnitAlias]) -> None:
        """Index `units` by full name, short name and those of `aliases` that are theirs."""
        by_id = {unit.pk: unit for unit in units}
        self._exact: dict[str, Unit] = {}
        loose: defaultdict[str, set[int]] = defaultdict(set)
        names = [(name, unit) for unit in by_id.values() for name in (unit.name, unit.short_name)]
        names += [(alias.name, by_id[alias.unit_id]) for alias in aliases if alias.unit_id in by_id]
        for name, unit in names:
            plain = _plain_name(name)
            self._exact.setdefault(plain, unit)
            loose[plain.removeprefix("县")].add(unit.pk)
        # With or without 县 in front it is the same unit, unless two units share the rest of the name.
        self._loose = {name: by_id[ids.pop()] for name, ids in loose.items() if len(ids) == 1}

    def find(self, name: str) -> Unit | None:
        """Return the unit a document means by `name`, or None where the table does not know it."""
        plain = _plain_name(name)
        return self._exact.get(plain) or self._loose.get(plain.removeprefix("县"))


@dataclass(frozen=True, slots=True)
class Rule:
    """A keyword rule with its words made ready for matching."""

    words: tuple[str, ...]
    required: tuple[str, ...]
    unit: Unit
    part: str
    weight: int
    reason: str


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, _folded(text).translate(_SEPARATORS).split("、")))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fits an item.

    Attributes:
        score: in fifths of the rule's weight; raised by a fifth for each further word found (five at most) and
            doubled by a word in the title.
    """

    rule: Rule
    score: int
    reason: str


def match_rule(rule: Rule, title: str, text: str) -> Hit | None:
    """Return how well a rule fits an item, or None.

    Args:
        rule: the rule.
        title, text: of the item, folded by `_folded`.
    """
    if not all(word in text for word in rule.required):
        return None
    found = [word for word in rule.words if word in text]
    if not found:
        return None
    in_title = any(word in title for word in found)
    score = rule.weight * (5 + min(len(found) - 1, 5)) * (2 if in_title else 1)
    quoted = "".join(f"“{word}”" for word in found[:4]) + ("等" if len(found) > 4 else "")
    return Hit(rule, score, f"命中关键词{quoted}{'（标题）' if in_title else ''}：{rule.reason}")


def _leading(known: "Sequence[tuple[UnitMention, Unit]]", best_rule: Hit | None) -> tuple[set[int], str]:
    """Return which units the text wants to lead, and what to add to the reason.

    Where it says 牵头, those it says it of. Where it only lists 责任单位: the one that leads by the best rule, else
    the first. A collective name leads nothing.
    """
    single = [(mention, unit.pk) for mention, unit in known if unit.kind != Unit.Kind.GROUP]
    if any(mention.role == "lead" for mention, _ in known):
        return {pk for mention, pk in single if mention.role == "lead"}, ""
    responsible = [pk for mention, pk in single if mention.role == "responsible"]
    if best_rule is not None and best_rule.rule.unit.pk in responsible:
        return {best_rule.rule.unit.pk}, f"；{best_rule.reason}"
    return set(responsible[:1]), "，列责任单位第一位"


def _from_text(item: PlanItem, mentions: Sequence[UnitMention], best_rule: Hit | None) -> dict[int, UnitSuggestion]:
    """Return what the item's own words say, by unit."""
    known = [(mention, mention.unit) for mention in mentions if mention.unit is not None]
    leads, why = _leading(known, best_rule)
    found: dict[int, UnitSuggestion] = {}
    for place, (mention, unit) in enumerate(known):
        part = LEAD if unit.pk in leads else SUPPORT
        reason = f"原文点名：{mention.name}（{mention.role_label}）" + (why if part == LEAD else "")
        if mention.role == "lead" and unit.kind == Unit.Kind.GROUP:
            reason += "，集合名称不能作牵头单位，请另定"
        weight = TEXT_WEIGHTS.get(mention.role, TEXT_WEIGHTS["mentioned"]) - min(place, 99)
        earlier = found.get(unit.pk)
        if earlier is None or weight > earlier.weight:
            found[unit.pk] = UnitSuggestion(
                item=item,
                unit=unit,
                part=part,
                source=UnitSuggestion.Source.TEXT,
                weight=weight,
                reason=reason[:300],
            )
    return found


def _from_rules(item: PlanItem, text: str, rules: Sequence[Rule]) -> list[Hit]:
    """Return the rules that fit the item, the best first."""
    title, body = _folded(item.title), _folded(text)
    hits = [hit for rule in rules if (hit := match_rule(rule, title, body)) is not None]
    return sorted(hits, key=lambda hit: -hit.score)


def _lead_hits(hits: Sequence[Hit]) -> Iterator[Hit]:
    """Return, in their order, the hits that propose a single unit to lead."""
    return (h for h in hits if h.rule.part == KeywordRule.Part.LEAD and h.rule.unit.kind != Unit.Kind.GROUP)


def suggest_for(
    item: PlanItem, text: str, mentions: Sequence[UnitMention], rules: Sequence[Rule]
) -> list[UnitSuggestion]:
    """Return the (unsaved) suggestions for one item.

    Rules propose a lead only where the text names none, and supporting units only where the text gives none a part.

    Args:
        item: the item.
        text: its words.
        mentions: units named in it, `unit` set where known.
        rules: the county's active rules.
    """
    hits = _from_rules(item, text, rules)
    found = _from_text(item, mentions, next(_lead_hits(hits), None))
    given_parts = {m.unit_id for m in mentions if m.unit_id is not None and m.role in EXPLICIT_ROLES}
    hits = [hit for hit in hits if hit.rule.unit.pk not in given_parts]
    chosen: list[tuple[Hit, str]] = []
    if not any(row.part == LEAD for row in found.values()):
        chosen += [(hit, LEAD) for hit in _lead_hits(hits)][:1]
    if not given_parts:
        taken = set(found) | {hit.rule.unit.pk for hit, _ in chosen}
        # The hits are sorted: of several rules for one unit the best stays.
        others = {hit.rule.unit.pk: hit for hit in reversed(hits) if hit.rule.unit.pk not in taken}
        best = sorted(others.values(), key=lambda hit: -hit.score)[:SUPPORTS_BY_RULE]
        chosen += [(hit, SUPPORT) for hit in best]
    for hit, part in chosen:
        named = found.get(hit.rule.unit.pk)
        reason = f"{hit.reason}；{named.reason}" if named else hit.reason
        found[hit.rule.unit.pk] = UnitSuggestion(
            item=item,
            unit=hit.rule.unit,
            part=part,
            source=UnitSuggestion.Source.RULE,
            weight=hit.score,
            reason=reason[:300],
        )
    return list(found.values())


def suggest_units(plan: Plan, item_ids: Iterable[int] | None = None) -> list[UnitSuggestion]:
    """Match the units named in a draft anew and replace its suggestions; call it inside a transaction.

    Args:
        plan: the draft.
        item_ids: only these items of it; without, all.

    Returns:
        The rows written, in the order of the items.
    """
    units = list(units_in_force(clock.today()))
    by_id = {unit.pk: unit for unit in units}
    names = UnitNames(units, UnitAlias.objects.all())
    rules = [
        Rule(_words(row.keywords), _words(row.required), by_id[row.unit_id], row.part, row.weight, row.reason)
        for row in KeywordRule.objects.filter(active=True).order_by("id")
        if row.unit_id in by_id
    ]
    items = list(plan.items.all() if item_ids is None else plan.items.filter(pk__in=list(item_ids)))
    mentions: defaultdict[int, list[UnitMention]] = defaultdict(list)
    for mention in UnitMention.objects.filter(item__in=items).order_by("item", "start"):
        mention.unit = names.find(mention.name)
        mentions[mention.item_id].append(mention)
    UnitMention.objects.bulk_update([row for rows in mentions.values() for row in rows], ["unit"])
    UnitSuggestion.objects.filter(item__in=items).delete()
    found: list[UnitSuggestion] = []
    for item in items:
        item.plan = plan
        found += suggest_for(item, item.text, mentions[item.pk], rules)
    return UnitSuggestion.objects.bulk_create(found)
