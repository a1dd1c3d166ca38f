"""What of the hazards waits for a person, for 我的工作 and the daily digest."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse

from core import clock
from core.queues import NOTHING, Placed, QueueRow, WorkQueue, placed
from hazards.models import Extension, Hazard, Rectification, tracked
from hazards.models.tracked import TO_RECTIFY, Level, State
from responsibility.authority import authority_of


@dataclass(frozen=True, slots=True)
class HazardQueue:
    """One queue.

    Attributes:
        key, order, title, short, tone: as in `core.queues.WorkQueue`.
        button: what the primary button of a row says.
        page: page the button opens.
    """

    key: str
    order: int
    title: str
    short: str
    tone: str
    button: str
    page: str = "detail"


RETURNED = HazardQueue("hazards-returned", 12, "隐患退回整改", "条隐患退回整改", "yellow", "重新申请验收", "rectify")
OVERDUE = HazardQueue("hazards-overdue", 22, "隐患逾期未整改", "条隐患逾期未整改", "red", "查看")
RECTIFY = HazardQueue("hazards-rectify", 42, "隐患待整改", "条隐患待整改", "blue", "申请验收", "rectify")
RECHECK = HazardQueue("hazards-recheck", 54, "隐患待复查", "条隐患待复查", "blue", "复查")
EXTENSION = HazardQueue("hazards-extension", 55, "隐患延期待批", "条隐患延期待批", "blue", "批复")
CLOSING = HazardQueue("hazards-closing", 56, "重大隐患待销号", "条重大隐患待销号", "blue", "销号审批")
HAZARD_QUEUES = (RETURNED, OVERDUE, RECTIFY, RECHECK, EXTENSION, CLOSING)


def _round(**did: Any) -> Q:
    """Say of a hazard: there is a round of it like this."""
    return Q(Exists(Rectification.objects.filter(hazard=OuterRef("pk"), **did)))


def places(user: Any) -> dict[str, Q]:
    """Return which hazards stand in which of the person's queues, by the roles they hold today.

    A hazard stands in the first queue it fits: where more time was asked for, the answer comes before anything else.
    """
    authority, today = authority_of(user), clock.today()
    supervised, local = Q(supervisor_id__in=authority.units), Q(township_id__in=authority.units)
    own = Q(enterprise_id__in=authority.enterprises)
    overdue = tracked.overdue_on(today) & Q(state__in=TO_RECTIFY)
    passed = Rectification.Outcome.PASSED
    did = _round(outcome=passed, applied_by_id=user.pk) | _round(outcome=passed, rechecked_by_id=user.pk)
    found: dict[str, Q] = {}
    if authority.units or authority.is_office:
        decides = supervised & Q(level=Level.GENERAL)
        if authority.is_office:
            decides |= Q(level=Level.MAJOR)
        asked = Extension.objects.filter(hazard=OuterRef("pk"), decision=Extension.Decision.PENDING)
        found[EXTENSION.key] = decides & Q(Exists(asked.exclude(asked_by_id=user.pk)), state__in=TO_RECTIFY)
    if authority.units or authority.enterprises:
        found[OVERDUE.key] = (own | supervised | local) & overdue
        reported = (local | supervised) & _round(applied_by_id=user.pk)
        found[RETURNED.key] = (own | reported) & Q(state=State.RETURNED)
    if authority.enterprises:
        found[RECTIFY.key] = own & Q(state=State.RECTIFYING)
    if authority.units:
        applied = _round(outcome=Rectification.Outcome.APPLIED, applied_by_id=user.pk)
        found[RECHECK.key] = supervised & Q(state=State.APPLIED) & ~applied
    if authority.is_office:
        found[CLOSING.key] = Q(state=State.PASSED) & ~did
    return found


def rows_of(key: str, user: Any) -> "QuerySet[Hazard]":
    """Return the hazards that stand in a person's queue; none where they have no such queue."""
    conditions = places(user)
    if key not in conditions:
        return Hazard.objects.none()
    place = Case(*(When(condition, then=Value(name)) for name, condition in conditions.items()))
    return Hazard.objects.visible_to(user).alias(stands_in=place).filter(stands_in=key)


def hazard_queues(user: Any) -> list[WorkQueue]:
    """Return the hazard queues of a person, by the roles they hold today."""
    conditions = places(user)
    if not conditions:
        return []
    rows = Hazard.objects.visible_to(user).select_related("enterprise", "supervisor")
    found = placed(rows, conditions, "due_on", "pk")
    return [_queue(queue, found.get(queue.key, NOTHING), user) for queue in HAZARD_QUEUES if queue.key in conditions]


def _queue(queue: HazardQueue, holds: Placed, user: Any) -> WorkQueue:
    return WorkQueue(
        key=queue.key,
        order=queue.order,
        title=queue.title,
        short=queue.short,
        tone=queue.tone,
        count=holds.count,
        rows=[_row(queue, hazard, user) for hazard in holds.rows],
        path=f"{reverse('hazards:list')}?queue={queue.key}",
    )


def _row(queue: HazardQueue, hazard: Hazard, user: Any) -> QueueRow:
    own = hazard.enterprise_id in authority_of(user).enterprises
    # What an enterprise has let slip it hands in all the same.
    button, page = ("申请验收", "rectify") if queue == OVERDUE and own else (queue.button, queue.page)
    note = f"{hazard.where} · {hazard.supervisor.short_name}监管"
    if hazard.missing_plan:
        note += f" · 五落实缺：{'、'.join(hazard.missing_plan)}"
    return QueueRow(
        title=str(hazard),
        path=reverse("hazards:detail", args=[hazard.pk]),
        tag="重大" if hazard.is_major else "一般",
        note=note,
        due_on=hazard.due_on,
        met=hazard.is_met,
        action_label=button,
        action_path=reverse(f"hazards:{page}", args=[hazard.pk]),
    )
