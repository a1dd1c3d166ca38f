"""Registering a hazard, correcting what was registered, and the plan of its rectification."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from core.errors import NotAllowed, StaleObject, UserError
from evidence.checks import MAX_BYTES
from hazards.access import may_change_photos
from hazards.forms import EditForm, PlanForm, RegisterForm
from hazards.models import Hazard
from hazards.permissions import get_hazard_for, may_register, parts_of
from hazards.services.registering import edit_hazard, plan_rectification, register_hazard
from hazards.standards import STANDARDS
from hazards.transitions import EDIT, PLAN, Transition
from hazards.views.photos import change_files
from responsibility.services.changes import words

METHODS = ["GET", "HEAD", "POST"]
MAX_MB = MAX_BYTES // 1024 // 1024


@require_http_methods(METHODS)
def register(request: PersonRequest) -> HttpResponse:
    """Register a hazard with its photos; `?enterprise=` chooses one."""
    if not may_register(request.user):
        raise NotAllowed("您没有登记隐患的权限。")
    chosen = request.GET.get("enterprise", "")
    initial = {"enterprise": chosen} if chosen.isdecimal() and len(chosen) < 10 else {}
    form = RegisterForm(request.POST if request.method == "POST" else None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            hazard = register_hazard(actor=request.user, registration=form.registration())
        except NotAllowed:
            raise
        except UserError as error:
            form.add_error(None, error.message)
        else:
            for sentence in change_files(request, hazard):
                messages.warning(request, f"隐患已登记，但照片没有存上：{sentence}")
            messages.success(request, f"已登记：{hazard}。")
            return redirect("hazards:detail", pk=hazard.pk)
    context = {"form": form, "standards": STANDARDS, "max_mb": MAX_MB, "has_files": bool(request.FILES)}
    return render(request, "hazards/register.html", context, status=400 if form.errors else 200)


def _open(request: PersonRequest, pk: int, move: Transition) -> tuple[Hazard, str]:
    """Return the hazard, and why the form of the move cannot be opened now, if it cannot.

    Raises:
        Http404, NotAllowed: not visible to the person, or not theirs to do.
    """
    hazard = get_hazard_for(request.user, pk)
    if not parts_of(request.user, hazard) & set(move.who):
        raise NotAllowed("您没有权限对这条隐患进行此操作。")
    if hazard.state in move.sources:
        return hazard, ""
    return hazard, f"隐患当前为“{hazard.get_state_display()}”，不能{move.label}。"


def _theirs(request: PersonRequest, pk: int, names: list[str]) -> list[tuple[str, str]]:
    """Return label and value of the fields as a colleague saved them."""
    hazard = get_hazard_for(request.user, pk)
    return [(str(hazard._meta.get_field(name).verbose_name), words(hazard, name)) for name in names]  # type: ignore[union-attr]


def _refused(request: PersonRequest, form: Any, hazard: Hazard, error: UserError) -> dict[str, Any]:
    """Put the refusal into the form; after a collision both texts are shown and may be sent again."""
    if not isinstance(error, StaleObject):
        form.add_error(None, error.message)
        return {}
    stored = get_hazard_for(request.user, hazard.pk)
    form.data = form.data.copy()
    form.data["version"] = str(stored.version)
    form.add_error(None, error.message)
    own = [name for name in form.fields if name not in ("version", "reason")]
    return {"theirs": _theirs(request, hazard.pk, own)}


@require_http_methods(METHODS)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Correct what was registered."""
    hazard, closed = _open(request, pk, EDIT)
    if closed and request.method != "POST":
        messages.info(request, closed)
        return redirect("hazards:detail", pk=pk)
    form = EditForm(request.POST if request.method == "POST" else None, hazard=hazard, user=request.user)
    extra: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            edit_hazard(
                actor=request.user,
                hazard_id=pk,
                facts=form.facts(),
                placing=form.placing(),
                reason=form.cleaned_data["reason"],
                expected_version=form.cleaned_data["version"],
            )
        except NotAllowed:
            raise
        except UserError as error:
            extra = _refused(request, form, hazard, error)
        else:
            messages.success(request, "已保存。")
            return redirect("hazards:detail", pk=pk)
    context = {"hazard": hazard, "form": form, "standards": STANDARDS, "move": EDIT} | extra
    return render(request, "hazards/edit.html", context, status=409 if form.errors else 200)


@require_http_methods(METHODS)
def plan(request: PersonRequest, pk: int) -> HttpResponse:
    """Write down who removes the hazard and how: 整改方案 with 五落实."""
    hazard, closed = _open(request, pk, PLAN)
    if closed and request.method != "POST":
        messages.info(request, closed)
        return redirect("hazards:detail", pk=pk)
    form = PlanForm(request.POST if request.method == "POST" else None, hazard=hazard)
    extra: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            plan_rectification(actor=request.user, hazard_id=pk, measures=form.measures(), expected_version=version)
        except NotAllowed:
            raise
        except UserError as error:
            extra = _refused(request, form, hazard, error)
        else:
            messages.success(request, "整改方案已保存。")
            return redirect("hazards:detail", pk=pk)
    context = {"hazard": hazard, "form": form, "move": PLAN} | extra
    return render(request, "hazards/edit.html", context, status=409 if form.errors else 200)


@require_POST
def photos(request: PersonRequest, pk: int) -> HttpResponse:
    """Add photos of the finding, or take one off."""
    hazard = get_hazard_for(request.user, pk)
    if not may_change_photos(request.user, hazard):
        raise NotAllowed("隐患已申请验收或已办结，或不由您登记、监管，整改前照片不能再改。")
    errors = change_files(request, hazard)
    for sentence in errors:
        messages.error(request, sentence)
    if not errors:
        messages.success(request, "整改前照片已更新。")
    return redirect(reverse("hazards:detail", args=[pk]) + "#photos")
