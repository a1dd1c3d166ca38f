"""Reads that join duty lists, signatures and records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core import clock
from responsibility.duty_permissions import may_see_records
from responsibility.frequencies import Progress, progress_of
from responsibility.models import DutyItem, DutyList, DutySignature, Fulfilment, Layer
from responsibility.selectors import units_of_county

if TYPE_CHECKING:
    from accounts.models import User

LAYER_ORDER = {value: place for place, value in enumerate(Layer.values)}


def with_coverage(rows: "QuerySet[DutyList]") -> "QuerySet[DutyList]":
    """Count signatures due (`due`) and given (`signed`) and the duties (`item_count`) of each list."""
    given = DutySignature.objects.counted().filter(duty_list=OuterRef("pk")).order_by().values("duty_list")
    items = DutyItem.objects.filter(duty_list=OuterRef("pk")).order_by().values("duty_list")
    return rows.annotate(
        due=_number(given.annotate(found=Count("pk"))),
        signed=_number(given.annotate(found=Count("pk", filter=Q(signed_at__isnull=False)))),
        item_count=_number(items.annotate(found=Count("pk"))),
    )


def _number(rows: "QuerySet[Any]") -> Any:
    """Return a counting subquery as a number, 0 where there is no row."""
    return Coalesce(Subquery(rows.values("found"), output_field=IntegerField()), 0)


def signatures_in_force(user: "User | Any") -> "QuerySet[DutySignature]":
    """Return the signatures that count, of the lists in force the person may see."""
    lists = DutyList.objects.visible_to(user).filter(state=DutyList.State.PUBLISHED)
    return DutySignature.objects.counted().filter(duty_list__in=lists.values("pk"))


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands above the list of duty lists, for one year."""

    year: int
    published: int
    submitted: int
    returned: int
    without: int
    due: int
    signed: int

    @property
    def rate(self) -> str:
        """签收率 in percent, in words."""
        return f"{self.signed * 100 / self.due:.0f}%" if self.due else "—"


def figures_of(user: "User | Any", year: int) -> Figures:
    """Count the lists of a year the person may see, by state, the signatures, and the units without a list in force."""
    S = DutyList.State
    lists = DutyList.objects.visible_to(user).filter(year=year)
    states = lists.aggregate(
        published=Count("pk", filter=Q(state=S.PUBLISHED)),
        submitted=Count("pk", filter=Q(state=S.SUBMITTED)),
        returned=Count("pk", filter=Q(state=S.RETURNED)),
    )
    signatures = signatures_in_force(user).filter(duty_list__year=year)
    signed = signatures.aggregate(due=Count("pk"), signed=Count("pk", filter=Q(signed_at__isnull=False)))
    having = DutyList.objects.filter(year=year, state=S.PUBLISHED).values("unit")
    without = units_of_county(clock.today()).exclude(pk__in=having).count()
    return Figures(year=year, without=without, **states, **signed)


@dataclass(slots=True)
class ItemRow:
    """A duty as its list shows it; `progress` is None where the person does not see the records."""

    number: int
    item: DutyItem
    progress: Progress | None


@dataclass(slots=True)
class SubjectGroup:
    """The duties of one subject with the signature due for them, if one is."""

    title: str
    signature: DutySignature | None
    rows: list[ItemRow] = field(default_factory=list)


@dataclass(slots=True)
class LayerGroup:
    """The duties of one layer, subject by subject."""

    layer: str
    label: str
    subjects: list[SubjectGroup] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many duties the layer has."""
        return sum(len(group.rows) for group in self.subjects)


def items_in_order(duty_list: DutyList) -> list[DutyItem]:
    """Return the duties as they are printed: the unit's, its leaders', its offices', the posts' within them."""
    return sorted(duty_list.items.select_related("office", "post__office"), key=_place)


def items_of_lists(lists: Sequence[DutyList]) -> list[tuple[DutyList, DutyItem]]:
    """Return the duties of several lists with their list, list by list, each as it is printed."""
    items: dict[int, list[DutyItem]] = {}
    for item in DutyItem.objects.filter(duty_list__in=[row.pk for row in lists]).select_related(
        "office", "post__office"
    ):
        items.setdefault(item.duty_list_id, []).append(item)
    return [(row, item) for row in lists for item in sorted(items.get(row.pk, ()), key=_place)]


def _place(item: DutyItem) -> tuple[int, int, int, int, int, int]:
    post = item.post
    office = item.office or (post.office if post else None)
    return (
        LAYER_ORDER[item.layer],
        office.ordering if office else 0,
        office.pk if office else 0,
        (post.ordering if not post.in_charge else -1) if post else 0,
        post.pk if post else 0,
        item.ordering,
    )


def subject_of(item: DutyItem, duty_list: DutyList) -> str:
    """Return whose duty it is, in words."""
    return str(item.office or item.post or duty_list.unit)


def days_done(lists: Iterable[DutyList]) -> dict[UUID, list[date]]:
    """Return the days each duty (by lineage) of the lists' units and years was done on, whatever the edition."""
    rows = Fulfilment.objects.filter(
        removed_at__isnull=True,
        item__duty_list__unit__in={row.unit_id for row in lists},
        item__duty_list__year__in={row.year for row in lists},
    )
    found: dict[UUID, list[date]] = {}
    for lineage, day in rows.order_by().values_list("item__lineage", "done_on"):
        found.setdefault(lineage, []).append(day)
    return found


def first_published(lists: Iterable[DutyList]) -> dict[tuple[int, int], date]:
    """Return when the first edition for a unit and a year was published, where one has been."""
    rows = DutyList.objects.filter(
        unit__in={row.unit_id for row in lists}, year__in={row.year for row in lists}, state__in=DutyList.PUBLIC
    )
    firsts = rows.order_by().values_list("unit_id", "year").annotate(first=Min("published_on"))
    return {(unit, year): day for unit, year, day in firsts}


def progress_by_item(items: Iterable[tuple[DutyList, DutyItem]], user: "User | Any") -> dict[int, Progress]:
    """Say how each duty of a published list stands, to who may read the records."""
    found = [(row, item) for row, item in items if row.state in DutyList.PUBLIC and may_see_records(user, row)]
    if not found:
        return {}
    lists = {row.pk: row for row, _ in found}.values()
    days, since, today = days_done(lists), first_published(lists), clock.today()
    return {
        item.pk: progress_of(
            item, days.get(item.lineage, []), year=row.year, today=today, since=since[row.unit_id, row.year]
        )
        for row, item in found
    }


def layers_of(duty_list: DutyList, user: "User | Any") -> list[LayerGroup]:
    """Return the list as its page shows it; every layer is there, empty ones too."""
    items = items_in_order(duty_list)
    progress = progress_by_item([(duty_list, item) for item in items], user)
    signatures = {
        (row.layer, row.office_id, row.post_id): row
        for row in duty_list.signatures.counted().select_related("tenure__user")
    }
    layers = {value: LayerGroup(value, label) for value, label in Layer.choices}
    groups: dict[tuple[str, int | None, int | None], SubjectGroup] = {}
    for number, item in enumerate(items, 1):
        key = (item.layer, item.office_id, item.post_id)
        if key not in groups:
            groups[key] = SubjectGroup(subject_of(item, duty_list), signatures.get(key))
            layers[item.layer].subjects.append(groups[key])
        groups[key].rows.append(ItemRow(number, item, progress.get(item.pk)))
    return list(layers.values())
