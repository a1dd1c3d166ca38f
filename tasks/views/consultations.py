"""征求意见 for the office: the list, sending a round, the answers side by side, deciding on them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PersonRequest
from audit.trail import history_of
from core import clock
from core.errors import NotAllowed, StaleObject, UserError, WrongState
from core.ui import page_of, turn_page
from responsibility.authority import authority_of
from spreadsheets.export import attachment, workbook
from tasks.consulting.filters import ItemFilter, ReplyFilter, RoundFilter
from tasks.consulting.selectors import (
    ItemRow,
    answers_sheet,
    get_round_for,
    item_rows,
    items_of,
    rounds_of,
    silence_words,
    with_counts,
)
from tasks.consulting.tables import ReplyTable, RoundTable
from tasks.forms.consultations import DecideForm, RoundForm, VersionForm
from tasks.models import Consultation, ConsultationAnswer, ConsultationReply, Plan
from tasks.plan_permissions import get_draft_for, require_reader
from tasks.services.consultation_answers import decide_answer
from tasks.services.consulting import (
    allow_late,
    close_round,
    first_letter,
    preview_round,
    proposed_day,
    send_round,
    urge_round,
)

HISTORY_SHOWN = 100


@require_safe
def consultation_list(request: PersonRequest) -> HttpResponse:
    """Show the rounds for the office; for everybody else what their unit was asked."""
    require_reader(request.user)
    office = authority_of(request.user).is_office
    table: Any
    if office:
        rounds = with_counts(Consultation.objects.visible_to(request.user)).order_by("-sent_at", "-pk")
        filters: Any = RoundFilter(request.GET, queryset=rounds, request=request)
        table = RoundTable(filters.qs)
    else:
        replies = ConsultationReply.objects.visible_to(request.user).select_related("consultation", "unit")
        replies = replies.annotate(items=Count("answers")).order_by("-consultation__sent_at", "-pk")
        filters = ReplyFilter(request.GET, queryset=replies, request=request)
        table = ReplyTable(filters.qs)
    turn_page(request, table)
    context = {"filters": filters, "table": table, "count": table.paginator.count, "is_office": office}
    return render(request, "plans/consultations.html", context | {"today": clock.today()})


@require_http_methods(["GET", "HEAD", "POST"])
def consult(request: PersonRequest, pk: int) -> HttpResponse:
    """Say who will be asked what; on the press send it out."""
    plan = get_draft_for(request.user, pk)
    if plan.state != Plan.State.DRAFT:
        messages.info(request, f"这份工作要点“{plan.get_state_display()}”，不能再征求意见。")
        return redirect("plans:detail", pk=pk)
    if request.method != "POST":
        initial = {"letter": first_letter(), "answer_by": proposed_day()}
        return _consult_page(request, plan, RoundForm(initial=initial | _seen(plan)))
    form = RoundForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            round_ = send_round(
                actor=request.user,
                plan_id=pk,
                letter=data["letter"],
                answer_by=data["answer_by"],
                expected_version=data["version"],
                expected_contents=data["contents"],
            )
        except NotAllowed:
            raise
        except UserError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"已送出第{round_.number}轮征求意见，并通知各单位。")
            return redirect("consultations:detail", pk=round_.pk)
    plan = get_draft_for(request.user, pk)
    again = request.POST.copy()
    again["version"], again["contents"] = str(plan.version), str(plan.changes)
    form.data = again
    return _consult_page(request, plan, form, status=409)


def _seen(plan: Plan) -> dict[str, int]:
    return {"version": plan.version, "contents": plan.changes}


def _consult_page(request: PersonRequest, plan: Plan, form: RoundForm, status: int = 200) -> HttpResponse:
    rounds = list(rounds_of(plan))
    context = {
        "plan": plan,
        "form": form,
        "outlook": preview_round(plan),
        "rounds": rounds,
        "running": next((row for row in rounds if row.is_open), None),
        "today": clock.today(),
    }
    return render(request, "plans/consult.html", context, status=status)


@require_safe
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the answers side by side, item by item."""
    return _detail_page(request, get_round_for(request.user, pk))


def _detail_page(
    request: PersonRequest,
    round_: Consultation,
    *,
    error: str = "",
    refused: tuple[int, DecideForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    filters = ItemFilter(request.GET, queryset=items_of(round_), request=request, consultation=round_)
    page = page_of(request, filters.qs.order_by("number"))
    rows = item_rows(round_, page.object_list)
    replies = list(round_.replies.select_related("unit", "sent_by"))
    sent = [reply for reply in replies if reply.sent_at is not None]
    deciding = round_.plan.state == Plan.State.DRAFT
    totals = with_counts(Consultation.objects.filter(pk=round_.pk)).get()
    context = {
        "round": round_,
        "plan": round_.plan,
        "filters": filters,
        "page": page,
        "count": page.paginator.count,
        "rows": [(row, _decide_forms(row, refused, deciding=deciding)) for row in rows],
        "totals": totals,
        "asked_note": f"共征求{len(replies)}个单位",
        "sent": sent,
        "unsent": [reply for reply in replies if reply.sent_at is None],
        "silence": silence_words(round_, clock.today()),
        "today": clock.today(),
        "past": clock.today() > round_.answer_by,
        "urged_today": round_.urged_on == clock.today(),
        "deciding": deciding,
        "query": request.GET.urlencode(),
        "history": history_of(round_)[:HISTORY_SHOWN],
        "error": error,
    }
    return render(request, "plans/consultation.html", context, status=status)


def _decide_forms(
    row: ItemRow, refused: tuple[int, DecideForm] | None, *, deciding: bool
) -> list[tuple[ConsultationAnswer, DecideForm | None]]:
    """Return each counter-proposal with the form that decides on it; the refused one as it was typed."""
    found: list[tuple[ConsultationAnswer, DecideForm | None]] = []
    for answer in row.counters:
        form = None
        if refused is not None and refused[0] == answer.pk:
            form = refused[1]
        elif deciding and not answer.outcome:
            seen = {"version": answer.version, "item_version": row.now.version if row.now else None}
            form = DecideForm(initial=seen, auto_id=f"d{answer.pk}-%s")
        found.append((answer, form))
    return found


@require_safe
def export(request: PersonRequest, pk: int) -> HttpResponse:
    """Send all answers as an Excel file."""
    round_ = get_round_for(request.user, pk)
    name = f"{round_.plan.year}年任务分解反馈意见（第{round_.number}轮）{clock.today():%Y%m%d}"
    return attachment(workbook([answers_sheet(round_)]), name)


def _press(request: PersonRequest, pk: int, call: Callable[[int], str]) -> HttpResponse:
    """Carry out a button of the round's page; a refusal comes back with the page as it stands now."""
    round_ = get_round_for(request.user, pk)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _detail_page(request, round_, error="页面已失效，请核对后重新操作。", status=409)
    try:
        done = call(form.cleaned_data["version"])
    except NotAllowed:
        raise
    except UserError as error:
        return _detail_page(request, get_round_for(request.user, pk), error=error.message, status=409)
    messages.success(request, done)
    return redirect("consultations:detail", pk=pk)


@require_POST
def urge(request: PersonRequest, pk: int) -> HttpResponse:
    """催办 those who have not answered."""

    def call(version: int) -> str:
        urged = urge_round(actor=request.user, consultation_id=pk, expected_version=version)
        names = "、".join(unit.short_name for unit in urged.without)
        return f"已催办{urged.told}个单位。" + (f"以下单位没有联络员账号，没有人收到：{names}。" if names else "")

    return _press(request, pk, call)


@require_POST
def late(request: PersonRequest, pk: int) -> HttpResponse:
    """接受逾期反馈."""

    def call(version: int) -> str:
        allow_late(actor=request.user, consultation_id=pk, expected_version=version)
        return "已设为接受逾期反馈，各单位可以继续填写，直到您结束这一轮。"

    return _press(request, pk, call)


@require_POST
def close(request: PersonRequest, pk: int) -> HttpResponse:
    """结束征求意见."""

    def call(version: int) -> str:
        close_round(actor=request.user, consultation_id=pk, expected_version=version)
        return "这一轮征求意见已经结束。已收到的意见仍可处理。"

    return _press(request, pk, call)


@require_POST
def decide(request: PersonRequest, pk: int, answer_pk: int) -> HttpResponse:
    """采纳 or 不采纳 a counter-proposal; the pressed button says which."""
    round_ = get_round_for(request.user, pk)
    take = "take" in request.POST
    form = DecideForm(request.POST, auto_id=f"d{answer_pk}-%s")
    if not form.is_valid():
        form.add_error(None, "页面已失效，请核对最新内容后重新处理。")
        return _refused(request, round_, answer_pk, form)
    data = form.cleaned_data
    try:
        answer = decide_answer(
            actor=request.user,
            answer_id=answer_pk,
            take=take,
            decision=data["decision"],
            item_version=data["item_version"],
            expected_version=data["version"],
        )
    except NotAllowed:
        raise
    except WrongState as error:
        return _detail_page(request, round_, error=_kept(error.message, data["decision"]), status=409)
    except UserError as error:
        stale = isinstance(error, StaleObject)
        form.add_error(None, "意见或条目刚被他人修改，请核对最新内容后再处理。" if stale else error.message)
        return _refused(request, round_, answer_pk, form)
    words = "已采纳，条目已按建议修改" if take and (answer.proposed_lead_id or answer.proposed_due_on) else ""
    messages.success(request, f"{words or answer.get_outcome_display()}，并已通知{answer.reply.unit.short_name}。")
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(f"{request.path.split('/answers/')[0]}/{query}#item-{answer.item_id}")


def _kept(message: str, typed: str) -> str:
    return f"{message}您填写的处理意见：{typed}" if typed else message


def _refused(request: PersonRequest, round_: Consultation, answer_pk: int, form: DecideForm) -> HttpResponse:
    """Show the page with the form as typed and the versions as they are now."""
    fresh = {
        answer.pk: (answer, row.now)
        for row in item_rows(round_, round_.items.filter(answers__pk=answer_pk).select_related("lead"))
        for answer in row.counters
    }
    if answer_pk in fresh:
        answer, now = fresh[answer_pk]
        again = request.POST.copy()
        again["version"] = str(answer.version)
        again["item_version"] = str(now.version) if now else ""
        form.data = again
    return _detail_page(request, round_, refused=(answer_pk, form), status=409)
