"""征求意见, the answers: a unit keeps and sends them, the office takes a counter-proposal over or not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.models import Unit
from responsibility.selectors import assignable_units, people_of
from tasks.models import Consultation, ConsultationAnswer, ConsultationReply, PlanItem
from tasks.plan_permissions import lock_draft
from tasks.services.item_editing import ItemDraft, edit_item

if TYPE_CHECKING:
    from accounts.models import User

Verdict, Outcome = ConsultationAnswer.Verdict, ConsultationAnswer.Outcome
MAX_TEXT = 2000
GONE = "没有这份征求意见。"
_ANSWER_FIELDS = ("verdict", "proposed_lead", "proposed_due_on", "proposed_text", "reason")


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """What a unit's form says about one item."""

    answer_id: int
    verdict: str = ""
    lead_id: int | None = None
    due_on: date | None = None
    text: str = ""
    reason: str = ""

    @property
    def proposes(self) -> bool:
        """Whether anything but agreement was typed."""
        return bool(self.lead_id or self.due_on or self.text.strip() or self.reason.strip())


def _lock_reply(actor: "User", pk: int, expected_version: int | None) -> ConsultationReply:
    """Lock a round and a unit's reply in it, for an answer by the unit."""
    found = ConsultationReply.objects.visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise Http404(GONE)
    round_ = lock_row(Consultation.objects.all(), found.consultation_id)
    reply = lock_row(ConsultationReply.objects.select_related("unit"), pk, expected_version)
    reply.consultation = round_
    if reply.unit_id not in authority_of(actor).editor_units:
        raise NotAllowed("只有本单位的联络员可以填写反馈意见。")
    if not round_.is_open:
        raise WrongState("这轮征求意见已经结束，不能再填写或修改。")
    if not round_.takes_answers_on(clock.today()):
        raise WrongState(
            f"反馈期限（{round_.answer_by:%Y-%m-%d}）已过，不能再填写或修改。确有意见的，请联系县安委办开放逾期反馈。"
        )
    return reply


@transaction.atomic
def keep_answers(
    *, actor: "User", reply_id: int, drafts: Sequence[AnswerDraft], expected_version: int | None = None
) -> ConsultationReply:
    """保存: keep what is written so far; nobody outside the unit sees it.

    Args:
        actor: editor of the unit.
        reply_id: what the unit was asked.
        drafts: the form, complete or not; items that are not listed stay as they are.
        expected_version: version of the reply last seen.

    Raises:
        UserError: something typed cannot be, or the answer was sent already.
        NotAllowed: not an editor of the unit.
        WrongState: the round is closed, or its day has passed.
        Http404, StaleObject: none of their business, or changed meanwhile.
    """
    reply = _lock_reply(actor, reply_id, expected_version)
    if reply.sent_at is not None:
        raise UserError("意见已经反馈。需要修改的，改好后请按“送出”，县安委办看到的就是修改后的意见。")
    answers = _rows(reply)
    _write(answers, drafts)
    bump(reply)
    trail.record(actor=actor, action="consultation.keep", target=reply, summary="保存反馈意见（未送出）")
    return reply


@transaction.atomic
def send_answers(
    *,
    actor: "User",
    reply_id: int,
    drafts: Sequence[AnswerDraft],
    rest_agrees: bool = False,
    expected_version: int | None = None,
) -> ConsultationReply:
    """送出: the unit's answer goes to the office; it may be sent anew until the day or the end of the round.

    Args:
        actor: editor of the unit.
        reply_id: what the unit was asked.
        drafts: the form; items that are not listed stay as they are.
        rest_agrees: items nothing is said about count as agreed.
        expected_version: version of the reply last seen.

    Raises:
        UserError: items without an answer, or a counter-proposal without content or reason; the sentence names them.
        NotAllowed, WrongState, Http404, StaleObject: as `keep_answers`.
    """
    reply = _lock_reply(actor, reply_id, expected_version)
    answers = _rows(reply)
    changes = _write(answers, drafts)
    _complete(answers, rest_agrees)
    again = reply.sent_at is not None
    stands_in_for = authority_of(actor).acting_for.get(reply.unit_id)
    reply.sent_at, reply.sent_by = clock.now(), actor
    reply.sent_as = f"{stands_in_for}（由{actor}代）" if stands_in_for else str(actor)
    bump(reply, "sent_at", "sent_by", "sent_as")
    counters = sum(1 for row in answers if row.verdict == Verdict.COUNTER)
    words = f"同意{len(answers) - counters}项" + (f"，有不同意见{counters}项" if counters else "")
    verb = "修改反馈意见" if again else "反馈意见"
    trail.record(
        actor=actor,
        action="consultation.answer",
        target=reply.consultation,
        summary=f"{reply.unit.short_name}{verb}：{words}" + ("（逾期）" if reply.was_late else ""),
        changes=changes,
    )
    notify(
        recipients=people_of(role="office"),
        title=f"{reply.unit.short_name}{verb}：{reply.consultation.title}，{words}",
        path=reverse("consultations:detail", args=[reply.consultation_id]),
        key=f"consultation-reply-{reply.pk}-{reply.version}",
    )
    return reply


def _rows(reply: ConsultationReply) -> list[ConsultationAnswer]:
    rows = reply.answers.select_related("item", "item__lead", "item__consultation__plan", "proposed_lead")
    return list(rows.order_by("item__number"))


def _words(row: ConsultationAnswer) -> str:
    if not row.verdict:
        return ""
    parts = [f"{label}：{words}" for label, words in row.proposal] + ([f"理由：{row.reason}"] if row.reason else [])
    return Verdict(row.verdict).label + (f"（{'；'.join(parts)}）" if parts else "")


def _write(answers: Sequence[ConsultationAnswer], drafts: Iterable[AnswerDraft]) -> list[tuple[str, str, str]]:
    """Put the form into the rows and save those that changed; return (item, old, new) in words."""
    by_id = {row.pk: row for row in answers}
    leads = {unit.pk: unit for unit in assignable_units()}
    changes = []
    for draft in drafts:
        row = by_id.get(draft.answer_id)
        if row is None:
            raise UserError("有一项不属于本单位的征求意见，请刷新页面后重新填写。")
        before = _words(row)
        _fill(row, draft, leads)
        if (after := _words(row)) != before:
            if row.outcome:
                raise UserError(
                    f"第{row.item.number}项的意见县安委办已经处理（{row.get_outcome_display()}），不能再改。"
                )
            bump(row, *_ANSWER_FIELDS)
            changes.append((f"第{row.item.number}项", before, after))
    return changes


def _fill(row: ConsultationAnswer, draft: AnswerDraft, leads: dict[int, Unit]) -> None:
    where = f"第{row.item.number}项"
    verdict = draft.verdict or (Verdict.COUNTER if draft.proposes else "")
    if verdict not in ("", *Verdict.values):
        raise UserError(f"{where}请选择“同意”或“有不同意见”。")
    if verdict == Verdict.AGREE and draft.proposes:
        raise UserError(f"{where}选了“同意”，又填写了不同意见。请改选“有不同意见”，或清空填写的内容。")
    if draft.lead_id is not None and draft.lead_id not in leads:
        raise UserError(f"{where}建议的牵头单位不存在或已停用，请重新选择。")
    if draft.lead_id is not None and draft.lead_id == row.item.lead_id:
        raise UserError(f"{where}建议的牵头单位与征求意见稿相同，请改选，或不选。")
    if draft.due_on is not None:
        _check_due(where, row, draft.due_on)
    row.verdict = verdict
    row.proposed_lead = leads[draft.lead_id] if draft.lead_id is not None else None
    row.proposed_due_on = draft.due_on
    row.proposed_text, row.reason = _text(where, draft.text), _text(where, draft.reason)


def _check_due(where: str, row: ConsultationAnswer, day: date) -> None:
    year = row.item.consultation.plan.year
    if day == row.item.due_on:
        raise UserError(f"{where}建议的完成时限与征求意见稿相同，请改填，或不填。")
    if not date(year, 1, 1) <= day <= date(year + 1, 12, 31):
        raise UserError(f"{where}建议的完成时限应在{year}年至{year + 1}年之内，请核对年份。")


def _text(where: str, text: str) -> str:
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(text) > MAX_TEXT:
        raise UserError(f"{where}的文字请控制在 {MAX_TEXT} 字以内。")
    return text


def _complete(answers: Iterable[ConsultationAnswer], rest_agrees: bool) -> None:
    """Refuse an answer that says nothing of an item, or disagrees without saying what is wanted and why."""
    silent = [row for row in answers if not row.verdict]
    if silent and not rest_agrees:
        numbers = "、".join(str(row.item.number) for row in silent[:10]) + ("等" if len(silent) > 10 else "")
        raise UserError(f"还有{len(silent)}项没有填写意见（第{numbers}项）。请逐项选择，或按“其余各项同意，送出”。")
    for row in silent:
        row.verdict = Verdict.AGREE
        bump(row, "verdict")
    for row in answers:
        if row.verdict == Verdict.COUNTER and not row.proposal:
            raise UserError(f"第{row.item.number}项请写明建议的牵头单位、完成时限或修改的表述。")
        if row.verdict == Verdict.COUNTER and not row.reason:
            raise UserError(f"第{row.item.number}项请填写理由。")


@transaction.atomic
def decide_answer(
    *,
    actor: "User",
    answer_id: int,
    take: bool,
    decision: str,
    item_version: int | None = None,
    expected_version: int | None = None,
) -> ConsultationAnswer:
    """采纳 or 不采纳: what is taken over changes the item's lead or deadline as the check of the draft would.

    A proposed wording is taken over by hand: it says what the office will write, not where.

    Args:
        actor: clerk of the office, not the one who answered.
        answer_id: a counter-proposal that was sent.
        take: whether it is taken over.
        decision: why, needed where it is not.
        item_version: version of the item last seen.
        expected_version: version of the answer last seen.

    Raises:
        UserError: no reason, the item is no more, or the proposal does not fit what the item has become.
        NotAllowed: not of the office, or the person answered.
        WrongState: decided already, or the plan is no draft any more.
        Http404, StaleObject: not sent, or answer or item changed meanwhile.
    """
    found = ConsultationAnswer.objects.filter(pk=answer_id, reply__in=ConsultationReply.objects.visible_to(actor))
    plan_id = found.values_list("reply__consultation__plan_id", flat=True).first()
    if plan_id is None:
        raise Http404("没有这条意见。")
    if not authority_of(actor).is_office:
        raise NotAllowed("只有县安委办可以处理反馈意见。")
    plan = lock_draft(actor, plan_id)
    answer = lock_row(_answers(), answer_id, expected_version)
    if answer.reply.sent_at is None:
        raise Http404("没有这条意见。")
    if answer.verdict != Verdict.COUNTER or answer.outcome:
        raise WrongState("这条意见已经处理或已由单位改为同意，请刷新页面查看。")
    if answer.reply.sent_by_id == actor.pk:
        raise NotAllowed("反馈意见的人不能自己处理，请由另一位工作人员办理。")
    decision = _text(f"第{answer.item.number}项", decision)
    if not take and not decision:
        raise UserError(f"第{answer.item.number}项不采纳的，请填写理由。")
    if take and (answer.proposed_lead_id or answer.proposed_due_on):
        _take_over(plan.pk, answer, actor, item_version)
    answer.outcome, answer.decision = Outcome.TAKEN if take else Outcome.REFUSED, decision
    answer.decided_by, answer.decided_at = actor, clock.now()
    bump(answer, "outcome", "decision", "decided_by", "decided_at")
    _tell_outcome(answer, actor)
    return answer


def _answers() -> "QuerySet[ConsultationAnswer]":
    return ConsultationAnswer.objects.select_related("item", "reply__consultation", "reply__unit", "proposed_lead")


def _take_over(plan_id: int, answer: ConsultationAnswer, actor: "User", item_version: int | None) -> None:
    item = PlanItem.objects.filter(plan_id=plan_id, pk=answer.item.item_key).select_related("lead").first()
    if item is None or item.dropped:
        raise UserError(
            f"第{answer.item.number}项已在草稿中合并、撤销或不再纳入，没有可改的条目。请在核对页修改有关条目后，选“不采纳”并说明。"
        )
    draft = ItemDraft(
        title=item.title,
        starts_on=item.starts_on,
        due_on=answer.proposed_due_on or item.due_on,
        lead=answer.proposed_lead or item.lead,
        supports=list(item.supports.all()),
    )
    version = item_version if item_version is not None else item.version
    edit_item(actor=actor, item_id=item.pk, draft=draft, expected_version=version)


def _tell_outcome(answer: ConsultationAnswer, actor: "User") -> None:
    round_, unit = answer.reply.consultation, answer.reply.unit
    words = f"第{answer.item.number}项{answer.get_outcome_display()}"
    trail.record(
        actor=actor,
        action="consultation.decide",
        target=round_,
        summary=f"{unit.short_name}的意见：{words}",
        reason=answer.decision,
        changes=[(f"第{answer.item.number}项", _words(answer), answer.get_outcome_display())],
    )
    notify(
        recipients=people_of(unit_id=unit.pk),
        title=f"反馈意见{answer.get_outcome_display()}：{answer.item.title}"[:200],
        body=answer.decision,
        path=reverse("consultations:reply", args=[answer.reply_id]),
        key=f"consultation-answer-{answer.pk}-{answer.version}",
    )
