"""征求意见, the office's side: send a round out, urge those who have not answered, take late answers, end it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.http import Http404
from django.urls import reverse

from audit import trail
from core import clock
from core.errors import NotAllowed, StaleObject, UserError, WrongState
from core.models import bump, lock_row
from core.workdays import add_working_days
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.models import Membership, Role, Unit
from responsibility.selectors import people_of
from tasks.breakdown import BreakdownRow, breakdown_rows
from tasks.models import Consultation, ConsultationAnswer, ConsultationItem, ConsultationReply, Plan, PlanItem
from tasks.plan_permissions import lock_draft
from tasks.services.closing_rounds import end_round
from tasks.services.publishing import Groups

if TYPE_CHECKING:
    from accounts.models import User

Part = ConsultationAnswer.Part
MAX_LETTER = 1000
LONGEST = timedelta(days=180)
GONE = "没有这轮征求意见。"


@dataclass(frozen=True, slots=True)
class Asked:
    """A unit that would be asked, how many items it leads and supports, and whether anybody there can answer."""

    unit: Unit
    leads: int
    supports: int
    has_editor: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """What sending would do, for the page that asks for it.

    Attributes:
        asked: the units, in the county's order.
        items: how many items go out.
        nobody: items that name no unit and so go to none.
        contents: number of the draft's changes.
    """

    asked: list[Asked]
    items: int
    nobody: list[PlanItem]
    contents: int


def first_letter() -> str:
    """Return the covering sentence the form begins with."""
    silence = "逾期未反馈的，视为无意见。" if settings.CONSULTATION_SILENCE_AGREES else ""
    ask = "请逐项核对牵头、配合单位和完成时限，于反馈期限前反馈。"
    return f"现将重点任务分解表（征求意见稿）中涉及你单位的条目送你单位征求意见，{ask}{silence}"


def proposed_day() -> date:
    """Return the day by which to answer that the form begins with."""
    return add_working_days(clock.today(), settings.CONSULTATION_DAYS)


def concerned(items: Iterable[PlanItem]) -> dict[int, list[tuple[Unit, str]]]:
    """Return, by item, the units it concerns with their part: the lead, then the supporting ones, groups taken apart.

    A unit that is no more is not asked.
    """
    groups = Groups(clock.today())
    found: dict[int, list[tuple[Unit, str]]] = {}
    for item in items:
        lead = groups.units.get(item.lead_id) if item.lead_id is not None else None
        rows: list[tuple[Unit, str]] = [(lead, Part.LEAD)] if lead is not None else []
        rows += [(unit, Part.SUPPORT) for unit in groups.expand(item.supports.all(), item.lead_id)]
        found[item.pk] = rows
    return found


def preview_round(plan: Plan) -> Outlook:
    """Say who would be asked what."""
    items = list(plan.items.filter(dropped=False).prefetch_related("supports"))
    rows = concerned(items)
    counts: defaultdict[Unit, dict[str, int]] = defaultdict(lambda: {Part.LEAD: 0, Part.SUPPORT: 0})
    for units in rows.values():
        for unit, part in units:
            counts[unit][part] += 1
    editors = Membership.objects.active_on(clock.today()).filter(role=Role.EDITOR, user__is_active=True)
    able = set(editors.filter(unit__in=counts).values_list("unit_id", flat=True))
    asked = [
        Asked(unit, counts[unit][Part.LEAD], counts[unit][Part.SUPPORT], unit.pk in able)
        for unit in sorted(counts, key=lambda unit: (unit.ordering, unit.code))
    ]
    nobody = [item for item in items if not rows[item.pk]]
    return Outlook(asked, len(items) - len(nobody), nobody, plan.changes)


@transaction.atomic
def send_round(
    *,
    actor: "User",
    plan_id: int,
    letter: str,
    answer_by: date,
    expected_version: int | None = None,
    expected_contents: int | None = None,
) -> Consultation:
    """征求意见: freeze the draft's items and ask every unit named in them.

    Args:
        actor: clerk of the office.
        plan_id: a draft.
        letter: the covering sentence.
        answer_by: last day for answers.
        expected_version: version of the plan the person saw.
        expected_contents: the plan's number of changes the person saw.

    Raises:
        UserError: a round is open, nobody is named, no covering sentence, or a day that cannot be.
        StaleObject: plan or items were changed since the person looked.
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_draft(actor, plan_id, expected_version)
    if expected_contents is not None and expected_contents != plan.changes:
        raise StaleObject("在您打开页面之后，已有其他人修改了条目。请核对下面最新的单位和条数，再送出。")
    letter = _checked_letter(letter)
    _check_day(answer_by)
    if plan.consultations.running().exists():
        raise UserError("上一轮征求意见还没有结束，请先结束那一轮，再送出新的一轮。")
    rows = breakdown_rows(plan, actor)
    units = concerned(row.item for row in rows)
    rows = [row for row in rows if units[row.item.pk]]
    if not rows:
        raise UserError("还没有条目定下牵头或配合单位，没有可以征求意见的单位。请先在核对页为条目选定单位。")
    round_ = _new_round(plan, actor, letter, answer_by)
    items = ConsultationItem.objects.bulk_create(_frozen(round_, row) for row in rows)
    replies = _ask(round_, items, units)
    trail.record(
        actor=actor,
        action="consultation.send",
        target=round_,
        summary=f"送出第{round_.number}轮征求意见：{len(items)}项，{len(replies)}个单位，{answer_by:%Y-%m-%d}前反馈",
    )
    _tell_asked(round_, replies)
    return round_


def _new_round(plan: Plan, actor: "User", letter: str, answer_by: date) -> Consultation:
    last = plan.consultations.aggregate(number=Max("number"))["number"] or 0
    return Consultation.objects.create(
        plan=plan,
        number=last + 1,
        title=plan.title,
        letter=letter,
        answer_by=answer_by,
        silence_agrees=settings.CONSULTATION_SILENCE_AGREES,
        sent_by=actor,
        sent_at=clock.now(),
    )


def _frozen(round_: Consultation, row: BreakdownRow) -> ConsultationItem:
    return ConsultationItem(
        consultation=round_,
        item_key=row.item.pk,
        number=row.number,
        section=f"{row.section.marker}{row.section.title}" if row.section else "",
        title=row.title,
        aims=row.aims,
        measures=row.measures,
        lead=row.item.lead,
        supports=row.supports,
        due_on=row.due_on,
    )


def _checked_letter(letter: str) -> str:
    letter = letter.replace("\x00", "").replace("\r\n", "\n").strip()
    if not letter:
        raise UserError("请填写征求意见说明。")
    if len(letter) > MAX_LETTER:
        raise UserError(f"征求意见说明请控制在 {MAX_LETTER} 字以内。")
    return letter


def _check_day(day: date) -> None:
    today = clock.today()
    if day < today:
        raise UserError("反馈期限不能早于今天，请重新填写。")
    if day > today + LONGEST:
        raise UserError(f"反馈期限不能超过 {LONGEST.days} 天，请核对年份。")


def _ask(
    round_: Consultation, items: Iterable[ConsultationItem], units: dict[int, list[tuple[Unit, str]]]
) -> list[ConsultationReply]:
    parts: defaultdict[Unit, list[tuple[ConsultationItem, str]]] = defaultdict(list)
    for item in items:
        for unit, part in units[item.item_key]:
            parts[unit].append((item, part))
    replies = ConsultationReply.objects.bulk_create(
        ConsultationReply(consultation=round_, unit=unit)
        for unit in sorted(parts, key=lambda unit: (unit.ordering, unit.code))
    )
    ConsultationAnswer.objects.bulk_create(
        ConsultationAnswer(reply=reply, item=item, part=part) for reply in replies for item, part in parts[reply.unit]
    )
    return replies


def _tell_asked(round_: Consultation, replies: Iterable[ConsultationReply]) -> None:
    for reply in replies:
        notify(
            recipients=people_of(unit_id=reply.unit_id),
            title=f"征求意见：{round_.title}（第{round_.number}轮），请于{round_.answer_by:%Y-%m-%d}前反馈",
            body=round_.letter,
            path=reverse("consultations:reply", args=[reply.pk]),
            key=f"consultation-{round_.pk}-{reply.unit_id}",
        )


def lock_round(actor: "User", pk: int, expected_version: int | None = None) -> Consultation:
    """Lock a round for a change by the office.

    Raises:
        Http404: none of their business.
        NotAllowed: not of the office.
        WrongState: the round is closed.
        StaleObject: changed since `expected_version`.
    """
    try:
        round_ = lock_row(Consultation.objects.visible_to(actor), pk, expected_version)
    except Consultation.DoesNotExist:
        raise Http404(GONE) from None
    if not authority_of(actor).is_office:
        raise NotAllowed("只有县安委办可以办理征求意见。")
    if not round_.is_open:
        raise WrongState("这轮征求意见已经结束，请刷新页面查看。")
    return round_


@transaction.atomic
def close_round(*, actor: "User", consultation_id: int, expected_version: int | None = None) -> Consultation:
    """结束征求意见: no more answers; what was proposed can still be decided on.

    Raises:
        As `lock_round`.
    """
    round_ = lock_round(actor, consultation_id, expected_version)
    end_round(round_, actor)
    return round_


@transaction.atomic
def allow_late(*, actor: "User", consultation_id: int, expected_version: int | None = None) -> Consultation:
    """接受逾期反馈: units may answer although the day has passed, until the round is closed.

    Raises:
        UserError: the day has not passed, or it was allowed already.
        Http404, NotAllowed, WrongState, StaleObject: see `lock_round`.
    """
    round_ = lock_round(actor, consultation_id, expected_version)
    if round_.late_allowed:
        raise UserError("已经设为接受逾期反馈。")
    if clock.today() <= round_.answer_by:
        raise UserError("反馈期限还没有过，不需要设置。")
    round_.late_allowed = True
    bump(round_, "late_allowed")
    trail.record(actor=actor, action="consultation.allow_late", target=round_, summary="接受逾期反馈")
    return round_


@dataclass(frozen=True, slots=True)
class Urged:
    """How many units were told, and those where nobody has an account."""

    told: int
    without: list[Unit]


@transaction.atomic
def urge_round(*, actor: "User", consultation_id: int, expected_version: int | None = None) -> Urged:
    """催办: tell the people of every unit that has not answered, at most once a day.

    Raises:
        UserError: everybody has answered, or it was done today.
        Http404, NotAllowed, WrongState, StaleObject: see `lock_round`.
    """
    round_ = lock_round(actor, consultation_id, expected_version)
    waiting = list(round_.replies.waiting().select_related("unit"))
    if not waiting:
        raise UserError("各单位都已反馈，无需催办。")
    if round_.urged_on == clock.today():
        raise UserError("今天已经催办过，请明天再催。")
    round_.urged_on = clock.today()
    bump(round_, "urged_on")
    title = f"县安委办催办：请反馈《{round_.title}》任务分解的意见（{round_.answer_by:%Y-%m-%d}前）"
    without = [reply.unit for reply in waiting if not _remind(round_, reply, title, "urged")]
    trail.record(
        actor=actor,
        action="consultation.urge",
        target=round_,
        summary=f"催办未反馈的单位：{'、'.join(reply.unit.short_name for reply in waiting)}"[:300],
    )
    return Urged(len(waiting) - len(without), without)


def _remind(round_: Consultation, reply: ConsultationReply, title: str, why: str) -> bool:
    """Tell the unit's people; False where there are none."""
    people = list(people_of(unit_id=reply.unit_id))
    notify(
        recipients=people,
        title=title,
        body=round_.letter,
        path=reverse("consultations:reply", args=[reply.pk]),
        key=f"consultation-{round_.pk}-{why}-{reply.unit_id}-{clock.today():%Y%m%d}",
    )
    return bool(people)


def remind_consultations() -> int:
    """Remind the units that have not answered on the last working day before the day, and on the day; once a day.

    Returns:
        How many units were reminded.
    """
    today, told = clock.today(), 0
    for round_ in Consultation.objects.running().filter(answer_by__gte=today):
        if today < add_working_days(round_.answer_by, -1):
            continue
        title = f"即将到期：请于{round_.answer_by:%Y-%m-%d}前反馈《{round_.title}》任务分解的意见"
        with transaction.atomic():
            told += sum(_remind(round_, reply, title, "due") for reply in round_.replies.waiting())
    return told
