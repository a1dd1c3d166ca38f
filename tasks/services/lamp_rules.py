"""The county's lamp table, changed by the office as a whole: tried out on today's tasks first, then put in force."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from audit import trail
from core import clock
from core.errors import NotAllowed, StaleObject, UserError
from responsibility.authority import authority_of
from tasks.lamps import Verdict, facts_of, forced, judge, plain
from tasks.missed import lamp_nodes
from tasks.models import LampRule, Task

if TYPE_CHECKING:
    from accounts.models import User

C = LampRule.Condition
# What a threshold may be, by condition: lowest, highest, unit.
THRESHOLDS: dict[str, tuple[int, int, str]] = {
    C.GAP_OVER: (0, 100, "百分点"),
    C.MISSED_PERIOD: (1, 12, "期"),
    C.DUE_WITHIN: (0, 366, "天"),
    C.EARLY: (0, 100, "百分点"),
    C.QUARTER_NODE: (1, 12, "个"),
    C.NODE_MISSED: (1, 40, "个"),
    C.NODE_LATE: (1, 366, "天"),
}
MOST = 40


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """One row as the office wants it; `pk` None for a new row."""

    pk: int | None
    order: int
    condition: str
    threshold: Decimal | None
    colour: str
    active: bool

    @property
    def words(self) -> str:
        """The row in words, as it stands in the history."""
        unit = THRESHOLDS.get(self.condition, (0, 0, ""))[2]
        limit = f" {plain(self.threshold)}{unit}" if self.threshold is not None else ""
        off = "" if self.active else "（停用）"
        return f"{C(self.condition).label}{limit} → {Task.Lamp(self.colour).label}{off}"

    def rule(self) -> LampRule:
        """Return the row as the lamps read it, not stored."""
        return LampRule(
            order=self.order,
            condition=self.condition,
            threshold=self.threshold,
            colour=self.colour,
            active=self.active,
        )


@dataclass(frozen=True, slots=True)
class Recoloured:
    """A task that the drafted table would give another colour."""

    task: Task
    verdict: Verdict

    @property
    def new_label(self) -> str:
        """The colour it would have."""
        return str(Task.Lamp(self.verdict.colour).label)


def drafts_of(rules: Sequence[LampRule]) -> list[RuleDraft]:
    """Return the stored rows as drafts."""
    return [RuleDraft(rule.pk, rule.order, rule.condition, rule.threshold, rule.colour, rule.active) for rule in rules]


def fingerprint(rules: Sequence[LampRule]) -> str:
    """Return a short name of the table as it stands, to notice that somebody else changed it meanwhile."""
    text = "\n".join(f"{rule.pk}:{rule.order}:{rule}:{rule.threshold}:{rule.active}" for rule in rules)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_table(drafts: Sequence[RuleDraft]) -> list[RuleDraft]:
    """Return the rows in their order, numbered 10, 20, 30 …

    Raises:
        UserError: a threshold is missing or out of range, or some task would be left without a colour.
    """
    if len(drafts) > MOST:
        raise UserError(f"亮灯规则最多 {MOST} 条。")
    rows = sorted(drafts, key=lambda row: row.order)
    for place, row in enumerate(rows, 1):
        low, high, unit = THRESHOLDS.get(row.condition, (0, 0, ""))
        if unit and (row.threshold is None or not low <= row.threshold <= high):
            label = C(row.condition).label
            raise UserError(f"第{place}条“{label}”的阈值应在 {low} 至 {high}（{unit}）之间，请填写。")
    active = [row for row in rows if row.active]
    if not active or active[-1].condition != C.OTHERWISE:
        raise UserError("启用的最后一条应为“其他情形”，否则有的任务没有灯色。请把它排在最后并启用。")
    if active[0].condition != C.CLOSED or active[0].colour != Task.Lamp.BLUE:
        raise UserError("启用的第一条应为“已销号”亮蓝灯，请恢复。")
    if any(row.colour == Task.Lamp.BLUE for row in active[1:]):
        raise UserError("蓝灯只用于已销号的任务，请为其他情形选择红、黄、绿、灰。")
    return [
        replace(row, order=place * 10, threshold=row.threshold if row.condition in THRESHOLDS else None)
        for place, row in enumerate(rows, 1)
    ]


def try_out(drafts: Sequence[RuleDraft]) -> list[Recoloured]:
    """Return the open tasks whose colour today would change, by code; four queries, nothing is stored."""
    rules = [row.rule() for row in drafts if row.active]
    today, found = clock.today(), []
    rows = Task.objects.open().select_related("plan", "lead").prefetch_related("targets", lamp_nodes())
    for task in rows.order_by("code"):
        verdict = judge(
            facts_of(task, list(task.targets.all()), list(task.nodes.all()), today, task.plan.report_every), rules
        )
        verdict = forced(task, today, verdict)
        if verdict.colour != task.lamp:
            found.append(Recoloured(task, verdict))
    return found


@transaction.atomic
def change_table(*, actor: "User", drafts: Sequence[RuleDraft], seen: str, reason: str) -> None:
    """Put a lamp table in force in place of the present one; the caller starts the recomputing after the commit.

    Args:
        actor: clerk of the office.
        drafts: all rows wanted; a stored row that is missing is removed.
        seen: `fingerprint` of the table the form showed.
        reason: why, kept in the history.

    Raises:
        NotAllowed: not the office.
        StaleObject: somebody changed the table meanwhile.
        UserError: no reason, nothing changed, or see `check_table`.
    """
    if not authority_of(actor).is_office:
        raise NotAllowed("只有县安委办可以修改亮灯规则。")
    stored = list(LampRule.objects.select_for_update())
    if fingerprint(stored) != seen:
        raise StaleObject("在您打开页面之后，已有其他人修改了亮灯规则。请核对最新规则后再保存，您填写的内容已保留。")
    reason = " ".join(reason.split())
    if not reason:
        raise UserError("请填写修改亮灯规则的理由。")
    if len(reason) > 200:
        raise UserError("修改理由请控制在 200 字以内。")
    rows = check_table(drafts)
    before = {rule.pk: row.words for rule, row in zip(stored, drafts_of(stored), strict=True)}
    if [(row.pk, row.order, row.words) for row in rows] == [(r.pk, r.order, before[r.pk]) for r in stored]:
        raise UserError("亮灯规则没有变化，无需保存。")
    changes = _write(stored, rows, before)
    trail.record(
        actor=actor,
        action="lamp_rules.change",
        target=LampRule.objects.earliest("order"),
        summary="修改亮灯规则",
        reason=reason,
        changes=changes,
    )


def _write(stored: Sequence[LampRule], rows: Sequence[RuleDraft], before: dict[int, str]) -> list[tuple[str, str, str]]:
    """Store the rows and return what changed, in words."""
    known = {rule.pk: rule for rule in stored}
    kept = {row.pk for row in rows if row.pk in known}
    LampRule.objects.exclude(pk__in=kept).delete()
    # Out of the way, so that no number is taken twice on the way to the new order.
    LampRule.objects.update(order=F("order") + 1000)
    changes = [(f"第{known[pk].order // 10}条", words, "（删除）") for pk, words in before.items() if pk not in kept]
    for row in rows:
        rule = row.rule()
        old = ""
        if row.pk in kept and row.pk is not None:
            rule.pk, old = row.pk, f"{known[row.pk].order // 10}. {before[row.pk]}"
        rule.save(force_insert=not old, force_update=bool(old))
        new = f"{row.order // 10}. {row.words}"
        if old != new:
            changes.append((f"第{row.order // 10}条", old or "（新增）", new))
    return changes
