"""征求意见 for a unit: its own items of the draft, and its answer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from core import clock
from core.errors import NotAllowed, StaleObject, UserError
from responsibility.authority import authority_of
from responsibility.selectors import assignable_units
from tasks.consulting.selectors import answers_of, get_reply_for
from tasks.forms.consultations import AnswerForm, VersionForm
from tasks.models import ConsultationAnswer, ConsultationReply
from tasks.services.consultation_answers import keep_answers, send_answers


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what the unit was asked; keep or send its answer."""
    found = get_reply_for(request.user, pk)
    if request.method != "POST":
        return _page(request, found, _forms(request, found))
    if found.unit_id not in authority_of(request.user).editor_units:
        raise NotAllowed("只有本单位的联络员可以填写反馈意见。")
    forms = _forms(request, found)
    version = VersionForm(request.POST)
    if not version.is_valid():
        return _page(request, found, forms, error="页面已失效，请核对后重新提交。", status=409)
    # Every form is read, so that every mistake is shown at once.
    wrong = [form for form in forms if not form.is_valid()]
    if wrong:
        return _page(request, found, forms, error="有的内容填写有误，请按提示修改。", status=400)
    try:
        done = _carry_out(request, pk, forms, version.cleaned_data["version"])
    except NotAllowed:
        raise
    except StaleObject as error:
        return _conflict(request, pk, forms, error)
    except UserError as error:
        return _page(request, get_reply_for(request.user, pk), forms, error=error.message, status=409)
    messages.success(request, done)
    return redirect("consultations:reply", pk=pk)


def _carry_out(request: PersonRequest, pk: int, forms: list[AnswerForm], version: int) -> str:
    drafts = [form.draft() for form in forms]
    if "keep" in request.POST:
        keep_answers(actor=request.user, reply_id=pk, drafts=drafts, expected_version=version)
        return "已保存，尚未送出。填写完后请按“送出”。"
    send_answers(
        actor=request.user,
        reply_id=pk,
        drafts=drafts,
        rest_agrees="rest" in request.POST,
        expected_version=version,
    )
    return "反馈意见已送县安委办。反馈期限前可以修改后再次送出。"


def _forms(request: PersonRequest, found: ConsultationReply) -> list[AnswerForm]:
    leads = list(assignable_units())
    data = request.POST if request.method == "POST" else None
    return [AnswerForm(data, answer=answer, leads=leads) for answer in answers_of(found)]


def _conflict(request: PersonRequest, pk: int, forms: list[AnswerForm], error: StaleObject) -> HttpResponse:
    """Show what a colleague saved beside what was typed; pressing again then replaces it knowingly."""
    found = get_reply_for(request.user, pk)
    theirs = [
        (f"第{answer.item.number}项", _words(answer))
        for answer, form in zip(answers_of(found), forms, strict=True)
        if form.has_changed()
    ]
    return _page(request, found, forms, error=error.message, theirs=theirs, status=409)


def _words(answer: ConsultationAnswer) -> str:
    parts = [answer.get_verdict_display() or "（未填）", *(f"{label}：{words}" for label, words in answer.proposal)]
    return "；".join([*parts, *([f"理由：{answer.reason}"] if answer.reason else [])])


def _page(
    request: PersonRequest,
    found: ConsultationReply,
    forms: list[AnswerForm],
    *,
    error: str = "",
    theirs: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    round_ = found.consultation
    editor = found.unit_id in authority_of(request.user).editor_units
    context = {
        "reply": found,
        "round": round_,
        "forms": forms,
        "answering": editor and round_.takes_answers_on(clock.today()),
        "editor": editor,
        "is_office": authority_of(request.user).is_office,
        "counters": sum(1 for form in forms if form.answer.verdict == ConsultationAnswer.Verdict.COUNTER),
        "silence": round_.silence_counts_on(clock.today()),
        "today": clock.today(),
        "past": clock.today() > round_.answer_by,
        "error": error,
        "theirs": theirs or [],
    }
    return render(request, "plans/consultation_reply.html", context, status=status)
