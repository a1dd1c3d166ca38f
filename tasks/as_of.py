"""Tasks as they stood at the end of a past day, told from their dated rows (`TaskChange`) and their reports.

What a field held on a day is the old value of its first change after that day; where nothing changed since, it is what
the row holds now. So the selector needs no row from the beginning of the year, and a change made later never shows in
an earlier day. The rows carry words: states their labels, dates ISO, units their full names, percents "45%".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.models import F, Q

from core import clock
from responsibility.models import Unit, UnitAlias
from tasks.models import Plan, ProgressReport, ReportValue, Task, TaskChange, TaskTarget
from tasks.progress import HUNDRED

S, R, C = Task.State, ProgressReport.State, TaskChange.Field
WAITING = (S.REPORTED, S.CLOSING)
_CODES = {label: code for code, label in S.choices}
# What the services of reports write as the reason of a changed figure (`tasks.services.reporting`).
_VERIFIED, _REPORTED = "审定", "上报"


@dataclass(frozen=True, slots=True)
class TaskSnapshot:
    """One task at the end of a day.

    Attributes:
        task: the row as it is now, with its section; only what never changes may be read from it.
        lead: lead unit on the day.
        due_on: deadline that held on the day.
        state, lamp: codes of `Task.State` and `Task.Lamp`.
        percent: progress that counted, 0–100: the reported figure while it waited for the office, else the verified.
        submitted_on: day of the report that waited, or of the last one passed by then.
        complete: the last report passed by then brought it to 100 %, and it was not put back to work since.
        closed_on: day of the closing, None while open.
        overdue: the deadline had passed and was not met, as `Task.objects.overdue_on` says it of today.
    """

    task: Task
    lead: Unit
    due_on: date
    state: str
    lamp: str
    percent: Decimal
    submitted_on: date | None
    complete: bool
    closed_on: date | None
    overdue: bool

    @property
    def is_open(self) -> bool:
        """Not closed on the day."""
        return self.state != S.CLOSED

    @property
    def waits_for_office(self) -> bool:
        """The unit had done its part; the office was to act."""
        return self.state in WAITING

    @property
    def is_unfinished(self) -> bool:
        """Open, neither complete nor waiting to be closed."""
        return self.is_open and self.state != S.CLOSING and not self.complete

    def reported_since(self, start: date) -> bool:
        """Say whether a report that still stood on the day was made on `start` or later."""
        return self.submitted_on is not None and self.submitted_on >= start


@dataclass(frozen=True, slots=True)
class TargetSnapshot:
    """A target's figure at the end of a day.

    Attributes:
        target: the row as it is now.
        value: reported figure while the report waited for the office, else the verified one; None before any.
        waiting: the figure was reported and not yet verified.
    """

    target: TaskTarget
    value: Decimal | None
    waiting: bool


@dataclass(frozen=True, slots=True)
class _Change:
    old: str
    new: str
    at: datetime
    on: date
    reason: str


@dataclass(slots=True)
class _Past:
    """A task's dated rows by field and its reports, oldest first."""

    changes: dict[str, list[_Change]] = field(default_factory=lambda: defaultdict(list))
    reports: list[ProgressReport] = field(default_factory=list)


class PlanHistory:
    """Everything that happened to a plan's tasks, read once; each day is then told without another query.

    Costs five queries, six or seven where lead units changed.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._tasks = list(plan.tasks.select_related("section", "lead").order_by("code"))
        self._pasts = {task.pk: _Past() for task in self._tasks}
        self._values: dict[int, list[_Change]] = defaultdict(list)
        self._read_changes()
        reports = ProgressReport.objects.filter(task__plan=plan, submitted_at__isnull=False)
        for report in reports.exclude(state=R.DRAFT).order_by("round"):
            self._pasts[report.task_id].reports.append(report)
        self._targets = list(TaskTarget.objects.filter(task__plan=plan).order_by("task__code", "pk"))
        # Passed reports in which a limit (不超过…, 清零) did not hold: they complete nothing.
        limits = Q(target__operator="<=") | Q(target__value=0)
        broken = ReportValue.objects.filter(limits, report__task__plan=plan, value__gt=F("target__value"))
        self._broken = set(broken.values_list("report_id", flat=True))
        leads = (change.old for past in self._pasts.values() for change in past.changes[C.LEAD])
        self._units = _units_by_name(leads)

    def _read_changes(self) -> None:
        rows = TaskChange.objects.filter(task__plan=self.plan).order_by("at", "pk")
        for task_id, target_id, name, old, new, at, on, reason in rows.values_list(
            "task_id", "target_id", "field", "old", "new", "at", "on", "reason"
        ):
            change = _Change(old, new, at, on, reason)
            if name == C.VALUE:
                self._values[target_id or 0].append(change)
            else:
                self._pasts[task_id].changes[name].append(change)

    def tasks_on(self, day: date) -> list[TaskSnapshot]:
        """Return the tasks as they stood at the end of `day`, by code; none before the plan was published."""
        if self.plan.published_at is not None and clock.date_of(self.plan.published_at) > day:
            return []
        # Told by what stands below them, without a report of their own.
        parents = {task.parent_id for task in self._tasks if task.parent_id is not None}
        there = [task for task in self._tasks if task.opened_on is None or task.opened_on <= day]
        return [
            _snapshot(task, self._pasts[task.pk], day, self._broken, self._units, task.pk in parents) for task in there
        ]

    def targets_on(self, day: date) -> dict[int, list[TargetSnapshot]]:
        """Return the targets with their figures at the end of `day`, by task id."""
        found: dict[int, list[TargetSnapshot]] = defaultdict(list)
        states = {task.pk: _state_on(task, self._pasts[task.pk], day) for task in self._tasks}
        for target in self._targets:
            waiting = states[target.task_id] == S.REPORTED
            current = target.reported_value if waiting else target.verified_value
            own = [row for row in self._values[target.pk] if row.reason.startswith(_VERIFIED) != waiting]
            words = _held(own, day, "" if current is None else f"{current:f}")
            value = Decimal(words) if words else None
            found[target.task_id].append(TargetSnapshot(target, value, waiting and value is not None))
        return found

    def passed_between(self, first: date, last: date) -> list[ProgressReport]:
        """Return the reports submitted from `first` to `last` and passed by `last`, by task and round."""
        return [
            report
            for task in self._tasks
            for report in _passed(self._pasts[task.pk], last)
            if report.submitted_at is not None and clock.date_of(report.submitted_at) >= first
        ]


def _units_by_name(names: Iterable[str]) -> dict[str, Unit]:
    wanted = {name for name in names if name}
    if not wanted:
        return {}
    found = {unit.name: unit for unit in Unit.objects.filter(name__in=wanted)}
    for alias in UnitAlias.objects.filter(name__in=wanted - found.keys()).select_related("unit"):
        found[alias.name] = alias.unit
    return found


def _passed(past: _Past, day: date) -> list[ProgressReport]:
    """Return the task's reports passed by the end of `day`."""
    return [
        report
        for report in past.reports
        if report.state == R.PASSED and report.reviewed_at is not None and clock.date_of(report.reviewed_at) <= day
    ]


def _held(changes: Sequence[_Change], day: date, current: str) -> str:
    """Return what a field held at the end of `day`."""
    return next((change.old for change in changes if change.on > day), current)


def _last(changes: Sequence[_Change], day: date, new: str) -> _Change | None:
    """Return the last change to `new` made by the end of `day`."""
    return next((change for change in reversed(changes) if change.on <= day and change.new == new), None)


def _state_on(task: Task, past: _Past, day: date) -> str:
    return _CODES.get(_held(past.changes[C.STATE], day, S(task.state).label), task.state)


def _snapshot(
    task: Task, past: _Past, day: date, broken: set[int], units: Mapping[str, Unit], has_children: bool
) -> TaskSnapshot:
    state, passed = _state_on(task, past, day), _passed(past, day)
    due_on = date.fromisoformat(_held(past.changes[C.DUE], day, task.due_on.isoformat()))
    entered = _last(past.changes[C.STATE], day, S(state).label)
    complete = _is_complete(past, passed, day, broken)
    percent = _percent(task, past, day, state)
    if has_children and not passed:
        complete = percent >= HUNDRED
    submitted_on = _submitted_on(task, passed, state, entered)
    in_time = state in WAITING and submitted_on is not None and submitted_on <= due_on
    return TaskSnapshot(
        task=task,
        lead=units.get(_held(past.changes[C.LEAD], day, task.lead.name), task.lead),
        due_on=due_on,
        state=state,
        lamp=_held(past.changes[C.LAMP], day, task.lamp),
        percent=percent,
        submitted_on=submitted_on,
        complete=complete,
        closed_on=(entered.on if entered else task.closed_on) if state == S.CLOSED else None,
        overdue=state != S.CLOSED and due_on < day and not in_time and not complete,
    )


def _submitted_on(task: Task, passed: Sequence[ProgressReport], state: str, entered: _Change | None) -> date | None:
    if state in WAITING:
        return entered.on if entered else task.submitted_on
    last = passed[-1] if passed else None
    return clock.date_of(last.submitted_at) if last is not None and last.submitted_at is not None else None


def _is_complete(past: _Past, passed: Sequence[ProgressReport], day: date, broken: set[int]) -> bool:
    last = passed[-1] if passed else None
    if last is None or last.percent is None or last.percent < HUNDRED or last.pk in broken:
        return False
    closing = (S.CLOSING.label, S.CLOSED.label)
    put_back = [
        change.at
        for change in past.changes[C.STATE]
        if change.on <= day and change.old in closing and change.new == S.ACTIVE.label
    ]
    return not put_back or (last.reviewed_at is not None and last.reviewed_at > put_back[-1])


def _entered_before(states: Sequence[_Change], day: date) -> datetime:
    """Return when the task came into the state before the one it was in on `day`."""
    made = [change.at for change in states if change.on <= day]
    return made[-2] if len(made) > 1 else datetime.min.replace(tzinfo=UTC)


def _waiting(past: _Past, day: date) -> ProgressReport | None:
    """Return the report that waited for the office at the end of `day`, unless it was taken back since."""
    for report in past.reports:
        submitted = report.submitted_at is not None and clock.date_of(report.submitted_at) <= day
        if submitted and (report.reviewed_at is None or clock.date_of(report.reviewed_at) > day):
            return report
    return None


def _percent(task: Task, past: _Past, day: date, state: str) -> Decimal:
    progress = past.changes[C.PROGRESS]
    if state == S.REPORTED:
        waiting = _waiting(past, day)
        if waiting is not None and waiting.percent is not None:
            return waiting.percent
        # Taken back since: the report is a draft again, its figure stands in the dated row alone. There is no row
        # where it reported no more than what had been verified.
        since = _entered_before(past.changes[C.STATE], day)
        for change in reversed(progress):
            if change.on <= day and change.at >= since and change.reason.startswith(_REPORTED):
                return Decimal(change.new.rstrip("%"))
    verified = [change for change in progress if change.reason.startswith(_VERIFIED)]
    return Decimal(_held(verified, day, f"{task.verified_percent}").rstrip("%"))
