"""演练情况 of a year: the target and how far it is, township by township, and what of the duties is fulfilled."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from core import clock
from core.metrics import rate
from drills.duties import Question, Tally, tallies
from drills.models import Drill, DrillRule, DrillTarget
from drills.selectors import townships
from responsibility.authority import authority_of
from responsibility.models import Unit

S = Drill.State


@dataclass(frozen=True, slots=True)
class TownshipLine:
    """A township against its quota; `unit` is None for what departments and the county held.

    Attributes:
        quota: drills owed toward the target; None where the target gives it none.
        counted: records of the kind the target asks for that count.
        total: records of every kind that count.
        counted_path, total_path: the rows behind them.
    """

    unit: Unit | None
    quota: int | None
    counted: int
    total: int
    counted_path: str
    total_path: str

    @property
    def percent(self) -> Decimal | None:
        """How much of the quota is done, in percent; None without a quota."""
        return rate(self.counted, self.quota) if self.quota else None

    @property
    def words(self) -> str:
        """What is left, in words."""
        if not self.quota:
            return "未分解" if self.quota is None else "不分配任务"
        left = self.quota - self.counted
        return f"还差 {left} 场次" if left > 0 else f"已完成，超 {-left} 场次" if left else "已完成"


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A rule and period with how many owe the drill and how many have held it, each with the rows behind."""

    tally: Tally
    percent: Decimal | None
    of_villages: bool
    owed_path: str
    met_path: str
    open_path: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page shows.

    Attributes:
        counted, total: records of the target's kind, and of every kind, that count; in the person's view.
        lines: townships in the county's order, then what departments held.
        duties: what is owed, rule by rule.
        states: (label, number, path) of the records that do not count (yet).
        joined: drills of others the person's units took part in, with its path; None for the whole county.
    """

    year: int
    target: DrillTarget | None
    counted: int
    counted_path: str
    total: int
    total_path: str
    lines: list[TownshipLine]
    duties: list[DutyLine]
    states: list[tuple[str, int, str]]
    joined: tuple[int, str] | None

    @property
    def percent(self) -> Decimal | None:
        """Counted ÷ target in percent."""
        return rate(self.counted, self.target.value) if self.target else None

    @property
    def left(self) -> int:
        """How many are still to be held, at least 0."""
        return max(self.target.value - self.counted, 0) if self.target else 0

    @property
    def quota_sum(self) -> int:
        """What the townships' quotas come to."""
        return sum(line.quota or 0 for line in self.lines)


def _list_path(**params: object) -> str:
    return f"{reverse('drills:list')}?{urlencode(params, doseq=True)}"


def overview_of(user: Any, year: int) -> Overview:
    """Gather the figures of a year as the person may see them: the whole county, or what is theirs."""
    authority = authority_of(user)
    target = DrillTarget.objects.filter(year=year).first()
    kind = {"kind": target.kind} if target and target.kind else {}
    visible = Drill.objects.visible_to(user).filter(held_on__year=year)
    of_kind = Q(**kind)
    rows = list(
        visible.filter(state=S.COUNTED)
        .order_by()
        .values("township_id")
        .annotate(counted=Count("pk", filter=of_kind), total=Count("pk"))
    )
    found: dict[int | None, tuple[int, int]] = {row["township_id"]: (row["counted"], row["total"]) for row in rows}
    base: dict[str, object] = {"year": year, "counted": 1}
    units = [unit for unit in townships() if authority.reads_county or unit.pk in authority.units]
    quotas = dict(target.quotas.values_list("unit_id", "number")) if target else {}
    lines = []
    for unit in units:
        done, all_kinds = found.get(unit.pk, (0, 0))
        paths = (_list_path(**base, **kind, township=unit.pk), _list_path(**base, township=unit.pk))
        lines.append(TownshipLine(unit, quotas.get(unit.pk), done, all_kinds, *paths))
    if authority.reads_county:
        high = {"level": [Drill.Level.COUNTY, Drill.Level.DEPARTMENT]}
        done, all_kinds = found.get(None, (0, 0))
        paths = (_list_path(**base, **kind, **high), _list_path(**base, **high))
        lines.append(TownshipLine(None, None, done, all_kinds, *paths))
    return Overview(
        year=year,
        target=target,
        counted=sum(counted for counted, _ in found.values()),
        counted_path=_list_path(**base, **kind),
        total=sum(total for _, total in found.values()),
        total_path=_list_path(**base),
        lines=lines,
        duties=_duty_lines(user, year),
        states=_states(visible, year),
        joined=None if authority.reads_county else _joined(visible, year, authority.units),
    )


def _duty_lines(user: Any, year: int) -> list[DutyLine]:
    lines = []
    for row in tallies(Question(year, clock.today(), user)):
        if not row.owed and not row.unknown:
            continue
        of_villages = row.rule.subject == DrillRule.Subject.VILLAGE
        params = {"year": year, "rule": row.rule.pk, "period": row.period.key}
        paths = [f"{reverse('drills:duties')}?{urlencode(params | more)}" for more in ({}, {"met": 1}, {"met": 0})]
        if of_villages:
            # The list sums villages up by township; the villages themselves are in their records.
            span = {"held_from": row.period.start, "held_to": row.period.end}
            paths[1] = _list_path(counted=1, level=Drill.Level.VILLAGE, **span)
        lines.append(DutyLine(row, rate(row.met, row.owed), of_villages, *paths))
    return lines


def _states(visible: Any, year: int) -> list[tuple[str, int, str]]:
    shown = (S.SUBMITTED, S.RETURNED, S.NOT_COUNTED)
    counts = dict(visible.order_by().values_list("state").annotate(number=Count("pk")))
    return [(str(S(state).label), counts.get(state, 0), _list_path(year=year, state=state)) for state in shown]


def _joined(visible: Any, year: int, units: frozenset[int]) -> tuple[int, str] | None:
    """Count the drills of others that counted and that the units took part in; the link names one unit."""
    if len(units) != 1:
        return None
    unit = next(iter(units))
    number = visible.filter(state=S.COUNTED, participants=unit).count()
    return number, _list_path(year=year, counted=1, joined=unit)


def years_to_show() -> list[int]:
    """Return the years there is something to show for, newest first, this year always among them."""
    held = Drill.objects.exclude(held_on=None).order_by().dates("held_on", "year")
    years = {day.year for day in held} | set(DrillTarget.objects.values_list("year", flat=True)) | {clock.today().year}
    return sorted(years, reverse=True)[:6]
