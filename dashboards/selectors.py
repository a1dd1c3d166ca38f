"""Figures of the dashboard. Each is computed from what the viewer may see and links to exactly the rows it counts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from core import clock
from responsibility.authority import authority_of
from tasks.models import PlanSection, Task, TaskChange
from tasks.tables import SEVERITY

LAMP = Task.Lamp
WEEKS_AHEAD = 8
LIST_ROWS = 8


def rows_path(**params: object) -> str:
    """Return the address of the task list with these filters; a list gives a repeated parameter."""
    return reverse("tasks:list") + "?" + urlencode(params, doseq=True)


@dataclass(frozen=True, slots=True)
class Figure:
    """A linked figure; `note` is the small line under it."""

    label: str
    value: int
    path: str
    tone: str
    note: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Tasks of one unit in one chapter: how many, the worst colour and how many have it, in words, and the link."""

    count: int
    worst: int
    lamp: str
    words: str
    path: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One unit of the department × chapter table."""

    unit: str
    path: str
    cells: Sequence[Cell | None]
    total: Cell


@dataclass(frozen=True, slots=True)
class Week:
    """Deadlines of one week ahead; `share` is the bar's width in percent of the fullest week."""

    label: str
    count: int
    share: int
    path: str


def _since(tasks: "QuerySet[Task]", lamp: str, start: date) -> str:
    """Say how the number of tasks of a colour changed since the end of `start`, from the dated rows."""
    moved = TaskChange.objects.filter(task__in=tasks, field=TaskChange.Field.LAMP, on__gt=start).aggregate(
        came=Count("pk", filter=Q(new=lamp)), left=Count("pk", filter=Q(old=lamp))
    )
    change = moved["came"] - moved["left"]
    return "与30天前持平" if not change else f"比30天前{'增加' if change > 0 else '减少'} {abs(change)} 项"


def figures(tasks: "QuerySet[Task]", scope: dict[str, object], today: date) -> list[Figure]:
    """Return the four figures: all, on schedule, warned, behind or overdue."""
    counted = {row["lamp"]: row["n"] for row in tasks.order_by().values("lamp").annotate(n=Count("pk"))}
    total, month_ago = sum(counted.values()), today - timedelta(days=30)
    closed = counted.get(LAMP.BLUE, 0)
    share = f"{closed * 100 / total:.1f}%" if total else "—"
    normal = counted.get(LAMP.GREEN, 0) + counted.get(LAMP.GREY, 0)
    return [
        Figure("任务总数", total, rows_path(**scope), "blue", f"已销号 {closed} 项（{share}）"),
        Figure(
            "按序时推进",
            normal,
            rows_path(**scope, lamp=[LAMP.GREEN.value, LAMP.GREY.value]),
            "green",
            f"正常 {counted.get(LAMP.GREEN, 0)} 项，未到期 {counted.get(LAMP.GREY, 0)} 项",
        ),
        Figure(
            "预警",
            counted.get(LAMP.YELLOW, 0),
            rows_path(**scope, lamp=LAMP.YELLOW.value),
            "yellow",
            _since(tasks, LAMP.YELLOW, month_ago),
        ),
        Figure(
            "逾期或滞后",
            counted.get(LAMP.RED, 0),
            rows_path(**scope, lamp=LAMP.RED.value),
            "red",
            _since(tasks, LAMP.RED, month_ago),
        ),
    ]


def _cell(by_lamp: dict[str, int], path: str) -> Cell:
    worst = next(lamp for lamp in SEVERITY if by_lamp.get(lamp))
    words = "、".join(f"{LAMP(lamp).label} {by_lamp[lamp]}" for lamp in SEVERITY if by_lamp.get(lamp))
    return Cell(sum(by_lamp.values()), by_lamp[worst], worst, words, path)


def matrix(tasks: "QuerySet[Task]", scope: dict[str, object]) -> tuple[list[PlanSection], list[MatrixRow]]:
    """Return the chapters and one row per lead unit, those that need help first (not a ranking by score)."""
    sections = list(PlanSection.objects.filter(pk__in=tasks.order_by().values("section_id")).order_by("start"))
    counts: dict[int, dict[int | None, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    names: dict[int, tuple[str, int]] = {}
    grouped = tasks.order_by().values("lead_id", "lead__short_name", "lead__ordering", "section_id", "lamp")
    for row in grouped.annotate(n=Count("pk")):
        counts[row["lead_id"]][row["section_id"]][row["lamp"]] = row["n"]
        names[row["lead_id"]] = row["lead__short_name"], row["lead__ordering"]
    # What stands in no chapter, such as tasks opened for the register of directives, has a column of its own.
    has_outside = any(None in by_section for by_section in counts.values())
    rows = []
    for lead, by_section in counts.items():
        whole: dict[str, int] = defaultdict(int)
        for by_lamp in by_section.values():
            for lamp, n in by_lamp.items():
                whole[lamp] += n
        cells: list[Cell | None] = [
            _cell(by_section[section.pk], rows_path(**scope, lead=lead, section=section.pk))
            if section.pk in by_section
            else None
            for section in sections
        ]
        if has_outside:
            path = rows_path(**scope, lead=lead, outside=1)
            cells.append(_cell(by_section[None], path) if None in by_section else None)
        path = rows_path(**scope, lead=lead)
        order = (-whole[LAMP.RED], -whole[LAMP.YELLOW], names[lead][1])
        rows.append((order, MatrixRow(names[lead][0], path, cells, _cell(whole, path))))
    if has_outside:
        sections.append(PlanSection(marker="", title="要点章节外（交办事项等）"))
    return sections, [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def turned(tasks: "QuerySet[Task]", today: date) -> list[TaskChange]:
    """Return the tasks that turned red or yellow in the last seven days and still are."""
    changes = (
        TaskChange.objects.filter(
            task__in=tasks,
            field=TaskChange.Field.LAMP,
            new__in=[LAMP.RED, LAMP.YELLOW],
            on__gt=today - timedelta(days=7),
        )
        .exclude(old="", on=today)
        .select_related("task", "task__lead")
    )
    latest: dict[int, TaskChange] = {}
    for change in changes.order_by("-at", "-id")[:200]:
        latest.setdefault(change.task_id, change)
    standing = [change for change in latest.values() if change.task.lamp == change.new]
    return sorted(standing, key=lambda change: (change.new != LAMP.RED, change.task.due_on))[:LIST_ROWS]


def weeks_ahead(tasks: "QuerySet[Task]", scope: dict[str, object], today: date) -> list[Week]:
    """Count the unfinished tasks due in each of the coming eight weeks, beginning with today."""
    end = today + timedelta(days=7 * WEEKS_AHEAD - 1)
    due = tasks.unfinished().filter(due_on__range=(today, end))  # type: ignore[attr-defined]
    counts = [0] * WEEKS_AHEAD
    for row in due.order_by().values("due_on").annotate(n=Count("pk")):
        counts[(row["due_on"] - today).days // 7] += row["n"]
    most = max([*counts, 1])
    weeks = []
    for index, count in enumerate(counts):
        start = today + timedelta(days=7 * index)
        last = start + timedelta(days=6)
        path = rows_path(**scope, unfinished=1, due_from=start, due_to=last)
        weeks.append(Week(f"{start.month}月{start.day}日—{last.month}月{last.day}日", count, count * 100 // most, path))
    return weeks


def overview(user: Any, year: int) -> dict[str, Any]:
    """Gather the whole dashboard for one person and one year's plan."""
    today = clock.today()
    tasks = Task.objects.visible_to(user).filter(plan__year=year)
    scope: dict[str, object] = {"year": year}
    supported = 0
    authority = authority_of(user)
    if not authority.reads_county:
        # A unit answers for what it leads; what it supports is counted apart, unless it leads nothing.
        led = tasks.filter(lead_id__in=authority.units)
        supported = tasks.exclude(lead_id__in=authority.units).count()
        leads = led.exists()
        tasks, scope["part"] = (led, "lead") if leads else (tasks, "support")
    sections, rows = matrix(tasks, scope)
    overdue = tasks.overdue_on(today).select_related("lead").order_by("due_on", "code")
    silent = tasks.not_reported_on(today).select_related("lead").order_by("due_on", "code")
    return {
        "today": today,
        "year": year,
        "supported": supported,
        "part": scope.get("part", ""),
        "supported_path": rows_path(year=year, part="support"),
        "figures": figures(tasks, scope, today),
        "sections": sections,
        "matrix": rows,
        "turned": turned(tasks, today),
        "weeks": weeks_ahead(tasks, scope, today),
        "lists": [
            ("已逾期", overdue[:LIST_ROWS], overdue.count(), rows_path(**scope, overdue=1), "没有逾期的任务。"),
            (
                "本期未报",
                silent[:LIST_ROWS],
                silent.count(),
                rows_path(**scope, unreported=1),
                "本期各项任务都已上报。",
            ),
        ],
    }
