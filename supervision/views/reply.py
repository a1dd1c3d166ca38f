"""The form on which the addressed unit answers a letter."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core import clock, kept_forms
from core.errors import NotAllowed, StaleObject, UserError
from evidence.checks import ACCEPTED, MAX_BYTES
from evidence.models import File
from evidence.selectors import files_of
from evidence.services import attach_file, remove_file
from supervision.forms import ReplyForm
from supervision.models import Letter
from supervision.permissions import get_letter_for, plays
from supervision.services.replying import reply_letter, save_reply
from supervision.transitions import REPLY


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer item by item, add and remove evidence, submit. Every button of the form saves the draft first."""
    letter = get_letter_for(request.user, pk)
    if not plays(request.user, REPLY.who, letter):
        raise NotAllowed("只有主送单位的联络员和负责人可以回复。")
    if letter.state not in REPLY.sources:
        sentence = f"函件当前为“{letter.get_state_display()}”，不能填写回复。"
        if request.method == "POST":
            # Answered by a colleague meanwhile: nothing is saved, but what was typed stays on the screen.
            return _page(
                request, letter, _typed(request, letter), errors=[f"{sentence}您填写的内容未保存，请另行留存。"]
            )
        messages.info(request, sentence)
        return redirect("supervision:detail", pk=pk)
    if request.method == "POST":
        return _save(request, letter)
    if typed := kept_forms.take_typed(request):
        return _page(request, letter, ReplyForm(typed, letter=letter), typed_back=True)
    return _page(request, letter, ReplyForm(letter=letter))


def _page(request: HttpRequest, letter: Letter, form: ReplyForm, **extra: Any) -> HttpResponse:
    context = {
        "letter": letter,
        "form": form,
        "files": files_of(letter),
        "accepted": ACCEPTED,
        "max_mb": MAX_BYTES // 1024 // 1024,
        "today": clock.today(),
        "move": REPLY,
    }
    return render(request, "supervision/reply.html", context | extra, status=409 if extra.get("errors") else 200)


def _save(request: HttpRequest, letter: Letter) -> HttpResponse:
    form = ReplyForm(request.POST, letter=letter)
    # Fields that are in order are kept even where another one is not; the page shows the others as typed.
    valid = form.is_valid()
    if "version" not in form.cleaned_data:
        return _page(request, letter, _typed(request, letter), errors=["页面已失效，内容已保留，请核对后重新提交。"])
    try:
        letter = save_reply(
            actor=request.user,  # type: ignore[arg-type]
            letter_id=letter.pk,
            draft=form.draft(),
            expected_version=form.cleaned_data["version"],
        )
    except StaleObject as error:
        return _conflict(request, letter.pk, error)
    except NotAllowed:
        raise
    except UserError as error:
        return _page(request, letter, form, errors=[error.message])
    errors = _change_files(request, letter)
    if not valid:
        errors.append("请改正标出的内容，其余已保存为草稿。")
    if not errors and "submit" in request.POST:
        try:
            reply_letter(actor=request.user, letter_id=letter.pk, expected_version=letter.version)  # type: ignore[arg-type]
        except NotAllowed:
            raise
        except UserError as error:
            errors.append(error.message)
        else:
            messages.success(request, "回复已提交，等待县安委办审核。")
            return redirect("supervision:detail", pk=letter.pk)
    if errors:
        return _page(request, letter, _typed(request, letter), errors=errors)
    messages.success(request, "草稿已保存。")
    return redirect("supervision:reply", pk=letter.pk)


def _typed(request: HttpRequest, letter: Letter) -> ReplyForm:
    """Return the form as typed, carrying the version the letter has now."""
    data = request.POST.copy()
    data["version"] = str(letter.version)
    return ReplyForm(data, letter=letter)


def _change_files(request: HttpRequest, letter: Letter) -> list[str]:
    """Add the chosen files and take off the one whose button was pressed; return what went wrong, in words."""
    errors = []
    for upload in request.FILES.getlist("files"):
        try:
            attach_file(actor=request.user, owner=letter, upload=upload)  # type: ignore[arg-type]
        except UserError as error:
            errors.append(error.message)
    removed = request.POST.get("remove", "")
    if removed:
        # Only what stands on this page: the button of another letter's file would be a forged form.
        own = {str(uid) for uid in files_of(letter).values_list("uid", flat=True)}
        try:
            if removed not in own:
                raise Http404("没有这份材料。")
            remove_file(actor=request.user, uid=removed)  # type: ignore[arg-type]
        except (Http404, File.DoesNotExist):
            errors.append("这份材料已被移除。")
    return errors


def _conflict(request: HttpRequest, pk: int, error: StaleObject) -> HttpResponse:
    """Show a colleague's text beside the typed one; saving again then replaces it knowingly."""
    letter = get_letter_for(request.user, pk)
    theirs = [(f"第{item.order}项 {item.title}", item.reply) for item in letter.items.all()]
    theirs.append(("总体说明", letter.reply_summary))
    return _page(request, letter, _typed(request, letter), errors=[error.message], theirs=theirs)
