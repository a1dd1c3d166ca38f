"""The county's keyword rules, kept by the office."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from audit import trail
from core.errors import UserError
from core.models import bump, lock_row
from responsibility.models import KeywordRule
from responsibility.permissions import require_office
from responsibility.services.changes import assign

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What the form of a rule holds; the fields are those of `KeywordRule`."""

    keywords: str
    required: str
    unit_id: int
    part: str
    weight: int
    reason: str


def tidy_words(text: str) -> str:
    """Return words separated by 、 whatever separated them, each once, in their order."""
    for sign in "，,；;\n\t 　":
        text = text.replace(sign, "、")
    return "、".join(dict.fromkeys(word for word in text.split("、") if word))


def _checked(draft: RuleDraft) -> dict[str, object]:
    values = asdict(draft) | {"keywords": tidy_words(draft.keywords), "required": tidy_words(draft.required)}
    if not values["keywords"]:
        raise UserError("请至少填写一个关键词。")
    if not draft.reason.strip():
        raise UserError("请填写依据：为什么含这些词的工作归这个单位。")
    if not 1 <= draft.weight <= 100:
        raise UserError("权重应在 1 到 100 之间。")
    return values


@transaction.atomic
def create_rule(*, actor: "User", draft: RuleDraft) -> KeywordRule:
    """Add a rule; it counts from the next import on.

    Raises:
        UserError: no keyword or reason given, or the weight is out of range.
        Http404, NotAllowed: the actor is not of the office.
    """
    require_office(actor)
    rule = KeywordRule.objects.create(**_checked(draft))
    trail.record(actor=actor, action="rule.create", target=rule, summary=f"新增关键词规则：{rule}")
    return rule


def _lock_rule(actor: "User", rule_id: int, expected_version: int | None) -> KeywordRule:
    require_office(actor)
    try:
        return lock_row(KeywordRule.objects.select_related("unit"), rule_id, expected_version)
    except KeywordRule.DoesNotExist:
        raise Http404("没有这条规则。") from None


@transaction.atomic
def change_rule(*, actor: "User", rule_id: int, draft: RuleDraft, expected_version: int | None = None) -> KeywordRule:
    """Change a rule.

    Raises:
        StaleObject: changed by somebody else since `expected_version`.
        UserError, Http404, NotAllowed: as `create_rule`.
    """
    rule = _lock_rule(actor, rule_id, expected_version)
    old_unit = rule.unit.short_name
    values = _checked(draft)
    unit_id = values.pop("unit_id")
    changes = assign(rule, values)
    if rule.unit_id != unit_id:
        rule.unit_id = int(str(unit_id))
        changes.append(("建议单位", old_unit, rule.unit.short_name))
    if changes:
        bump(rule, *values, "unit")
        trail.record(actor=actor, action="rule.change", target=rule, summary=f"修改关键词规则：{rule}", changes=changes)
    return rule


@transaction.atomic
def switch_rule(*, actor: "User", rule_id: int, active: bool) -> KeywordRule:
    """Switch a rule on or off; suggestions already made stay.

    Raises:
        Http404, NotAllowed: no such rule, or the actor is not of the office.
    """
    rule = _lock_rule(actor, rule_id, None)
    if rule.active != active:
        rule.active = active
        bump(rule, "active")
        word = "启用" if active else "停用"
        trail.record(actor=actor, action="rule.switch", target=rule, summary=f"{word}关键词规则：{rule}")
    return rule
