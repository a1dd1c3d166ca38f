"""总体情况: how many tasks there are, how they stand, and what changed since the previous quarter."""

from reports.building import Builder
from reports.content import Content, Line
from reports.facts import AHEAD, CLOSED, NORMAL, RED, WARNED, Facts, class_of, ids
from reports.rows import TASK, keep_tasks

KEY = "overall"
# name, label, classes, what counts
_GROUPS = (
    ("closed", "已办结", (CLOSED,), "已销号的任务"),
    ("on_schedule", "按序时推进", (NORMAL, AHEAD), "未销号、亮绿灯（正常）或灰灯（未到期）的任务"),
    ("warned", "预警", (WARNED,), "未销号、亮黄灯的任务"),
    ("red", "逾期或滞后", (RED,), "未销号、亮红灯的任务"),
)


def add(facts: Facts, content: Content) -> None:
    """Count the classes of all tasks, with their shares of the whole and their changes."""
    keep_tasks(content, facts.tasks)
    build = Builder(content, KEY, "总体情况")
    build.count(
        "total", "任务总数", ids(facts.tasks), kind=TASK, formula=f"{facts.plan.year}年工作要点分解的全部任务。"
    )
    for name, label, classes, what in _GROUPS:
        rows = [row for row in facts.tasks if class_of(row) in classes]
        build.count(name, label, ids(rows), kind=TASK, formula=f"截至统计日{what}，以当日亮灯为准。")
        build.share(
            f"{name}_share", f"{label}占比", name, "total", formula=f"{label}任务数 ÷ 任务总数 × 100%，保留一位小数。"
        )
        before = None if facts.before is None else sum(facts.before[each] for each in classes)
        build.change(
            f"{name}_change",
            f"{label}比上季度末增减",
            name,
            before,
            formula=f"本季度末{label}任务数 − 上季度末{label}任务数。",
        )
    overdue = [row for row in facts.tasks if row.overdue]
    build.count(
        "overdue",
        "超过完成时限",
        ids(overdue),
        kind=TASK,
        formula="统计日已过完成时限（经批准延期的按延期后的时限）而未完成的任务；期限内已上报、等待审核的不计。",
    )
    fresh = [row for row in facts.tasks if row.closed_on is not None and row.closed_on >= facts.start]
    build.count("closed_now", "本季度办结", ids(fresh), kind=TASK, formula="本季度内销号、至统计日仍为销号的任务。")
    _say(facts, build)
    build.done()


def _say(facts: Facts, build: Builder) -> None:
    sentence = build.said(
        f"截至{facts.day}，全县共{{total}}项任务，已办结{{closed}}项（{{closed_share}}），"
        "按序时推进{on_schedule}项（{on_schedule_share}），预警{warned}项（{warned_share}），"
        "逾期或滞后{red}项（{red_share}），其中超过完成时限未完成的{overdue}项。本季度新办结{closed_now}项。"
    )
    build.say(sentence, *_changes(facts, build))


def _changes(facts: Facts, build: Builder) -> list[Line | str]:
    if facts.before is None:
        return []
    parts: list[Line | str] = ["与上季度末相比，"]
    for place, (name, label, _, _) in enumerate(_GROUPS):
        value = build.figure(f"{name}_change").value or 0
        verb = "增加" if value > 0 else "减少" if value < 0 else ""
        end = "；" if place < len(_GROUPS) - 1 else "。"
        if verb:
            parts.append(build.said(f"{label}{verb}{{{name}_change!m}}项{end}"))
        else:
            parts.append(f"{label}持平{end}")
    return parts
