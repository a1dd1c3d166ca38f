"""The form on which rectification is reported and the re-check asked for."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from core import clock
from core.errors import NotAllowed, StaleObject, UserError
from evidence.checks import ACCEPTED, MAX_BYTES
from evidence.selectors import files_of
from hazards.forms import RectifyForm
from hazards.models import Hazard, Rectification
from hazards.permissions import get_hazard_for, parts_of
from hazards.services.rectifying import apply_for_recheck, draft_of, save_rectification
from hazards.transitions import APPLY
from hazards.views.photos import change_files


@require_http_methods(["GET", "HEAD", "POST"])
def rectify(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what was done, add photos, hand in. Every button of the form keeps the text first."""
    hazard = get_hazard_for(request.user, pk)
    if not parts_of(request.user, hazard) & set(APPLY.who):
        raise NotAllowed("只有企业人员，以及属地、监管部门的联络员可以申请验收。")
    if hazard.state not in APPLY.sources:
        sentence = f"隐患当前为“{hazard.get_state_display()}”，不能申请验收。"
        if request.method == "POST":
            # Handed in by a colleague meanwhile: nothing is saved, but what was typed stays on the screen.
            form = _typed(request, None)
            return _page(request, hazard, form, errors=[f"{sentence}您填写的内容未保存，请另行留存。"])
        messages.info(request, sentence)
        return redirect("hazards:detail", pk=pk)
    if request.method == "POST":
        return _save(request, hazard)
    return _page(request, hazard, RectifyForm(draft=draft_of(hazard)))


def _page(request: PersonRequest, hazard: Hazard, form: RectifyForm, **extra: Any) -> HttpResponse:
    draft = draft_of(hazard)
    context = {
        "hazard": hazard,
        "form": form,
        "draft": draft,
        "files": files_of(draft) if draft is not None else [],
        "last": hazard.rounds.exclude(outcome=Rectification.Outcome.DRAFT).first(),
        "accepted": ACCEPTED,
        "max_mb": MAX_BYTES // 1024 // 1024,
        "today": clock.today(),
        "move": APPLY,
    }
    return render(request, "hazards/rectify.html", context | extra, status=409 if extra.get("errors") else 200)


def _typed(request: PersonRequest, draft: Rectification | None) -> RectifyForm:
    """Return the form as typed, carrying the version the draft has now."""
    data = request.POST.copy()
    data["version"] = str(draft.version if draft else 0)
    return RectifyForm(data, draft=draft)


def _save(request: PersonRequest, hazard: Hazard) -> HttpResponse:
    form = RectifyForm(request.POST, draft=draft_of(hazard))
    valid = form.is_valid()
    if "version" not in form.cleaned_data:
        errors = ["页面已失效，内容已保留，请核对后重新提交。"]
        return _page(request, hazard, _typed(request, draft_of(hazard)), errors=errors)
    stored = draft_of(hazard)
    kept = stored.measures if stored else ""
    try:
        draft = save_rectification(
            actor=request.user,
            hazard_id=hazard.pk,
            measures=form.cleaned_data.get("measures", kept),
            done_on=form.done(),
            expected_version=form.cleaned_data["version"],
        )
    except StaleObject as error:
        theirs = [("同事填写的整改情况", kept)]
        return _page(request, hazard, _typed(request, stored), errors=[error.message], theirs=theirs)
    except NotAllowed:
        raise
    except UserError as error:
        return _page(request, hazard, form, errors=[error.message])
    errors = change_files(request, draft)
    if not valid:
        errors.append("请改正标出的内容，其余已保存。")
    if not errors and "submit" in request.POST:
        try:
            apply_for_recheck(actor=request.user, hazard_id=hazard.pk)
        except NotAllowed:
            raise
        except UserError as error:
            errors.append(error.message)
        else:
            messages.success(request, f"已申请验收，等待{hazard.supervisor.short_name}复查。")
            return redirect("hazards:detail", pk=hazard.pk)
    if errors:
        return _page(request, hazard, _typed(request, draft), errors=errors)
    messages.success(request, "已保存，尚未申请验收。")
    return redirect("hazards:rectify", pk=hazard.pk)
