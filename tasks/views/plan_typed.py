"""The one form of a check: whichever of its buttons is pressed, what was typed for the item is kept first."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.errors import NotAllowed, StaleObject, UserError, WrongState
from tasks.forms.charge import ChargingForm, offered
from tasks.forms.plans import DropForm, ItemForm, SectionForm, TargetFormSet, item_draft, targets_initial
from tasks.models import Plan, PlanItem
from tasks.plan_permissions import get_draft_for
from tasks.services.charge import Charge
from tasks.services.item_editing import ItemDraft, TargetDraft, edit_item
from tasks.services.visits import visit, visits_of
from tasks.views.plan_differences import Difference, differences, overtaken
from tasks.views.plan_panes import FILTERS, ItemPage, read_panes

ROWS = "target"
CHARGING = "charging"
P = ParamSpec("P")
UNSAVED = "当前条目有尚未保存的修改。请先保存，或点“放弃我的修改”，再{verb}。"


def check_url(plan_id: int, item_id: int | str | None = None, show: str = "", *, pane: str = "") -> str:
    """Return the address of the check with an item chosen and the list of items filtered."""
    query = urlencode({key: value for key, value in (("item", item_id), ("show", show), ("pane", pane)) if value})
    return reverse("plans:check", args=[plan_id]) + (f"?{query}" if query else "")


def shown(request: HttpRequest) -> str:
    """Return the filter of the list of items that a request keeps."""
    show = request.POST.get("show", "") or request.GET.get("show", "")
    return show if show in FILTERS else ""


def number(text: str | None) -> int | None:
    """Read a primary key or an offset; None for anything else."""
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 18 else None


def numbers(values: list[str]) -> list[int]:
    """Read primary keys, leaving out what is none."""
    return [found for value in values if (found := number(value)) is not None]


def spans(values: list[str]) -> list[tuple[int, int]]:
    """Read stretches of the text such as `40-52`, leaving out what is none."""
    pairs = [tuple(number(part) for part in value.split("-")) for value in values]
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2 and None not in pair]  # type: ignore[misc]


PANES = {"source": "原文", "tree": "条目", "item": "核对"}


def draw(
    request: HttpRequest,
    plan: Plan,
    item_id: str | int | None,
    page: ItemPage | None = None,
    status: int = 200,
    section: str = "",
) -> HttpResponse:
    """Draw the three panes; without an item, at the one this person last looked at. `page` brings the forms of a
    refused request, with what was typed.
    """
    posted = request.method == "POST"
    visits = visits_of(plan, request.user)
    item_id = item_id or visits.last_item
    panes = read_panes(plan, item_id, shown(request), section or request.GET.get("section", ""))
    page = page or ItemPage()
    item, lists = panes.current, offered()
    if item is not None:
        page.form = page.form or ItemForm(initial=ItemForm.initial_of(item))
        page.rows = page.rows or TargetFormSet(prefix=ROWS, initial=targets_initial(item))
        page.drop = page.drop or DropForm(initial={"version": item.version}, prefix="drop")
        page.form.offer(panes.units)
        page.form.offer_charge(lists, item)
        page.opened = mark_of(stored_draft(item))
    page.charging = page.charging or ChargingForm(prefix=CHARGING)
    page.charging.offer_charge(lists)
    if panes.section is not None and page.section is None:
        initial = {"title": panes.section.title, "version": panes.section.version}
        page.section = SectionForm(initial=initial, prefix="section")
    visit(user=request.user, plan=plan, item=item)
    pane = request.GET.get("pane", "")
    pane = pane if pane in PANES else "item" if posted or item_id or panes.section else "tree"
    context = {
        "plan": plan,
        "panes": panes,
        "page": page,
        "pane": "item" if posted else pane,
        "others": visits.others,
        "seen": plan.changes,
        "tabs": list(PANES.items()),
    }
    response = render(request, "plans/check.html", context, status=status)
    if posted:
        # A refused form is shown in place; the address stays one that can be loaded again.
        response["HX-Push-Url"] = check_url(plan.pk, panes.current_key, panes.show)
    return response


def stored_draft(item: PlanItem) -> ItemDraft:
    """Return what the form of an item opens with."""
    targets = [TargetDraft(t.pk, t.metric, t.operator, t.value, t.unit, t.dropped) for t in item.targets.all()]
    supports = list(item.supports.all())
    return ItemDraft(
        *(item.title, item.starts_on, item.due_on, item.lead, supports, targets),
        charge=Charge(item.leader, item.weight, item.sector),
        recurrence=item.recurrence,
        months=item.months,
    )


def mark_of(draft: ItemDraft) -> str:
    """Return a short mark that is the same for the same contents of a form."""
    facts = [" ".join(draft.title.split()), draft.starts_on, draft.due_on, draft.lead.pk if draft.lead else None]
    facts.append(f"{draft.recurrence or ''} {sorted(draft.months)}")
    targets = [(t.id, t.metric, t.operator, f"{t.value:.2f}", t.unit, t.dropped) for t in draft.targets]
    charge = draft.charge or Charge()
    charged = (charge.leader and charge.leader.pk, f"{charge.weight:.2f}", charge.sector and charge.sector.pk)
    text = repr((facts, sorted(unit.pk for unit in draft.supports), targets, charged))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(slots=True)
class Typed:
    """What came along for the item on screen."""

    item_id: int
    form: ItemForm
    rows: Any
    valid: bool
    changed: bool
    seen: int

    @property
    def draft(self) -> ItemDraft:
        """The valid form as the service takes it."""
        return item_draft(self.form, self.rows)


def typed_in(request: HttpRequest, plan: Plan, item_id: int | None = None) -> Typed | None:
    """Read what was typed for an item; None where no form of an item came along."""
    pk = item_id if item_id is not None else number(request.POST.get("item"))
    return None if pk is None or "title" not in request.POST else read_typed(request, plan, pk)


def read_typed(request: HttpRequest, plan: Plan, pk: int) -> Typed:
    """Read the form of an item out of a request."""
    item = plan.items.filter(pk=pk).first()
    form = ItemForm(request.POST)
    rows = TargetFormSet(request.POST, prefix=ROWS, initial=targets_initial(item) if item is not None else [])
    valid = form.is_valid() & rows.is_valid()
    changed = not valid or mark_of(item_draft(form, rows)) != request.POST.get("opened", "")
    return Typed(pk, form, rows, valid, changed, number(request.POST.get("seen")) or 0)


def start(request: HttpRequest, pk: int, item_pk: int) -> tuple[Plan, Typed | None, HttpResponse | None]:
    """Return the draft, what was typed, and the answer where the item is gone.

    Raises:
        Http404, NotAllowed: see `tasks.plan_permissions.get_draft_for`.
    """
    plan = get_draft_for(request.user, pk)
    typed = typed_in(request, plan, item_pk)
    if plan.items.filter(pk=item_pk).exists():
        return plan, typed, None
    if plan.state != Plan.State.DRAFT:
        raise Http404("没有这个条目。")
    return plan, typed, gone(request, plan, item_pk, typed)


def save_typed(request: HttpRequest, plan: Plan, typed: Typed | None, *, checked: bool = False) -> HttpResponse | None:
    """Save what was typed, if anything was; return the page that says why it could not be, or None to go on.

    Raises:
        NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    if typed is None or not (typed.changed or checked):
        return None
    item = plan.items.filter(pk=typed.item_id).first()
    if item is None:
        return gone(request, plan, typed.item_id, typed)
    if not typed.valid:
        return draw(request, plan, item.pk, ItemPage(typed.form, typed.rows), status=422)
    draft = typed.draft
    if checked:
        draft = replace(draft, checked=True)
    try:
        saved = edit_item(
            actor=request.user,  # type: ignore[arg-type]
            item_id=item.pk,
            draft=draft,
            expected_version=typed.form.cleaned_data["version"],
        )
    except (NotAllowed, WrongState):
        raise
    except StaleObject as error:
        return stale(request, plan, item, typed, error)
    except UserError as error:
        typed.form.add_error(None, error.message)
        return draw(request, plan, item.pk, ItemPage(typed.form, typed.rows), status=409)
    typed.form.cleaned_data["version"] = saved.version
    return None


def version_of(request: HttpRequest, typed: Typed | None) -> int | None:
    """Return the version of the item on screen, as saved a moment ago or as the page showed it."""
    if typed is not None and typed.valid:
        version: int = typed.form.cleaned_data["version"]
        return version
    return number(request.POST.get("version"))


def stale(request: HttpRequest, plan: Plan, item: PlanItem, typed: Typed, error: StaleObject) -> HttpResponse:
    """Show what a colleague saved beside what was typed; saving once more is then a decision."""
    if not plan.items.filter(pk=item.pk).exists():
        return gone(request, plan, item.pk, typed)
    item.refresh_from_db()
    plan.refresh_from_db()
    rows = TargetFormSet(request.POST, prefix=ROWS, initial=targets_initial(item))
    rows.is_valid()
    draft = item_draft(typed.form, rows)
    data = request.POST.copy()
    data["version"] = str(item.version)
    again = ItemForm(data)
    again.is_valid()
    found: list[Difference] = differences(item, draft)
    return draw(request, plan, item.pk, ItemPage(again, rows, stale=found, error=error.message), status=409)


def gone(request: HttpRequest, plan: Plan, item_id: int, typed: Typed | None = None) -> HttpResponse:
    """Answer for an item that was merged away or taken back: what became of it, and what was typed for it.

    Without a trace of it the answer is 404.
    """
    seen = typed.seen if typed is not None else number(request.POST.get("seen")) or 0
    past = overtaken(plan, item_id, 0 if typed is None else seen)
    if not past.steps:
        past = overtaken(plan, item_id, 0)
    if not past.steps:
        raise Http404("没有这个条目。")
    step = past.steps[0]
    verb = "撤销" if step.undone_at is not None else "办理"
    error = f"您打开的条目已经不在：{step.touched_by}{verb}了“{step.summary}”。"
    lost: list[Difference] = []
    if typed is not None and typed.changed:
        error += "您填写的内容没有保存，列在下面，可抄到现在的条目里。"
        lost = _typed_words(typed)
    elif typed is not None:
        error += "没有办理您的操作，请核对后重新选择。"
    instead = past.instead.pk if past.instead is not None else None
    return draw(request, plan, instead, ItemPage(error=error, typed=lost), status=409)


def _typed_words(typed: Typed) -> list[Difference]:
    """Return what was typed, field by field."""
    names = ("title", "starts_on", "due_on", "weight", "months")
    fields = [(typed.form[name].label, typed.form[name].value()) for name in names]
    found = [Difference(str(label), "", str(value)) for label, value in fields if value]
    for row in typed.rows:
        words = " ".join(str(row[name].value() or "") for name in ("metric", "operator", "value", "unit"))
        if row["metric"].value():
            found.append(Difference("指标", "", words))
    return found


def overtaken_page(
    request: HttpRequest, plan: Plan, item_ids: list[int], error: StaleObject, current: int | None
) -> HttpResponse:
    """Answer an operation on items that were changed since the page was opened: both texts of each."""
    plan.refresh_from_db()
    seen = number(request.POST.get("seen")) or 0
    found: list[Difference] = []
    for pk in item_ids:
        past = overtaken(plan, pk, seen)
        label = f"“{past.steps[0].summary}”（{past.steps[0].touched_by}）" if past.steps else ""
        found += [Difference("改动", label, "")] if label else []
        found += past.differences
    return draw(request, plan, current, ItemPage(stale=found, seen=True, error=error.message), status=409)


def unsaved(request: HttpRequest, plan: Plan, typed: Typed, verb: str) -> HttpResponse:
    """Refuse what would throw away something typed, and show it."""
    page = ItemPage(typed.form, typed.rows, error=UNSAVED.format(verb=verb))
    item = plan.items.filter(pk=typed.item_id).first()
    if item is not None and typed.valid:
        page.stale = differences(item, typed.draft)
    return draw(request, plan, typed.item_id, page, status=409)


def office_action(view: Callable[Concatenate[HttpRequest, int, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view one that changes a draft: by POST only; once the draft is none any more it leads away, saying why."""

    @require_POST
    @wraps(view)
    def action(request: HttpRequest, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, pk, *args, **kwargs)
        except WrongState as error:
            messages.error(request, error.message)
            return redirect("plans:detail", pk=pk)

    return action
