"""应练清单: what every subject owes in a year, derived from rules and counted records; nothing of it is stored.

Every rule and period is one SELECT over the subjects it binds; their UNION is searched, counted, ordered and paged by
the database, so that thousands of enterprises cost no more queries than ten.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least

from drills.duty_terms import DutyPeriod, fulfilling, periods_of
from drills.models import Drill, DrillRule, DrillSetting, DutyWaiver, VillageCount
from drills.models.rules import ENTERPRISE_SUBJECTS
from drills.selectors import DEPARTMENT_KINDS, setting
from responsibility.authority import authority_of
from responsibility.models import Enterprise, SectorSupervision, Unit
from responsibility.selectors import TOWNSHIP_KINDS

S = DrillRule.Subject
UNIT, ENTERPRISE, COUNTY = "unit", "enterprise", "county"
# The columns every SELECT of the union has, in this order.
COLUMNS = (
    "rule_order",
    "period_order",
    "place_order",
    "subject_name",
    "rule_key",
    "period_key",
    "subject_kind",
    "subject_key",
    "township_name",
    "required",
    "done",
    "drill_key",
)
# Orders people may ask for; the first is that of the rules, the year, and the county's units.
ORDERS = {
    "": ("rule_order", "period_order", "place_order", "subject_name"),
    "name": ("subject_name", "rule_order", "period_order"),
    "township": ("place_order", "township_name", "subject_name", "rule_order", "period_order"),
    "period": ("period_order", "rule_order", "place_order", "subject_name"),
    "open": ("done", "period_order", "place_order", "subject_name", "rule_order"),
}
# A duty whose period ends within so many days presses.
SOON_DAYS = 60


@dataclass(frozen=True, slots=True)
class Question:
    """Which duties are asked for.

    Attributes:
        year: the periods that end in this year.
        as_of: nothing after this day is known: neither records nor counts nor closings; periods not begun are left out.
        user: whose view; None for the whole county.
        subjects: kinds of subjects, empty for all.
        rule: key of a rule, None for all.
        period: key of a period, empty for all.
        met: "1" fulfilled, "0" not, "" both.
        pressing: only what is overdue or ends within `SOON_DAYS`.
        own: only what the person's own units and enterprises owe.
        township: key of the township that a subject is or lies in.
        words: all of them in the subject's name, or the beginning of its initials.
        order: one of `ORDERS`.
    """

    year: int
    as_of: date
    user: Any | None = None
    subjects: tuple[str, ...] = ()
    rule: int | None = None
    period: str = ""
    met: str = ""
    pressing: bool = False
    own: bool = False
    township: int | None = None
    words: tuple[str, ...] = ()
    order: str = ""


@dataclass(frozen=True, slots=True)
class Duties:
    """An answered question: rows of the union, and what is needed to say them in words."""

    question: Question
    rows: "QuerySet[Any, dict[str, Any]] | None"
    terms: dict[tuple[int, str], tuple[DrillRule, DutyPeriod]] = field(default_factory=dict)

    def count(self) -> int:
        """Return how many duties there are."""
        return self.rows.count() if self.rows is not None else 0


def duties(question: Question) -> Duties:
    """Return the duties asked for, in the order asked for."""
    rule_setting = setting()
    parts, terms = [], {}
    for rule, period in _terms(question, rule_setting):
        terms[rule.pk, period.key] = (rule, period)
        rows = _part(question, rule, period, rule_setting)
        parts.append(rows.annotate(**_constants(rule, period)).order_by().values_list(*COLUMNS))
    if not parts:
        return Duties(question, None)
    return Duties(question, _joined(parts).order_by(*ORDERS[question.order]), terms)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many subjects owe the drill of a rule within a period, and how many of them have held it.

    Villages are counted one by one; `unknown` townships have not said how many they have.
    """

    rule: DrillRule
    period: DutyPeriod
    owed: int
    met: int
    unknown: int = 0


def tallies(question: Question) -> list[Tally]:
    """Count the duties asked for by rule and period, in one query; `met` and `order` of the question do not matter."""
    rule_setting, terms = setting(), {}
    parts = []
    for rule, period in _terms(question, rule_setting):
        terms[rule.pk, period.key] = (rule, period)
        # Of villages no more count than there are, whatever names were written.
        capped = Least(F("done"), Coalesce(F("required"), 0))
        counted = (
            _part(replace(question, met=""), rule, period, rule_setting)
            .annotate(**_constants(rule, period))
            .annotate(capped=capped)
            .order_by()
            .values("rule_key", "period_key")
            .annotate(
                owed=Coalesce(Sum("required"), 0),
                met=Coalesce(Sum("capped"), 0),
                unknown=Count("pk", filter=Q(required__isnull=True)),
            )
        )
        parts.append(counted.values_list("rule_key", "period_key", "owed", "met", "unknown"))
    if not parts:
        return []
    found = {(row[0], row[1]): row[2:] for row in _joined(parts)}
    return [Tally(*term, *found.get(key, (0, 0, 0))) for key, term in terms.items()]


def _joined(parts: Sequence[Any]) -> Any:
    first, *others = parts
    return first.union(*others, all=True) if others else first


def _terms(question: Question, rule_setting: DrillSetting) -> Iterator[tuple[DrillRule, DutyPeriod]]:
    """Yield the rules and periods asked for that have begun."""
    rules = DrillRule.objects.in_force(question.year).select_related("sector")
    flood = (rule_setting.flood_month, rule_setting.flood_day)
    for rule in rules:
        if question.subjects and rule.subject not in question.subjects:
            continue
        if question.rule not in (None, rule.pk):
            continue
        for period in periods_of(rule.frequency, question.year, flood):
            if period.start > question.as_of or question.period not in ("", period.key):
                continue
            if question.pressing and period.end > question.as_of + timedelta(days=SOON_DAYS):
                continue
            yield rule, period


def _part(question: Question, rule: DrillRule, period: DutyPeriod, rule_setting: DrillSetting) -> Any:
    """Return the subjects of one rule and period with what they owe and have done, as far as asked for."""
    if rule.subject == S.COUNTY:
        rows = _county(question, rule, period)
    elif rule.subject == S.VILLAGE:
        rows = _villages(question, rule, period, rule_setting)
    elif rule.subject in ENTERPRISE_SUBJECTS:
        rows = _enterprises(question, rule, period)
    else:
        rows = _units(question, rule, period, rule_setting)
    if question.met == "1":
        rows = rows.filter(done__gte=F("required"))
    elif question.met == "0":
        rows = rows.filter(Q(required__isnull=True) | Q(done__lt=F("required")))
    return rows


def _constants(rule: DrillRule, period: DutyPeriod) -> dict[str, Value]:
    return {
        "rule_order": Value(rule.ordering * 1000 + rule.pk % 1000, output_field=IntegerField()),
        "period_order": Value(period.end.toordinal(), output_field=IntegerField()),
        "rule_key": Value(rule.pk, output_field=IntegerField()),
        "period_key": Value(period.key, output_field=CharField()),
    }


def _held(question: Question, rule: DrillRule, period: DutyPeriod) -> "QuerySet[Drill]":
    """Return the records that fulfil such a duty, whoever held them, as known on the day asked for."""
    last = min(period.end, question.as_of)
    held = Drill.objects.counted_by(question.as_of).filter(held_on__gte=period.start, held_on__lte=last)
    return held.filter(fulfilling(rule.what)).order_by("held_on", "pk")


def _one(drills: "QuerySet[Drill]") -> dict[str, Any]:
    """Return the columns of a duty that the first of these records fulfils."""
    first = Subquery(drills.values("pk")[:1])
    done = Case(When(Exists(drills), then=Value(1)), default=Value(0), output_field=IntegerField())
    return {"drill_key": first, "done": done, "required": Value(1, output_field=IntegerField())}


def _labelled(rows: Any, kind: str, **columns: Any) -> Any:
    names: dict[str, Any] = {"subject_kind": Value(kind, output_field=CharField()), "subject_key": F("pk")}
    if kind != COUNTY:
        names["subject_name"] = F("name")
    return rows.annotate(**(names | columns))


def _county(question: Question, rule: DrillRule, period: DutyPeriod) -> Any:
    """Return the county's own duty as one row, hung on the one row of settings; units do not owe it."""
    reads = question.user is None or authority_of(question.user).reads_county
    rows = DrillSetting.objects.all()
    if not reads or question.own or question.township or any(word not in "全县" for word in question.words):
        rows = rows.none()
    held = _held(question, rule, period).filter(level=Drill.Level.COUNTY)
    text = {
        "subject_name": Value("全县", output_field=CharField()),
        "township_name": Value("", output_field=CharField()),
    }
    return _labelled(rows, COUNTY, place_order=Value(0, output_field=IntegerField()), **text, **_one(held))


def _bound_units(question: Question, period: DutyPeriod, rule_setting: DrillSetting) -> "QuerySet[Unit]":
    """Return the units the person sees that were there when the period ended (or are on the day asked for).

    A unit that came so shortly before the end owes nothing for that period: see `DrillSetting.grace_days`.
    """
    last = min(period.end, question.as_of)
    since = period.end - timedelta(days=rule_setting.grace_days)
    rows = Unit.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=since), Q(valid_to__isnull=True) | Q(valid_to__gte=last)
    )
    if question.user is not None:
        authority = authority_of(question.user)
        if question.own or not authority.reads_county:
            rows = rows.filter(pk__in=authority.units)
    if question.township is not None:
        rows = rows.filter(pk=question.township)
    for word in question.words:
        named = Q(name__icontains=word) | Q(short_name__icontains=word) | Q(initials__startswith=word.lower())
        rows = rows.filter(named)
    return rows.exclude(Exists(_waivers(period).filter(unit=OuterRef("pk"))))


def _waivers(period: DutyPeriod) -> "QuerySet[DutyWaiver]":
    """Return what lets a subject off the period: what holds on its last day."""
    return DutyWaiver.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=period.end), valid_from__lte=period.end, withdrawn_on__isnull=True
    )


def _units(question: Question, rule: DrillRule, period: DutyPeriod, rule_setting: DrillSetting) -> Any:
    rows = _bound_units(question, period, rule_setting)
    if rule.subject == S.TOWNSHIP:
        rows = rows.filter(kind__in=TOWNSHIP_KINDS)
    elif rule.subject == S.SUPERVISOR:
        leads = SectorSupervision.objects.in_force_on(min(period.end, question.as_of))
        rows = rows.filter(kind__in=DEPARTMENT_KINDS, pk__in=leads.values("lead_id"))
    else:
        rows = rows.filter(kind__in=DEPARTMENT_KINDS)
    held = _held(question, rule, period).exclude(level=Drill.Level.VILLAGE)
    who = Q(organiser_id=OuterRef("pk"))
    if rule.by_joining:
        joined = Drill.objects.filter(participants=OuterRef(OuterRef("pk")))
        who |= Q(pk__in=joined.values("pk"))
    names = {"place_order": F("ordering"), "township_name": Value("", output_field=CharField())}
    return _labelled(rows, UNIT, **names, **_one(held.filter(who)))


def _villages(question: Question, rule: DrillRule, period: DutyPeriod, rule_setting: DrillSetting) -> Any:
    """Return a row for each township: how many villages it has, and how many of them have held one.

    Villages are told apart by the name their township writes. A township without any owes nothing; one whose number
    is not on record stays in the list, for it has to be filled in.
    """
    rows = _bound_units(question, period, rule_setting).filter(kind__in=TOWNSHIP_KINDS)
    numbers = VillageCount.objects.filter(unit=OuterRef("pk"), year__lte=question.year).order_by("-year")
    held = _held(question, rule, period).filter(level=Drill.Level.VILLAGE, organiser_id=OuterRef("pk"))
    names = held.order_by().values("organiser_id").annotate(found=Count("village", distinct=True)).values("found")
    columns = {
        "required": Subquery(numbers.values("number")[:1], output_field=IntegerField()),
        "done": Coalesce(Subquery(names, output_field=IntegerField()), 0),
        "drill_key": ExpressionWrapper(Value(None), output_field=IntegerField()),
        "place_order": F("ordering"),
        "township_name": F("short_name"),
    }
    return _labelled(rows, UNIT, **columns).filter(Q(required__isnull=True) | Q(required__gt=0))


def _enterprises(question: Question, rule: DrillRule, period: DutyPeriod) -> Any:
    """Return the enterprises that were open when the period ended (or are on the day asked for)."""
    user, last = question.user, min(period.end, question.as_of)
    rows = Enterprise.objects.all() if user is None else Enterprise.objects.visible_to(user)
    rows = rows.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=last))
    if rule.subject == S.HIGH_RISK:
        rows = rows.filter(high_risk=True)
    elif rule.subject == S.ENTERPRISE:
        rows = rows.filter(high_risk=False)
    elif rule.subject == S.SECTOR:
        rows = rows.filter(sector=rule.sector_id)
    if question.own and user is not None:
        rows = rows.filter(pk__in=authority_of(user).enterprises)
    if question.township is not None:
        rows = rows.filter(township=question.township)
    for word in question.words:
        rows = rows.filter(Q(name__icontains=word) | Q(initials__startswith=word.lower()))
    rows = rows.exclude(Exists(_waivers(period).filter(enterprise=OuterRef("pk"))))
    held = _held(question, rule, period).filter(enterprise_id=OuterRef("pk"))
    names = {"place_order": F("township__ordering"), "township_name": F("township__short_name")}
    return _labelled(rows, ENTERPRISE, **names, **_one(held))
