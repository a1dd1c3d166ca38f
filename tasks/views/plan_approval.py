"""报批 of a draft: the page with the 分解表, laying it before a leader, and the leader's decision."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from core import clock
from core.errors import NotAllowed, UserError
from responsibility.authority import authority_of
from responsibility.models import Role
from responsibility.selectors import people_of
from tasks.approval_transitions import BY_ACTION
from tasks.breakdown import breakdown_rows, by_section
from tasks.forms.moves import LONG
from tasks.models import Plan, PlanApproval
from tasks.plan_permissions import require_office
from tasks.services.approving import (
    allowed_moves,
    decide_approval,
    get_plan_to_approve,
    open_points,
    submit_for_approval,
)


class SubmitForm(forms.Form):
    """To whom, with what words, and what the person saw."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    contents = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    leader = forms.TypedChoiceField(label="审批领导", coerce=int, empty_value=None)
    note = forms.CharField(label="报批说明", required=False, max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_of(role=Role.LEADER)
        choices = [("", "请选择"), *((person.pk, str(person)) for person in people)]
        self.fields["leader"].choices = choices  # type: ignore[attr-defined]


class OpinionForm(forms.Form):
    """A decision in words; the address says which."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    opinion = forms.CharField(label="意见", required=False, max_length=LONG, widget=forms.Textarea(attrs={"rows": 2}))


@require_http_methods(["GET", "HEAD", "POST"])
def approval(request: PersonRequest, pk: int) -> HttpResponse:
    """Show where the approval stands, with the 分解表; for the office, lay the draft before a leader."""
    plan = get_plan_to_approve(request.user, pk)
    if request.method != "POST":
        return _page(request, plan)
    require_office(request.user)
    form = SubmitForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = submit_for_approval(
                actor=request.user,
                plan_id=pk,
                leader_id=data["leader"],
                note=data["note"],
                expected_version=data["version"],
                expected_contents=data["contents"],
            )
        except NotAllowed:
            raise
        except UserError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"已报{made.leader}审批。")
            return redirect("plans:approval", pk=pk)
    plan = get_plan_to_approve(request.user, pk)
    again = request.POST.copy()
    again["version"], again["contents"] = str(plan.version), str(plan.changes)
    form.data = again
    return _page(request, plan, submit=form, status=409)


@require_POST
def approval_act(request: PersonRequest, pk: int, approval_pk: int, action: str) -> HttpResponse:
    """Make a move of the table."""
    plan = get_plan_to_approve(request.user, pk)
    form = OpinionForm(request.POST, auto_id="opinion-%s")
    if not form.is_valid():
        form.add_error(None, "页面已失效，请核对后重新办理。")
        return _page(request, plan, opinion=form, status=409)
    try:
        decided = decide_approval(
            actor=request.user,
            approval_id=approval_pk,
            action=action,
            opinion=form.cleaned_data["opinion"],
            expected_version=form.cleaned_data["version"],
        )
    except NotAllowed:
        raise
    except UserError as error:
        form.add_error(None, error.message)
        return _page(request, get_plan_to_approve(request.user, pk), opinion=form, status=409)
    messages.success(request, f"已{BY_ACTION[action].done}，并已通知{_told(decided)}。")
    return redirect("plans:approval", pk=pk)


def _told(approval: PlanApproval) -> str:
    return str(approval.leader) if approval.state == PlanApproval.State.WITHDRAWN else "县安委办"


def _open_since(plan: Plan, last: PlanApproval | None) -> list[str]:
    """Return what is open now, where it is not what stands above already, named when the draft was submitted."""
    points = open_points(plan)
    waiting = last is not None and last.state == PlanApproval.State.SUBMITTED
    return [] if waiting and last is not None and last.open_points == "\n".join(points) else points


def _page(
    request: PersonRequest,
    plan: Plan,
    *,
    submit: SubmitForm | None = None,
    opinion: OpinionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = breakdown_rows(plan, request.user)
    approvals = list(plan.approvals.select_related("leader", "submitted_by", "decided_by"))
    for each in approvals:
        each.plan = plan
    last = approvals[0] if approvals else None
    draft, office = plan.state == Plan.State.DRAFT, authority_of(request.user).is_office
    moves = allowed_moves(request.user, last) if last else []
    standing = last is not None and last.state == PlanApproval.State.APPROVED and not last.overtaken
    waiting = last is not None and last.state == PlanApproval.State.SUBMITTED
    offers = draft and office and not standing and not waiting
    seen = {"version": plan.version, "contents": plan.changes}
    context = {
        "plan": plan,
        "is_draft": draft,
        "is_office": office,
        "sections": by_section(rows),
        "count": len(rows),
        "approvals": approvals,
        "last": last,
        "moves": moves,
        "opinion": (opinion or OpinionForm(initial={"version": last.version}, auto_id="opinion-%s"))
        if last and moves
        else opinion,
        "submit": submit or (SubmitForm(initial=seen) if offers else None),
        "open_points": _open_since(plan, last) if draft else [],
        "today": clock.today(),
    }
    return render(request, "plans/approval.html", context, status=status)
