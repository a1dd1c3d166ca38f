"""Buttons of a check that change the outline: split, merge, move, level, sentences left over, names of sections.

Each saves what was typed for the item on screen first; a page that is old is answered with both texts.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.errors import NotAllowed, StaleObject, UserError, WrongState
from tasks.forms.plans import SectionForm
from tasks.models import Plan, PlanItem
from tasks.plan_permissions import get_draft_for
from tasks.services.item_moves import lift_item, move_item, move_to_section, nest_item
from tasks.services.item_structure import merge_items, split_item
from tasks.services.leftovers import add_item, rename_section, set_aside, take_back
from tasks.services.steps import quoted
from tasks.views.plan_panes import ItemPage
from tasks.views.plan_typed import (
    check_url,
    draw,
    number,
    numbers,
    office_action,
    overtaken_page,
    save_typed,
    shown,
    spans,
    start,
    typed_in,
    version_of,
)

UNDO_HINT = "可在“步骤”中撤销。"


def _done(
    request: HttpRequest, plan: Plan, current: int | None, ids: list[int], act: Callable[[], tuple[str, int | None]]
) -> HttpResponse:
    """Do it and show the item it is about; refusals are drawn on the page they came from.

    Args:
        request, plan: of the view.
        current: the item on screen.
        ids: the items concerned, for showing what became of them.
        act: does it; returns the sentence for the person and the item to show.
    """
    try:
        words, item_id = act()
    except (NotAllowed, WrongState):
        raise
    except StaleObject as error:
        return overtaken_page(request, plan, ids, error, current)
    except UserError as error:
        return draw(request, plan, current, ItemPage(error=error.message), status=409)
    messages.success(request, f"{words}{UNDO_HINT}")
    return redirect(check_url(plan.pk, item_id, shown(request)))


@office_action
def split(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Cut the item in two at the place named by `at`."""
    plan, typed, answer = start(request, pk, item_pk)
    if answer is not None or (answer := save_typed(request, plan, typed)) is not None:
        return answer

    def act() -> tuple[str, int | None]:
        new = split_item(
            actor=request.user,  # type: ignore[arg-type]
            item_id=item_pk,
            at=number(request.POST.get("at")) or 0,
            expected_version=version_of(request, typed),
        )
        return f"已拆分，后一部分是{quoted(new)}。", item_pk

    return _done(request, plan, item_pk, [item_pk], act)


@office_action
def merge(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Join the item with the neighbour named by `with`."""
    plan, typed, answer = start(request, pk, item_pk)
    if answer is not None or (answer := save_typed(request, plan, typed)) is not None:
        return answer
    other, _, version = request.POST.get("with", "").partition(":")
    other_id = number(other)
    if other_id is None:
        return draw(request, plan, item_pk, ItemPage(error="没有选定要合并的条目，请刷新页面后再试。"), status=409)
    expected = {item_pk: version_of(request, typed), other_id: number(version)}
    return _merge(request, plan, item_pk, [item_pk, other_id], expected)


@office_action
def merge_ticked(request: HttpRequest, pk: int) -> HttpResponse:
    """Join the ticked items into the first of them."""
    plan = get_draft_for(request.user, pk)
    typed = typed_in(request, plan)
    if (answer := save_typed(request, plan, typed)) is not None:
        return answer
    ticked = numbers(request.POST.getlist("tick"))
    expected = {each: number(request.POST.get(f"version-{each}")) for each in ticked}
    if typed is not None and typed.changed and typed.item_id in expected:
        expected[typed.item_id] = version_of(request, typed)
    return _merge(request, plan, number(request.POST.get("item")), ticked, expected)


def _merge(
    request: HttpRequest, plan: Plan, current: int | None, ids: list[int], expected: dict[int, int | None]
) -> HttpResponse:
    def act() -> tuple[str, int | None]:
        known = {each: version for each, version in expected.items() if version is not None}
        merged = merge_items(actor=request.user, plan_id=plan.pk, item_ids=ids, expected=known)  # type: ignore[arg-type]
        return f"已合并为{quoted(merged)}。", merged.pk

    return _done(request, plan, current, ids, act)


MOVES: dict[str, Callable[..., PlanItem]] = {"nest": nest_item, "lift": lift_item}
_MOVED = {"up": "已上移", "down": "已下移", "nest": "已降为下级条目", "lift": "已升一级", "section": "已移到所选章节"}


@office_action
def move(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Move the item: `to` is up, down, nest, lift, or section (with `to_section`)."""
    plan, typed, answer = start(request, pk, item_pk)
    if answer is not None or (answer := save_typed(request, plan, typed)) is not None:
        return answer
    to = request.POST.get("to", "")

    def act() -> tuple[str, int | None]:
        common: dict[str, Any] = {
            "actor": request.user,
            "item_id": item_pk,
            "expected_version": version_of(request, typed),
        }
        if to in ("up", "down"):
            item = move_item(direction="up" if to == "up" else "down", **common)
        elif to == "section":
            item = move_to_section(section_id=number(request.POST.get("to_section")) or 0, **common)
        elif to in MOVES:
            item = MOVES[to](**common)
        else:
            raise UserError("没有选定怎样移动，请刷新页面后再试。")
        return f"{quoted(item)}{_MOVED[to]}。", item.pk

    return _done(request, plan, item_pk, [item_pk], act)


@office_action
def leftovers(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an item of the ticked sentences, or set them aside (`do`)."""
    plan = get_draft_for(request.user, pk)
    if (answer := save_typed(request, plan, typed_in(request, plan))) is not None:
        return answer
    current = number(request.POST.get("item"))
    chosen = spans(request.POST.getlist("sentence"))

    def act() -> tuple[str, int | None]:
        actor: Any = request.user
        if request.POST.get("do") == "add":
            item = add_item(actor=actor, plan_id=pk, spans=chosen)
            return f"已增加条目{quoted(item)}，请核对。", item.pk
        return f"已把{set_aside(actor=actor, plan_id=pk, spans=chosen)}句标为不需分解。", current

    return _done(request, plan, current, [], act)


@office_action
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Make what was set aside text again."""
    plan = get_draft_for(request.user, pk)
    if (answer := save_typed(request, plan, typed_in(request, plan))) is not None:
        return answer
    current = number(request.POST.get("item"))
    wanted = spans([request.POST.get("span", "")])

    def act() -> tuple[str, int | None]:
        if not wanted:
            raise UserError("没有选定要恢复的文字，请刷新页面后再试。")
        take_back(actor=request.user, plan_id=pk, span=wanted[0])  # type: ignore[arg-type]
        return "已恢复为正文，列在“未覆盖”中。", current

    return _done(request, plan, current, [], act)


@office_action
def section(request: HttpRequest, pk: int, section_pk: int) -> HttpResponse:
    """Rename a section."""
    plan = get_draft_for(request.user, pk)
    if not plan.sections.filter(pk=section_pk).exists():
        raise Http404("没有这个章节。")
    form = SectionForm(request.POST, prefix="section")
    if not form.is_valid():
        return _section_page(request, plan, section_pk, ItemPage(section=form), status=422)
    data = form.cleaned_data
    try:
        saved = rename_section(
            actor=request.user,  # type: ignore[arg-type]
            plan_id=pk,
            section_id=section_pk,
            title=data["title"],
            expected_version=data["version"],
        )
    except (NotAllowed, WrongState):
        raise
    except UserError as error:
        present = plan.sections.get(pk=section_pk)
        typed = SectionForm(initial=data | {"version": present.version}, prefix="section")
        page = ItemPage(section=typed, error=error.message)
        return _section_page(request, plan, section_pk, page, status=409)
    messages.success(request, f"章节已改名为“{saved.title}”。{UNDO_HINT}")
    return redirect(check_url(pk, None, shown(request), pane="tree"))


def _section_page(request: HttpRequest, plan: Plan, section_pk: int, page: ItemPage, status: int) -> HttpResponse:
    return draw(request, plan, None, page, status=status, section=str(section_pk))
