"""Reads of 征求意见: who sees which round, the answers side by side, what waits for whom."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse

from core import clock
from core.errors import NotAllowed
from core.queues import SHOWN, QueueRow, WorkQueue
from responsibility.authority import authority_of
from spreadsheets.export import Column, Sheet
from tasks.models import Consultation, ConsultationAnswer, ConsultationItem, ConsultationReply, Plan, PlanItem

Verdict = ConsultationAnswer.Verdict


def get_round_for(user: Any, pk: int) -> Consultation:
    """Return a round for the office's pages.

    Raises:
        Http404: none of the person's business.
        NotAllowed: the person's unit was asked in it, and sees its own items only.
    """
    found = Consultation.objects.visible_to(user).select_related("plan", "sent_by", "closed_by").filter(pk=pk).first()
    if found is None:
        raise Http404("没有这轮征求意见。")
    if not authority_of(user).is_office:
        raise NotAllowed("各单位的反馈意见由县安委办汇总，您可以查看本单位的反馈。")
    return found


def get_reply_for(user: Any, pk: int) -> ConsultationReply:
    """Return what a unit was asked, with its answer, for the unit's people; for the office once it was sent.

    Raises:
        Http404: none of the person's business.
    """
    rows = ConsultationReply.objects.visible_to(user).select_related("unit", "consultation__plan")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份征求意见。")
    return found


def with_counts(rounds: "QuerySet[Consultation]") -> "QuerySet[Consultation]":
    """Add how many units were asked and have answered, how many counter-proposals came and wait for a decision."""
    counter = Q(replies__sent_at__isnull=False, replies__answers__verdict=Verdict.COUNTER)
    return rounds.annotate(
        asked=Count("replies", distinct=True),
        answered=Count("replies", filter=Q(replies__sent_at__isnull=False), distinct=True),
        counters=Count("replies__answers", filter=counter, distinct=True),
        waiting=Count("replies__answers", filter=counter & Q(replies__answers__outcome=""), distinct=True),
    )


@dataclass(slots=True)
class ItemRow:
    """One item of a round with every unit's answer.

    Attributes:
        item: as sent.
        now: the item of the draft today; None where it was merged away or is left out.
        changes: (label, as sent, now) where the two differ.
        counters: what units propose instead.
        agreeing, silent: units by short name; `silent` have not answered.
    """

    item: ConsultationItem
    now: PlanItem | None
    changes: list[tuple[str, str, str]]
    counters: list[ConsultationAnswer] = field(default_factory=list)
    agreeing: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)


def item_rows(round_: Consultation, items: Iterable[ConsultationItem]) -> list[ItemRow]:
    """Put the answers to these items side by side; four queries whatever their number."""
    items = list(items)
    keys = [item.item_key for item in items]
    present = {
        row.pk: row for row in PlanItem.objects.filter(plan=round_.plan, pk__in=keys).select_related("lead", "section")
    }
    answers = (
        ConsultationAnswer.objects.filter(item__in=items)
        .select_related("reply__unit", "proposed_lead", "decided_by")
        .order_by("reply__unit__ordering", "reply__unit__code")
    )
    rows = {item.pk: _row(item, present.get(item.item_key), round_.plan) for item in items}
    for answer in answers:
        row = rows[answer.item_id]
        if answer.reply.sent_at is None:
            row.silent.append(answer.reply.unit.short_name)
        elif answer.verdict == Verdict.COUNTER:
            row.counters.append(answer)
        else:
            row.agreeing.append(answer.reply.unit.short_name)
    return list(rows.values())


def _row(item: ConsultationItem, now: PlanItem | None, plan: Plan) -> ItemRow:
    if now is None:
        return ItemRow(item, None, [("条目", "在征求意见稿中", "已合并或撤销")])
    pairs = [
        ("重点任务", item.title, now.title),
        ("牵头单位", _lead(item), now.lead.short_name if now.lead else "待定"),
        ("完成时限", f"{item.due_on}", f"{now.due_on or date(plan.year, 12, 31)}"),
        ("是否纳入", "纳入", "不纳入" if now.dropped else "纳入"),
    ]
    return ItemRow(item, now, [pair for pair in pairs if pair[1] != pair[2]])


def _lead(item: ConsultationItem) -> str:
    return item.lead.short_name if item.lead else "待定"


def items_of(round_: Consultation) -> "QuerySet[ConsultationItem]":
    """Return the items of a round, each with whether anybody disagrees and whether that waits for a decision."""
    sent = ConsultationAnswer.objects.filter(item=OuterRef("pk"), verdict=Verdict.COUNTER, reply__sent_at__isnull=False)
    return round_.items.select_related("lead").annotate(
        disputed=Exists(sent), open_counter=Exists(sent.filter(outcome=""))
    )


# --- Excel ---

COLUMNS = (
    Column("序号", 8),
    Column("章节", 20),
    Column("重点任务", 28),
    Column("牵头单位", 14),
    Column("配合单位", 22),
    Column("完成时限", 12),
    Column("反馈单位", 14),
    Column("角色", 8),
    Column("意见", 16),
    Column("建议牵头单位", 14),
    Column("建议完成时限", 12),
    Column("建议修改的表述", 40),
    Column("理由", 40),
    Column("反馈人", 12),
    Column("反馈时间", 16),
    Column("处理结果", 10),
    Column("处理意见", 36),
)


def answers_sheet(round_: Consultation) -> Sheet:
    """Return every unit's answer to every item, one per line; what a unit only keeps is not in it."""
    rows = ConsultationAnswer.objects.filter(reply__consultation=round_).select_related(
        "item__lead", "reply__unit", "proposed_lead"
    )
    silent = silence_words(round_, clock.today())
    note = (
        f"第{round_.number}轮，{clock.date_of(round_.sent_at):%Y-%m-%d}送出，反馈期限{round_.answer_by:%Y-%m-%d}。"
        f"导出日期：{clock.today():%Y-%m-%d}。"
    )
    lines = (_line(row, silent) for row in rows.order_by("item__number", "reply__unit__ordering", "reply__unit__code"))
    return Sheet("反馈意见汇总", COLUMNS, lines, title=f"{round_.title}任务分解反馈意见汇总", note=note)


def _line(row: ConsultationAnswer, silent: str) -> list[Any]:
    item, reply = row.item, row.reply
    head = [item.number, item.section, item.title, _lead(item), item.supports, item.due_on]
    head += [reply.unit.short_name, row.get_part_display()]
    if reply.sent_at is None:
        return [*head, silent, *[None] * 8]
    lead = row.proposed_lead.short_name if row.proposed_lead else None
    return [
        *head,
        row.get_verdict_display(),
        lead,
        row.proposed_due_on,
        row.proposed_text,
        row.reason,
        reply.sent_as,
        reply.sent_at,
        row.get_outcome_display() or None,
        row.decision,
    ]


def silence_words(round_: Consultation, day: date) -> str:
    """Return what is written for a unit that has not answered."""
    if round_.silence_counts_on(day):
        return "逾期未反馈，视为无意见"
    return "逾期未反馈" if day > round_.answer_by or not round_.is_open else "未反馈"


# --- 我的工作 ---


def consultation_queues(user: Any) -> list[WorkQueue]:
    """Return the rounds a unit's people have to answer, and for the office those with proposals to decide on."""
    authority = authority_of(user)
    found = []
    if authority.editor_units:
        found.append(_to_answer(authority.editor_units))
    if authority.is_office:
        found.append(_to_decide())
    return [queue for queue in found if queue.count]


def _to_answer(units: Iterable[int]) -> WorkQueue:
    today = clock.today()
    open_ = Q(consultation__answer_by__gte=today) | Q(consultation__late_allowed=True)
    waiting = ConsultationReply.objects.waiting().filter(open_, unit_id__in=units)
    rows = waiting.select_related("consultation", "unit").annotate(items=Count("answers"))
    found = list(rows.order_by("consultation__answer_by", "pk"))
    shown = [
        QueueRow(
            title=reply.consultation.title,
            path=reverse("consultations:reply", args=[reply.pk]),
            tag="征求意见",
            note=f"第{reply.consultation.number}轮 · 涉及{reply.unit.short_name}{reply.items} 项",  # type: ignore[attr-defined]
            due_on=reply.consultation.answer_by,
            action_label="反馈意见",
            action_path=reverse("consultations:reply", args=[reply.pk]),
        )
        for reply in found[:SHOWN]
    ]
    path = f"{reverse('consultations:list')}?answered=0"
    return WorkQueue("consultations", 35, "征求意见待反馈", "份征求意见待反馈", "blue", len(found), shown, path)


def _to_decide() -> WorkQueue:
    drafts = Consultation.objects.filter(plan__state=Plan.State.DRAFT)
    waiting = ~Q(waiting=0)
    rounds = list(with_counts(drafts).filter(waiting).order_by("answer_by", "pk"))
    shown = [
        QueueRow(
            title=round_.title,
            path=reverse("consultations:detail", args=[round_.pk]),
            tag=f"第{round_.number}轮",
            note=f"{round_.waiting} 条不同意见待处理",  # type: ignore[attr-defined]
            due_on=round_.answer_by,
            met=not round_.is_open,
            action_label="处理意见",
            action_path=f"{reverse('consultations:detail', args=[round_.pk])}?show=waiting",
        )
        for round_ in rounds[:SHOWN]
    ]
    path = f"{reverse('consultations:list')}?waiting=1"
    return WorkQueue("counters", 58, "反馈意见待处理", "轮反馈意见待处理", "blue", len(rounds), shown, path)


def answers_of(reply: ConsultationReply) -> list[ConsultationAnswer]:
    """Return what the unit was asked, item by item, with what it says so far."""
    rows = reply.answers.select_related("item__lead", "proposed_lead", "decided_by")
    return list(rows.order_by("item__number"))


def rounds_of(plan: Plan) -> "QuerySet[Consultation]":
    """Return a plan's rounds with their counts, the latest first."""
    return with_counts(plan.consultations.all()).order_by("-number")
