"""What the lead unit asks of the office, and the decisions: 提出调整 before signing, 申请延期 before the deadline."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.http import Http404

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from core.workdays import add_working_days
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.models import Unit
from responsibility.selectors import assignable_units, people_of
from tasks.models import Task, TaskChange, TaskRequest
from tasks.permissions import lock_task_for, plays
from tasks.services.changes import note_change, relight
from tasks.services.handing_over import change_lead
from tasks.services.moves import carry_out, check_reason, signature_of
from tasks.services.nodes import follow_deadline
from tasks.transitions import ACCEPT_ADJUSTMENT, KEEP, LEAD, PROPOSE, TAKE_BACK

if TYPE_CHECKING:
    from accounts.models import User

R, K = TaskRequest.State, TaskRequest.Kind
# States of a task whose deadline may still be put off.
EXTENDABLE = (Task.State.ASSIGNED, Task.State.ACTIVE, Task.State.RETURNED, Task.State.ENDORSING)
MAX_TEXT = 2000


@transaction.atomic
def propose_adjustment(
    *,
    actor: "User",
    task_id: int,
    reason: str,
    proposed_lead_id: int | None = None,
    proposed_due_on: date | None = None,
    expected_version: int | None = None,
) -> TaskRequest:
    """提出调整: the unit does not sign, but says what is wrong with the assignment.

    Args:
        actor: editor of the lead unit.
        task_id: a task that waits for 签收.
        reason: what is wrong and why.
        proposed_lead_id: unit that should lead instead, if that is the matter.
        proposed_due_on: deadline that can be kept, if that is the matter.
        expected_version: version of the task last seen.

    Raises:
        UserError: no reason, or a proposal that changes nothing.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.permissions.lock_task_for`.
    """
    task = lock_task_for(actor, task_id, PROPOSE, expected_version)
    reason = check_reason(PROPOSE, reason)
    lead = _unit(proposed_lead_id)
    if lead is not None and lead.pk == task.lead_id:
        raise UserError("建议牵头单位就是本单位，请改选其他单位，或不填。")
    if proposed_due_on is not None:
        check_date(task, proposed_due_on)
    request = _ask(task, K.ADJUST, actor, reason, proposed_lead=lead, proposed_due_on=proposed_due_on)
    carry_out(task, PROPOSE, actor=actor, reason=reason)
    return request


@transaction.atomic
def take_back_adjustment(*, actor: "User", task_id: int, reason: str, expected_version: int | None = None) -> Task:
    """撤回调整意见: the unit takes its proposal back before the office has decided.

    Raises:
        As `propose_adjustment`.
    """
    task = lock_task_for(actor, task_id, TAKE_BACK, expected_version)
    reason = check_reason(TAKE_BACK, reason)
    request = task.requests.get(state=R.OPEN)
    request.state, request.decision = R.WITHDRAWN, reason
    bump(request, "state", "decision")
    carry_out(task, TAKE_BACK, actor=actor, reason=reason)
    return task


@transaction.atomic
def accept_adjustment(
    *,
    actor: "User",
    task_id: int,
    reason: str,
    lead_id: int | None = None,
    due_on: date | None = None,
    expected_version: int | None = None,
) -> Task:
    """接受调整: another unit leads, or the deadline moves, as the office decides; then 签收 begins anew.

    Args:
        actor: clerk of the office.
        task_id: a task whose adjustment was proposed.
        reason: the decision in words.
        lead_id: the new lead unit; None leaves it.
        due_on: the new deadline; None leaves it.
        expected_version: version of the task last seen.

    Raises:
        UserError: neither a new lead nor a new deadline, or no reason.
        NotAllowed: the person made the proposal.
        Http404, WrongState, StaleObject: see `tasks.permissions.lock_task_for`.
    """
    task = lock_task_for(actor, task_id, ACCEPT_ADJUSTMENT, expected_version)
    reason = check_reason(ACCEPT_ADJUSTMENT, reason)
    lead = _unit(lead_id)
    new_lead = lead if lead is not None and lead.pk != task.lead_id else None
    new_due = due_on if due_on is not None and due_on != task.due_on else None
    if new_lead is None and new_due is None:
        raise UserError("请选定新的牵头单位或填写新的完成时限；都不调整的，请用“维持原分工”。")
    _decide(task, actor, R.GRANTED, reason, granted_due_on=new_due)
    fields: tuple[str, ...] = ()
    if new_due is not None:
        check_date(task, new_due)
        # Nothing has been taken on yet: what is agreed here is the original deadline.
        fields = _move_deadline(task, new_due, actor, reason)
        task.original_due_on = new_due
        fields += ("original_due_on",)
    if new_lead is not None:
        fields += change_lead(task, new_lead, actor=actor, reason=reason)
    carry_out(task, ACCEPT_ADJUSTMENT, actor=actor, reason=reason, fields=fields)
    return task


@transaction.atomic
def keep_assignment(*, actor: "User", task_id: int, reason: str, expected_version: int | None = None) -> Task:
    """维持原分工: the office does not follow the proposal; the unit is to sign.

    Raises:
        As `accept_adjustment`.
    """
    task = lock_task_for(actor, task_id, KEEP, expected_version)
    reason = check_reason(KEEP, reason)
    _decide(task, actor, R.REFUSED, reason)
    carry_out(task, KEEP, actor=actor, reason=reason)
    return task


@transaction.atomic
def ask_extension(
    *,
    actor: "User",
    task_id: int,
    reason: str,
    progress: str,
    proposed_due_on: date,
    expected_version: int | None = None,
) -> TaskRequest:
    """申请延期: asked before the deadline, so many working days ahead as the county has set.

    Args:
        actor: editor of the lead unit.
        task_id: an open task.
        reason: why the deadline cannot be kept.
        progress: what has been done so far.
        proposed_due_on: the day on which it will be done.
        expected_version: version of the task last seen.

    Raises:
        UserError: too late, something is missing, or a request waits already.
        WrongState: the task's deadline does not count any more.
        Http404, NotAllowed, StaleObject: as for every change of a task.
    """
    task = _lock(actor, task_id, expected_version)
    if not plays(actor, LEAD, task):
        raise NotAllowed("只有牵头单位的联络员可以申请延期。")
    if task.state not in EXTENDABLE or task.completed_on is not None:
        raise WrongState(f"任务当前为“{task.get_state_display()}”，不能申请延期。请刷新页面查看。")
    last = last_day_to_ask(task)
    if clock.today() > last:
        raise UserError(
            f"延期须在完成时限前 {settings.EXTENSION_LEAD_DAYS} 个工作日申请，本任务最迟应于{last:%Y-%m-%d}提出，"
            "现已过期。请按实际进展上报，并说明逾期原因。"
        )
    reason, progress = _text(reason, "延期理由"), _text(progress, "当前进展")
    check_date(task, proposed_due_on)
    if proposed_due_on <= task.due_on:
        raise UserError(f"拟延至日期应晚于现时限{task.due_on:%Y-%m-%d}，请重新填写。")
    if task.requests.filter(state=R.OPEN).exists():
        raise UserError("已有一份申请等待县安委办决定，不能重复申请。")
    request = _ask(task, K.EXTEND, actor, reason, progress=progress, proposed_due_on=proposed_due_on)
    bump(task)
    _record(task, actor, "task.ask_extension", "申请延期", reason, [("拟延至", f"{task.due_on}", f"{proposed_due_on}")])
    _tell(people_of(role="office"), task, "申请延期", reason, actor)
    return request


@transaction.atomic
def withdraw_extension(*, actor: "User", request_id: int, reason: str, expected_version: int | None = None) -> Task:
    """撤回延期申请 before the office has decided.

    Raises:
        As `ask_extension`.
    """
    request, task = _lock_open(actor, request_id, expected_version)
    if not plays(actor, LEAD, task):
        raise NotAllowed("只有牵头单位的联络员可以撤回延期申请。")
    request.state, request.decision = R.WITHDRAWN, _text(reason, "撤回理由")
    bump(request, "state", "decision")
    bump(task)
    _record(task, actor, "task.withdraw_extension", "撤回延期申请", request.decision, [])
    return task


@transaction.atomic
def decide_extension(
    *,
    actor: "User",
    request_id: int,
    granted_due_on: date | None,
    decision: str,
    expected_version: int | None = None,
) -> Task:
    """批复延期: granted to an exact day, or refused; the original deadline stays on record for ever.

    Args:
        actor: clerk of the office, not the person who asked.
        request_id: an open request for an extension.
        granted_due_on: the new deadline; None refuses.
        decision: opinion in words.
        expected_version: version of the request last seen.

    Raises:
        UserError: no opinion, or a day that is no extension.
        NotAllowed: not of the office, or the person asked for it.
        WrongState: decided or withdrawn meanwhile.
        Http404, StaleObject: as for every change of a task.
    """
    task = _lock_open(actor, request_id, expected_version)[1]
    if not authority_of(actor).is_office:
        raise NotAllowed("只有县安委办可以批复延期申请。")
    decision = _text(decision, "批复意见")
    changes = []
    if granted_due_on is not None:
        if granted_due_on <= task.due_on:
            raise UserError(f"批准的日期应晚于现时限{task.due_on:%Y-%m-%d}；不同意延期的，请选“不同意”。")
        check_date(task, granted_due_on)
        changes = [("完成时限", f"{task.due_on}", f"{granted_due_on}")]
    _decide(task, actor, R.REFUSED if granted_due_on is None else R.GRANTED, decision, granted_due_on=granted_due_on)
    fields = _move_deadline(task, granted_due_on, actor, decision) if granted_due_on is not None else ()
    bump(task, *fields)
    words = "同意延期" if granted_due_on is not None else "不同意延期"
    _record(task, actor, "task.decide_extension", words, decision, changes)
    relight(task, actor=actor)
    _tell(people_of(unit_id=task.lead_id), task, words, decision, actor)
    return task


def last_day_to_ask(task: Task) -> date:
    """Return the last day on which an extension of the task may be asked for."""
    return add_working_days(task.due_on, -settings.EXTENSION_LEAD_DAYS)


def _lock(actor: "User", task_id: int, expected_version: int | None) -> Task:
    try:
        return lock_row(Task.objects.visible_to(actor).select_related("plan", "lead"), task_id, expected_version)
    except Task.DoesNotExist:
        raise Http404("没有这项任务。") from None


def _lock_open(actor: "User", request_id: int, expected_version: int | None) -> tuple[TaskRequest, Task]:
    """Lock the task, then its request; refuse one that is decided."""
    visible = TaskRequest.objects.filter(task__in=Task.objects.visible_to(actor), kind=K.EXTEND)
    found = visible.filter(pk=request_id).first()
    if found is None:
        raise Http404("没有这份申请。")
    task = _lock(actor, found.task_id, None)
    request = lock_row(TaskRequest.objects.all(), request_id, expected_version)
    if request.state != R.OPEN:
        raise WrongState(f"这份申请{request.get_state_display()}，无需再次办理。请刷新页面查看。")
    return request, task


def _unit(pk: int | None) -> Unit | None:
    if pk is None:
        return None
    unit = assignable_units().filter(pk=pk).first()
    if unit is None:
        raise UserError("选择的单位不存在或已停用，请重新选择。")
    return unit


def _text(text: str, label: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise UserError(f"请填写{label}。")
    if len(text) > MAX_TEXT:
        raise UserError(f"{label}请控制在 {MAX_TEXT} 字以内。")
    return text


def check_date(task: Task, day: date) -> None:
    """Refuse a deadline that lies before today or the task's start, or beyond the following year."""
    if day < max(clock.today(), task.starts_on):
        raise UserError("完成时限不能早于今天，也不能早于任务的开始日期。")
    if day > date(task.plan.year + 1, 12, 31):
        raise UserError(f"完成时限最迟为{task.plan.year + 1}年12月31日，请核对年份。")
    if task.parent is not None and day > task.parent.due_on:
        raise UserError(f"子任务的时限不能晚于上级任务{task.parent.code}的时限（{task.parent.due_on:%Y-%m-%d}）。")
    latest = task.children.order_by("-due_on").first()
    if latest is not None and day < latest.due_on:
        raise UserError(f"时限不能早于子任务{latest.code}的时限（{latest.due_on:%Y-%m-%d}），请先调整子任务。")


def _ask(task: Task, kind: str, actor: "User", reason: str, **more: object) -> TaskRequest:
    return TaskRequest.objects.create(
        task=task,
        kind=kind,
        reason=reason,
        due_on=task.due_on,
        asked_by=actor,
        asked_as=signature_of(actor, task),
        asked_at=clock.now(),
        **more,
    )


def _decide(task: Task, actor: "User", state: str, decision: str, granted_due_on: date | None = None) -> None:
    request = lock_row(task.requests.filter(state=R.OPEN), task.requests.get(state=R.OPEN).pk)
    if request.asked_by_id == actor.pk:
        raise NotAllowed("提出申请的人不能自己批复，请由另一位工作人员办理。")
    request.state, request.decision, request.granted_due_on = state, decision, granted_due_on
    request.decided_by, request.decided_at = actor, clock.now()
    bump(request, "state", "decision", "granted_due_on", "decided_by", "decided_at")


def _move_deadline(task: Task, due_on: date, actor: "User", reason: str) -> tuple[str, ...]:
    note_change(task, TaskChange.Field.DUE, f"{task.due_on}", f"{due_on}", actor=actor, reason=reason)
    old, task.due_on = task.due_on, due_on
    follow_deadline(task, old, actor=actor, reason=reason)
    return ("due_on",)


def _record(
    task: Task, actor: "User", action: str, words: str, reason: str, changes: list[tuple[str, str, str]]
) -> None:
    trail.record(
        actor=actor, action=action, target=task, summary=f"{words}（{task.title}）", reason=reason, changes=changes
    )


def _tell(people: object, task: Task, words: str, reason: str, actor: "User") -> None:
    notify(
        recipients=[person for person in people if person.pk != actor.pk],  # type: ignore[attr-defined]
        title=f"{words}：{task.code} {task.title}",
        body=reason,
        path=f"/tasks/{task.pk}/",
        key=f"task-{task.pk}-request-{task.version}",
    )
