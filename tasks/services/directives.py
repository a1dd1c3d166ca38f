"""交办事项登记: enter, correct, settle with a word of feedback, take the settling back."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.models import Role
from responsibility.selectors import people_of
from tasks.directive_permissions import kinds_open_to, lock_directive, may_change, require_running
from tasks.models import Directive, Task
from tasks.services.charge import Charge, check_charge

if TYPE_CHECKING:
    from accounts.models import User

FIELDS = ("kind", "number", "received_on", "giver", "leader", "title", "text", "due_on")
LONGEST_OUTCOME = 2000


@dataclass(frozen=True, slots=True)
class DirectiveDraft:
    """The form of an entry."""

    kind: str
    received_on: date
    giver: str
    title: str
    text: str
    number: str = ""
    leader: "User | None" = None
    due_on: date | None = None


@transaction.atomic
def register_directive(*, actor: "User", draft: DirectiveDraft) -> Directive:
    """登记: the office enters every kind, a county leader an instruction of their own, of which the office is told.

    Raises:
        NotAllowed: the kind is not theirs to enter.
        UserError: something typed cannot be.
    """
    if draft.kind not in kinds_open_to(actor):
        raise NotAllowed("会议议定事项、上级文件和巡查反馈由县安委办登记；县领导可以直接登记本人的批示。")
    own = not authority_of(actor).is_office
    row = Directive(created_by=actor, created_at=clock.now())
    _lay(row, draft, own_of=actor if own else None)
    row.save()
    trail.record(
        actor=actor, action="directive.register", target=row, summary=f"登记{row.get_kind_display()}（{row.title}）"
    )
    if own:
        notify(
            recipients=[person for person in people_of(role=Role.OFFICE) if person.pk != actor.pk],
            title=f"{row.giver}批示：{row.title}",
            body=row.text[:200],
            path=reverse("directives:detail", args=[row.pk]),
            key=f"directive-{row.pk}-registered",
        )
    return row


@transaction.atomic
def edit_directive(
    *, actor: "User", directive_id: int, draft: DirectiveDraft, expected_version: int | None = None
) -> Directive:
    """Correct an entry that is not settled.

    Raises:
        NotAllowed: not theirs, or a leader's own entry that has become a task.
        UserError: something typed cannot be, or the kind of an entry that has become a task is to change.
        Http404, WrongState, StaleObject: see `tasks.directive_permissions.lock_directive`.
    """
    row = lock_directive(actor, directive_id, expected_version, office=False)
    require_running(row)
    if not may_change(actor, row):
        raise NotAllowed("交办事项由县安委办修改；县领导可以修改本人登记、尚未立项的批示。")
    if draft.kind != row.kind and row.tasks.exists():
        raise UserError("已立项的交办事项不能改变类别：任务编号由类别决定。")
    own = not authority_of(actor).is_office
    if own and draft.kind not in kinds_open_to(actor):
        raise NotAllowed("县领导只能登记本人的批示。")
    before = _words(row)
    _lay(row, draft, own_of=actor if own else None)
    after = _words(row)
    changes = [(label, old, after[label]) for label, old in before.items() if old != after[label]]
    if changes:
        bump(row, *FIELDS)
        trail.record(
            actor=actor, action="directive.edit", target=row, summary=f"修改交办事项（{row.title}）", changes=changes
        )
    return row


def _lay(row: Directive, draft: DirectiveDraft, *, own_of: "User | None") -> None:
    texts = {"giver": "批示人、会议或发文机关", "title": "事项名称", "text": "内容"}
    for name, label in texts.items():
        if not getattr(draft, name).strip():
            raise UserError(f"请填写{label}。")
    if draft.received_on > clock.today():
        raise UserError("收到日期不能晚于今天。")
    if draft.due_on is not None and draft.due_on < draft.received_on:
        raise UserError("要求完成时限不能早于收到日期。")
    leader = own_of or draft.leader
    check_charge(Charge(leader=leader), leader_id=row.leader_id)
    for name in ("kind", "received_on", "due_on"):
        setattr(row, name, getattr(draft, name))
    for name in ("number", "giver", "title"):
        setattr(row, name, " ".join(getattr(draft, name).split()))
    row.text, row.leader = draft.text.replace("\r\n", "\n").strip(), leader


def _words(row: Directive) -> dict[str, str]:
    return {
        "类别": row.get_kind_display(),
        "文号或编号": row.number,
        "收到日期": f"{row.received_on}",
        "批示人、会议或发文机关": row.giver,
        "县领导": str(row.leader or ""),
        "事项名称": row.title,
        "内容": row.text,
        "要求完成时限": f"{row.due_on or ''}",
    }


@transaction.atomic
def settle_directive(
    *, actor: "User", directive_id: int, outcome: str, expected_version: int | None = None
) -> Directive:
    """办结: the office confirms that everything it became is closed, and says what came of it.

    Locks the entry, then its tasks: none of them can be opened anew in the same moment.

    Raises:
        UserError: nothing said, or a task is not closed; the sentence names them.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.directive_permissions.lock_directive`.
    """
    row = lock_directive(actor, directive_id, expected_version)
    require_running(row)
    outcome = outcome.replace("\r\n", "\n").strip()
    if not outcome:
        raise UserError("请填写办结反馈：办了什么、结果如何。")
    if len(outcome) > LONGEST_OUTCOME:
        raise UserError(f"办结反馈请控制在 {LONGEST_OUTCOME} 字以内。")
    tasks = list(Task.objects.select_for_update().filter(directive=row).order_by("pk"))
    left = [task.code for task in tasks if task.state != Task.State.CLOSED]
    if left:
        raise UserError(f"还有任务没有销号：{'、'.join(left)}。全部销号后再办结。")
    row.done_on, row.done_by, row.outcome = clock.today(), actor, outcome
    bump(row, "done_on", "done_by", "outcome")
    trail.record(
        actor=actor, action="directive.settle", target=row, summary=f"办结交办事项（{row.title}）", reason=outcome[:300]
    )
    if row.leader is not None and row.leader_id != actor.pk:
        notify(
            recipients=[row.leader],
            title=f"交办事项已办结：{row.title}",
            body=outcome[:200],
            path=reverse("directives:detail", args=[row.pk]),
            key=f"directive-{row.pk}-settled-{row.version}",
        )
    return row


@transaction.atomic
def unsettle_directive(
    *, actor: "User", directive_id: int, reason: str, expected_version: int | None = None
) -> Directive:
    """撤销办结: work goes on. What was said at the settling stays in the history.

    Raises:
        UserError: no reason.
        WrongState: it is not settled.
        Http404, NotAllowed, StaleObject: see `tasks.directive_permissions.lock_directive`.
    """
    row = lock_directive(actor, directive_id, expected_version)
    if row.done_on is None:
        raise WrongState("这件交办事项没有办结，请刷新页面查看。")
    reason = " ".join(reason.split())
    if not reason:
        raise UserError("请填写撤销办结的理由。")
    said = row.outcome
    row.done_on, row.done_by, row.outcome = None, None, ""
    bump(row, "done_on", "done_by", "outcome")
    trail.record(
        actor=actor,
        action="directive.unsettle",
        target=row,
        summary=f"撤销办结（{row.title}）",
        reason=reason[:300],
        changes=[("办结反馈", said, "")],
    )
    return row
