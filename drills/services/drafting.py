"""Recording a drill: opening a draft, writing it, handing it in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING, Any, TypedDict

from django.db import transaction

from audit import trail
from audit.trail import Change
from core import clock
from core.errors import NotAllowed, UserError
from core.models import bump
from drills.counting import missing_to_submit
from drills.models import Drill, DrillCounter, DrillProblem
from drills.permissions import lock_drill_for, may_file
from drills.selectors import enterprises_to_file_for, facts_of, units_to_file_for
from drills.services.moves import carry_out, check_reason, signature_of, tell_reviewers
from drills.services.problems import ProblemDraft, problem_key, problem_rows
from drills.transitions import EDIT, SUBMIT, VOID, WITHDRAW
from responsibility.authority import authority_of
from responsibility.models import Enterprise, Unit
from responsibility.selectors import TOWNSHIP_KINDS, assignable_units
from responsibility.services.changes import assign

if TYPE_CHECKING:
    from accounts.models import User

MAX_TEXT = 5000
L = Drill.Level
# Which levels an organiser may hold a drill at; the first is proposed.
LEVELS_OF_TOWNSHIP = (L.TOWNSHIP, L.VILLAGE)
LEVELS_OF_DEPARTMENT = (L.DEPARTMENT, L.COUNTY)


class DrillValues(TypedDict, total=False):
    """Fields of a record as its form holds them; one left out keeps what is stored."""

    title: str
    level: str
    village: str
    kind: str
    form: str
    hazard: str
    hazard_other: str
    with_evacuation: bool
    unscripted: bool
    held_on: date | None
    starts_at: time | None
    ends_at: time | None
    place: str
    plan_name: str
    scenario: str
    headcount: int | None
    observers: int | None
    other_participants: str
    equipment: str
    evaluator: str
    eval_execution: str
    eval_plan: str
    eval_command: str
    eval_people: str
    eval_equipment: str
    eval_advice: str
    conclusion: str
    revision: str


@dataclass(frozen=True, slots=True)
class DrillDraft:
    """What the form holds.

    Attributes:
        values: fields of the record.
        participants: units that took part, None to leave them.
        problems: problems found, in order, None to leave them.
    """

    values: DrillValues
    participants: Collection[int] | None = None
    problems: Sequence[ProblemDraft] | None = None


def levels_for(organiser: Unit | None) -> tuple[str, ...]:
    """Return the levels a drill of this organiser may have; without a unit an enterprise organised it."""
    if organiser is None:
        return (L.ENTERPRISE,)
    return LEVELS_OF_TOWNSHIP if organiser.kind in TOWNSHIP_KINDS else LEVELS_OF_DEPARTMENT


def _filing_unit(actor: "User", enterprise: Enterprise) -> Unit | None:
    """Return the unit through which the person files for an enterprise; None where they are of the enterprise."""
    authority = authority_of(actor)
    if enterprise.pk in authority.enterprises:
        return None
    if authority.is_office:
        return Unit.objects.filter(kind=Unit.Kind.OFFICE).order_by("ordering").first()
    near = [pk for pk in (enterprise.township_id, enterprise.supervisor_id) if pk in authority.units]
    return Unit.objects.get(pk=near[0] if near else min(authority.units))


def _new_drill(actor: "User", organiser_id: int | None, enterprise_id: int | None) -> Drill:
    """Return an unsaved record of the organiser, filed by the person's unit."""
    if (organiser_id is None) == (enterprise_id is None):
        raise UserError("请选择组织演练的单位或企业，二者选一。")
    if enterprise_id is not None:
        enterprise = enterprises_to_file_for(actor).filter(pk=enterprise_id).first()
        if enterprise is None:
            raise UserError("没有这家在业企业，或不在您的管理范围内，请重新选择。")
        filer = _filing_unit(actor, enterprise)
        return Drill(enterprise=enterprise, filer=filer, township=enterprise.township, level=L.ENTERPRISE)
    organiser = units_to_file_for(actor).filter(pk=organiser_id or 0).first()
    if organiser is None:
        raise UserError("您不能为这个单位登记演练，请选择本单位。")
    own = organiser.pk in authority_of(actor).units
    office = None if own else Unit.objects.filter(kind=Unit.Kind.OFFICE).order_by("ordering").first()
    is_township = organiser.kind in TOWNSHIP_KINDS
    return Drill(
        organiser=organiser,
        filer=office or organiser,
        township=organiser if is_township else None,
        level=levels_for(organiser)[0],
    )


@transaction.atomic
def create_drill(
    *, actor: "User", draft: DrillDraft, organiser_id: int | None = None, enterprise_id: int | None = None
) -> Drill:
    """Open the draft of a record; nothing but its organiser has to be known yet.

    Args:
        actor: editor or head of the organising unit, an enterprise's person, somebody who files for an enterprise of
            their township or supervision, or a clerk of the office.
        draft: the form.
        organiser_id, enterprise_id: who organised it, just one of them.

    Raises:
        NotAllowed: the person records no drills.
        UserError: not an organiser of theirs, or a text that cannot be kept.
    """
    if not may_file(actor):
        raise NotAllowed("您没有权限登记演练。")
    drill = _new_drill(actor, organiser_id, enterprise_id)
    drill.created_by, drill.created_at, drill.saved_at = actor, clock.now(), clock.now()
    _write(drill, draft)
    drill.save()
    _write_rows(drill, draft)
    trail.record(
        actor=actor, action="drill.create", target=drill, summary=f"登记演练（{drill.organiser_name}：{drill}）"
    )
    return drill


@transaction.atomic
def edit_drill(*, actor: "User", drill_id: int, draft: DrillDraft, expected_version: int | None = None) -> Drill:
    """Keep what has been typed; who organised it stays.

    Raises:
        UserError: a text that cannot be kept, or a level its organiser has not.
        Http404, NotAllowed, WrongState, StaleObject: see `drills.permissions.lock_drill_for`.
    """
    drill = lock_drill_for(actor, drill_id, EDIT, expected_version)
    changes = _write(drill, draft) + _write_rows(drill, draft)
    drill.saved_at = clock.now()
    fields = [name for name in DrillValues.__annotations__ if name in draft.values]
    if changes:
        carry_out(drill, EDIT, actor=actor, changes=changes, fields=(*fields, "saved_at"))
    else:
        bump(drill, "saved_at")
    return drill


def _write(drill: Drill, draft: DrillDraft) -> list[Change]:
    values: dict[str, Any] = dict(draft.values)
    for name, value in values.items():
        if isinstance(value, str):
            field = Drill._meta.get_field(name)
            longest = getattr(field, "max_length", None) or MAX_TEXT
            values[name] = value = value.replace("\r\n", "\n").strip()
            if len(value) > longest:
                label = getattr(field, "verbose_name", name)
                raise UserError(f"“{label}”请控制在 {longest} 字以内（现为 {len(value)} 字）。")
    level = values.get("level") or drill.level
    if level not in levels_for(drill.organiser):
        raise UserError("所选级别与组织单位不符，请重新选择级别。")
    # What belongs to another choice is not kept beside it.
    if level != L.VILLAGE:
        values["village"] = ""
    if values.get("hazard", drill.hazard) != Drill.Hazard.OTHER:
        values["hazard_other"] = ""
    return assign(drill, values | {"level": level})


def _write_rows(drill: Drill, draft: DrillDraft) -> list[Change]:
    """Set the units that took part and the problems of a saved record."""
    changes: list[Change] = []
    if draft.participants is not None:
        known = assignable_units().exclude(pk=drill.organiser_id or 0).filter(pk__in=draft.participants)
        old, new = list(drill.participants.all()), list(known)
        if {unit.pk for unit in old} != {unit.pk for unit in new}:
            drill.participants.set(new)
            changes.append(("参演单位", _names(old), _names(new)))
    if draft.problems is not None:
        before, after = list(drill.problems.all()), problem_rows(drill, draft.problems)
        if [problem_key(row) for row in before] != [problem_key(row) for row in after]:
            drill.problems.all().delete()
            DrillProblem.objects.bulk_create(after)
            changes.append(("发现问题", _texts(before), _texts(after)))
    return changes


def _names(units: Sequence[Unit]) -> str:
    return "、".join(unit.short_name for unit in units)


def _texts(rows: Sequence[DrillProblem]) -> str:
    return "；".join(row.text for row in rows)


def _take_code(drill: Drill) -> str:
    """Take the next number of the year the drill was held in; the counter's row is locked until the end."""
    assert drill.held_on is not None  # noqa: S101 - nothing is handed in without
    counter, _ = DrillCounter.objects.select_for_update().get_or_create(year=drill.held_on.year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"YL-{counter.year}-{counter.last:04d}"


@transaction.atomic
def submit_drill(*, actor: "User", drill_id: int, expected_version: int | None = None) -> Drill:
    """上报: hand the record in; the first time it gets its number, which it keeps.

    Raises:
        UserError: something is missing; the message lists all of it.
        Http404, NotAllowed, WrongState, StaleObject: see `drills.permissions.lock_drill_for`.
    """
    drill = lock_drill_for(actor, drill_id, SUBMIT, expected_version)
    lacks = missing_to_submit(facts_of(drill, photos=0), clock.today())
    if lacks:
        raise UserError("".join(lacks))
    if not drill.code:
        drill.code = _take_code(drill)
    drill.submitted_by, drill.submitted_at, drill.submitted_as = actor, clock.now(), signature_of(actor, drill)
    carry_out(drill, SUBMIT, actor=actor, fields=("code", "submitted_by", "submitted_at", "submitted_as"))
    tell_reviewers(drill, f"{drill.organiser_name}上报演练记录：{drill}", "请审核是否计入场次。", actor=actor)
    return drill


@transaction.atomic
def withdraw_drill(*, actor: "User", drill_id: int, reason: str, expected_version: int | None = None) -> Drill:
    """撤回: take the record back before it was judged.

    Raises:
        UserError: no reason.
        Http404, NotAllowed, WrongState, StaleObject: see `drills.permissions.lock_drill_for`.
    """
    drill = lock_drill_for(actor, drill_id, WITHDRAW, expected_version)
    carry_out(drill, WITHDRAW, actor=actor, reason=check_reason(WITHDRAW, reason))
    return drill


@transaction.atomic
def void_drill(*, actor: "User", drill_id: int, reason: str, expected_version: int | None = None) -> Drill:
    """作废: give up a record that should not have been; its number is not used again.

    Raises:
        UserError: no reason.
        Http404, NotAllowed, WrongState, StaleObject: see `drills.permissions.lock_drill_for`.
    """
    drill = lock_drill_for(actor, drill_id, VOID, expected_version)
    carry_out(drill, VOID, actor=actor, reason=check_reason(VOID, reason))
    return drill
