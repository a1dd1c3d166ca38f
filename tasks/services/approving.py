"""报批: the office lays a draft's 任务分解 before a county leader; the leader approves it or sends it back."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.urls import reverse

from audit import trail
from core import clock
from core.errors import NotAllowed, StaleObject, UserError, WrongState
from core.models import bump, lock_row
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.models import Role
from responsibility.selectors import people_of
from tasks.approval_transitions import APPROVAL_MOVES, BY_ACTION, LEADER, ApprovalMove
from tasks.drafts import standings_of
from tasks.models import ConsultationAnswer, Plan, PlanApproval
from tasks.plan_permissions import GONE, lock_draft

if TYPE_CHECKING:
    from accounts.models import User

S = PlanApproval.State
MAX_TEXT = 2000


def may_make(user: "User | Any", move: ApprovalMove, approval: PlanApproval) -> bool:
    """Say whether the person may make this move on this approval, whatever its state."""
    authority = authority_of(user)
    if move.who == LEADER:
        return authority.is_leader and approval.leader_id == user.pk and approval.submitted_by_id != user.pk
    return authority.is_office


def allowed_moves(user: "User | Any", approval: PlanApproval) -> list[ApprovalMove]:
    """Return the moves open to this person now; they are the buttons of its page."""
    if approval.plan.state != Plan.State.DRAFT:
        return []
    return [
        move
        for move in APPROVAL_MOVES
        if approval.state in move.sources
        and may_make(user, move, approval)
        and not (move.as_seen and approval.overtaken)
    ]


def get_plan_to_approve(user: "User | Any", pk: int) -> Plan:
    """Return a plan for the page of its approval: for the office, and for leaders once it was laid before one.

    Raises:
        Http404: it does not exist or is none of their business.
    """
    authority = authority_of(user)
    rows = Plan.objects.select_related("created_by")
    if not authority.is_office:
        rows = rows.filter(pk__in=PlanApproval.objects.visible_to(user).values("plan_id"))
    plan = rows.filter(pk=pk).first()
    if plan is None:
        raise Http404(GONE)
    return plan


def standing_approval(plan: Plan) -> PlanApproval | None:
    """Return the approval that holds for the plan as it is now, None where none does."""
    return plan.approvals.filter(state=S.APPROVED, contents=plan.changes).first()


def missing_approval(plan: Plan) -> str:
    """Return what stands in the way of publishing where the county wants a leader's approval; empty for nothing."""
    if not settings.PLAN_NEEDS_APPROVAL or standing_approval(plan) is not None:
        return ""
    last = plan.approvals.first()
    if last is None:
        return "须经县领导审批，还没有报批"
    last.plan = plan
    return f"须经县领导审批，现在{last.label}" + ("，改动后须重新报批" if last.overtaken else "")


def open_points(plan: Plan) -> list[str]:
    """Return what is open in a draft, for the leader: the check, units not set, opinions not dealt with."""
    standing = standings_of([plan.pk])[plan.pk]
    items = plan.items.filter(dropped=False)
    answers = ConsultationAnswer.objects.filter(
        reply__consultation__plan=plan, reply__sent_at__isnull=False, verdict=ConsultationAnswer.Verdict.COUNTER
    )
    found = (
        (standing.total - standing.checked, "条没有与原文核对"),
        (standing.uncovered, "句原文不在任何条目里"),
        (standing.doubtful, "处存疑没有核对"),
        (items.filter(lead=None).count(), "条没有定下牵头单位"),
        (answers.filter(outcome="").count(), "条反馈意见没有处理"),
        (answers.filter(outcome=ConsultationAnswer.Outcome.REFUSED).count(), "条反馈意见没有采纳"),
        (int(plan.consultations.running().exists()), "轮征求意见还没有结束"),
    )
    return [f"{count}{words}" for count, words in found if count]


def _text(text: str, label: str, *, needed: bool) -> str:
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if needed and not text:
        raise UserError(f"请填写{label}。")
    if len(text) > MAX_TEXT:
        raise UserError(f"{label}请控制在 {MAX_TEXT} 字以内。")
    return text


@transaction.atomic
def submit_for_approval(
    *,
    actor: "User",
    plan_id: int,
    leader_id: int | None,
    note: str = "",
    expected_version: int | None = None,
    expected_contents: int | None = None,
) -> PlanApproval:
    """报批: lay the draft before a leader, with what is open named.

    Args:
        actor: clerk of the office.
        plan_id: a draft.
        leader_id: account of a county leader, not the actor.
        note: what the office has to say.
        expected_version: version of the plan the person saw.
        expected_contents: the plan's number of changes the person saw.

    Raises:
        UserError: no leader, it waits already, or the approval of just this holds.
        StaleObject: plan or items were changed since the person looked.
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_draft(actor, plan_id, expected_version)
    if expected_contents is not None and expected_contents != plan.changes:
        raise StaleObject("在您打开页面之后，已有其他人修改了条目。请核对最新的分解表，再报批。")
    leader = people_of(role=Role.LEADER).filter(pk=leader_id).first() if leader_id else None
    if leader is None:
        raise UserError("请选择审批的县领导。")
    if leader.pk == actor.pk:
        raise UserError("报批人不能自己审批，请选择另一位县领导。")
    if plan.approvals.filter(state=S.SUBMITTED).exists():
        raise UserError("已经报批，正待审批；要改报的，请先撤回。")
    if standing_approval(plan) is not None:
        raise UserError("现在的任务分解已经批准，不需要重新报批。")
    if not plan.items.filter(dropped=False).exists():
        raise UserError("还没有条目，不能报批。")
    approval = PlanApproval.objects.create(
        plan=plan,
        contents=plan.changes,
        leader=leader,
        note=_text(note, "报批说明", needed=False),
        open_points="\n".join(open_points(plan)),
        submitted_by=actor,
        submitted_at=clock.now(),
    )
    summary = f"任务分解报批：送{leader}"
    trail.record(actor=actor, action="plan_approval.submit", target=plan, summary=summary, reason=approval.note)
    _tell([leader], approval, f"任务分解待您审批：{plan.title}", approval.note)
    return approval


@transaction.atomic
def decide_approval(
    *, actor: "User", approval_id: int, action: str, opinion: str = "", expected_version: int | None = None
) -> PlanApproval:
    """Make a move of the table on a plan's approval.

    Args:
        actor: the leader it is laid before; for `withdraw` a clerk of the office.
        approval_id: the approval.
        action: approve, return or withdraw.
        opinion: in words; needed where it is not approved.
        expected_version: version of the approval last seen.

    Raises:
        UserError: no opinion where one is needed.
        NotAllowed: laid before somebody else, or submitted by the same person.
        WrongState: decided already, no draft any more, or the draft was changed since it was submitted.
        Http404, StaleObject: none of their business, or changed meanwhile.
    """
    move = BY_ACTION.get(action)
    found = PlanApproval.objects.visible_to(actor).filter(pk=approval_id).first()
    if move is None or found is None:
        raise Http404("没有这份报批。")
    plan = lock_row(Plan.objects.all(), found.plan_id)
    approval = lock_row(PlanApproval.objects.select_related("leader"), approval_id)
    approval.plan = plan
    if not may_make(actor, move, approval):
        raise NotAllowed(f"这份任务分解由{approval.leader}审批，您不能办理。")
    if plan.state != Plan.State.DRAFT or approval.state not in move.sources:
        state = approval.label if plan.state == Plan.State.DRAFT else plan.get_state_display()
        raise WrongState(f"这份任务分解“{state}”，不能再办理。请刷新页面查看。")
    if expected_version is not None and approval.version != expected_version:
        raise StaleObject("在您打开页面之后，这份报批已有变动。请核对最新内容后再办理。")
    if move.as_seen and approval.overtaken:
        raise WrongState("报批之后任务分解又有改动，不能批准。请退回，由县安委办重新报批。")
    approval.opinion = _text(opinion, "意见", needed=move.needs_reason)
    approval.state, approval.decided_by, approval.decided_at = move.target, actor, clock.now()
    bump(approval, "state", "opinion", "decided_by", "decided_at")
    trail.record(
        actor=actor,
        action=f"plan_approval.{move.action}",
        target=plan,
        summary=move.done,
        reason=approval.opinion,
        changes=[("报批", S.SUBMITTED.label, S(move.target).label)],
    )
    people = people_of(role=Role.OFFICE) if move.who == LEADER else [approval.leader]
    _tell(
        [person for person in people if person.pk != actor.pk], approval, f"{move.done}：{plan.title}", approval.opinion
    )
    return approval


def _tell(people: "Iterable[User]", approval: PlanApproval, title: str, body: str) -> None:
    notify(
        recipients=people,
        title=title,
        body=body,
        path=reverse("plans:approval", args=[approval.plan_id]),
        key=f"plan-approval-{approval.pk}-{approval.version}",
    )
