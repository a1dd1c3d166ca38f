"""A record's page, its moves, and its problems put right."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import PersonRequest
from audit.trail import history_of
from core import clock
from core.errors import NotAllowed, UserError
from drills.forms.records import ActionForm, FinishForm
from drills.models import Drill
from drills.permissions import OWN_RECORD, allowed_transitions, get_drill_for, judges, owns, wrote
from drills.selectors import lacks_of, pictures_used_again, turn_words
from drills.services import drafting, reviewing
from drills.services.problems import finish_problem, may_finish
from drills.transitions import BY_ACTION
from evidence.selectors import files_of
from responsibility.authority import authority_of

HISTORY_SHOWN = 100
S = Drill.State


def detail_context(request: PersonRequest, drill: Drill) -> dict[str, Any]:
    """Gather what the record's page shows to this person."""
    files = list(files_of(drill))
    pictures = [row for row in files if row.is_picture]
    moves = allowed_transitions(request.user, drill)
    waits = drill.state == S.SUBMITTED
    judge = waits and judges(request.user, drill)
    photos = sum(row.media_type.startswith("image/") for row in files)
    to_submit, to_count = lacks_of(drill, photos) if drill.is_open or waits else ([], [])
    participants = list(drill.participants.all())
    return {
        "drill": drill,
        "today": clock.today(),
        "turn": turn_words(drill),
        # Writing has a page of its own.
        "moves": [row for row in moves if row.action != "edit"],
        "may_edit": any(row.action == "edit" for row in moves),
        "own_record": OWN_RECORD if judge and wrote(request.user, drill) else "",
        "checked": drill.is_open or waits,
        "lacks": [*(to_submit if drill.is_open else []), *to_count],
        "used_again": pictures_used_again(drill, files) if judge else [],
        "pictures": pictures,
        "files": [row for row in files if not row.is_picture],
        "participants": participants,
        "joined": bool(authority_of(request.user).units & {unit.pk for unit in participants}),
        "problems": list(drill.problems.all()),
        "may_finish": may_finish(request.user, drill),
        "owner": owns(request.user, drill),
        "history": history_of(drill)[:HISTORY_SHOWN],
    }


@require_safe
def drill_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one record: how it stands, what was held, whether it counts, and what to do next."""
    drill = get_drill_for(request.user, pk)
    return render(request, "drills/detail.html", detail_context(request, drill))


SERVICES: dict[str, tuple[Callable[..., Drill], str]] = {
    "submit": (drafting.submit_drill, ""),
    "withdraw": (drafting.withdraw_drill, "reason"),
    "void": (drafting.void_drill, "reason"),
    "count": (reviewing.count_drill, "comment"),
    "return": (reviewing.return_drill, "reason"),
    "refuse": (reviewing.refuse_drill, "reason"),
    "reopen": (reviewing.reopen_drill, "reason"),
}


@require_POST
def act(request: PersonRequest, pk: int, action: str) -> HttpResponse:
    """Carry out one move of the transition table and show the record again."""
    if action not in SERVICES:
        raise Http404("没有这个操作。")
    form = ActionForm(request.POST)
    error = ""
    if not form.is_valid():
        error = "页面已失效或理由过长，请刷新后重新操作。"
    else:
        service, name = SERVICES[action]
        words = {name: form.cleaned_data["reason"]} if name else {}
        try:
            drill = service(actor=request.user, drill_id=pk, expected_version=form.cleaned_data["version"], **words)
        except NotAllowed:
            raise
        except UserError as refused:
            error = refused.message
        else:
            messages.success(request, f"已{BY_ACTION[action].done}：{drill}。")
            return redirect("drills:detail", pk=pk)
    drill = get_drill_for(request.user, pk)
    context = detail_context(request, drill)
    reason = request.POST.get("reason", "")
    # Where the record has moved on the form is gone: what was typed is shown with the error.
    lost = "" if action in {row.action for row in context["moves"]} else reason
    typed = {"failed": action, "error": error, "typed_reason": reason, "lost_reason": lost}
    return render(request, "drills/detail.html", context | typed, status=409)


@require_POST
def finish(request: PersonRequest, pk: int, problem_id: int) -> HttpResponse:
    """Say that a problem was put right, and show the record again."""
    drill = get_drill_for(request.user, pk)
    form = FinishForm(request.POST)
    error = ""
    if form.is_valid():
        data = form.cleaned_data
        try:
            finish_problem(
                actor=request.user,
                drill_id=pk,
                problem_id=problem_id,
                done_on=data["done_on"],
                result=data["result"],
                expected_version=data["version"],
            )
        except NotAllowed:
            raise
        except UserError as refused:
            error = refused.message
        else:
            messages.success(request, "已登记整改完成情况。")
            return redirect("drills:detail", pk=pk)
    else:
        if not owns(request.user, drill):
            raise NotAllowed("只有填报方可以登记整改完成情况。")
        error = "请填写整改完成日期和整改情况（300 字以内）。"
    typed = {
        "finish_error": error,
        "finish_id": problem_id,
        "typed_day": request.POST.get("done_on", ""),
        "typed_result": request.POST.get("result", ""),
    }
    return render(request, "drills/detail.html", detail_context(request, drill) | typed, status=409)
