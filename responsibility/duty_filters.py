"""Search and filters over duty lists and signatures; they live in the address, so that a figure links to its rows."""

from typing import Any

import django_filters
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django_filters.filterset import FilterSet

from responsibility.duty_waiting import WAITS, places_of
from responsibility.filters import search_field, words_of
from responsibility.models import DutyItem, DutyList, DutySignature, Layer, Unit

SIGNING = (("1", "全部签收"), ("0", "未全部签收"))
SIGNED = (("1", "已签收"), ("0", "待签收"), ("behalf", "负责人代签"))


def year_choices(rows: "QuerySet[DutyList]") -> list[tuple[int, str]]:
    """Return the years there are lists of, latest first."""
    years = rows.order_by("-year").values_list("year", flat=True).distinct()
    return [(year, f"{year}年") for year in years]


class DutyListFilter(FilterSet):
    """Search and filters over duty lists; `queryset` is what the person may see, with coverage."""

    q = search_field("单位、职责事项、依据")
    unit = django_filters.ModelChoiceFilter(label="单位", queryset=Unit.objects.none(), empty_label="全部")
    year = django_filters.ChoiceFilter(label="年度", choices=(), empty_label="全部")
    state = django_filters.ChoiceFilter(label="状态", choices=DutyList.State.choices, empty_label="全部")
    signing = django_filters.ChoiceFilter(label="签收", choices=SIGNING, empty_label="不限", method="by_signing")
    waits = django_filters.ChoiceFilter(
        label="我的工作分类", choices=tuple(WAITS.items()), empty_label="不限", method="by_queue"
    )
    primary = ("q", "unit", "year", "state", "signing")

    class Meta:
        model = DutyList
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        visible = DutyList.objects.visible_to(self.request.user)
        self.filters["year"].extra["choices"] = year_choices(visible)
        self.filters["unit"].queryset = Unit.objects.filter(pk__in=visible.order_by().values("unit_id"))

    def search(self, rows: "QuerySet[DutyList]", name: str, value: str) -> "QuerySet[DutyList]":
        """Match every word in the unit's names, or in a duty's text or basis."""
        for word in words_of(value):
            duty = DutyItem.objects.filter(duty_list=OuterRef("pk")).filter(
                Q(text__icontains=word) | Q(basis__icontains=word) | Q(how__icontains=word)
            )
            unit = Q(unit__name__icontains=word) | Q(unit__short_name__icontains=word)
            rows = rows.filter(unit | Q(unit__initials__startswith=word.lower()) | Exists(duty))
        return rows

    def by_signing(self, rows: Any, name: str, value: str) -> Any:
        """Keep lists in force that everybody has signed (1) or not (0)."""
        rows = rows.filter(state=DutyList.State.PUBLISHED)
        return rows.filter(signed=F("due")) if value == "1" else rows.filter(signed__lt=F("due"))

    def by_queue(self, rows: "QuerySet[DutyList]", name: str, value: str) -> "QuerySet[DutyList]":
        """Keep what stands in this queue of the viewer's 我的工作."""
        place = places_of(self.request.user).get(value)
        return rows.none() if place is None else rows.filter(place)


class SignatureFilter(FilterSet):
    """Search and filters over the signatures due for lists in force."""

    q = search_field("责任主体、应签人、单位")
    list = django_filters.ModelChoiceFilter(
        label="责任清单", queryset=DutyList.objects.none(), field_name="duty_list", empty_label="全部"
    )
    unit = django_filters.ModelChoiceFilter(
        label="单位", queryset=Unit.objects.none(), field_name="duty_list__unit", empty_label="全部"
    )
    year = django_filters.ChoiceFilter(label="年度", choices=(), field_name="duty_list__year", empty_label="全部")
    layer = django_filters.ChoiceFilter(label="层级", choices=Layer.choices, empty_label="全部")
    signed = django_filters.ChoiceFilter(label="签收", choices=SIGNED, empty_label="不限", method="by_signed")
    primary = ("q", "unit", "year", "layer", "signed")

    class Meta:
        model = DutySignature
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        lists = DutyList.objects.visible_to(self.request.user).filter(state=DutyList.State.PUBLISHED)
        self.filters["year"].extra["choices"] = year_choices(lists)
        self.filters["unit"].queryset = Unit.objects.filter(pk__in=lists.order_by().values("unit_id"))
        self.filters["list"].queryset = lists.select_related("unit")

    def search(self, rows: "QuerySet[DutySignature]", name: str, value: str) -> "QuerySet[DutySignature]":
        """Match every word in subject, holder or unit."""
        for word in words_of(value):
            unit = Q(duty_list__unit__name__icontains=word) | Q(duty_list__unit__short_name__icontains=word)
            rows = rows.filter(unit | Q(subject__icontains=word) | Q(holder__icontains=word))
        return rows

    def by_signed(self, rows: "QuerySet[DutySignature]", name: str, value: str) -> "QuerySet[DutySignature]":
        """Keep those given (1), those waiting (0), or those given by the head on behalf."""
        if value == "behalf":
            return rows.filter(on_behalf=True)
        return rows.filter(signed_at__isnull=value != "1")
