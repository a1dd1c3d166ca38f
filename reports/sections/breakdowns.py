"""分章节进展 and 各单位情况: the tasks by chapter and by lead unit, each by lamp, in the county's order, not ranked."""

from collections.abc import Callable, Sequence

from reports.building import Builder
from reports.content import Content, Segment
from reports.facts import CLASSES, CLOSED, RED, WARNED, Facts, class_of, ids
from reports.rows import TASK
from tasks.as_of import TaskSnapshot

CHAPTERS, UNITS = "chapters", "units"
_WIDTHS = (2.2, 2.2, 2.2, 2.2, 2.2, 2.8, 2.8)
Group = tuple[str, str, list[TaskSnapshot]]


def add_chapters(facts: Facts, content: Content) -> None:
    """Break the tasks down by the plan's chapters, in their order."""
    build = Builder(content, CHAPTERS, "分章节进展")
    groups: dict[int, Group] = {}
    for row in sorted(facts.tasks, key=lambda row: row.task.section.start if row.task.section else 10**9):
        section = row.task.section
        _, _, tasks = groups.setdefault(
            section.pk if section else 0,
            (f"c{section.pk if section else 0}", str(section) if section else "未分章节", []),
        )
        tasks.append(row)
    rows = _break_down(build, "章节", list(groups.values()))
    done = [label for name, label, tasks in groups.values() if all(not row.is_open for row in tasks)]
    build.say(f"全部任务分为{len(groups)}个章节。", *_done(done))
    _needing(build, list(groups.values()), "各章节", _in_quotes)
    build.table(("章节", "任务数", *_heads(), "办结率"), rows, widths=(11, *_WIDTHS))
    build.done()


def add_units(facts: Facts, content: Content) -> None:
    """Break the tasks down by the unit that led each on the day, in the county's order of units."""
    build = Builder(content, UNITS, "各单位情况")
    groups: dict[int, Group] = {}
    for row in sorted(facts.tasks, key=lambda row: (row.lead.ordering, row.lead.code)):
        _, _, tasks = groups.setdefault(row.lead.pk, (f"u{row.lead.pk}", row.lead.short_name, []))
        tasks.append(row)
    rows = _break_down(build, "牵头单位", list(groups.values()))
    build.say(f"全部任务由{len(groups)}个单位牵头。下表按县机构序列排列，不作排名。")
    _needing(build, list(groups.values()), "各单位")
    build.table(("牵头单位", "任务数", *_heads(), "办结率"), rows, widths=(7, *_WIDTHS))
    build.done()


def _heads() -> list[str]:
    return [f"{word}（{colour}）" for _, word, colour in CLASSES]


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


def _in_quotes(label: str) -> str:
    """Chapter headings carry commas of their own."""
    return f"“{label}”"


def _needing(build: Builder, groups: Sequence[Group], what: str, quote: Callable[[str], str] = str) -> None:
    """Name, in the order of the table, the groups that have red or yellow tasks."""
    for each, word in ((RED, "逾期或滞后"), (WARNED, "预警")):
        named = [(name, quote(label)) for name, label, _ in groups if build.figure(f"{name}_{each}").rows]
        if not named:
            build.say(f"{what}均没有{word}任务。")
            continue
        parts = [build.said(f"{{label}}（{{{name}_{each}}}项）", label=label) for name, label in named]
        separated = [piece for part in parts for piece in (part, "、")][:-1]
        build.say(f"有{word}任务的为：", *separated, "。")
