"""亮灯: the rule table applied to one task on one day, with the sentence that explains the colour.

The rows are the county's (`LampRule`); this module knows what each condition means. Gap to plan, days left and
overdue follow the levels county offices commonly use: behind by 10–30 points yellow, more than 30 red, ten days
left yellow, overdue red. Limit and zero targets are judged by whether they hold, not by percent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.periods import period_of, previous_period
from tasks.missed import missed_nodes
from tasks.models import LampRule, Operator, Task, TaskNode, TaskTarget
from tasks.occurrences import LONG_CYCLES
from tasks.progress import HUNDRED, limit_broken

C = LampRule.Condition
WAITING = (Task.State.REPORTED, Task.State.CLOSING)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at.

    Attributes:
        day: the day judged; while a report made in time waits for the office, the day of that report.
        percent: progress that counts, 0–100.
        planned: planned progress on `day`, 0–100.
        broken: words on the first limit target that does not hold, or empty.
        missed: whole reporting periods without any report.
        reported: whether anything was ever reported.
        waits_since: day of the report made in time that waits for the office, else None.
        missed_nodes: milestones and occurrences due and not delivered, the longest overdue first; judged as of today
            whatever else waits, since a report stands only for the nodes it names.
        today: the day the nodes are judged on.
    """

    task: Task
    day: date
    percent: Decimal
    planned: Decimal
    broken: str
    missed: int
    reported: bool
    waits_since: date | None = None
    missed_nodes: Sequence[TaskNode] = ()
    today: date = date.max

    @property
    def gap(self) -> Decimal:
        """Percentage points behind plan (negative when ahead)."""
        return self.planned - self.percent

    @property
    def days_left(self) -> int:
        """Days to the deadline, 0 on the day itself, negative after it."""
        return (self.task.due_on - self.day).days


@dataclass(frozen=True, slots=True)
class Verdict:
    """A colour and the sentence that explains it."""

    colour: str
    reason: str


def plain(value: Decimal) -> str:
    """Write a figure without trailing zeros."""
    return f"{value.normalize():f}"


def missed_periods(since: date, day: date, every: str) -> int:
    """Count whole periods after the one `since` lies in and before the one `day` lies in."""
    count, period = 0, previous_period(day, every)
    while period.start > period_of(since, every).start:
        count, period = count + 1, previous_period(period.start, every)
    return count


def _broken_words(targets: Sequence[TaskTarget], waiting: bool) -> str:
    for target in targets:
        value = target.reported_value if waiting else target.verified_value
        if value is not None and limit_broken(target, value):
            wanted = f"{Operator(target.operator).label}{plain(target.value)}{target.unit}"
            return f"“{target.metric}”应{wanted}，现为{plain(value)}{target.unit}。"
    return ""


def facts_of(task: Task, targets: Sequence[TaskTarget], nodes: Sequence[TaskNode], today: date, every: str) -> Facts:
    """Gather what the rules look at.

    What was reported before its deadline is judged as of the day it was reported for as long as it waits for the
    office: the unit has done its part.
    """
    waiting = task.state in WAITING
    in_time = waiting and task.submitted_on is not None and task.submitted_on <= task.due_on
    day = task.submitted_on if in_time and task.submitted_on is not None else today
    return Facts(
        task=task,
        day=day,
        percent=task.reported_percent if waiting else task.verified_percent,
        planned=task.planned_on(day),
        broken=_broken_words(targets, waiting),
        missed=missed_periods(max(task.submitted_on or task.starts_on, task.starts_on), day, every),
        reported=task.submitted_on is not None,
        waits_since=task.submitted_on if in_time else None,
        missed_nodes=missed_nodes(task, nodes, today),
        today=today,
    )


def _closed(facts: Facts, threshold: Decimal) -> str:
    if facts.task.state != Task.State.CLOSED or facts.task.closed_on is None:
        return ""
    return f"已于{facts.task.closed_on:%Y-%m-%d}销号。"


def _limit_broken(facts: Facts, threshold: Decimal) -> str:
    return facts.broken


def _done_in_time(facts: Facts, threshold: Decimal) -> str:
    done = facts.task.completed_on
    return f"已于{done:%Y-%m-%d}按期完成，待销号。" if done and done <= facts.task.due_on else ""


def _done_late(facts: Facts, threshold: Decimal) -> str:
    done = facts.task.completed_on
    if not done or done <= facts.task.due_on:
        return ""
    return f"已于{done:%Y-%m-%d}完成，比期限晚{(done - facts.task.due_on).days}天，待销号。"


def _overdue(facts: Facts, threshold: Decimal) -> str:
    if facts.days_left >= 0:
        return ""
    return f"已逾期{-facts.days_left}天（期限{facts.task.due_on:%Y-%m-%d}），进度{plain(facts.percent)}%。"


def _not_started(facts: Facts, threshold: Decimal) -> str:
    if facts.day >= facts.task.starts_on or facts.reported:
        return ""
    return f"计划{facts.task.starts_on:%Y-%m-%d}开始，尚未到开始日期。"


def _gap_over(facts: Facts, threshold: Decimal) -> str:
    if facts.gap <= threshold:
        return ""
    return (
        f"计划进度{plain(facts.planned)}%，实际{plain(facts.percent)}%，落后{plain(facts.gap)}个百分点"
        f"（超过{plain(threshold)}个百分点）。"
    )


def _missed_period(facts: Facts, threshold: Decimal) -> str:
    return f"已连续{facts.missed}期未报送进展。" if facts.missed >= threshold else ""


def _named(nodes: Sequence[TaskNode], today: date) -> str:
    first = nodes[0]
    late = (today - first.due_on).days
    words = f"“{first.title}”应于{first.due_on:%Y-%m-%d}完成，已逾期{late}天"
    return words if len(nodes) == 1 else f"{words}；共{len(nodes)}个节点、期次到期未完成"


def _quarter_node(facts: Facts, threshold: Decimal) -> str:
    found = [node for node in facts.missed_nodes if node.cycle in LONG_CYCLES]
    return f"{_named(found, facts.today)}。" if found and len(found) >= threshold else ""


def _node_missed(facts: Facts, threshold: Decimal) -> str:
    found = facts.missed_nodes
    return f"{_named(found, facts.today)}。" if found and len(found) >= threshold else ""


def _node_late(facts: Facts, threshold: Decimal) -> str:
    found = [node for node in facts.missed_nodes if (facts.today - node.due_on).days >= threshold]
    return f"{_named(found, facts.today)}。" if found else ""


def _due_within(facts: Facts, threshold: Decimal) -> str:
    if not 0 <= facts.days_left <= threshold or facts.percent >= HUNDRED:
        return ""
    return f"距完成时限还有{facts.days_left}天，进度{plain(facts.percent)}%。"


def _early(facts: Facts, threshold: Decimal) -> str:
    if facts.reported or facts.planned >= threshold:
        return ""
    return f"刚开始（计划进度{plain(facts.planned)}%），尚未到需报送的时候。"


def _otherwise(facts: Facts, threshold: Decimal) -> str:
    if facts.gap > 0:
        return f"进度{plain(facts.percent)}%，比计划慢{plain(facts.gap)}个百分点，在正常范围内。"
    return f"进度{plain(facts.percent)}%，达到或超过计划进度（{plain(facts.planned)}%）。"


CONDITIONS: dict[str, Callable[[Facts, Decimal], str]] = {
    C.CLOSED: _closed,
    C.LIMIT_BROKEN: _limit_broken,
    C.DONE_IN_TIME: _done_in_time,
    C.DONE_LATE: _done_late,
    C.OVERDUE: _overdue,
    C.NOT_STARTED: _not_started,
    C.GAP_OVER: _gap_over,
    C.MISSED_PERIOD: _missed_period,
    C.QUARTER_NODE: _quarter_node,
    C.NODE_MISSED: _node_missed,
    C.NODE_LATE: _node_late,
    C.DUE_WITHIN: _due_within,
    C.EARLY: _early,
    C.OTHERWISE: _otherwise,
}

# What these say does not depend on the day of a report that waits.
SETTLED = (C.CLOSED, C.DONE_IN_TIME, C.DONE_LATE, C.QUARTER_NODE, C.NODE_MISSED, C.NODE_LATE)


def judge(facts: Facts, rules: Sequence[LampRule]) -> Verdict:
    """Return the colour of the first rule that fits and its sentence; grey when the table is empty.

    Args:
        facts: the task on the day.
        rules: the active rows in their order.
    """
    for rule in rules:
        reason = CONDITIONS[rule.condition](facts, rule.threshold or Decimal(0))
        if reason and facts.waits_since is not None and rule.condition not in SETTLED:
            reason = f"已于{facts.waits_since:%Y-%m-%d}上报待审，按上报当天：{reason}"
        if reason:
            return Verdict(rule.colour, reason)
    return Verdict(Task.Lamp.GREY, "亮灯规则表中没有适用的规则。")


def forced(task: Task, day: date, verdict: Verdict) -> Verdict:
    """Return the colour the office has put in place of the rules', while it lasts; else the rules' own.

    A closed task is blue whatever was judged before.
    """
    if not task.forced_lamp or task.state == Task.State.CLOSED or task.forced_until is None or day > task.forced_until:
        return verdict
    ruled = Task.Lamp(verdict.colour).label
    return Verdict(
        task.forced_lamp,
        f"{task.forced_by}人工改判（至{task.forced_until:%Y-%m-%d}）：{task.forced_reason}。按规则为{ruled}灯。",
    )
