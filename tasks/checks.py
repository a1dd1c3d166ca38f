"""The automatic checks beside a report under review, for one report or for a whole queue at the same cost."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core import clock
from core.periods import period_of
from evidence.models import File
from evidence.selectors import files_of_many
from tasks.lamps import plain
from tasks.models import ProgressReport, Task, TaskTarget
from tasks.progress import is_amount, limit_broken

# A rise by this share of the whole target since the last verified figure is worth a second look.
JUMP = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Check:
    """One automatic check of a report: `ok` False wants the reviewer's eye."""

    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that waits for review, with its evidence and what the checks say of it."""

    task: Task
    report: ProgressReport
    files: Sequence[File]
    checks: Sequence[Check]

    @property
    def doubts(self) -> list[Check]:
        """The checks that want the reviewer's eye."""
        return [check for check in self.checks if not check.ok]


def waiting_reports(tasks: Iterable[Task]) -> list[Waiting]:
    """Return the submitted report of each of these tasks that has one, with its checks; seven queries in all.

    Args:
        tasks: reported tasks with `plan`, in the order wanted.
    """
    tasks = list(tasks)
    submitted = ProgressReport.objects.filter(task__in=tasks, state=ProgressReport.State.SUBMITTED)
    reports = {
        report.task_id: report
        for report in submitted.select_related("created_by", "submitted_by", "endorsed_by").prefetch_related(
            "values__target"
        )
    }
    files = files_of_many(list(reports.values()))
    reused = reused_files({report.task_id: files.get(report.pk, []) for report in reports.values()})
    targets: dict[int, list[TaskTarget]] = defaultdict(list)
    for target in TaskTarget.objects.filter(task__in=reports):
        targets[target.task_id].append(target)
    found = []
    for task in tasks:
        report = reports.get(task.pk)
        if report is not None:
            own = files.get(report.pk, [])
            checks = [*_of_values(targets[task.pk], report), *_of_progress(task, report), *_of_files(task, own, reused)]
            found.append(Waiting(task, report, own, checks))
    return found


def _of_values(targets: Sequence[TaskTarget], report: ProgressReport) -> list[Check]:
    """Compare the values with the limits and with what was verified last."""
    checks = []
    values = {row.target_id: row.value for row in report.values.all()}
    for target in targets:
        value, before = values.get(target.pk), target.verified_value
        if value is None:
            continue
        if before is not None and is_amount(target):
            if value < before:
                fell = f"{plain(before)} 降为 {plain(value)}"
                checks.append(Check(False, f"“{target.metric}”由上次审定的 {fell}，累计值不应减少。"))
            elif value - before >= target.value * JUMP:
                rose = f"{plain(before)} 升至 {plain(value)}{target.unit}"
                checks.append(Check(False, f"“{target.metric}”由上次审定的 {rose}，一次增加超过目标的一半，请核实。"))
        if limit_broken(target, value):
            checks.append(Check(False, f"“{target.metric}”超过限值 {plain(target.value)}{target.unit}。"))
    return checks


def _of_progress(task: Task, report: ProgressReport) -> list[Check]:
    day = clock.date_of(report.submitted_at) if report.submitted_at else clock.today()
    planned, percent = task.planned_on(day), report.percent or Decimal(0)
    if percent < planned:
        return [Check(False, f"进度 {plain(percent)}%，低于计划进度 {plain(planned)}%。")]
    return [Check(True, f"进度达到计划（应达 {plain(planned)}%）。")]


def _of_files(task: Task, files: Sequence[File], reused: set[int]) -> list[Check]:
    if not files:
        return [Check(False, "没有上传佐证材料。")]
    checks = [Check(False, f"材料“{file.name}”在其他事项中也用过。") for file in files if file.pk in reused]
    start = period_of(clock.today(), task.plan.report_every).start
    if all(clock.date_of(file.uploaded_at) < start for file in files):
        checks.append(Check(False, "佐证材料都是本期之前上传的，没有本期新的材料。"))
    return checks or [Check(True, f"佐证材料 {len(files)} 份，未发现重复使用。")]


def reused_files(files: Mapping[int, Sequence[File]]) -> set[int]:
    """Return the ids of those files whose content also backs something other than their own task.

    Args:
        files: the files of each task's report, by task id.
    """
    digests = {file.sha256 for own in files.values() for file in own}
    if not digests:
        return set()
    kind = ProgressReport._meta.label_lower
    used: dict[str, set[tuple[str, int]]] = defaultdict(set)
    rows = File.objects.filter(sha256__in=digests, removed_at__isnull=True)
    for digest, owner_type, owner_id in rows.values_list("sha256", "owner_type", "owner_id"):
        used[digest].add((owner_type, owner_id))
    rounds = {owner_id for owners in used.values() for owner_type, owner_id in owners if owner_type == kind}
    task_of = dict(ProgressReport.objects.filter(pk__in=rounds).values_list("pk", "task_id"))

    def elsewhere(digest: str, task_id: int) -> bool:
        return any(owner_type != kind or task_of.get(owner_id) != task_id for owner_type, owner_id in used[digest])

    return {file.pk for task_id, own in files.items() for file in own if elsewhere(file.sha256, task_id)}
