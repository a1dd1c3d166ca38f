"""Plans and their items: read here, made and checked on their pages."""

from django.db.models import QuerySet

from core.api.views import ObjectViews
from tasks.api.filters import ItemFilter
from tasks.api.shapes import ItemDetail, ItemRow, PlanDetail, PlanRow
from tasks.models import Plan, PlanItem
from tasks.plan_permissions import GONE, require_reader
from tasks.views.plan_list import PlanFilter
from tasks.visible import visible_items


class PlanViews(ObjectViews):
    """Plans, as on their pages."""

    tag = "工作要点"
    gated = True
    queryset = Plan.objects.all()
    serializer_class = PlanDetail
    list_serializer_class = PlanRow
    filterset_class = PlanFilter
    ordering_fields = {"year": ("year",), "title": ("title",), "published_at": ("published_at",)}
    gone = GONE

    def require(self) -> None:
        """Let through whoever works with plans."""
        require_reader(self.request.user)

    def visible(self) -> "QuerySet[Plan]":
        """Return the plans the person may read."""
        return Plan.objects.visible_to(self.request.user)

    def listed(self, rows: "QuerySet[Plan]") -> "QuerySet[Plan]":
        """Leave out the document's text."""
        return rows.defer("source_text", "noise")

    def detailed(self, rows: "QuerySet[Plan]") -> "QuerySet[Plan]":
        """Fetch the chapters."""
        return rows.prefetch_related("sections")


class ItemViews(ObjectViews):
    """Items of plans."""

    tag = "工作要点条目"
    gated = True
    queryset = PlanItem.objects.all()
    serializer_class = ItemDetail
    list_serializer_class = ItemRow
    filterset_class = ItemFilter
    ordering_fields = {"number": ("plan_id", "start"), "due_on": ("due_on",)}
    gone = "没有这个条目。"

    def require(self) -> None:
        """Let through whoever works with plans."""
        require_reader(self.request.user)

    def visible(self) -> "QuerySet[PlanItem]":
        """Return the items the person may read."""
        return visible_items(self.request.user)

    def listed(self, rows: "QuerySet[PlanItem]") -> "QuerySet[PlanItem]":
        """Fetch chapter and lead unit."""
        return rows.select_related("section", "lead", "leader", "sector")

    def detailed(self, rows: "QuerySet[PlanItem]") -> "QuerySet[PlanItem]":
        """Fetch what belongs to the item."""
        return self.listed(rows).select_related("plan").prefetch_related("supports", "targets", "deadlines")
