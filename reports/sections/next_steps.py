"""下步打算: what falls due in the next quarter, and what is left over from this one."""

from collections import Counter
from collections.abc import Sequence

from documents.numbering import official_date
from reports.building import Builder, shown_of
from reports.content import Content, Line
from reports.facts import WARNED, Facts, class_of, ids
from reports.rows import TASK
from tasks.as_of import TaskSnapshot
from tasks.lamps import plain

KEY = "next_steps"
# Deadlines the table prints, the earliest first.
PRINTED = 12


def add(facts: Facts, content: Content) -> None:
    """List the unfinished tasks whose deadline lies in the next quarter."""
    build = Builder(content, KEY, "下步打算")
    following = facts.quarter.following
    first, last = following.period.start, following.period.end
    open_now = [row for row in facts.tasks if row.is_unfinished]
    due = sorted((row for row in open_now if first <= row.due_on <= last), key=lambda row: (row.due_on, row.task.code))
    waiting = [row for row in facts.tasks if row.is_open and row.complete]
    build.count(
        "due",
        f"{following.period.label}到期",
        ids(due),
        kind=TASK,
        formula=f"完成时限在{official_date(first)}至{official_date(last)}、统计日尚未完成的任务。",
    )
    build.count(
        "overdue",
        "超过完成时限",
        [row.task.pk for row in open_now if row.overdue],
        kind=TASK,
        formula="同总体情况中的“超过完成时限”，已申请销号的除外。",
    )
    build.count(
        "warned",
        "预警",
        [row.task.pk for row in open_now if class_of(row) == WARNED],
        kind=TASK,
        formula="未完成、亮黄灯的任务。",
    )
    build.count("closable", "已完成待销号", ids(waiting), kind=TASK, formula="审定进度已达100%而未销号的任务。")
    _say(facts, build, due)
    rows = [
        (row.task.title, row.lead.short_name, official_date(row.due_on), f"{plain(row.percent)}%")
        for row in due[:PRINTED]
    ]
    build.table(
        ("任务", "牵头单位", "完成时限", "当前进度"),
        rows,
        widths=(16, 7, 6, 4),
        caption=f"{following.period.label}到期任务{shown_of(len(rows), len(due))}",
    )
    build.done()


def _say(facts: Facts, build: Builder, due: Sequence[TaskSnapshot]) -> None:
    name = facts.quarter.following.name if facts.quarter.number < 4 else facts.quarter.following.period.label
    steps: list[tuple[Line | str, str]] = []
    if due:
        months = Counter(row.due_on.month for row in due)
        split = "、".join(f"{month}月{count}项" for month, count in sorted(months.items()))
        start = f"紧盯到期任务。{name}有"
        steps.append(
            (build.said(f"{start}{{due}}项任务到期，其中"), f"{split}。请各牵头单位对照时限倒排进度，确保按期完成。")
        )
    if build.figure("overdue").rows:
        steps.append(
            (
                build.said("抓紧补齐逾期任务。对超过完成时限的{overdue}项任务"),
                "，请牵头单位逐项说明原因、明确完成日期，县安委办将跟踪督办。",
            )
        )
    if build.figure("warned").rows:
        steps.append((build.said("及早处置预警任务。对亮黄灯的{warned}项任务，请牵头单位加快进度，防止逾期。"), ""))
    if build.figure("closable").rows:
        steps.append(
            (build.said("及时办理销号。已完成的{closable}项任务，请牵头单位尽快申请销号，并备齐佐证材料。"), "")
        )
    if not steps:
        steps.append((f"{name}没有到期任务。请各牵头单位巩固成效，按期报送进展。", ""))
    for number, (sentence, rest) in enumerate(steps):
        ordinal = f"（{'一二三四'[number]}）"
        build.say(ordinal, sentence, rest) if rest else build.say(ordinal, sentence)
