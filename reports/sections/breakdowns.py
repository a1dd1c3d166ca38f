"""分章节进展 and 各单位情况: the tasks by chapter and by lead unit, each by lamp, in the county's order, not ranked."""

from collections.abc import Callable, Sequence

from reports.building import Builder
from reports.content import Content, Line, Segment
from reports.facts import CLASSES, CLOSED, RED, Facts, class_of, ids
from reports.rows import TASK
from tasks.as_of import TaskSnapshot

CHAPTERS, UNITS = "chapters", "units"
_WIDTHS = (2.9, 2.9, 2.9, 2.9, 2.9, 3.5, 3)
Group = tuple[str, str, list[TaskSnapshot]]


def add_chapters(facts: Facts, content: Content) -> None:
    """Break the tasks down by the plan's chapters, in their order."""
    build = Builder(content, CHAPTERS, "分章节进展")
    groups: dict[int, Group] = {}
    for row in sorted(facts.tasks, key=lambda row: row.task.section.start if row.task.section else 10**9):
        section = row.task.section
        # What was opened for the register of directives stands apart from items before the first chapter.
        key, label = (section.pk, _short(str(section))) if section else (0, "未分章节")
        if section is None and row.task.item_id is None:
            key, label = -1, "交办事项"
        _, _, tasks = groups.setdefault(key, (f"c{key}" if key >= 0 else "directives", label, []))
        tasks.append(row)
    rows = _break_down(build, "章节", list(groups.values()))
    done = [label for name, label, tasks in groups.values() if all(not row.is_open for row in tasks)]
    late = _late(build, list(groups.values()), "各章节", _in_quotes)
    chapters = len(groups) - (-1 in groups)
    build.say(f"全部任务分为{chapters}个章节{'，另有交办事项' if -1 in groups else ''}。", *_done(done), *late)
    build.table(("章节", "任务数", *_heads(), "办结率"), rows, widths=(10, *_WIDTHS))
    build.done()


def add_units(facts: Facts, content: Content) -> None:
    """Break the tasks down by the unit that led each on the day, in the county's order of units."""
    build = Builder(content, UNITS, "各单位情况")
    groups: dict[int, Group] = {}
    for row in sorted(facts.tasks, key=lambda row: (row.lead.ordering, row.lead.code)):
        _, _, tasks = groups.setdefault(row.lead.pk, (f"u{row.lead.pk}", row.lead.short_name, []))
        tasks.append(row)
    rows = _break_down(build, "牵头单位", list(groups.values()))
    late = _late(build, list(groups.values()), "各单位")
    build.say(f"全部任务由{len(groups)}个单位牵头。", *late, "下表按县机构序列排列，不作排名。")
    build.table(("牵头单位", "任务数", *_heads(), "办结率"), rows, widths=(8, *_WIDTHS))
    build.done()


def _heads() -> list[str]:
    return [f"{colour}灯\n{word.replace('或', '')}" for _, word, colour in CLASSES]


def _break_down(build: Builder, what: str, groups: Sequence[Group]) -> list[list[Segment]]:
    """Make the figures of every group and return the table's rows."""
    rows: list[list[Segment]] = []
    for name, label, tasks in groups:
        build.count(name, f"{label}：任务数", ids(tasks), kind=TASK, formula=f"{what}为“{label}”的任务。")
        cells: list[Segment] = [label, build.ref(name)]
        for each, word, colour in CLASSES:
            own = [row for row in tasks if class_of(row) == each]
            build.count(
                f"{name}_{each}",
                f"{label}：{word}",
                ids(own),
                kind=TASK,
                formula=f"{what}为“{label}”、" + ("已销号" if each == CLOSED else f"未销号且亮{colour}灯") + "的任务。",
            )
            cells.append(build.ref(f"{name}_{each}"))
        build.share(
            f"{name}_share", f"{label}：办结率", f"{name}_{CLOSED}", name, formula="已办结任务数 ÷ 任务数 × 100%。"
        )
        rows.append([*cells, build.ref(f"{name}_share")])
    return rows


def _done(labels: Sequence[str]) -> list[str]:
    return [f"其中{'、'.join(map(_in_quotes, labels))}的任务已全部办结。"] if labels else []


def _short(heading: str) -> str:
    """Return a chapter's heading up to its first comma: 二、深化源头治理."""
    return heading.partition("，")[0]


def _in_quotes(label: str) -> str:
    """Chapter headings carry marks of their own."""
    return f"“{label}”"


def _late(build: Builder, groups: Sequence[Group], what: str, quote: Callable[[str], str] = str) -> list[Line | str]:
    """Return a sentence that names, in the order of the table, the groups that have red tasks."""
    named = [(name, quote(label)) for name, label, _ in groups if build.figure(f"{name}_{RED}").rows]
    if not named:
        return [f"{what}均没有逾期或滞后任务。"]
    parts = [build.said(f"{{label}}（{{{name}_{RED}}}项）", label=label) for name, label in named]
    separated: list[Line | str] = [piece for part in parts for piece in (part, "、")][:-1]
    return ["有逾期或滞后任务的为：", *separated, "。"]
