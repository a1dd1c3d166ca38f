"""The form of a record. Every button saves the draft first, so that nothing typed is lost."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import PersonRequest
from core.errors import NotAllowed, StaleObject, UserError
from drills.forms.records import DrillForm
from drills.models import Drill
from drills.permissions import get_drill_for, may_file, owns
from drills.selectors import enterprises_to_file_for, lacks_of
from drills.services.drafting import create_drill, edit_drill, submit_drill
from evidence.checks import ACCEPTED, MAX_BYTES
from evidence.selectors import files_of
from evidence.services import attach_file, remove_file

MEND = "请改正标出的内容，其余已保存为草稿。"
METHODS = ["GET", "HEAD", "POST"]
# Names offered while one is typed.
OFFERED = 20


@require_http_methods(METHODS)
def create(request: PersonRequest) -> HttpResponse:
    """Open a record; its first save makes the draft, whose page takes over."""
    if not may_file(request.user):
        raise NotAllowed("您没有权限登记演练。")
    if request.method != "POST":
        return _page(request, DrillForm(user=request.user, initial=_start(request)), None)
    form = DrillForm(request.POST, user=request.user)
    valid = form.is_valid()
    organiser_id, enterprise = form.organiser_of()
    if (organiser_id is None and enterprise is None) or {"organiser", "enterprise"} & set(form.errors):
        return _page(request, form, None, status=400)
    try:
        drill = create_drill(
            actor=request.user,
            draft=form.draft(),
            organiser_id=organiser_id,
            enterprise_id=enterprise.pk if enterprise else None,
        )
    except UserError as error:
        if isinstance(error, NotAllowed):
            raise
        return _page(request, form, None, errors=[error.message], status=409)
    return _carry_on(request, drill, valid)


def _start(request: PersonRequest) -> dict[str, Any]:
    """Return what the address fills in: the list of duties links here for one enterprise or unit."""
    start: dict[str, Any] = {}
    asked = request.GET.get("enterprise", "")
    if asked.isdecimal() and len(asked) < 18:
        named = enterprises_to_file_for(request.user).filter(pk=int(asked)).first()
        start |= {"enterprise": named.name, "organiser": None} if named else {}
    asked = request.GET.get("organiser", "")
    if asked.isdecimal() and len(asked) < 18:
        start |= {"organiser": int(asked), "enterprise": ""}
    for name, choices in (("kind", Drill.Kind), ("level", Drill.Level)):
        if request.GET.get(name) in choices.values:
            start[name] = request.GET[name]
    return start


@require_http_methods(METHODS)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Write a draft, add and take off photos and files, hand it in."""
    drill = get_drill_for(request.user, pk)
    if not owns(request.user, drill):
        raise NotAllowed("只有填报方可以修改演练记录。")
    if not drill.is_open:
        if request.method == "POST":
            return _too_late(request, drill)
        messages.info(request, f"记录当前为“{drill.get_state_display()}”，不能修改。")
        return redirect("drills:detail", pk=pk)
    if request.method != "POST":
        return _page(request, DrillForm(user=request.user, drill=drill, initial=DrillForm.initial_of(drill)), drill)
    form = DrillForm(request.POST, user=request.user, drill=drill)
    valid = form.is_valid()
    try:
        drill = edit_drill(
            actor=request.user,
            drill_id=pk,
            draft=form.draft(),
            # A form without its version is as stale as one with an old version.
            expected_version=form.cleaned_data.get("version") or 0,
        )
    except StaleObject as error:
        return _conflict(request, error, pk)
    except NotAllowed:
        raise
    except UserError as error:
        return _page(request, form, get_drill_for(request.user, pk), errors=[error.message], status=409)
    return _carry_on(request, drill, valid)


def _carry_on(request: PersonRequest, drill: Drill, valid: bool) -> HttpResponse:
    """After the draft was kept: files, handing in, and the next page."""
    errors = _change_files(request, drill)
    if valid and not errors and "submit" in request.POST:
        try:
            drill = submit_drill(actor=request.user, drill_id=drill.pk, expected_version=drill.version)
        except UserError as error:
            errors.append(error.message)
        else:
            messages.success(request, f"已上报，编号 {drill.code}，等待审核。")
            return redirect("drills:detail", pk=drill.pk)
    if valid and not errors:
        messages.success(request, "草稿已保存。")
        return redirect("drills:edit", pk=drill.pk)
    data = request.POST.copy()
    data["version"] = str(drill.version)
    drill = get_drill_for(request.user, drill.pk)
    form = DrillForm(data, user=request.user, drill=drill)
    return _page(request, form, drill, errors=errors or [MEND], status=409)


def _page(
    request: PersonRequest, form: DrillForm, drill: Drill | None, *, status: int = 200, **extra: Any
) -> HttpResponse:
    files = list(files_of(drill)) if drill else []
    photos = sum(row.media_type.startswith("image/") for row in files)
    to_submit, to_count = lacks_of(drill, photos) if drill else ([], [])
    context = {
        "form": form,
        "drill": drill,
        "action": reverse("drills:edit", args=[drill.pk]) if drill else reverse("drills:create"),
        "files": files,
        "to_submit": to_submit,
        "to_count": to_count,
        "accepted": ACCEPTED,
        "max_mb": MAX_BYTES // 1024 // 1024,
    }
    return render(request, "drills/form.html", context | extra, status=status)


def _change_files(request: PersonRequest, drill: Drill) -> list[str]:
    """Add the chosen files and take off the one whose button was pressed; return what went wrong, in words."""
    errors = []
    for upload in request.FILES.getlist("files"):
        try:
            attach_file(actor=request.user, owner=drill, upload=upload)
        except UserError as error:
            errors.append(error.message)
    if request.POST.get("remove"):
        try:
            remove_file(actor=request.user, uid=str(UUID(request.POST["remove"])))
        except (Http404, ValueError):
            errors.append("这份材料已被移除。")
    return errors


def _conflict(request: PersonRequest, error: StaleObject, pk: int) -> HttpResponse:
    """Show a colleague's text beside the typed one; saving again then replaces it knowingly."""
    theirs = get_drill_for(request.user, pk)
    data = request.POST.copy()
    data["version"] = str(theirs.version)
    form = DrillForm(data, user=request.user, drill=theirs)
    return _page(request, form, theirs, errors=[error.message], theirs=_in_words(theirs), status=409)


def _in_words(drill: Drill) -> list[tuple[str, str]]:
    """Return (label, content) of every filled field of a colleague's draft."""
    form = DrillForm(user=None, drill=drill, initial=DrillForm.initial_of(drill))
    found = []
    for section in form.sections():
        for bound, _ in section.fields:
            if bound.name == "participants":
                words = "、".join(unit.short_name for unit in drill.participants.all())
            elif hasattr(drill, f"get_{bound.name}_display"):
                words = str(getattr(drill, f"get_{bound.name}_display")())
            else:
                value = getattr(drill, bound.name)
                words = (
                    {True: "是", False: ""}.get(value, str(value or ""))
                    if isinstance(value, bool)
                    else str(value or "")
                )
            found.append((str(bound.label), words))
    found.append(("发现问题", "；".join(row.text for row in drill.problems.all())))
    return [(label, words) for label, words in found if words]


def _too_late(request: PersonRequest, drill: Drill) -> HttpResponse:
    """A colleague handed the record in while this form was open: give the typed text back to be copied."""
    form = DrillForm(request.POST, user=request.user, drill=drill)
    typed = [(str(bound.label), form.data.get(bound.html_name, "")) for bound in form.visible_fields()]
    context = {"drill": drill, "typed": [(label, text) for label, text in typed if text]}
    return render(request, "drills/too_late.html", context, status=409)


@require_safe
def enterprises(request: PersonRequest) -> HttpResponse:
    """Offer names of enterprises while one is typed, as options of the form's list."""
    if not may_file(request.user):
        raise NotAllowed("您没有权限登记演练。")
    if not getattr(request, "htmx", False):
        return redirect("drills:create")
    words = request.GET.get("enterprise", "").replace("\x00", "").strip()
    rows = enterprises_to_file_for(request.user).order_by("name")
    found = rows.filter(name__icontains=words) if words else rows
    if words.isascii() and words:
        found = (
            found | rows.filter(initials__startswith=words.lower()) | rows.filter(credit_code__startswith=words.upper())
        )
    return render(request, "drills/_enterprise_options.html", {"enterprises": found[:OFFERED]})
