"""The check of a reading in three panes: source text, items, form of one item. Saving and assigning happen here."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotAllowed, StaleObject, UserError, WrongState
from tasks.forms.plans import DropForm, ItemForm, TargetFormSet, item_draft, targets_initial
from tasks.models import Plan, PlanItem
from tasks.plan_permissions import get_draft_for
from tasks.services.importing import refresh_suggestions
from tasks.services.item_editing import accept_suggestions, drop_item, edit_item, resolve_flag, restore_item
from tasks.views.plan_panes import FILTERS, Difference, ItemPage, differences, read_panes

ROWS = "target"


def check_url(plan_id: int, item_id: int | str | None = None, show: str = "") -> str:
    """Return the address of the check with an item chosen and the list of items filtered."""
    query = urlencode({key: value for key, value in (("item", item_id), ("show", show)) if value})
    return reverse("plans:check", args=[plan_id]) + (f"?{query}" if query else "")


def _shown(request: HttpRequest) -> str:
    show = request.POST.get("show", "") or request.GET.get("show", "")
    return show if show in FILTERS else ""


def _page(
    request: HttpRequest, plan: Plan, item_id: str | int | None, page: ItemPage | None = None, status: int = 200
) -> HttpResponse:
    """Draw the three panes; `page` brings the forms of a refused request, with what was typed."""
    panes = read_panes(plan, item_id, _shown(request))
    page = page or ItemPage()
    item = panes.current
    if item is not None:
        page.form = page.form or ItemForm(initial=ItemForm.initial_of(item))
        page.rows = page.rows or TargetFormSet(prefix=ROWS, initial=targets_initial(item))
        page.drop = page.drop or DropForm(initial={"version": item.version}, prefix="drop")
        page.form.offer(panes.units)
    response = render(request, "plans/check.html", {"plan": plan, "panes": panes, "page": page}, status=status)
    if request.method == "POST":
        # A refused form is shown in place; the address stays one that can be loaded again.
        response["HX-Push-Url"] = check_url(plan.pk, panes.current_key, panes.show)
    return response


@require_safe
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the three panes."""
    plan = get_draft_for(request.user, pk)
    if plan.state != Plan.State.DRAFT:
        return redirect("plans:detail", pk=pk)
    return _page(request, plan, request.GET.get("item"))


def _get_item(request: HttpRequest, pk: int, item_pk: int) -> tuple[Plan, PlanItem]:
    plan = get_draft_for(request.user, pk)
    item = plan.items.filter(pk=item_pk).first()
    if item is None:
        raise Http404("没有这个条目。")
    return plan, item


def _moved_on(request: HttpRequest, pk: int, error: UserError) -> HttpResponse:
    messages.error(request, error.message)
    return redirect("plans:detail", pk=pk)


@require_POST
def save_item(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Save an item's form. Its buttons may besides adopt a suggested unit, settle a doubt or go on to the next."""
    plan, item = _get_item(request, pk, item_pk)
    form = ItemForm(request.POST)
    rows = TargetFormSet(request.POST, prefix=ROWS, initial=targets_initial(item))
    if not (form.is_valid() & rows.is_valid()):
        return _page(request, plan, item_pk, ItemPage(form, rows), status=422)
    _adopt(form, request.POST.get("adopt", ""))
    try:
        edit_item(
            actor=request.user,  # type: ignore[arg-type]
            item_id=item_pk,
            draft=item_draft(form, rows),
            expected_version=form.cleaned_data["version"],
        )
        _settle(request, item)
    except NotAllowed:
        raise
    except WrongState as error:
        return _moved_on(request, pk, error)
    except StaleObject as error:
        return _stale(request, plan, item, form, error)
    except UserError as error:
        form.add_error(None, error.message)
        return _page(request, plan, item_pk, ItemPage(form, rows), status=409)
    messages.success(request, f"已保存“{item.marker}{form.cleaned_data['title'][:30]}”。")
    go_on = request.POST.get("next", "") if "save_next" in request.POST else ""
    return redirect(check_url(pk, go_on or item_pk, _shown(request)))


def _adopt(form: ItemForm, wish: str) -> None:
    """Take a suggested unit (lead-17, support-17) over into the valid form."""
    part, _, unit_id = wish.partition("-")
    if not unit_id.isdecimal():
        return
    name = "lead" if part == "lead" else "supports"
    unit = form.fields[name].queryset.filter(pk=unit_id).first()  # type: ignore[attr-defined]
    if unit is None:
        return
    data = form.cleaned_data
    if part == "lead":
        data["lead"] = unit
    elif data["lead"] != unit:
        data["supports"] = [*data["supports"], unit]


def _settle(request: HttpRequest, item: PlanItem) -> None:
    flag_id = request.POST.get("resolve", "")
    if flag_id.isdecimal() and item.flags.filter(pk=flag_id).exists():
        resolve_flag(actor=request.user, flag_id=int(flag_id))  # type: ignore[arg-type]


def _stale(request: HttpRequest, plan: Plan, item: PlanItem, form: ItemForm, error: StaleObject) -> HttpResponse:
    """Show what a colleague saved beside what was typed; saving once more is then a decision."""
    item.refresh_from_db()
    rows = TargetFormSet(request.POST, prefix=ROWS, initial=targets_initial(item))
    rows.is_valid()
    draft = item_draft(form, rows)
    data = request.POST.copy()
    data["version"] = str(item.version)
    again = ItemForm(data)
    again.is_valid()
    found: list[Difference] = differences(item, draft)
    return _page(request, plan, item.pk, ItemPage(again, rows, stale=found, error=error.message), status=409)


@require_POST
def drop(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Leave an item out of the tasks, with the reason."""
    plan, item = _get_item(request, pk, item_pk)
    form = DropForm(request.POST, prefix="drop")
    if not form.is_valid():
        return _page(request, plan, item_pk, ItemPage(drop=form), status=422)
    data = form.cleaned_data
    try:
        drop_item(
            actor=request.user,  # type: ignore[arg-type]
            item_id=item_pk,
            reason=data["reason"],
            expected_version=data["version"],
        )
    except NotAllowed:
        raise
    except WrongState as error:
        return _moved_on(request, pk, error)
    except UserError as error:
        typed = DropForm(initial=data | {"version": _version(item)}, prefix="drop")
        return _page(request, plan, item_pk, ItemPage(drop=typed, error=error.message), status=409)
    messages.success(request, f"“{item.marker}{item.title[:30]}”不纳入任务。")
    return redirect(check_url(pk, item_pk, _shown(request)))


def _version(item: PlanItem) -> int:
    item.refresh_from_db(fields=["version"])
    return item.version


@require_POST
def restore(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Take a dropped item back."""
    _, item = _get_item(request, pk, item_pk)
    try:
        restore_item(actor=request.user, item_id=item_pk)  # type: ignore[arg-type]
    except NotAllowed:
        raise
    except WrongState as error:
        return _moved_on(request, pk, error)
    messages.success(request, f"“{item.marker}{item.title[:30]}”已恢复纳入任务。")
    return redirect(check_url(pk, item_pk, _shown(request)))


def _ids(values: list[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and len(value) < 18]


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the suggested units over into the ticked items."""
    get_draft_for(request.user, pk)
    ticked = _ids(request.POST.getlist("tick"))
    back = redirect(check_url(pk, request.POST.get("item") or None, _shown(request)))
    if not ticked:
        messages.warning(request, "没有勾选条目。请在条目前打勾后，再采纳建议单位。")
        return back
    try:
        done = accept_suggestions(actor=request.user, plan_id=pk, item_ids=ticked)  # type: ignore[arg-type]
    except NotAllowed:
        raise
    except WrongState as error:
        return _moved_on(request, pk, error)
    words = [f"已采纳{done.changed}条的建议单位"]
    words += [f"{done.settled}条已有单位，未作改动"] if done.settled else []
    words += [f"{done.without}条没有建议，请在右侧选定"] if done.without else []
    messages.add_message(request, messages.SUCCESS if done.changed else messages.WARNING, "；".join(words) + "。")
    return back


@require_POST
def suggest(request: HttpRequest, pk: int) -> HttpResponse:
    """Suggest units anew, after aliases or keyword rules were changed."""
    get_draft_for(request.user, pk)
    try:
        refresh_suggestions(actor=request.user, plan_id=pk)  # type: ignore[arg-type]
    except NotAllowed:
        raise
    except WrongState as error:
        return _moved_on(request, pk, error)
    messages.success(request, "已按现在的单位表和关键词规则重新生成建议，已定的单位没有改动。")
    return redirect(check_url(pk, request.POST.get("item") or None, _shown(request)))


@require_POST
def settle_flag(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a doubtful reading as compared, or take that back (`undo`)."""
    plan = get_draft_for(request.user, pk)
    wanted = request.POST.get("resolve", "") or request.POST.get("undo", "")
    flag = plan.flags.filter(pk__in=_ids([wanted])).first()
    if flag is None:
        raise Http404("没有这处存疑。")
    try:
        resolve_flag(actor=request.user, flag_id=flag.pk, resolved="undo" not in request.POST)  # type: ignore[arg-type]
    except NotAllowed:
        raise
    except WrongState as error:
        return _moved_on(request, pk, error)
    return redirect(check_url(pk, request.POST.get("item") or flag.item_id, _shown(request)))
