"""Reads that join records, evidence and rules: what counts a record in, who may be chosen, who is to act."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from core import clock
from core.panels import Panel, PanelRow
from drills.counting import DrillFacts, Twin, missing_to_submit, shortfalls
from drills.models import Drill, DrillSetting, VillageCount
from evidence.models import File
from evidence.selectors import files_of
from responsibility.authority import authority_of
from responsibility.models import Enterprise, Unit
from responsibility.selectors import TOWNSHIP_KINDS, in_force

# Lines of a panel; the rest is one click away.
PANEL_ROWS = 6
DEPARTMENT_KINDS = (Unit.Kind.OFFICE, Unit.Kind.PARTY, Unit.Kind.GOVERNMENT, Unit.Kind.STATIONED)


def setting() -> DrillSetting:
    """Return the county's counting rule."""
    return DrillSetting.objects.get(pk=1)


def townships() -> QuerySet[Unit]:
    """Return the townships, subdistricts and parks of today in the county's order."""
    return in_force(clock.today()).filter(kind__in=TOWNSHIP_KINDS).order_by("ordering", "code")


def village_numbers(year: int) -> dict[int, int]:
    """Return the number of villages of each township in a year: the latest on record up to it."""
    rows = VillageCount.objects.filter(year__lte=year).order_by("year")
    return dict(rows.values_list("unit_id", "number"))


def units_to_file_for(user: Any) -> QuerySet[Unit]:
    """Return the units the person may record a drill of: the own ones; every unit for the office."""
    authority = authority_of(user)
    units = in_force(clock.today()).exclude(kind=Unit.Kind.GROUP)
    return units if authority.is_office else units.filter(pk__in=authority.units)


def enterprises_to_file_for(user: Any) -> QuerySet[Enterprise]:
    """Return the open enterprises the person may record a drill of: those they see; a reader files nothing."""
    authority = authority_of(user)
    rows = Enterprise.objects.visible_to(user).filter(Q(closed_on__isnull=True) | Q(closed_on__gt=clock.today()))
    return rows if authority.is_office or authority.units or authority.enterprises else rows.none()


def twins_of(drill: Drill) -> list[Twin]:
    """Return the counted records of the same drill: its organiser's own, or the one of a joint drill it took part in.

    The same organiser, subject and day is the same drill (a village counts as an organiser). It is the same joint
    drill where on that day and subject one unit names the other among those who took part.
    """
    if drill.held_on is None or not drill.hazard:
        return []
    same = Drill.objects.filter(
        state=Drill.State.COUNTED, held_on=drill.held_on, hazard=drill.hazard, hazard_other=drill.hazard_other
    ).exclude(pk=drill.pk)
    if drill.enterprise_id is not None:
        return [Twin(row.code or "", row.organiser_name) for row in same.filter(enterprise_id=drill.enterprise_id)]
    own = same.filter(organiser_id=drill.organiser_id, village=drill.village).select_related("organiser")
    found = [Twin(row.code or "", row.organiser_name) for row in own]
    if drill.village:
        return found
    # A joint drill is the county's once, whoever of those who held it recorded it first.
    unit = drill.organiser_id
    named = Q(participants=unit) | Q(organiser__in=drill.participants.values("pk"))
    joint = same.filter(named, village="").exclude(organiser_id=unit).select_related("organiser").distinct()
    return found + [Twin(row.code or "", row.organiser_name, joint=True) for row in joint]


def facts_of(drill: Drill, photos: int | None = None) -> DrillFacts:
    """Return what counting asks of a record.

    Args:
        drill: the record, with `organiser` at hand.
        photos: how many pictures it has, where known.
    """
    if photos is None:
        photos = files_of(drill).filter(media_type__startswith="image/").count()
    return DrillFacts(
        title=drill.title,
        of_enterprise=drill.enterprise_id is not None,
        of_village=drill.level == Drill.Level.VILLAGE,
        village=drill.village,
        is_desk=drill.form == Drill.Form.DESK,
        subject=drill.subject if drill.hazard else "",
        held_on=drill.held_on,
        starts_at=drill.starts_at,
        ends_at=drill.ends_at,
        place=drill.place,
        plan_name=drill.plan_name,
        headcount=drill.headcount,
        evaluated=(bool(drill.evaluator), bool(drill.eval_execution), bool(drill.conclusion)),
        photos=photos,
        twins=twins_of(drill),
    )


def lacks_of(drill: Drill, photos: int | None = None) -> tuple[list[str], list[str]]:
    """Return in words what a record lacks to be handed in, and what more to be counted."""
    facts = facts_of(drill, photos)
    return missing_to_submit(facts, clock.today()), shortfalls(facts, setting())


def pictures_used_again(drill: Drill, files: Sequence[File]) -> list[tuple[File, Drill]]:
    """Return the record's pictures that also prove another record, with that record: for the reviewer to look at."""
    prints = {row.sha256: row for row in files if row.media_type.startswith("image/")}
    if not prints:
        return []
    others = File.objects.filter(
        owner_type=Drill._meta.label_lower, sha256__in=prints, removed_at__isnull=True
    ).exclude(owner_id=drill.pk)
    pairs = {(row.sha256, row.owner_id) for row in others}
    records = Drill.objects.exclude(state__in=[Drill.State.VOID, Drill.State.DRAFT]).in_bulk(
        [owner for _, owner in pairs]
    )
    return [(prints[digest], records[owner]) for digest, owner in sorted(pairs) if owner in records]


def turn_words(drill: Drill) -> str:
    """Say whose turn it is."""
    S = Drill.State
    by_enterprise = drill.filer is None and drill.enterprise is not None
    filer = drill.enterprise.name if by_enterprise else drill.filer.short_name if drill.filer else ""  # type: ignore[union-attr]
    if drill.state in (S.DRAFT, S.RETURNED):
        return f"由{filer}填写并上报"
    if drill.state == S.SUBMITTED:
        if not by_enterprise:
            return "由县安委办审核"
        enterprise = drill.enterprise
        assert enterprise is not None  # noqa: S101 - said above
        judges = dict.fromkeys([drill.township.short_name if drill.township else "", enterprise.supervisor.short_name])
        return f"由{'或'.join(name for name in judges if name)}审核"
    return "已办结"


def enterprise_panel(user: Any, enterprise_id: int) -> Panel:
    """Return the drills of an enterprise that the person sees, latest first, for the enterprise's page."""
    rows = Drill.objects.visible_to(user).filter(enterprise_id=enterprise_id).order_by("-held_on", "-pk")
    shown = list(rows.select_related("enterprise")[: PANEL_ROWS + 1])
    path = ""
    if len(shown) > PANEL_ROWS:
        path = f"{reverse('drills:list')}?{urlencode({'enterprise': shown[0].organiser_name})}"
    lines = [
        PanelRow(
            str(drill),
            reverse("drills:detail", args=[drill.pk]),
            f"{drill.held_on or '日期未填'} · {drill.get_kind_display()} · {drill.get_state_display()}",
        )
        for drill in shown[:PANEL_ROWS]
    ]
    return Panel("应急演练", lines, "还没有演练记录。", path)
