"""登记 and what is kept of a hazard: its facts, where it belongs, the plan of its rectification."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError
from hazards.models import Hazard, HazardCounter
from hazards.models.tracked import Level
from hazards.permissions import lock_hazard_for, may_register
from hazards.services.moves import audience, carry_out, checked_text, note_standing, one_line, tell
from hazards.transitions import DECIDER, EDIT, ENTERPRISE, PLAN, RECHECKER, TOWNSHIP
from responsibility.authority import authority_of
from responsibility.models import Enterprise, Sector, Unit
from responsibility.selectors import TOWNSHIP_KINDS, assignable_units
from responsibility.services.changes import assign

if TYPE_CHECKING:
    from accounts.models import User

MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Facts:
    """What a hazard is; the fields are those of `Hazard`."""

    title: str
    description: str
    place: str
    level: str
    source: str
    found_on: date
    standard: str = ""
    clause: str = ""
    finder_unit_id: int | None = None
    finder: str = ""
    overseer: str = ""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a hazard belongs: its sector, township and the unit that re-checks it."""

    sector_id: int
    township_id: int
    supervisor_id: int


@dataclass(frozen=True, slots=True)
class Measures:
    """Who removes it and how: 整改责任人, 管控措施 and 五落实; the fields are those of `Hazard`."""

    rectifier: str
    controls: str = ""
    plan_duty: str = ""
    plan_measures: str = ""
    plan_funds: str = ""
    plan_schedule: str = ""
    plan_emergency: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """A new hazard: at an enterprise, whose sector, township and supervisor it takes, or at a place given in words."""

    facts: Facts
    measures: Measures
    due_on: date
    enterprise_id: int | None = None
    site: str = ""
    placing: Placing | None = None


def checked_facts(facts: Facts) -> dict[str, Any]:
    """Return the fields of the facts, tidied.

    Raises:
        UserError: something is missing, too long or impossible; a major hazard wants the standard it was judged by.
    """
    values = asdict(facts) | {
        "title": one_line("隐患名称", facts.title, 80),
        "description": checked_text("隐患描述", facts.description, MAX_TEXT),
        "place": one_line("具体部位", facts.place, 120),
        "standard": one_line("判定标准", facts.standard, 150, required=False),
        "clause": one_line("判定条款", facts.clause, 300, required=False),
        "finder": one_line("发现人", facts.finder, 60, required=False),
        "overseer": one_line("监管责任人", facts.overseer, 60, required=False),
    }
    if facts.level not in Level.values:
        raise UserError("请选择隐患等级：一般隐患或重大隐患。")
    if facts.source not in Hazard.Source.values:
        raise UserError("请选择隐患来源。")
    if facts.level == Level.MAJOR and not (values["standard"] and values["clause"]):
        raise UserError("重大隐患须填写判定依据：判定标准的名称（文号）和条款。")
    if facts.found_on > clock.today():
        raise UserError("发现日期不能晚于今天，请重新填写。")
    return values


def checked_measures(measures: Measures) -> dict[str, Any]:
    """Return the fields of the measures, tidied; 五落实 may be filled in later.

    Raises:
        UserError: nobody is named, or a text is too long.
    """
    labels = {name: str(Hazard._meta.get_field(name).verbose_name) for name in asdict(measures)}  # type: ignore[union-attr]
    values: dict[str, Any] = {
        name: checked_text(labels[name], text, MAX_TEXT, required=False) for name, text in asdict(measures).items()
    }
    values["rectifier"] = one_line("整改责任人", measures.rectifier, 60)
    return values


def checked_placing(placing: Placing) -> dict[str, Any]:
    """Return the objects a placing names.

    Raises:
        UserError: one of them does not exist, or the township is none.
    """
    sector = Sector.objects.filter(pk=placing.sector_id).first()
    units = {unit.pk: unit for unit in assignable_units().filter(pk__in=[placing.township_id, placing.supervisor_id])}
    if sector is None:
        raise UserError("请选择行业领域。")
    if placing.supervisor_id not in units:
        raise UserError("请选择监管部门，由它负责复查。")
    if placing.township_id not in units or units[placing.township_id].kind not in TOWNSHIP_KINDS:
        raise UserError("请选择属地（乡镇、街道或园区）。")
    return {"sector": sector, "township": units[placing.township_id], "supervisor": units[placing.supervisor_id]}


def enterprises_for(actor: "User | Any") -> "QuerySet[Enterprise]":
    """Return the enterprises at which the person registers hazards: their own, or all for who works for a unit.

    A department finds hazards where it inspects, also at enterprises that others supervise.
    """
    authority = authority_of(actor)
    rows = Enterprise.objects.all()
    return rows if authority.is_office or authority.editor_units else rows.filter(pk__in=authority.enterprises)


def _where(actor: "User", wanted: Registration) -> dict[str, Any]:
    if wanted.enterprise_id is not None:
        rows = enterprises_for(actor).select_related("sector", "township", "supervisor")
        enterprise = rows.filter(pk=wanted.enterprise_id).first()
        if enterprise is None:
            raise UserError("没有这家生产经营单位，请重新选择。")
        if enterprise.closed_on is not None:
            raise UserError(f"“{enterprise.name}”已于{enterprise.closed_on}停业注销，不能再登记隐患。")
        return {
            "enterprise": enterprise,
            "site": "",
            "sector": enterprise.sector,
            "township": enterprise.township,
            "supervisor": enterprise.supervisor,
        }
    site = one_line("场所名称", wanted.site, 80, required=False)
    if not site:
        raise UserError("请选择生产经营单位；不是生产经营单位的，请填写场所名称。")
    if wanted.placing is None:
        raise UserError("场所不是生产经营单位的，请选择行业领域、属地和监管部门。")
    return {"enterprise": None, "site": site} | checked_placing(wanted.placing)


def _check_right(actor: "User", where: Mapping[str, Any], facts: Facts) -> None:
    """Let through the office; an editor for what concerns or was found by their unit; an enterprise for itself."""
    authority = authority_of(actor)
    if authority.is_office:
        return
    enterprise, units = where["enterprise"], authority.editor_units
    if enterprise is not None and enterprise.pk in authority.enterprises:
        if facts.source != Hazard.Source.SELF:
            raise UserError("企业登记的隐患，来源应为“企业自查”。")
        return
    own = {where["supervisor"].pk, where["township"].pk, facts.finder_unit_id} & units
    if not own:
        raise NotAllowed("只能登记本单位监管、属地在本单位或由本单位发现的隐患。")
    if facts.finder_unit_id is not None and facts.finder_unit_id not in units:
        raise UserError("发现单位只能填写本单位；其他单位发现的，由该单位或县安委办登记。")


def take_code(year: int) -> str:
    """Return the next code of a year, YH-2026-0001 for the first.

    The counter's row stays locked until the caller's transaction ends, so that no code is used twice or skipped.
    """
    HazardCounter.objects.get_or_create(year=year)
    counter = HazardCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return str(counter)


@transaction.atomic
def register_hazard(*, actor: "User", registration: Registration) -> Hazard:
    """登记: put a hazard on the list; it is to be rectified from now on.

    Args:
        actor: the office; an editor, for what their unit supervises, found or has in its township; a person of the
            enterprise, for its own (自查自报).
        registration: what is known of it.

    Raises:
        UserError: something is missing or impossible.
        NotAllowed: the person registers no hazards, or not this one.
    """
    if not may_register(actor):
        raise NotAllowed("您没有登记隐患的权限。")
    facts, due_on = checked_facts(registration.facts), registration.due_on
    measures = checked_measures(registration.measures)
    where = _where(actor, registration)
    _check_right(actor, where, registration.facts)
    if due_on < clock.today():
        raise UserError("整改期限不能早于今天，请重新填写。")
    hazard = Hazard.objects.create(
        code=take_code(clock.today().year),
        registered_by=actor,
        registered_at=clock.now(),
        due_on=due_on,
        original_due_on=due_on,
        **facts,
        **measures,
        **where,
    )
    note_standing(hazard, "register", actor=actor)
    trail.record(
        actor=actor,
        action="hazard.register",
        target=hazard,
        summary=f"登记{hazard.get_level_display()}：{hazard.title}（{hazard.where}），整改期限{due_on}",
    )
    parts = [RECHECKER, ENTERPRISE, TOWNSHIP, *([DECIDER] if hazard.is_major else [])]
    sentence = f"{hazard.where}，{hazard.get_source_display()}，整改期限{due_on}。"
    tell(hazard, audience(hazard, parts), f"登记{hazard.get_level_display()}：{hazard}", sentence, actor=actor)
    return hazard


@transaction.atomic
def edit_hazard(
    *,
    actor: "User",
    hazard_id: int,
    facts: Facts,
    placing: Placing | None = None,
    reason: str = "",
    expected_version: int | None = None,
) -> Hazard:
    """Correct what was registered; another level is a new judgement and wants a reason.

    Args:
        actor: editor of the supervising unit, or the office.
        hazard_id: a hazard that is being rectified.
        facts: all of them, as they are to be.
        placing: sector, township and supervising unit, where the office changes them.
        reason: why the level is changed.
        expected_version: version of the hazard the form was opened with.

    Raises:
        UserError: something is missing or impossible, or the level changes without a reason.
        NotAllowed: not theirs to do; only the office moves a hazard to another unit or lowers its level.
        Http404, WrongState, StaleObject: see `hazards.permissions.lock_hazard_for`.
    """
    hazard = lock_hazard_for(actor, hazard_id, EDIT, expected_version)
    values = checked_facts(facts)
    if facts.found_on > hazard.original_due_on:
        raise UserError("发现日期不能晚于原整改期限，请重新填写。")
    if facts.finder_unit_id is not None and not Unit.objects.filter(pk=facts.finder_unit_id).exists():
        raise UserError("请重新选择发现单位。")
    if placing is not None:
        if not authority_of(actor).is_office:
            raise NotAllowed("只有县安委办可以调整行业领域、属地和监管部门。")
        values |= checked_placing(placing)
    if hazard.is_major and facts.level != Level.MAJOR and not authority_of(actor).is_office:
        raise NotAllowed("重大隐患降为一般隐患，须由县安委办办理。")
    reason = checked_text("调整等级的理由", reason, MAX_TEXT, required=facts.level != hazard.level)
    finder = hazard.finder_unit
    values.pop("finder_unit_id")
    changes = assign(hazard, values)
    if hazard.finder_unit_id != facts.finder_unit_id:
        hazard.finder_unit_id = facts.finder_unit_id
        changes.append(("发现单位", str(finder or ""), str(hazard.finder_unit or "")))
    if changes:
        carry_out(hazard, EDIT, actor=actor, reason=reason, changes=changes, fields=(*values, "finder_unit"))
    return hazard


@transaction.atomic
def plan_rectification(
    *, actor: "User", hazard_id: int, measures: Measures, expected_version: int | None = None
) -> Hazard:
    """填写整改方案: who removes the hazard, how it is kept safe meanwhile, and 五落实.

    Raises:
        UserError: nobody is named, or a text is too long.
        Http404, NotAllowed, WrongState, StaleObject: see `hazards.permissions.lock_hazard_for`.
    """
    hazard = lock_hazard_for(actor, hazard_id, PLAN, expected_version)
    values = checked_measures(measures)
    changes = assign(hazard, values)
    if changes:
        carry_out(hazard, PLAN, actor=actor, changes=changes, fields=tuple(values))
    return hazard
