"""Duties of a list that is being worked on: one by one, or taken from the library."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from responsibility.duty_forms import ItemEditForm, ItemForm, read_subject, subject_choices, subject_value
from responsibility.duty_permissions import get_duty_list_for, get_item_for, require_move
from responsibility.models import DutyItem, DutyList, InnerOffice, Post
from responsibility.services import duty_items
from responsibility.services.changes import words
from responsibility.services.duty_items import ItemDraft, Subject
from responsibility.services.duty_library import LibraryKind, guess_subject, kind_for, library
from responsibility.transitions import EDIT
from responsibility.views.pages import METHODS, FormPage, bound, form_page, version_of


def _detail_url(pk: int) -> str:
    return reverse("duties:detail", args=[pk])


def _open_list(request: PersonRequest, duty_list: DutyList) -> HttpResponse | None:
    """Return where to go where the list is not being worked on any more; None where it is.

    Raises:
        NotAllowed: not the person's to edit.
    """
    try:
        require_move(request.user, EDIT, duty_list)
    except WrongState as error:
        if request.method == "POST":
            # The form is answered by the service, with what was typed.
            return None
        messages.info(request, error.message)
        return redirect(_detail_url(duty_list.pk))
    return None


@require_http_methods(METHODS)
def item_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Add a duty."""
    duty_list = get_duty_list_for(request.user, pk)
    if elsewhere := _open_list(request, duty_list):
        return elsewhere
    form = ItemForm(bound(request), unit=duty_list.unit, initial={"subject": request.GET.get("subject", "")})

    def save() -> HttpResponse:
        item = duty_items.add_item(actor=request.user, list_id=pk, draft=form.draft())
        messages.success(request, "已新增一项职责。")
        if "again" in request.POST:
            subject = subject_value(Subject(item.office_id, item.post_id))
            return redirect(f"{reverse('duties:item_add', args=[pk])}?subject={subject}")
        return redirect(_detail_url(pk))

    page = FormPage("新增职责", "新增这项职责", _detail_url(pk), str(duty_list), extra={"again": "新增并继续下一项"})
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def item_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a duty."""
    item = get_item_for(request.user, pk)
    duty_list = item.duty_list
    if elsewhere := _open_list(request, duty_list):
        return elsewhere
    initial = {"subject": subject_value(Subject(item.office_id, item.post_id)), "ordering": item.ordering}
    form = ItemEditForm(bound(request), unit=duty_list.unit, instance=item, initial=initial)

    def save() -> HttpResponse:
        duty_items.change_item(
            actor=request.user,
            item_id=pk,
            draft=form.draft(),
            ordering=form.cleaned_data["ordering"],
            expected_version=version_of(request),
        )
        messages.success(request, "已保存。")
        return redirect(_detail_url(duty_list.pk))

    def current() -> tuple[int, list[tuple[str, str]]]:
        stored = DutyItem.objects.select_related("office", "post__office").get(pk=pk)
        facts = [("责任主体", str(stored.office or stored.post or duty_list.unit))]
        facts += [(str(form.fields[name].label), words(stored, name)) for name in ItemForm.Meta.fields]
        return stored.version, facts

    page = FormPage("修改职责", "保存修改", _detail_url(duty_list.pk), str(duty_list))
    return form_page(request, form, page, save, current=current)


@require_POST
def item_remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a duty out."""
    item = get_item_for(request.user, pk)
    try:
        duty_items.remove_item(actor=request.user, item_id=pk)
    except NotAllowed:
        raise
    except UserError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"已删除职责“{item.text[:30]}”。")
    return redirect(_detail_url(item.duty_list_id))


@require_http_methods(METHODS)
def from_library(request: PersonRequest, pk: int) -> HttpResponse:
    """从库中装入: choose the kind of unit, tick duties, say whose each is; what can be told is proposed."""
    duty_list = get_duty_list_for(request.user, pk)
    if elsewhere := _open_list(request, duty_list):
        return elsewhere
    asked = (request.POST if request.method == "POST" else request.GET).get("kind", "")
    kind = library().get(asked) or kind_for(duty_list.unit) or next(iter(library().values()))
    if request.method != "POST":
        return _library_page(request, duty_list, kind)
    drafts, missing = _ticked(request, kind)
    if missing:
        numbers = "、".join(str(number) for number in missing)
        return _library_page(request, duty_list, kind, f"第 {numbers} 项没有选择责任主体，请选择，或取消勾选。")
    try:
        made = duty_items.add_items(actor=request.user, list_id=pk, drafts=drafts, origin=f"从库中装入“{kind.name}”")
    except NotAllowed:
        raise
    except UserError as error:
        return _library_page(request, duty_list, kind, error.message)
    passed = len(drafts) - made
    messages.success(
        request, f"已装入 {made} 项职责。" + (f"另有 {passed} 项清单里已有，没有重复装入。" if passed else "")
    )
    return redirect(_detail_url(pk))


def _ticked(request: PersonRequest, kind: LibraryKind) -> tuple[list[ItemDraft], list[int]]:
    """Return the ticked duties as drafts, and the numbers of those without a subject."""
    drafts, missing = [], []
    for number, duty in enumerate(kind.duties, 1):
        if f"tick_{number}" not in request.POST:
            continue
        subject = read_subject(request.POST.get(f"subject_{number}", ""))
        if subject is None:
            missing.append(number)
        else:
            drafts.append(duty.draft(subject))
    return drafts, missing


def _library_page(request: PersonRequest, duty_list: DutyList, kind: LibraryKind, error: str = "") -> HttpResponse:
    today, unit = clock.today(), duty_list.unit
    offices = list(InnerOffice.objects.filter(unit=unit).in_force_on(today))
    posts = list(Post.objects.filter(unit=unit).in_force_on(today))
    known = set(duty_list.items.values_list("text", flat=True))
    rows = []
    for number, duty in enumerate(kind.duties, 1):
        guessed = guess_subject(duty, offices, posts)
        subject = subject_value(guessed) if guessed else ""
        ticked = guessed is not None and duty.text not in known
        if request.method == "POST":
            subject = request.POST.get(f"subject_{number}", "")
            ticked = f"tick_{number}" in request.POST
        rows.append({"number": number, "duty": duty, "subject": subject, "ticked": ticked, "known": duty.text in known})
    context = {
        "duty_list": duty_list,
        "kind": kind,
        "kinds": library().values(),
        "rows": rows,
        "choices": subject_choices(unit),
        "has_posts": bool(offices or posts),
        "error": error,
    }
    return render(request, "responsibility/duty_library.html", context, status=400 if error else 200)
