"""Drafting letters from ticked tasks, and changing a draft."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.errors import NotAllowed, StaleObject, UserError
from supervision.forms import ComposeForm, EditForm
from supervision.models import Letter
from supervision.permissions import get_letter_for, may_compose, plays
from supervision.selectors import habits_of, last_letters, standings_of, tasks_for_letters
from supervision.services.drafting import compose_letters, edit_letter
from supervision.transitions import EDIT
from supervision.wording import Standing
from tasks.views.bulk import choose_all

K = Letter.Kind
METHODS = ["GET", "HEAD", "POST"]
# Digits of the largest id a database holds.
LONGEST_ID = 18


def _ticked(params: QueryDict) -> list[int]:
    """Return the task ids of the address or form, without what is no id."""
    # A list may name the version it showed behind the id.
    ids = [value.partition(":")[0] for value in params.getlist("task")]
    return [int(value) for value in ids if value.isdecimal() and len(value) <= LONGEST_ID]


@require_http_methods(METHODS)
def compose(request: HttpRequest) -> HttpResponse:
    """Choose tasks, then write one letter for each of their lead units.

    Without `task` the overdue and red tasks are offered for ticking. `kind` chooses the grade of letter; a list that
    posts its ticked rows is sent to the address that names them.
    """
    if not may_compose(request.user):
        raise NotAllowed("只有县安委办工作人员可以起草函件。")
    params = request.POST if request.method == "POST" else request.GET
    ids = _ticked(params)
    if request.method == "POST" and "kind" not in params:
        query = QueryDict(mutable=True)
        query.setlist("task", [str(pk) for pk in ids])
        return redirect(f"{reverse('supervision:compose')}?{query.urlencode()}")
    standings = standings_of(tasks_for_letters(request.user, ids or None), clock.today())
    if not ids:
        return render(request, "supervision/pick.html", {"standings": standings, "today": clock.today()})
    if not standings:
        messages.warning(request, "所选任务不存在，请重新勾选。")
        return redirect("supervision:compose")
    kind = _kind(params.get("kind", ""), standings)
    form = ComposeForm(
        request.POST or None,
        kind=kind,
        standings=standings,
        last=last_letters([row.task.pk for row in standings]),
        habits=habits_of(request.user),  # type: ignore[arg-type]
    )
    error = ""
    if request.method == "POST" and form.is_valid():
        try:
            return _compose(request, form)
        except UserError as refused:
            error = refused.message
    return _page(request, form, error)


@require_safe
def compose_all(request: HttpRequest) -> HttpResponse:
    """Go on to composing with every task the list shows by the filters of this address."""
    if not may_compose(request.user):
        raise NotAllowed("只有县安委办工作人员可以起草函件。")
    return choose_all(request, reverse("supervision:compose"))


def _kind(asked: str, standings: list[Standing]) -> str:
    """Return the grade asked for, else the one the figures call for: 督促函 where anything is overdue or red."""
    if asked in K.values:
        return asked
    return K.URGING if any(not row.refusal(K.URGING) for row in standings) else K.REMINDER


def _compose(request: HttpRequest, form: ComposeForm) -> HttpResponse:
    again = form.ticked("again")
    made = compose_letters(
        actor=request.user,  # type: ignore[arg-type]
        kind=form.kind,
        task_ids=[*form.ticked("include"), *again],
        again=again,
        cover=form.cover(),
        texts=form.texts(),
        requirements=form.requirements(),
    )
    for sentence in made.left_out:
        messages.warning(request, sentence)
    messages.success(request, f"已起草 {len(made.letters)} 份{K(form.kind).label}，核对后签发。")
    if len(made.letters) == 1:
        return redirect("supervision:detail", pk=made.letters[0].pk)
    return redirect(f"{reverse('supervision:list')}?state={Letter.State.DRAFT}")


def _page(request: HttpRequest, form: ComposeForm, error: str) -> HttpResponse:
    address = QueryDict(mutable=True)
    address.setlist("task", [str(row.task.pk) for row in form.standings])
    groups = form.groups()
    able = sum(not row.refusal for group in groups for row in group.rows)
    context: dict[str, Any] = {
        "form": form,
        "groups": groups,
        "kind": form.kind,
        "kind_label": K(form.kind).label,
        "kinds": [(value, label, f"?{address.urlencode()}&kind={value}") for value, label in K.choices],
        "able": able,
        "letters": sum(group.title is not None for group in groups),
        "error": error,
        "today": clock.today(),
    }
    return render(request, "supervision/compose.html", context, status=409 if error or form.errors else 200)


@require_http_methods(METHODS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    letter = get_letter_for(request.user, pk)
    if not plays(request.user, EDIT.who, letter):
        raise NotAllowed("只有县安委办工作人员可以修改文稿。")
    if request.method != "POST":
        if not letter.is_draft:
            messages.info(request, f"函件当前为“{letter.get_state_display()}”，文稿不能再改。")
            return redirect("supervision:detail", pk=pk)
        return _edit_page(request, letter, EditForm(letter=letter))
    form = EditForm(request.POST, letter=letter)
    if not form.is_valid():
        return _edit_page(request, letter, form)
    try:
        edit_letter(
            actor=request.user,  # type: ignore[arg-type]
            letter_id=pk,
            revision=form.revision(),
            expected_version=form.cleaned_data["version"],
        )
    except StaleObject as error:
        return _conflict(request, pk, error)
    except NotAllowed:
        raise
    except UserError as error:
        return _edit_page(request, letter, form, error=error.message)
    messages.success(request, "文稿已保存。")
    return redirect("supervision:detail", pk=pk)


def _edit_page(request: HttpRequest, letter: Letter, form: EditForm, **extra: Any) -> HttpResponse:
    context = {"letter": letter, "form": form, "today": clock.today()}
    refused = bool(form.errors or extra.get("error"))
    return render(request, "supervision/edit.html", context | extra, status=409 if refused else 200)


def _conflict(request: HttpRequest, pk: int, error: StaleObject) -> HttpResponse:
    """Show the colleague's text beside the typed one; saving again then replaces it knowingly."""
    letter = get_letter_for(request.user, pk)
    data = request.POST.copy()
    data["version"] = str(letter.version)
    stored = EditForm(letter=letter)
    theirs = [(str(bound.label), bound.value()) for bound in stored.texts() + stored.facts()]
    theirs += [(f"“{item.title}”办理要求", item.requirement) for item in letter.items.all()]
    return _edit_page(request, letter, EditForm(data, letter=letter), error=error.message, theirs=theirs)
