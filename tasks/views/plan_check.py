"""The check of a reading in three panes: source text, items, form of one item. Saving and deciding happen here."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from core.errors import NotAllowed, StaleObject, UserError, WrongState
from tasks.forms.charge import ChargingForm
from tasks.forms.plans import DropForm, ItemForm
from tasks.models import Plan
from tasks.plan_permissions import get_draft_for
from tasks.services.charge import charge_items
from tasks.services.importing import refresh_suggestions
from tasks.services.item_editing import accept_suggestions, check_items, drop_item, resolve_flag, restore_item
from tasks.views.plan_panes import ItemPage
from tasks.views.plan_typed import (
    CHARGING,
    check_url,
    draw,
    gone,
    number,
    numbers,
    office_action,
    overtaken_page,
    read_typed,
    save_typed,
    shown,
    start,
    typed_in,
    version_of,
)


@require_safe
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the three panes; without an item in the address, the one this person last looked at."""
    plan = get_draft_for(request.user, pk)
    if plan.state != Plan.State.DRAFT:
        return redirect("plans:detail", pk=pk)
    return draw(request, plan, request.GET.get("item"))


def _name(plan: Plan, item_pk: int) -> str:
    item = plan.items.get(pk=item_pk)
    return f"“{item.marker}{item.title[:30]}”"


@office_action
def save_item(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Save an item's form. Its buttons may besides adopt a suggested unit, settle a doubt, mark the item as checked or
    go on to the next.
    """
    plan, typed, answer = start(request, pk, item_pk)
    if answer is not None:
        return answer
    typed = typed or read_typed(request, plan, item_pk)
    if typed.valid:
        _adopt(typed.form, request.POST.get("adopt", ""))
    checked = "save_checked" in request.POST
    # Pressed on an old page, an unchanged form too is to be told what has changed.
    typed.changed = True
    if (answer := save_typed(request, plan, typed, checked=checked)) is not None:
        return answer
    _settle(request, plan, item_pk)
    messages.success(request, f"已保存{_name(plan, item_pk)}{'，标为已核对' if checked else ''}。")
    go_on = request.POST.get("next", "") if "save_next" in request.POST or checked else ""
    return redirect(check_url(pk, go_on or item_pk, shown(request)))


def _adopt(form: ItemForm, wish: str) -> None:
    """Take a suggested unit (lead-17, support-17) over into the valid form."""
    part, _, unit_id = wish.partition("-")
    if number(unit_id) is None:
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


def _settle(request: HttpRequest, plan: Plan, item_pk: int) -> None:
    flag_id = number(request.POST.get("resolve"))
    if flag_id is not None and plan.flags.filter(pk=flag_id, item=item_pk).exists():
        resolve_flag(actor=request.user, flag_id=flag_id)  # type: ignore[arg-type]


@office_action
def drop(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Leave an item out of the tasks, with the reason; what was typed for it is saved."""
    plan, typed, answer = start(request, pk, item_pk)
    if answer is not None:
        return answer
    form = DropForm(request.POST, prefix="drop")
    if not form.is_valid():
        page = ItemPage(drop=form) if typed is None else ItemPage(typed.form, typed.rows, drop=form)
        return draw(request, plan, item_pk, page, status=422)
    data = form.cleaned_data
    version = data["version"]
    if (answer := save_typed(request, plan, typed)) is not None:
        return answer
    if typed is not None and typed.changed:
        version = version_of(request, typed)
    try:
        drop_item(
            actor=request.user,  # type: ignore[arg-type]
            item_id=item_pk,
            reason=data["reason"],
            expected_version=version,
        )
    except (NotAllowed, WrongState):
        raise
    except UserError as error:
        present = plan.items.filter(pk=item_pk).first()
        if present is None:
            return gone(request, plan, item_pk, typed)
        fresh = data | {"version": present.version}
        page = ItemPage(drop=DropForm(initial=fresh, prefix="drop"), error=error.message)
        return draw(request, plan, item_pk, page, status=409)
    messages.success(request, f"{_name(plan, item_pk)}不纳入任务。")
    return redirect(check_url(pk, item_pk, shown(request)))


@office_action
def restore(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Take a dropped item back; what was typed for it is saved."""
    plan, typed, answer = start(request, pk, item_pk)
    if answer is not None:
        return answer
    if (answer := save_typed(request, plan, typed)) is not None:
        return answer
    try:
        restore_item(
            actor=request.user,  # type: ignore[arg-type]
            item_id=item_pk,
            expected_version=version_of(request, typed),
        )
    except StaleObject as error:
        return overtaken_page(request, plan, [item_pk], error, item_pk)
    messages.success(request, f"{_name(plan, item_pk)}已恢复纳入任务。")
    return redirect(check_url(pk, item_pk, shown(request)))


@office_action
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the suggested units over into the ticked items."""
    plan = get_draft_for(request.user, pk)
    typed = typed_in(request, plan)
    ticked = numbers(request.POST.getlist("tick"))
    back = redirect(check_url(pk, request.POST.get("item") or None, shown(request), pane="tree"))
    if (answer := save_typed(request, plan, typed)) is not None:
        return answer
    if not ticked:
        messages.warning(request, "没有勾选条目。请在条目前打勾后，再采纳建议单位。")
        return back
    done = accept_suggestions(actor=request.user, plan_id=pk, item_ids=ticked)  # type: ignore[arg-type]
    words = [f"已采纳{done.changed}条的建议单位"]
    words += [f"{done.settled}条已有单位，未作改动"] if done.settled else []
    words += [f"{done.without}条没有建议，请在右侧选定"] if done.without else []
    messages.add_message(request, messages.SUCCESS if done.changed else messages.WARNING, "；".join(words) + "。")
    return back


@office_action
def mark_checked(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the ticked items (or the one named by `unchecked`, the other way round) as compared with the document."""
    plan = get_draft_for(request.user, pk)
    one = number(request.POST.get("uncheck"))
    ids = [one] if one is not None else numbers(request.POST.getlist("tick"))
    back = redirect(
        check_url(pk, request.POST.get("item") or None, shown(request), pane="item" if one is not None else "tree")
    )
    if (answer := save_typed(request, plan, typed_in(request, plan))) is not None:
        return answer
    if not ids:
        messages.warning(request, "没有勾选条目。请在条目前打勾后，再标为已核对。")
        return back
    done = check_items(actor=request.user, plan_id=pk, item_ids=ids, checked=one is None)  # type: ignore[arg-type]
    messages.success(request, f"已把{done}条标为{'已' if one is None else '未'}核对。")
    return back


@office_action
def charge(request: HttpRequest, pk: int) -> HttpResponse:
    """Set leader, field and weight of the ticked items; what is left empty stays as it is."""
    plan = get_draft_for(request.user, pk)
    current = request.POST.get("item") or None
    back = redirect(check_url(pk, current, shown(request), pane="tree"))
    if (answer := save_typed(request, plan, typed_in(request, plan))) is not None:
        return answer
    ticked = numbers(request.POST.getlist("tick"))
    if not ticked:
        messages.warning(request, "没有勾选条目。请在条目前打勾后，再设定牵头领导、行业领域、权重。")
        return back
    form = ChargingForm(request.POST, prefix=CHARGING)
    if form.is_valid():
        try:
            done = charge_items(
                actor=request.user,  # type: ignore[arg-type]
                plan_id=pk,
                item_ids=ticked,
                charging=form.charging(),
            )
        except (NotAllowed, WrongState):
            raise
        except UserError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"已设定{done}条。")
            return back
    return draw(request, plan, current, ItemPage(charging=form), status=409)


@office_action
def suggest(request: HttpRequest, pk: int) -> HttpResponse:
    """Suggest units anew, after aliases or keyword rules were changed."""
    plan = get_draft_for(request.user, pk)
    if (answer := save_typed(request, plan, typed_in(request, plan))) is not None:
        return answer
    refresh_suggestions(actor=request.user, plan_id=pk)  # type: ignore[arg-type]
    messages.success(request, "已按现在的单位表和关键词规则重新生成建议，已定的单位没有改动。")
    return redirect(check_url(pk, request.POST.get("item") or None, shown(request), pane="tree"))


@office_action
def settle_flag(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a doubtful reading as compared, or take that back (`reopen`)."""
    plan = get_draft_for(request.user, pk)
    wanted = request.POST.get("resolve", "") or request.POST.get("reopen", "")
    flag = plan.flags.filter(pk__in=numbers([wanted])).first()
    if flag is None:
        raise Http404("没有这处存疑。")
    if (answer := save_typed(request, plan, typed_in(request, plan))) is not None:
        return answer
    resolve_flag(actor=request.user, flag_id=flag.pk, resolved="reopen" not in request.POST)  # type: ignore[arg-type]
    return redirect(check_url(pk, request.POST.get("item") or flag.item_id, shown(request)))
