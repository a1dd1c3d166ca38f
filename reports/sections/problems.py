"""存在问题: what is overdue, by whom and why, and what the units themselves reported as their problems."""

import re
from collections.abc import Sequence

from documents.numbering import official_date
from reports.building import Builder, shown_of
from reports.content import Content, Segment
from reports.facts import RED, WARNED, Facts, class_of, ids
from reports.rows import ROUND, TASK, keep_rounds
from tasks.as_of import TaskSnapshot
from tasks.models import ProgressReport

KEY = "problems"
# Overdue tasks the table names, tasks the text names and units it quotes, and the longest quotation.
PRINTED, NAMED, QUOTED, LONGEST = 30, 8, 6, 60
NO_REASON = "尚未说明"
_NOTHING = re.compile(r"(无|暂无|没有|暂时没有|无问题|(暂|目前)?无(明显|突出)?问题)[。.！]?")


def is_problem(words: str) -> bool:
    """Say whether a unit wrote of a problem, and not that there is none."""
    return bool(words.strip()) and _NOTHING.fullmatch(words.strip()) is None


def add(facts: Facts, content: Content) -> None:
    """List overdue tasks with the unit's own reason, and quote the problems reported in the quarter."""
    build = Builder(content, KEY, "存在问题")
    overdue = sorted((row for row in facts.tasks if row.overdue), key=lambda row: (row.due_on, row.task.code))
    behind = [row for row in facts.tasks if class_of(row) == RED and not row.overdue]
    build.count("overdue", "超过完成时限", ids(overdue), kind=TASK, formula="同总体情况中的“超过完成时限”。")
    build.count("behind", "进度严重滞后", ids(behind), kind=TASK, formula="亮红灯而未超过完成时限的任务。")
    troubles = _troubles(facts)
    keep_rounds(content, troubles)
    build.count(
        "rounds",
        "反映问题的填报",
        [report.pk for report, _ in troubles],
        kind=ROUND,
        unit="次",
        formula="本季度上报、至统计日已审核通过、写明存在问题的填报。",
    )
    _say(build, overdue, behind)
    _quote(build, troubles)
    reasons = _reasons(facts)
    rows = [_row(facts, row, reasons.get(row.task.pk, "")) for row in overdue[:PRINTED]]
    build.table(
        ("任务", "牵头单位", "完成时限", "逾期天数", "原因（单位说明）"),
        rows,
        widths=(8.4, 6.2, 6.6, 3.9, 9.4),
        caption=f"超过完成时限的任务{shown_of(len(rows), len(overdue))}",
    )
    build.done(empty="" if overdue or behind or troubles else "没有逾期、滞后的任务，各单位也没有反映问题。")


def _troubles(facts: Facts) -> list[tuple[ProgressReport, TaskSnapshot]]:
    by_task = {row.task.pk: row for row in facts.tasks}
    return [
        (report, by_task[report.task_id])
        for report in facts.history.passed_between(facts.start, facts.as_of)
        if is_problem(report.problems)
    ]


def _reasons(facts: Facts) -> dict[int, str]:
    """Return, by task, the unit's last words on its problems in the year."""
    reports = facts.history.passed_between(facts.plan.issued_on or facts.start, facts.as_of)
    return {report.task_id: shortened(report.problems) for report in reports if is_problem(report.problems)}


def shortened(words: str) -> str:
    """Return a unit's words on one line, cut where they are long."""
    line = "".join(words.split("\n")).strip().rstrip("。；")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 2]}……"


def _say(build: Builder, overdue: Sequence[TaskSnapshot], behind: Sequence[TaskSnapshot]) -> None:
    if overdue:
        units = "、".join(dict.fromkeys(row.lead.short_name for row in overdue))
        build.say(build.said("超过完成时限未完成的任务{overdue}项，涉及"), f"{units}，详见下表。")
    else:
        build.say("没有超过完成时限未完成的任务。")
    if behind:
        named = "、".join(f"{row.lead.short_name}“{row.task.title}”" for row in behind[:NAMED])
        more = "等" if len(behind) > NAMED else ""
        build.say(build.said("进度严重滞后的任务{behind}项："), f"{named}{more}。")


def _quote(build: Builder, troubles: Sequence[tuple[ProgressReport, TaskSnapshot]]) -> None:
    """Quote the last words on each task, those of red and yellow tasks first, then in the order of the plan."""
    if not troubles:
        return
    last = {report.task_id: (report, task) for report, task in troubles}
    urgent = {RED: 0, WARNED: 1}
    chosen = sorted(last.values(), key=lambda pair: urgent.get(class_of(pair[1]), 2))[:QUOTED]
    words = "；".join(
        f"{task.lead.short_name}“{task.task.title}”，{shortened(report.problems)}" for report, task in chosen
    )
    build.say(build.said("各单位本季度填报中反映问题{rounds}次，主要有："), f"{words}。")


def _row(facts: Facts, row: TaskSnapshot, reason: str) -> list[Segment]:
    return [
        row.task.title,
        row.lead.short_name,
        official_date(row.due_on),
        f"{(facts.as_of - row.due_on).days}",
        reason or NO_REASON,
    ]
