"""Sectors with who supervises them, and the posts of units with who holds them, on any day."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from django_filters.filterset import FilterSet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core import clock
from core.api.views import ObjectViews
from responsibility.api import UnitName
from responsibility.filters import search_field, words_of
from responsibility.models import Post, Sector, SectorSupervision, Tenure, Unit
from responsibility.permissions import require_colleague
from responsibility.sector_filters import SectorFilter

ON = "哪一天的情况；不填为今天"


class DecisionShape(serializers.ModelSerializer[SectorSupervision]):
    """A decision of who supervises a sector."""

    lead = UnitName(read_only=True)
    partners = UnitName(many=True, read_only=True, help_text="配合部门")

    class Meta:
        model = SectorSupervision
        fields: tuple[str, ...] = ("id", "version", "lead", "partners", "basis", "valid_from", "valid_to")
        read_only_fields = fields


class SectorRow(serializers.ModelSerializer[Sector]):
    """A sector with the decision in force on the day."""

    decision = serializers.SerializerMethodField(help_text="当日有效的监管分工；没有主管部门的为 null")

    class Meta:
        model = Sector
        fields: tuple[str, ...] = ("id", "version", "code", "name", "high_risk", "emerging", "active", "decision")
        read_only_fields = fields

    @extend_schema_field(DecisionShape(allow_null=True))
    def get_decision(self, row: Sector) -> Any:
        """Return who supervises it, if anybody."""
        known: list[SectorSupervision] = row.now  # type: ignore[attr-defined]
        return DecisionShape(known[0]).data if known else None


class SectorDetail(SectorRow):
    """A sector with every decision, latest first."""

    decisions = DecisionShape(many=True, read_only=True, help_text="历次监管分工")

    class Meta(SectorRow.Meta):
        fields = (*SectorRow.Meta.fields, "decisions")
        read_only_fields = fields


def _decided(rows: "QuerySet[Sector]", day: date) -> "QuerySet[Sector]":
    """Fetch the decision in force on the day as `now`."""
    decisions = SectorSupervision.objects.in_force_on(day).select_related("lead").prefetch_related("partners")
    return rows.prefetch_related(Prefetch("decisions", decisions, to_attr="now"))


class DatedSectorFilter(SectorFilter):
    """The page's filters over sectors, as of any day."""

    on = django_filters.DateFilter(label=ON, method="by_day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Who supervised a sector once may supervise none today.
        self.filters["lead"].queryset = Unit.objects.all()

    @property
    def day(self) -> date:
        """The day asked for."""
        asked: date | None = self.form.cleaned_data.get("on")
        return asked or clock.today()

    def filter_queryset(self, queryset: "QuerySet[Sector]") -> "QuerySet[Sector]":
        """Return the rows with the decision of the day."""
        return _decided(super().filter_queryset(queryset), self.day)  # type: ignore[no-untyped-call]

    def by_day(self, rows: "QuerySet[Sector]", name: str, value: date) -> "QuerySet[Sector]":
        """Leave the rows: the day says what is shown of them."""
        return rows


class SectorViews(ObjectViews):
    """Sectors, for whoever works here."""

    tag = "行业领域"
    gated = True
    queryset = Sector.objects.all()
    serializer_class = SectorDetail
    list_serializer_class = SectorRow
    filterset_class = DatedSectorFilter
    ordering_fields = {"ordering": ("ordering", "code"), "code": ("code",), "name": ("name",)}
    gone = "没有这个行业领域。"

    def require(self) -> None:
        """Let through whoever works here."""
        require_colleague(self.request.user)

    def visible(self) -> "QuerySet[Sector]":
        """Return all sectors."""
        return Sector.objects.all()

    def detailed(self, rows: "QuerySet[Sector]") -> "QuerySet[Sector]":
        """Fetch today's decision and all of them."""
        every = SectorSupervision.objects.select_related("lead").prefetch_related("partners")
        return _decided(rows, clock.today()).prefetch_related(Prefetch("decisions", every))


class HolderShape(serializers.ModelSerializer[Tenure]):
    """Who holds a post from when to when."""

    class Meta:
        model = Tenure
        fields: tuple[str, ...] = ("name", "valid_from", "valid_to")
        read_only_fields = fields


class PostShape(serializers.ModelSerializer[Post]):
    """A post with who holds it on the day."""

    unit = UnitName(read_only=True)
    office_name = serializers.CharField(
        source="office.name", read_only=True, allow_null=True, default=None, help_text="内设机构；班子成员为 null"
    )
    holder = serializers.SerializerMethodField(help_text="当日任岗人；空缺为 null")

    class Meta:
        model = Post
        fields: tuple[str, ...] = (
            "id", "version", "unit", "office", "office_name", "title", "leader", "in_charge", "portfolio", "ordering",
            "valid_from", "valid_to", "holder",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(HolderShape(allow_null=True))
    def get_holder(self, row: Post) -> Any:
        """Return who holds it, if anybody."""
        known: list[Tenure] = row.held  # type: ignore[attr-defined]
        return HolderShape(known[0]).data if known else None


def _held(rows: "QuerySet[Post]", day: date) -> "QuerySet[Post]":
    """Fetch who holds each post on the day as `held`."""
    return rows.prefetch_related(Prefetch("tenures", Tenure.objects.in_force_on(day), to_attr="held"))


class PostFilter(FilterSet):
    """Search and filters over the posts that exist on a day."""

    q = search_field("岗位、内设机构、分管工作、任岗人")
    unit = django_filters.ModelChoiceFilter(label="单位", queryset=Unit.objects.all())
    leader = django_filters.ChoiceFilter(label="班子成员", choices=(("1", "是"), ("0", "否")), method="by_mark")
    in_charge = django_filters.ChoiceFilter(label="主要负责人", choices=(("1", "是"), ("0", "否")), method="by_mark")
    on = django_filters.DateFilter(label=ON, method="by_day")

    class Meta:
        model = Post
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: "QuerySet[Post]") -> "QuerySet[Post]":
        """Return the posts of the day with their holders."""
        day = self.form.cleaned_data.get("on") or clock.today()
        rows: QuerySet[Post] = super().filter_queryset(queryset.in_force_on(day))  # type: ignore[attr-defined,no-untyped-call]
        return _held(rows, day)

    def search(self, rows: "QuerySet[Post]", name: str, value: str) -> "QuerySet[Post]":
        """Match every word in the post, its office, its work or a holder."""
        for word in words_of(value):
            found = Q(title__icontains=word) | Q(office__name__icontains=word) | Q(portfolio__icontains=word)
            found |= Q(pk__in=Tenure.objects.filter(name__icontains=word).values("post"))
            rows = rows.filter(found)
        return rows

    def by_mark(self, rows: "QuerySet[Post]", name: str, value: str) -> "QuerySet[Post]":
        """Keep the posts that bear the mark or do not."""
        return rows.filter(**{name: value == "1"})

    def by_day(self, rows: "QuerySet[Post]", name: str, value: date) -> "QuerySet[Post]":
        """Leave the rows: the day was looked at first."""
        return rows


class PostViews(ObjectViews):
    """Posts of units, for whoever works here."""

    tag = "岗位"
    gated = True
    queryset = Post.objects.all()
    serializer_class = PostShape
    filterset_class = PostFilter
    ordering_fields = {"ordering": ("unit_id", "ordering"), "title": ("title",)}
    gone = "没有这个岗位。"

    def require(self) -> None:
        """Let through whoever works here."""
        require_colleague(self.request.user)

    def visible(self) -> "QuerySet[Post]":
        """Return all posts."""
        return Post.objects.all()

    def listed(self, rows: "QuerySet[Post]") -> "QuerySet[Post]":
        """Fetch unit and office."""
        return rows.select_related("unit", "office")

    def detailed(self, rows: "QuerySet[Post]") -> "QuerySet[Post]":
        """Fetch today's holder."""
        return _held(self.listed(rows), clock.today())
