"""Beginning a duty list: empty, copied from another year, or as the next edition of the one in force."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.db.models import Max
from django.http import Http404

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError
from responsibility.duty_permissions import lock_duty_list_for, may_draft
from responsibility.models import DutyItem, DutyList, Unit
from responsibility.permissions import require_colleague
from responsibility.services.changes import refusing_twins
from responsibility.transitions import REVISE

if TYPE_CHECKING:
    from accounts.models import User

# Years a list may be made for, counted from this one.
YEARS_BACK, YEARS_AHEAD = 5, 1
COPIED: tuple[str, ...] = ("layer", "office_id", "post_id", "text", "kind", "duty_type", "basis", "how")
COPIED += ("frequency", "times", "frequency_note", "ordering")


@dataclass(frozen=True, slots=True)
class Begun:
    """A list just begun, and the duties that were not taken over because their office or post has ended."""

    duty_list: DutyList
    left_out: list[str]


def _open(actor: "User", unit: Unit, year: int) -> DutyList:
    """Make an empty draft, the next edition of its unit and year.

    Raises:
        UserError: one is being worked on already.
    """
    known = DutyList.objects.filter(unit=unit, year=year)
    if known.filter(state__in=DutyList.OPEN).exists():
        raise UserError(f"{unit.short_name}{year}年已有一份正在编制的责任清单，请在那一份上继续。")
    edition = (known.aggregate(last=Max("edition"))["last"] or 0) + 1
    with refusing_twins("刚刚有人开始编制这份清单，请刷新后在那一份上继续。"):
        return DutyList.objects.create(unit=unit, year=year, edition=edition, created_by=actor)


def _copy(source: DutyList, target: DutyList) -> list[str]:
    """Copy the duties whose office or post goes on; return the texts of the others.

    Within a year a duty stays the same one, so that what was done for it is not lost with a new edition; its deadline
    goes with it. Of another year's only the words are taken.
    """
    same_year = source.year == target.year
    made, left_out = [], []
    for item in source.items.select_related("office", "post"):
        subject = item.office or item.post
        if subject is not None and subject.valid_to is not None and subject.valid_to < clock.today():
            left_out.append(item.text)
            continue
        copy = DutyItem(duty_list=target, **{name: getattr(item, name) for name in COPIED})
        copy.lineage = item.lineage if same_year else uuid4()
        copy.due_on = item.due_on if same_year else _same_day(item.due_on, target.year)
        made.append(copy)
    DutyItem.objects.bulk_create(made)
    return left_out


def _same_day(day: date | None, year: int) -> date | None:
    """Return the day in another year; 29 February becomes 28."""
    if day is None:
        return None
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


@transaction.atomic
def begin_list(*, actor: "User", unit_id: int, year: int, copy_last: bool = False) -> Begun:
    """Begin a unit's duty list of a year, empty or with the duties of the last published one before it.

    Raises:
        UserError: the year is out of range, one is being worked on, the year has one in force (which is revised, not
            begun), there is nothing to copy, or the unit is a collective name.
        Http404, NotAllowed: no such unit, or not the actor's to draft.
    """
    require_colleague(actor)
    unit = Unit.objects.select_for_update(no_key=True).filter(pk=unit_id).first()
    if unit is None:
        raise Http404("没有这个单位。")
    if not may_draft(actor, unit.pk):
        raise NotAllowed("只有本单位联络员、负责人和县安委办可以编制责任清单。")
    this_year = clock.today().year
    if not this_year - YEARS_BACK <= year <= this_year + YEARS_AHEAD:
        raise UserError(f"年度应在 {this_year - YEARS_BACK} 到 {this_year + YEARS_AHEAD} 之间。")
    if unit.kind == Unit.Kind.GROUP:
        raise UserError(f"“{unit.name}”是集合名称，没有责任清单，请选择具体单位。")
    lists = DutyList.objects.filter(unit=unit)
    if lists.filter(year=year, state=DutyList.State.PUBLISHED).exists():
        raise UserError(f"{unit.short_name}{year}年的责任清单已经发布，需要调整的，请打开它并选择“编制新版”。")
    source = lists.filter(year__lt=year, state__in=DutyList.PUBLIC).order_by("-year", "-edition").first()
    if copy_last and source is None:
        raise UserError(f"{unit.short_name}以前年度没有发布过责任清单，没有可复制的内容，请选择空白清单或从库中装入。")
    duty_list = _open(actor, unit, year)
    left_out = _copy(source, duty_list) if copy_last and source else []
    origin = f"，复制自{source}" if copy_last and source else ""
    trail.record(actor=actor, action="duties.begin", target=duty_list, summary=f"开始编制{duty_list}{origin}")
    return Begun(duty_list, left_out)


@transaction.atomic
def revise_list(*, actor: "User", list_id: int, expected_version: int | None = None) -> Begun:
    """编制新版: begin the next edition of a list in force with its duties; the list stays in force meanwhile.

    Raises:
        UserError: a new edition is being worked on already.
        Http404, NotAllowed, WrongState, StaleObject: see `responsibility.duty_permissions.lock_duty_list_for`.
    """
    source = lock_duty_list_for(actor, list_id, REVISE, expected_version)
    duty_list = _open(actor, source.unit, source.year)
    left_out = _copy(source, duty_list)
    trail.record(
        actor=actor,
        action="duties.revise",
        target=duty_list,
        summary=f"开始编制{duty_list}，复制自第{source.edition}版",
    )
    return Begun(duty_list, left_out)
