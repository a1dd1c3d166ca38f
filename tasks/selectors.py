"""Reads that join tasks, reports and evidence: work queues and histories."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from audit.models import Entry
from core import clock
from core.queues import NOTHING, SHOWN, QueueRow, WorkQueue, placed
from responsibility.authority import Authority, authority_of
from tasks.models import ProgressReport, Task, TaskSupport
from tasks.supporting import tasks_to_confirm, tasks_to_contribute
from tasks.transitions import REPORT_LABEL, SIGN

SOON_DAYS = 7
SUPPORT = "我方配合"
LED = "我分管的任务"
ENDORSE_LABEL = "审签"


def _row(task: Task, action_label: str, action_path: str, tag: str, note: str = "") -> QueueRow:
    return QueueRow(
        title=f"{task.code} {task.title}",
        path=reverse("tasks:detail", args=[task.pk]),
        tag=tag,
        note=note or f"{task.lead.short_name} · {task.get_state_display()}",
        due_on=task.due_on,
        lamp=task.lamp,
        lamp_reason=task.lamp_reason,
        percent=task.shown_percent,
        planned=task.planned_today,
        met=task.is_met,
        action_label=action_label,
        action_path=action_path,
    )


def _report_path(task: Task) -> str:
    return reverse("tasks:report", args=[task.pk])


def _list_path(**params: object) -> str:
    return reverse("tasks:list") + "?" + "&".join(f"{name}={value}" for name, value in params.items())


def placed_tasks(authority: Authority) -> dict[str, list[Task]]:
    """Return the open tasks a person's units lead by the queue each stands in; a task stands in one queue only."""
    today = clock.today()
    led = Task.objects.open().led_by(authority.units).select_related("lead")
    overdue = set(led.overdue_on(today).values_list("pk", flat=True))
    silent = set(led.not_reported_on(today).values_list("pk", flat=True))
    placed: dict[str, list[Task]] = defaultdict(list)
    for task in led.order_by("due_on", "code"):
        placed[_place(task, overdue, silent, today + timedelta(days=SOON_DAYS))].append(task)
    return placed


def _unit_queues(authority: Authority) -> list[WorkQueue]:
    """Return the queues of people who act for a unit."""
    placed = placed_tasks(authority)
    may_report = bool(authority.editor_units)
    reasons = _return_reasons(placed["returned"][:SHOWN])
    return [
        WorkQueue(
            key,
            order,
            title,
            short,
            tone,
            len(placed[key]),
            [_unit_row(key, task, may_report, reasons) for task in placed[key][:SHOWN]],
            _list_path(queue=key),
        )
        for key, order, title, short, tone in UNIT_QUEUES
        if placed[key]
    ]


def _return_reasons(tasks: Sequence[Task]) -> dict[int, str]:
    """Return why each of the tasks was last returned."""
    if not tasks:
        return {}
    rounds = ProgressReport.objects.filter(task__in=tasks, state=ProgressReport.State.RETURNED).order_by("round")
    return {row.task_id: f"退回理由：{row.review_comment}" for row in rounds}


# key, place on the page, title, how the summary counts it, tone
UNIT_QUEUES: tuple[tuple[str, int, str, str, str], ...] = (
    ("returned", 10, "退回待改", "项退回待改", "red"),
    ("endorsing", 15, "待本单位负责人审签", "项待负责人审签", "blue"),
    ("overdue", 20, "已逾期", "项已逾期", "red"),
    ("soon", 30, f"{SOON_DAYS} 天内到期", f"项 {SOON_DAYS} 天内到期", "yellow"),
    ("assigned", 40, "待签收", "项待签收", "blue"),
    ("unreported", 60, "本期未报", "项本期未报", "yellow"),
    ("closable", 70, "已完成待申请销号", "项待申请销号", "blue"),
    ("waiting", 80, "我方已上报，待县安委办审核", "项待县安委办审核", "grey"),
    ("adjusting", 85, "已提出调整，待县安委办决定", "项待决定调整", "grey"),
    ("active", 90, "进行中", "项进行中", "grey"),
)


def _place(task: Task, overdue: set[int], silent: set[int], soon: Any) -> str:
    if task.waits_for_office:
        return "waiting"
    if task.state in (Task.State.RETURNED, Task.State.ENDORSING, Task.State.ADJUSTING):
        return str(task.state)
    if task.completed_on is not None:
        return "closable"
    if task.pk in overdue:
        return "overdue"
    if task.due_on <= soon:
        return "soon"
    if task.state == Task.State.ASSIGNED:
        return "assigned"
    return "unreported" if task.pk in silent else "active"


def _unit_row(key: str, task: Task, may_report: bool, reasons: dict[int, str]) -> QueueRow:
    detail = reverse("tasks:detail", args=[task.pk])
    if task.state == Task.State.ENDORSING:
        return _row(task, "查看" if may_report else ENDORSE_LABEL, detail, "牵头")
    if task.state == Task.State.ASSIGNED:
        return _row(task, SIGN.label if may_report else "查看", detail, "牵头")
    if key in ("waiting", "adjusting", "closable") or not may_report:
        return _row(task, "查看" if key != "closable" else "申请销号", detail, "牵头", reasons.get(task.pk, ""))
    return _row(task, REPORT_LABEL, _report_path(task), "牵头", reasons.get(task.pk, ""))


# key, place on the page, title, how the summary counts it, tone, what the button says
OFFICE_QUEUES: tuple[tuple[str, int, str, str, str, str], ...] = (
    ("review", 50, "待我审核", "项待我审核", "blue", "审核"),
    ("closing", 51, "销号待审批", "项销号待审批", "blue", "审批销号"),
    ("adjust", 54, "提出调整待决定", "项调整待决定", "blue", "决定"),
    ("extend", 55, "延期申请待批复", "项延期待批复", "blue", "批复"),
    ("blocked", 56, "受阻待协调", "项受阻待协调", "yellow", "查看"),
)


def _office_queues() -> list[WorkQueue]:
    """Return what waits for the office: reports to review, closings to decide, what units ask for; oldest first."""
    tasks = Task.objects.open().select_related("lead")
    by_state = {
        "review": Q(state=Task.State.REPORTED),
        "closing": Q(state=Task.State.CLOSING),
        "adjust": Q(state=Task.State.ADJUSTING),
    }
    waiting = placed(tasks, by_state, "submitted_on", "due_on", "code")
    # A task may ask for more time and be blocked and wait for review, all at once: each queue counts it.
    for what in ("extend", "blocked"):
        waiting |= placed(tasks, {what: Q(pk__in=Task.objects.asked(what).values("pk"))}, "due_on", "code")
    found = []
    for key, order, title, short, tone, label in OFFICE_QUEUES:
        if key not in waiting:
            continue
        reviewed = {"review": Task.State.REPORTED, "closing": Task.State.CLOSING}.get(key)
        path = f"{reverse('tasks:reviews')}?state={reviewed}" if reviewed else _list_path(asked=key)
        rows = [_office_row(task, label, bool(reviewed)) for task in waiting[key].rows]
        found.append(WorkQueue(key, order, title, short, tone, waiting[key].count, rows, path))
    return found


def _office_row(task: Task, label: str, reviewed: bool) -> QueueRow:
    page = f"{reverse('tasks:reviews')}?task={task.pk}" if reviewed else reverse("tasks:detail", args=[task.pk])
    note = f"{task.submitted_on:%m月%d日}报" if reviewed else ""
    return _row(task, label, page, task.lead.short_name, note)


def supported_tasks(authority: Authority) -> "QuerySet[Task]":
    """Return the open tasks a person's units support and do not lead."""
    supported = TaskSupport.objects.filter(unit_id__in=authority.units).values("task_id")
    return Task.objects.open().filter(pk__in=supported).exclude(lead_id__in=authority.units)


def _supporting_queue(authority: Authority) -> list[WorkQueue]:
    found = placed(
        supported_tasks(authority).select_related("lead"), {"support": Q(pk__isnull=False)}, "due_on", "code"
    )
    queue = found.get("support", NOTHING)
    rows = [_row(task, "查看", reverse("tasks:detail", args=[task.pk]), "配合") for task in queue.rows]
    return [WorkQueue("support", 95, SUPPORT, "项配合任务", "grey", queue.count, rows, _list_path(queue="support"))]


# key, place on the page, title, how the summary counts it, what the button says, address
GIVING_QUEUES: tuple[tuple[str, int, str, str, str, str], ...] = (
    ("contribute", 45, "待提供配合进展", "项待提供配合进展", "提供配合情况", "tasks:contribute"),
    ("confirm", 46, "待确认牵头单位上报内容", "项待确认上报内容", "确认", "tasks:detail"),
)


def giving_tasks(authority: Authority, key: str) -> "QuerySet[Task]":
    """Return the tasks of one of `GIVING_QUEUES`: the unit's part is wanted, or its word on the lead unit's report."""
    return tasks_to_contribute(authority) if key == "contribute" else tasks_to_confirm(authority)


def _giving_queues(authority: Authority) -> list[WorkQueue]:
    """Return what the units support and have something to do for now."""
    if not authority.editor_units:
        return []
    # A report is under way or handed in: no task stands in both.
    places = {row[0]: Q(pk__in=giving_tasks(authority, row[0]).values("pk")) for row in GIVING_QUEUES}
    giving = placed(supported_tasks(authority).select_related("lead"), places, "due_on", "code")
    found = []
    for key, order, title, short, label, route in GIVING_QUEUES:
        queue = giving.get(key, NOTHING)
        rows = [_row(task, label, reverse(route, args=[task.pk]), "配合") for task in queue.rows]
        found.append(WorkQueue(key, order, title, short, "yellow", queue.count, rows, _list_path(queue=key)))
    return found


def _led_queue(user: Any) -> list[WorkQueue]:
    """Return what a county leader is in charge of and is not done, the most pressing first."""
    led = Task.objects.unfinished().filter(leader_id=user.pk).select_related("lead")
    found = placed(led, {"led": Q(pk__isnull=False)}, "due_on", "code")
    queue = found.get("led", NOTHING)
    rows = [_row(task, "查看", reverse("tasks:detail", args=[task.pk]), task.lead.short_name) for task in queue.rows]
    path = _list_path(leader="me", unfinished=1)
    return [WorkQueue("led", 92, LED, "项由您牵头", "blue", queue.count, rows, path)] if queue.count else []


def task_queues(user: Any) -> list[WorkQueue]:
    """Return the task queues of a person, by the roles they hold today."""
    authority = authority_of(user)
    found = _office_queues() if authority.is_office else []
    if authority.is_leader:
        found += _led_queue(user)
    if authority.units:
        found += _unit_queues(authority) + _giving_queues(authority) + _supporting_queue(authority)
    return found


def history_with_reports(task: Task) -> "QuerySet[Entry]":
    """Return what happened to the task and to its rounds (evidence added and taken off), newest first."""
    rounds = [str(pk) for pk in task.reports.values_list("pk", flat=True)]
    return Entry.objects.filter(
        Q(object_type=Task._meta.label_lower, object_id=str(task.pk))
        | Q(object_type=ProgressReport._meta.label_lower, object_id__in=rounds)
    )
