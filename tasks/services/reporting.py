"""进展填报: the lead unit drafts and submits, the office passes or returns; one open round per task."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from core.periods import period_of
from evidence.copying import carry_files
from evidence.selectors import files_of
from notifications.services import notify
from tasks.feeding import read_ledger, standing_in
from tasks.lamps import plain
from tasks.models import ProgressReport, ReportValue, Task, TaskChange, TaskNode, TaskTarget
from tasks.permissions import lock_task_for, plays
from tasks.progress import HUNDRED, computed_percent, limit_broken
from tasks.services.changes import note_change
from tasks.services.children import children_percent
from tasks.services.delivery import claim_nodes, deliver_nodes, lacking_nodes, percent_by_nodes
from tasks.services.moves import carry_out, check_reason, signature_of
from tasks.transitions import LEAD, PASS, RETURN, SUBMIT, TO_HEAD, WITHDRAW, Transition

if TYPE_CHECKING:
    from accounts.models import User

TEXT_FIELDS = ("actions_taken", "results", "problems", "next_steps")
R = ProgressReport.State


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """What the form holds.

    Attributes:
        values: target id → cumulative value, None where left empty; a target left out keeps its stored value.
        percent: the unit's own figure, used where the task has no amount target.
        keeps_percent: leave the stored figure alone.
        nodes: keys of the milestones and occurrences the round delivers; None keeps what was ticked.
        texts: field name → text, for the names in `TEXT_FIELDS`; a name left out keeps its stored text.
    """

    values: Mapping[int, Decimal | None] = field(default_factory=dict)
    percent: Decimal | None = None
    keeps_percent: bool = False
    nodes: Collection[int] | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


def open_report(task: Task) -> ProgressReport | None:
    """Return the round that is being drafted or waits for review, if any."""
    return task.reports.filter(state__in=[R.DRAFT, R.ENDORSING, R.SUBMITTED]).first()


def _lock_for_drafting(actor: "User", task_id: int) -> Task:
    try:
        task = lock_row(Task.objects.visible_to(actor).select_related("plan"), task_id)
    except Task.DoesNotExist:
        raise Http404("没有这项任务。") from None
    if not plays(actor, LEAD, task):
        raise NotAllowed("只有牵头单位的联络员可以填报进展。")
    if task.state not in SUBMIT.sources:
        raise WrongState(f"任务当前为“{task.get_state_display()}”，不能填报。请刷新页面查看。")
    return task


def new_round(
    task: Task, actor: "User", *, on_behalf: str = "", set_aside: ProgressReport | None = None
) -> ProgressReport:
    """Open a task's next round.

    Args:
        task: locked, without an open round.
        actor: who begins it.
        on_behalf: why the office enters it for the unit; empty for the unit's own.
        set_aside: the unit's draft that made way for it.
    """
    last = task.reports.first()
    report = ProgressReport.objects.create(
        task=task,
        round=(last.round if last else 0) + 1,
        created_by=actor,
        saved_at=clock.now(),
        on_behalf=on_behalf,
        set_aside=set_aside,
        # A form still open on the draft that made way is stale here, too.
        version=set_aside.version if set_aside else 1,
    )
    # A returned round is mended: what was proved once need not be uploaded again. The office proves what it enters by
    # the unit's own paper, which the evidence of a round of the unit's is not.
    if last is not None and last.state == R.RETURNED and (last.on_behalf or not on_behalf):
        carry_files(source=last, target=report)
        report.nodes.set(TaskNode.objects.undelivered().filter(claims=last))
    return report


@transaction.atomic
def save_draft(
    *, actor: "User", task_id: int, draft: ReportDraft, expected_version: int | None = None
) -> ProgressReport:
    """Keep what has been typed so far; the first save opens the round.

    Args:
        actor: editor of the lead unit.
        task_id: the task reported on.
        draft: the form.
        expected_version: version of the draft the form was opened with; None for a form opened before any draft.

    Raises:
        StaleObject: a colleague saved the draft meanwhile.
        UserError: a figure is out of range.
        Http404, NotAllowed: see `tasks.permissions`.
    """
    task = _lock_for_drafting(actor, task_id)
    report = open_report(task)
    if report is None:
        report = new_round(task, actor)
    else:
        # A form opened before the draft existed is as stale as one with an old version.
        report = lock_row(ProgressReport.objects.all(), report.pk, expected_version or 0)
    fields = take_over(report, actor) if report.on_behalf else ()
    fill_draft(report, task, draft, *fields)
    return report


def take_over(report: ProgressReport, actor: "User") -> tuple[str, ...]:
    """Make a locked draft that the office entered for the unit the unit's own; its set-aside evidence comes back.

    Returns:
        The fields the caller saves.
    """
    report.on_behalf, report.created_by = "", actor
    if report.set_aside is not None:
        carry_files(source=report.set_aside, target=report)
        report.set_aside = None
    return ("on_behalf", "created_by", "set_aside")


def fill_draft(report: ProgressReport, task: Task, draft: ReportDraft, *fields: str) -> None:
    """Write what was typed into a locked draft.

    Args:
        report: the draft.
        task: its task, locked.
        draft: the form.
        fields: further fields the caller has set on the draft.

    Raises:
        UserError: a figure is out of range.
    """
    for name in TEXT_FIELDS:
        setattr(report, name, draft.texts.get(name, getattr(report, name)).strip())
    claim_nodes(report, task, draft.nodes)
    computed = _keep_values(report, task, draft)
    if computed is not None or not draft.keeps_percent:
        report.percent = draft.percent if computed is None else computed
    if report.percent is not None and not 0 <= report.percent <= HUNDRED:
        raise UserError("总体进度应在 0 到 100 之间，请核对后重新填写。")
    report.period_label = period_of(clock.today(), task.plan.report_every).label
    report.saved_at = clock.now()
    bump(report, *TEXT_FIELDS, "percent", "period_label", "saved_at", *fields)


def _keep_values(report: ProgressReport, task: Task, draft: ReportDraft) -> Decimal | None:
    """Store the figures that were given, and those of ledgers as they are now.

    Returns:
        The progress in percent that follows from all of the round's figures; None where none follows.
    """
    for target in task.targets.all():
        value = draft.values.get(target.pk)
        if target.ledger:
            _read_value(report, target, task)
            continue
        if value is not None and value < 0:
            raise UserError(f"“{target.metric}”不能是负数，请核对后重新填写。")
        if target.pk in draft.values:
            by_hand = {"value": value, "numerator": None, "denominator": None, "as_of": None}
            ReportValue.objects.update_or_create(report=report, target=target, defaults=by_hand)
        else:
            ReportValue.objects.get_or_create(report=report, target=target)
    return _percent_of(report, task)


def _read_value(report: ProgressReport, target: TaskTarget, task: Task) -> None:
    """Take a target's figure from its ledger; what a person typed for it does not count."""
    reading = read_ledger(target, task)
    basis = {
        "value": reading and reading.value,
        "numerator": reading and reading.numerator,
        "denominator": reading and reading.denominator,
        "as_of": reading and reading.as_of,
    }
    ReportValue.objects.update_or_create(report=report, target=target, defaults=basis)


def _percent_of(report: ProgressReport, task: Task) -> Decimal | None:
    values = {row.target_id: row.value for row in report.values.all()}

    def counted(target: TaskTarget) -> Decimal | None:
        value = values.get(target.pk)
        return standing_in(target, task) if value is None and target.ledger else value

    computed = computed_percent((target, counted(target)) for target in task.targets.all())
    # What stands below the task measures it where no amount of its own does.
    return percent_by_nodes(report, task, children_percent(task) if computed is None else computed)


def missing_before_submit(report: ProgressReport) -> list[str]:
    """List in words what the draft still lacks; empty when it can be submitted."""
    lacks = []
    if not report.actions_taken:
        lacks.append("请填写“主要做法”。")
    values = {row.target_id: row.value for row in report.values.all()}
    lacks += [
        f"请填写“{target.metric}”的累计完成值。"
        for target in report.task.targets.all()
        if values.get(target.pk) is None and not target.ledger
    ]
    if report.percent is None:
        lacks.append("请填写“总体进度”。")
    elif not report.on_behalf and report.percent > report.task.verified_percent and not files_of(report).exists():
        lacks.append("进度有增加，请至少上传一份佐证材料。")
    if report.on_behalf and not files_of(report).exists():
        lacks.append("代报须上传单位盖章的报送表扫描件。")
    return [*lacks, *filter(None, [lacking_nodes(report, report.task)])]


@transaction.atomic
def submit_report(*, actor: "User", task_id: int, expected_version: int | None = None) -> ProgressReport:
    """上报: send the draft to the office for review, by the head of the unit where the unit wants that.

    Args:
        actor: editor of the lead unit.
        task_id: the task.
        expected_version: version of the draft last seen.

    Raises:
        UserError: something is missing; the message lists all of it.
        Http404, NotAllowed, StaleObject: see `tasks.permissions`.
    """
    task = lock_task_for(actor, task_id, SUBMIT)
    draft = task.reports.filter(state=R.DRAFT).first()
    if draft is None:
        raise UserError("还没有填写进展，请先填写并保存。")
    report = lock_row(ProgressReport.objects.select_related("task"), draft.pk, expected_version)
    if report.on_behalf:
        # The unit hands in what the office had typed: from now on it is the unit's word.
        report.save(update_fields=take_over(report, actor))
    report.submitted_by, report.submitted_as, report.head_comment = actor, signature_of(actor, task), ""
    if not task.lead.head_reviews:
        return hand_in(task, report, SUBMIT, actor=actor)
    _check_whole(task, report)
    report.state = R.ENDORSING
    bump(report, "state", "percent", "submitted_by", "submitted_as", "head_comment")
    carry_out(task, TO_HEAD, actor=actor)
    return report


def hand_in(task: Task, report: ProgressReport, move: Transition, *, actor: "User", reason: str = "") -> ProgressReport:
    """Let a report leave the unit: it waits for the office from now on.

    Args:
        task: locked.
        report: its open round, locked; who prepared and who endorsed it is set on it already.
        move: `SUBMIT`, `ENDORSE` where the head of the unit agrees, or `REPORT_FOR`.
        actor: who does it.
        reason: already checked; kept in the history.

    Raises:
        UserError: something is missing; the message lists all of it.
    """
    _check_whole(task, report)
    assert report.percent is not None  # noqa: S101 - _check_whole refuses an empty one
    report.state, report.submitted_at = R.SUBMITTED, clock.now()
    report.endorsed_at = clock.now() if report.endorsed_by_id else None
    report.period_label = period_of(clock.today(), task.plan.report_every).label
    bump(
        report,
        *("state", "submitted_at", "submitted_by", "submitted_as", "period_label", "percent"),
        *("endorsed_at", "endorsed_by", "endorsed_as", "head_comment", "on_behalf"),
    )
    _set_reported(task, report, actor)
    note_change(
        task,
        TaskChange.Field.PROGRESS,
        f"{plain(task.reported_percent)}%",
        f"{plain(report.percent)}%",
        actor=actor,
        reason="上报",
    )
    task.reported_percent, task.submitted_on = report.percent, clock.today()
    carry_out(task, move, actor=actor, reason=reason, fields=("reported_percent", "submitted_on"))
    return report


def _check_whole(task: Task, report: ProgressReport) -> None:
    """Bring the figures of ledgers to this day and refuse a report that lacks something."""
    _read_again(report, task)
    lacks = missing_before_submit(report)
    if lacks:
        raise UserError("".join(lacks))


def lock_open_round(task: Task, *states: str) -> ProgressReport:
    """Lock the task's one round that stands in one of these states."""
    rounds = task.reports.filter(state__in=states)
    return lock_row(rounds, rounds.get().pk)


def _read_again(report: ProgressReport, task: Task) -> None:
    """Bring the figures of ledgers and nodes to the day of submission: a draft may be days old."""
    fed = [target for target in task.targets.all() if target.ledger]
    for target in fed:
        _read_value(report, target, task)
    computed = _percent_of(report, task)
    report.percent = report.percent if computed is None else computed


def _set_reported(task: Task, report: ProgressReport, actor: "User") -> None:
    values = {row.target_id: row.value for row in report.values.all()}
    for target in task.targets.all():
        _change_value(task, target, "reported_value", values.get(target.pk), "上报", actor)


def _change_value(task: Task, target: TaskTarget, name: str, value: Decimal | None, kind: str, actor: "User") -> None:
    old = getattr(target, name)
    setattr(target, name, value)
    target.save(update_fields=[name])
    note_change(
        task,
        TaskChange.Field.VALUE,
        "" if old is None else plain(old),
        "" if value is None else plain(value),
        actor=actor,
        reason=f"{kind}：{target.metric}",
        target=target,
    )


@transaction.atomic
def withdraw_report(*, actor: "User", task_id: int, reason: str, expected_version: int | None = None) -> Task:
    """撤回: the unit takes its report back before the office has looked at it; it becomes the draft again.

    Raises:
        UserError: no reason.
        Http404, NotAllowed, StaleObject: see `tasks.permissions`.
    """
    task = lock_task_for(actor, task_id, WITHDRAW, expected_version)
    reason = check_reason(WITHDRAW, reason)
    report = lock_open_round(task, R.SUBMITTED, R.ENDORSING)
    report.state, report.submitted_at, report.submitted_by = R.DRAFT, None, None
    report.endorsed_at, report.endorsed_by, report.endorsed_as = None, None, ""
    bump(report, "state", "submitted_at", "submitted_by", "endorsed_at", "endorsed_by", "endorsed_as")
    fields = _forget_reported(task, actor)
    carry_out(task, WITHDRAW, actor=actor, reason=reason, fields=fields)
    if report.on_behalf:
        notify(
            recipients=[report.created_by],
            title=f"{task.lead.short_name}撤回了代报的进展：{task.code} {task.title}",
            body=reason,
            path=f"/tasks/{task.pk}/",
            key=f"task-{task.pk}-entry-withdrawn-{task.version}",
        )
    return task


def _forget_reported(task: Task, actor: "User") -> tuple[str, ...]:
    """Set the reported figures back to the verified ones, and the day to that of the last passed report."""
    for target in task.targets.all():
        _change_value(task, target, "reported_value", target.verified_value, "恢复为审定值", actor)
    last = task.reports.filter(state=R.PASSED).first()
    task.reported_percent = task.verified_percent
    task.submitted_on = clock.date_of(last.submitted_at) if last and last.submitted_at else None
    return ("reported_percent", "submitted_on")


def _lock_review(actor: "User", task: Task) -> ProgressReport:
    report = lock_open_round(task, R.SUBMITTED)
    if actor.pk in report.makers:
        raise NotAllowed("填报、上报和审签的人不能审核自己经手的进展，请由另一位工作人员审核。")
    return report


@transaction.atomic
def pass_report(
    *, actor: "User", task_id: int, comment: str = "", expected_version: int | None = None
) -> ProgressReport:
    """审核通过: the reported figures become the verified ones.

    Raises:
        NotAllowed: the person submitted the report.
        Http404, StaleObject: see `tasks.permissions`.
    """
    task = lock_task_for(actor, task_id, PASS, expected_version)
    report = _lock_review(actor, task)
    _close_round(report, R.PASSED, actor, comment.strip())
    deliver_nodes(report, task, actor=actor)
    broken = False
    for target in task.targets.all():
        _change_value(task, target, "verified_value", target.reported_value, "审定", actor)
        broken = broken or limit_broken(target, target.reported_value)
    # Children may have been closed since it was reported.
    counted = children_percent(task)
    if counted is not None and not task.nodes.undelivered().exists():
        task.reported_percent = counted
    old, task.verified_percent = task.verified_percent, task.reported_percent
    note_change(
        task,
        TaskChange.Field.PROGRESS,
        f"{plain(old)}%",
        f"{plain(task.verified_percent)}%",
        actor=actor,
        reason="审定",
    )
    complete = task.verified_percent >= HUNDRED and not broken
    if not complete:
        task.completed_on = None
    elif task.completed_on is None:
        task.completed_on = task.submitted_on
    carry_out(
        task, PASS, actor=actor, reason=comment.strip(), fields=("verified_percent", "reported_percent", "completed_on")
    )
    return report


@transaction.atomic
def return_report(*, actor: "User", task_id: int, reason: str, expected_version: int | None = None) -> ProgressReport:
    """退回: back to the unit with a reason; a new round begins with the text of this one.

    Raises:
        UserError: no reason.
        NotAllowed: the person submitted the report.
        Http404, StaleObject: see `tasks.permissions`.
    """
    task = lock_task_for(actor, task_id, RETURN, expected_version)
    reason = check_reason(RETURN, reason)
    report = _lock_review(actor, task)
    _close_round(report, R.RETURNED, actor, reason)
    carry_out(task, RETURN, actor=actor, reason=reason, fields=_forget_reported(task, actor))
    return report


def _close_round(report: ProgressReport, state: str, actor: "User", comment: str) -> None:
    report.state, report.reviewed_at, report.reviewed_by, report.review_comment = state, clock.now(), actor, comment
    bump(report, "state", "reviewed_at", "reviewed_by", "review_comment")
