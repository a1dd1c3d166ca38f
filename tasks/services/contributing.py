"""配合单位: what each is to do, what it gives for the lead unit's report, and whether it agrees with the report."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from audit import trail
from core import clock
from core.errors import NotAllowed, StaleObject, UserError, WrongState
from core.models import bump, lock_row
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.models import Role, Unit
from responsibility.selectors import people_of
from tasks.models import Contribution, ContributionValue, ProgressReport, SupportOpinion, Task, TaskSupport
from tasks.supporting import CONTRIBUTING, current_label, supporting_unit

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_TEXT, LONGEST_ROLE, LONGEST_NOTE = 5000, 300, 1000


def _lock(actor: "User", task_id: int, expected_version: int | None = None) -> Task:
    try:
        return lock_row(Task.objects.visible_to(actor).select_related("plan"), task_id, expected_version)
    except Task.DoesNotExist:
        raise Http404("没有这项任务。") from None


def _editor_of(actor: "User", task: Task) -> Unit:
    unit = supporting_unit(actor, task)
    if unit is None:
        raise NotAllowed("只有配合单位的联络员可以填写配合情况、确认牵头单位上报的内容。")
    return unit


@transaction.atomic
def set_support_role(
    *, actor: "User", task_id: int, unit_id: int, role: str, expected_version: int | None = None
) -> TaskSupport:
    """明确配合事项: say what a supporting unit is to do; it is asked for its part in each period from then on.

    Args:
        actor: clerk of the office.
        task_id: a task that is not closed.
        unit_id: one of its supporting units.
        role: what it is to do; empty takes the matter back.
        expected_version: version of the task last seen.

    Raises:
        Http404, NotAllowed, WrongState, StaleObject: as for every change of a task.
        UserError: too long.
    """
    task = _lock(actor, task_id, expected_version)
    if not authority_of(actor).is_office:
        raise NotAllowed("只有县安委办可以明确配合事项。")
    if task.state == Task.State.CLOSED:
        raise WrongState("任务已销号，不能再改配合事项。")
    row = task.supports.filter(unit_id=unit_id).select_related("unit").first()
    if row is None:
        raise Http404("这项任务没有这个配合单位。")
    role = role.replace("\r\n", "\n").strip()
    if len(role) > LONGEST_ROLE:
        raise UserError(f"配合事项请控制在 {LONGEST_ROLE} 字以内。")
    if role == row.role:
        return row
    old, row.role = row.role, role
    row.save(update_fields=["role"])
    bump(task)
    trail.record(
        actor=actor,
        action="task.support_role",
        target=task,
        summary=f"明确{row.unit.short_name}的配合事项",
        changes=[("配合事项", old, role)],
    )
    notify(
        recipients=people_of(unit_id=unit_id, role=Role.EDITOR),
        title=f"配合事项：{task.code} {task.title}",
        body=role or "县安委办取消了原定的配合事项。",
        path=f"/tasks/{task.pk}/",
        key=f"task-{task.pk}-support-{unit_id}-{task.version}",
    )
    return row


@transaction.atomic
def save_contribution(
    *,
    actor: "User",
    task_id: int,
    text: str,
    values: Mapping[int, Decimal | None] | None = None,
    expected_version: int | None = None,
) -> Contribution:
    """Keep what the supporting unit did in this period; the lead unit sees it beside its report form.

    Args:
        actor: editor of a supporting unit.
        task_id: a task under way or returned.
        text: what was done.
        values: target id → the unit's own part, None to take it off; a target left out keeps its part.
        expected_version: version of the contribution the form was opened with; None before there was one.

    Raises:
        StaleObject: a colleague saved it meanwhile.
        UserError: no text, too long, or a negative figure.
        Http404, NotAllowed, WrongState: not visible, not theirs, not now.
    """
    task = _lock(actor, task_id)
    unit = _editor_of(actor, task)
    if task.state not in CONTRIBUTING:
        raise WrongState(f"任务当前为“{task.get_state_display()}”，不能填写配合情况。请刷新页面查看。")
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise UserError("请填写配合情况。")
    if len(text) > LONGEST_TEXT:
        raise UserError(f"配合情况请控制在 {LONGEST_TEXT} 字以内。")
    label = current_label(task)
    row = Contribution.objects.filter(task=task, unit=unit, period_label=label).first()
    if row is None:
        if expected_version:
            raise StaleObject("已进入新的期次，请核对后重新保存，您填写的内容已保留在页面上。")
        row = Contribution.objects.create(
            task=task, unit=unit, period_label=label, text=text, saved_by=actor, saved_at=clock.now()
        )
        _tell_lead(row, task)
    else:
        row = lock_row(Contribution.objects.all(), row.pk, expected_version or 0)
        row.text, row.saved_by, row.saved_at = text, actor, clock.now()
        bump(row, "text", "saved_by", "saved_at")
    _keep_values(row, task, values or {})
    trail.record(
        actor=actor, action="task.contribute", target=task, summary=f"{unit.short_name}填写配合情况（{label}）"
    )
    return row


def _keep_values(row: Contribution, task: Task, values: Mapping[int, Decimal | None]) -> None:
    for target in task.targets.all():
        if target.pk not in values or target.ledger:
            continue
        value = values[target.pk]
        if value is None:
            row.values.filter(target=target).delete()
        elif value < 0:
            raise UserError(f"“{target.metric}”不能是负数，请核对后重新填写。")
        else:
            ContributionValue.objects.update_or_create(contribution=row, target=target, defaults={"value": value})


def _tell_lead(row: Contribution, task: Task) -> None:
    notify(
        recipients=people_of(unit_id=task.lead_id, role=Role.EDITOR),
        title=f"{row.unit.short_name}已提供配合情况：{task.code} {task.title}",
        body="填报进展时可以一键并入。",
        path=f"/tasks/{task.pk}/report/",
        key=f"task-{task.pk}-contribution-{row.pk}",
    )


@transaction.atomic
def give_opinion(*, actor: "User", task_id: int, verdict: str, note: str = "", report_id: int) -> SupportOpinion:
    """确认 or 有异议: what a supporting unit says of the report that waits for the office; it may think again.

    Args:
        actor: editor of a supporting unit.
        task_id: a task whose report waits for review.
        verdict: of `SupportOpinion.Verdict`.
        note: why it objects.
        report_id: the round the person has read.

    Raises:
        UserError: no such answer, or an objection without reasons.
        StaleObject: another round waits now.
        Http404, NotAllowed, WrongState: not visible, not theirs, nothing waits.
    """
    task = _lock(actor, task_id)
    unit = _editor_of(actor, task)
    report = task.reports.filter(state=ProgressReport.State.SUBMITTED).first()
    if report is None:
        raise WrongState(f"任务当前为“{task.get_state_display()}”，没有待确认的进展。请刷新页面查看。")
    if report.pk != report_id:
        raise StaleObject("牵头单位已重新上报，请核对最新内容后再确认，您填写的内容已保留在页面上。")
    note = note.replace("\r\n", "\n").strip()
    if verdict not in SupportOpinion.Verdict.values:
        raise UserError("请选择“确认”或“有异议”。")
    if verdict == SupportOpinion.Verdict.OBJECTS and not note:
        raise UserError("有异议的须写明哪里不一致、应当是多少。")
    if len(note) > LONGEST_NOTE:
        raise UserError(f"说明请控制在 {LONGEST_NOTE} 字以内。")
    row, _ = SupportOpinion.objects.update_or_create(
        report=report,
        unit=unit,
        defaults={"verdict": verdict, "note": note, "given_by": actor, "given_at": clock.now()},
    )
    trail.record(
        actor=actor,
        action=f"task.support_{verdict}",
        target=task,
        summary=f"{unit.short_name}{row.get_verdict_display()}第{report.round}次填报",
        reason=note,
    )
    if verdict == SupportOpinion.Verdict.OBJECTS:
        notify(
            recipients=people_of(unit_id=task.lead_id, role=Role.EDITOR),
            title=f"{unit.short_name}对上报的进展有异议：{task.code} {task.title}",
            body=note,
            path=f"/tasks/{task.pk}/",
            key=f"task-{task.pk}-objection-{report.pk}-{unit.pk}-{row.given_at:%Y%m%d%H%M%S}",
        )
    return row
