"""A hazard's page and the moves made on it."""

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
from evidence.checks import MAX_BYTES
from hazards.access import may_change_photos
from hazards.forms import ActionForm
from hazards.models import Hazard
from hazards.permissions import NEVER, allowed_transitions, get_hazard_for, parts_of, pending_extension
from hazards.recurrence import earlier_of
from hazards.selectors import dossier_of, steps_of, turn_of
from hazards.services import extensions, rechecking, rectifying
from hazards.transitions import (
    APPLY,
    BY_ACTION,
    CLOSE,
    EDIT,
    EXTEND,
    GRANT,
    HAZARD_TRANSITIONS,
    PASS,
    PASS_AND_CLOSE,
    PLAN,
    Transition,
)
from responsibility.models import Enterprise

HISTORY_SHOWN = 100
# Moves with a form on a page of their own.
PAGES = {row.action for row in (EDIT, PLAN, APPLY)}
# The label of the reason, where it is none but an opinion.
OPINIONS = {
    "pass": "复查意见",
    "pass_and_close": "复查意见",
    "close": "销号意见",
    "grant": "批复意见",
    "extend": "延期原因",
}
DAYS = {"extend": "拟延至", "grant": "批准延至", "reopen": "新的整改期限"}


def _own_work(request: PersonRequest, hazard: Hazard) -> str:
    """Say why the person's buttons are missing where they did what is to be judged."""
    parts = parts_of(request.user, hazard)
    for row in HAZARD_TRANSITIONS:
        if hazard.state in row.sources and hazard.level in row.levels and parts & set(row.who):
            barred = [part for part in row.never if part in parts]
            if barred:
                return NEVER[barred[0]]
    return ""


def _drawn(moves: list[Transition], hazard: Hazard) -> list[dict[str, Any]]:
    """Return the moves as the page draws them, each with the words of its fields and what stands in its way."""
    late = f"整改期限（{hazard.due_on}）已过，不能再申请延期，请尽快整改并申请验收。"
    pending = pending_extension(hazard)
    proposed = {"grant": pending.wanted_on if pending else None}
    return [
        {
            "move": row,
            "primary": row in (PASS, PASS_AND_CLOSE, CLOSE, GRANT),
            "reason_label": OPINIONS.get(row.action, "理由"),
            "day_label": DAYS.get(row.action, ""),
            "day": proposed.get(row.action),
            "obstacle": late if row == EXTEND and clock.today() > hazard.due_on else "",
        }
        for row in moves
        if row.action not in PAGES
    ]


def detail_context(request: PersonRequest, hazard: Hazard) -> dict[str, Any]:
    """Gather what the hazard's page shows to this person."""
    moves = allowed_transitions(request.user, hazard)
    actions = {row.action for row in moves}
    repeats, earlier = earlier_of(hazard, request.user)
    return {
        "hazard": hazard,
        "today": clock.today(),
        "steps": steps_of(hazard),
        "turn": turn_of(hazard),
        "repeats": repeats,
        "earlier": earlier,
        "moves": _drawn(moves, hazard),
        "may_edit": "edit" in actions,
        "may_plan": "plan" in actions,
        "may_apply": "apply" in actions,
        "own_work": _own_work(request, hazard),
        "sees_enterprise": Enterprise.objects.visible_to(request.user).filter(pk=hazard.enterprise_id or 0).exists(),
        "dossier": dossier_of(hazard, request.user),
        "may_change_photos": may_change_photos(request.user, hazard),
        "plan": [
            (str(hazard._meta.get_field(name).verbose_name), getattr(hazard, name))  # type: ignore[union-attr]
            for name in Hazard.PLAN_FIELDS
        ],
        "max_mb": MAX_BYTES // 1024 // 1024,
        "history": history_of(hazard)[:HISTORY_SHOWN],
    }


@require_safe
def hazard_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one hazard: how it stands, whose turn it is, what is known of it, photos, history."""
    hazard = get_hazard_for(request.user, pk)
    return render(request, "hazards/detail.html", detail_context(request, hazard))


def _opinion(service: Callable[..., Any]) -> Callable[..., Any]:
    def call(*, data: dict[str, Any], **known: Any) -> Any:
        return service(opinion=data["reason"], **known)

    return call


def _reason(service: Callable[..., Any]) -> Callable[..., Any]:
    def call(*, data: dict[str, Any], **known: Any) -> Any:
        return service(reason=data["reason"], **known)

    return call


def _dated(data: dict[str, Any], action: str) -> Any:
    if data["due_on"] is None:
        raise UserError(f"请填写“{DAYS[action]}”的日期。")
    return data["due_on"]


def _extend(*, data: dict[str, Any], **known: Any) -> Any:
    wanted_on = _dated(data, "extend")
    return extensions.ask_extension(reason=data["reason"], progress=data["progress"], wanted_on=wanted_on, **known)


def _grant(*, data: dict[str, Any], **known: Any) -> Any:
    return extensions.grant_extension(opinion=data["reason"], due_on=_dated(data, "grant"), **known)


def _reopen(*, data: dict[str, Any], **known: Any) -> Any:
    return rechecking.reopen_hazard(reason=data["reason"], due_on=_dated(data, "reopen"), **known)


SERVICES: dict[str, Callable[..., Any]] = {
    "withdraw": _reason(rectifying.withdraw_application),
    "pass_and_close": _opinion(rechecking.pass_and_close),
    "pass": _opinion(rechecking.pass_recheck),
    "return": _opinion(rechecking.return_hazard),
    "close": _opinion(rechecking.close_hazard),
    "refuse_close": _opinion(rechecking.refuse_close),
    "extend": _extend,
    "grant": _grant,
    "refuse_extension": _opinion(extensions.refuse_extension),
    "reopen": _reopen,
    "void": _reason(rechecking.void_hazard),
}


@require_POST
def act(request: PersonRequest, pk: int, action: str) -> HttpResponse:
    """Carry out one move of the transition table and show the hazard again."""
    if action not in SERVICES:
        raise Http404("没有这个操作。")
    # What the person may not see or do is told before what is wrong in the form.
    hazard = get_hazard_for(request.user, pk)
    if not parts_of(request.user, hazard) & set(BY_ACTION[action].who):
        raise NotAllowed("您没有权限对这条隐患进行此操作。")
    form = ActionForm(request.POST)
    error = "" if form.is_valid() else _form_error(form)
    if not error:
        data = form.cleaned_data
        try:
            SERVICES[action](actor=request.user, hazard_id=pk, expected_version=data["version"], data=data)
        except NotAllowed:
            raise
        except UserError as refused:
            error = refused.message
        else:
            messages.success(request, f"已{BY_ACTION[action].done}：{hazard}。")
            return redirect("hazards:detail", pk=pk)
    hazard = get_hazard_for(request.user, pk)
    context = detail_context(request, hazard)
    drawn = {row["move"].action for row in context["moves"] if not row["obstacle"]}
    typed = {name: request.POST.get(name, "")[:2000] for name in ("reason", "progress", "due_on")}
    context |= {
        "failed": action,
        "error": error,
        "typed": typed,
        # Where the hazard has moved on the form is gone: what was typed is shown with the error.
        "lost": [] if action in drawn else [text for text in typed.values() if text],
    }
    return render(request, "hazards/detail.html", context, status=409)


def _form_error(form: ActionForm) -> str:
    if "version" in form.errors:
        return "页面已失效，请刷新后重新操作。"
    if "due_on" in form.errors:
        return "日期格式不对，请按“2026-06-30”的样子填写。"
    return "填写的内容过长或含有无法保存的字符，请修改后重新提交。"
