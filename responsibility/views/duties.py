"""Duty lists: the list of them, one list's page with its moves, its PDF and its spreadsheet."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PersonRequest
from audit.trail import history_of
from core import clock
from core.errors import NotAllowed, UserError
from core.sending import send_file
from documents.fonts import font_report
from responsibility.duty_filters import DutyListFilter
from responsibility.duty_forms import COPY, BeginForm
from responsibility.duty_permissions import (
    allowed_transitions,
    get_duty_list_for,
    judges_own,
    may_draft,
    plays,
    signing_right,
)
from responsibility.duty_selectors import figures_of, layers_of, with_coverage
from responsibility.duty_sheets import duties_sheet, list_sheet, lists_sheet
from responsibility.duty_tables import DutyListTable
from responsibility.models import DutyList
from responsibility.permissions import require_colleague
from responsibility.services import duty_lists, duty_moves
from responsibility.transitions import BY_ACTION, NEXT_STEP, PUBLISH, STEPS
from responsibility.views.pages import METHODS, FormPage, bound, form_page, list_page
from spreadsheets.export import attachment, workbook

HISTORY_SHOWN = 60
S = DutyList.State


def _rows(request: PersonRequest) -> Any:
    rows = with_coverage(DutyList.objects.visible_to(request.user).select_related("unit"))
    return rows.order_by("-year", "unit__ordering", "unit__code", "-edition")


@require_safe
def duty_lists_page(request: PersonRequest) -> HttpResponse:
    """Show the duty lists the person may see, with the year's figures."""
    require_colleague(request.user)
    filters = DutyListFilter(request.GET, _rows(request), request=request)
    figures = figures_of(request.user, clock.today().year)
    table = DutyListTable(filters.qs)
    return list_page(
        request, "responsibility/duties.html", filters, table, figures=figures, may_draft=may_draft(request.user)
    )


@require_safe
def export(request: PersonRequest) -> HttpResponse:
    """Send the duty lists as filtered, as a spreadsheet: how they stand, and all their duties."""
    require_colleague(request.user)
    rows = list(DutyListFilter(request.GET, _rows(request), request=request).qs)
    name = f"责任清单编制签收和履职情况{clock.today():%Y%m%d}"
    return attachment(workbook([lists_sheet(rows), duties_sheet(rows, request.user)]), name)


@require_http_methods(METHODS)
def begin(request: PersonRequest) -> HttpResponse:
    """Begin a duty list."""
    require_colleague(request.user)
    if not may_draft(request.user):
        raise NotAllowed("只有单位联络员、负责人和县安委办可以编制责任清单。")
    initial = {"unit": request.GET.get("unit")} if request.GET.get("unit", "").isdecimal() else {}
    form = BeginForm(bound(request), user=request.user, initial=initial)

    def save() -> HttpResponse:
        data = form.cleaned_data
        made = duty_lists.begin_list(
            actor=request.user, unit_id=data["unit"].pk, year=data["year"], copy_last=data["source"] == COPY
        )
        _say_left_out(request, made)
        messages.success(request, f"已开始编制{made.duty_list}。")
        return redirect("duties:detail", pk=made.duty_list.pk)

    page = FormPage("编制责任清单", "开始编制", reverse("duties:list"), "责任清单")
    return form_page(request, form, page, save)


def _say_left_out(request: PersonRequest, made: duty_lists.Begun) -> None:
    if made.left_out:
        shown = "；".join(made.left_out[:5])
        messages.warning(request, f"有 {len(made.left_out)} 项职责的责任主体已撤销，没有复制，请重新明确：{shown}")


def _steps(duty_list: DutyList, waiting: int) -> list[tuple[str, bool, bool]]:
    """Return the way of the list: step, whether it is next, whether it is done; signed by all, it is to be lived."""
    following = NEXT_STEP.get(duty_list.state)
    if following is None:
        return []
    following += duty_list.is_published and not waiting
    return [(word, at == following, at < following) for at, word in enumerate(STEPS)]


def file_context(request: PersonRequest, duty_list: DutyList) -> dict[str, Any]:
    """Gather what the part of the page about the PDF shows."""
    return {
        "duty_list": duty_list,
        "has_file": bool(duty_list.pdf),
        "waits_for_file": duty_list.is_published and not duty_list.pdf and not duty_list.pdf_error,
        "may_render": duty_list.is_published and plays(request.user, PUBLISH.who, duty_list),
        "font_warnings": [finding.warning for finding in font_report() if finding.warning],
    }


def detail_context(request: PersonRequest, duty_list: DutyList) -> dict[str, Any]:
    """Gather what a list's page shows to this person."""
    moves = allowed_transitions(request.user, duty_list)
    layers = layers_of(duty_list, request.user)
    signatures = [group.signature for layer in layers for group in layer.subjects if group.signature]
    for row in signatures:
        row.duty_list = duty_list
    editable = any(move.action == "edit" for move in moves)
    return file_context(request, duty_list) | {
        "today": clock.today(),
        "layers": layers,
        "item_count": sum(layer.count for layer in layers),
        "due": len(signatures),
        "signed": sum(row.signed_at is not None for row in signatures),
        "to_sign": sum(bool(signing_right(request.user, row)) for row in signatures),
        "steps": _steps(duty_list, sum(row.signed_at is None for row in signatures)),
        "moves": [move for move in moves if move.action != "edit"],
        "may_edit": editable,
        # How a unit keeps its duties is shown to itself and the office; to others the column would be empty.
        "shows_progress": any(row.progress for layer in layers for group in layer.subjects for row in group.rows),
        "advice": duty_moves.advice_on(duty_list) if editable or duty_list.state == S.SUBMITTED else [],
        "own_work": duty_list.state == S.SUBMITTED
        and plays(request.user, PUBLISH.who, duty_list)
        and judges_own(request.user, PUBLISH, duty_list),
        "history": history_of(duty_list)[:HISTORY_SHOWN],
        "editions": DutyList.objects.visible_to(request.user)
        .filter(unit=duty_list.unit_id, year=duty_list.year)
        .exclude(pk=duty_list.pk)
        .order_by("-edition"),
    }


@require_safe
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one duty list, layer by layer, with who signed and what was done."""
    duty_list = get_duty_list_for(request.user, pk)
    return render(request, "responsibility/duty_list.html", detail_context(request, duty_list))


class MoveForm(forms.Form):
    """What every move of a list sends: the version its page was drawn with, and a reason where one is asked for."""

    version = forms.IntegerField(min_value=0, max_value=999_999_999)
    reason = forms.CharField(required=False, max_length=4000)


SERVICES: dict[str, Callable[..., DutyList]] = {
    "submit": duty_moves.submit_list,
    "withdraw": duty_moves.withdraw_list,
    "publish": duty_moves.publish_list,
    "return": duty_moves.return_list,
    "discard": duty_moves.discard_list,
}


def _move(request: PersonRequest, pk: int, action: str, form: MoveForm) -> DutyList:
    """Carry out the move and return the list to show; a new edition where one is begun."""
    version = form.cleaned_data["version"]
    if action == "revise":
        made = duty_lists.revise_list(actor=request.user, list_id=pk, expected_version=version)
        _say_left_out(request, made)
        return made.duty_list
    given: dict[str, Any] = {"actor": request.user, "list_id": pk, "expected_version": version}
    if BY_ACTION[action].needs == "reason":
        given["reason"] = form.cleaned_data["reason"]
    return SERVICES[action](**given)


@require_POST
def act(request: PersonRequest, pk: int, action: str) -> HttpResponse:
    """Carry out one move of the transition table and show the list again."""
    if action not in SERVICES and action != "revise":
        raise Http404("没有这个操作。")
    form = MoveForm(request.POST)
    error = ""
    if not form.is_valid():
        error = "页面已失效，请刷新后重新操作。"
    else:
        try:
            shown = _move(request, pk, action, form)
        except NotAllowed:
            raise
        except UserError as refused:
            error = refused.message
        else:
            messages.success(request, f"已{BY_ACTION[action].done}：{shown}。")
            return redirect("duties:detail", pk=shown.pk)
    context = detail_context(request, get_duty_list_for(request.user, pk))
    reason = request.POST.get("reason", "")
    # Where the list has moved on the form is gone: what was typed is shown with the error.
    lost = "" if action in {move.action for move in context["moves"]} else reason
    typed = {"failed": action, "error": error, "typed_reason": reason, "lost_reason": lost}
    return render(request, "responsibility/duty_list.html", context | typed, status=409)


@require_safe
def sheet(request: PersonRequest, pk: int) -> HttpResponse:
    """Send the duties of one list as a spreadsheet."""
    duty_list = get_duty_list_for(request.user, pk)
    return attachment(workbook([list_sheet(duty_list)]), str(duty_list))


@require_safe
def pdf(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Send the PDF; while it is not there, go back to the page that says so."""
    duty_list = get_duty_list_for(request.user, pk)
    if not duty_list.pdf:
        waiting = "PDF 正在生成，请稍候刷新。" if duty_list.is_published else "责任清单发布后生成 PDF。"
        messages.info(request, duty_list.pdf_error or waiting)
        return redirect("duties:detail", pk=pk)
    name = f"{duty_list}.pdf"
    return send_file(request, duty_list.pdf, name, "application/pdf", gone="文件已不在存储中，请联系县安委办重新生成。")


@require_safe
def pdf_status(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the part of the page that waits for the PDF; asked again and again by script until it is there."""
    duty_list = get_duty_list_for(request.user, pk)
    if not getattr(request, "htmx", False):
        return redirect("duties:detail", pk=pk)
    return render(request, "responsibility/_duty_pdf.html", file_context(request, duty_list))


@require_POST
def render_again(request: PersonRequest, pk: int) -> HttpResponse:
    """Have the PDF made anew."""
    try:
        duty_moves.render_again(actor=request.user, list_id=pk)
    except NotAllowed:
        raise
    except UserError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "已安排重新生成 PDF。")
    return redirect("duties:detail", pk=pk)
