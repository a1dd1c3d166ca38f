"""Metrics on the programming interface: every figure of the ledgers with what it was divided from and its rows."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.paging import Pages
from core.api.problems import BadInput
from core.api.views import ApiMixin
from core.metrics import Metric, metrics
from hazards.metrics import span_of
from hazards.views.metrics import SpanForm

SPAN = ("since", "until")
PAGING = ("page", "page_size")


class ReadingShape(serializers.Serializer[Any]):
    """A metric and what it says for the span, counted over what the person may see."""

    key = serializers.CharField(help_text="指标的代号，用于地址 …/metrics/{key}/")
    label = serializers.CharField(help_text="名称")  # type: ignore[assignment]
    unit = serializers.CharField(help_text="计量单位")
    formula = serializers.CharField(help_text="计算方法")
    value = serializers.DecimalField(
        max_digits=16, decimal_places=2, allow_null=True, help_text="数值；没有可计算的为 null"
    )
    numerator = serializers.IntegerField(help_text="分子；不是比率的即数值")
    denominator = serializers.IntegerField(allow_null=True, help_text="分母；不是比率的为 null")
    start = serializers.DateField(help_text="统计期的第一天")
    as_of = serializers.DateField(help_text="统计日，含当日")
    note = serializers.CharField(help_text="须一并说明的情况，可为空串")
    numerator_path = serializers.CharField(help_text="列出分子各条的网页地址（相对本站）")
    denominator_path = serializers.CharField(help_text="列出分母各条的网页地址；不是比率的为空串")


class ReadingPage(serializers.Serializer[Any]):
    """One page of readings."""

    count = serializers.IntegerField(help_text="指标总数")
    page = serializers.IntegerField(help_text="本页页码，从 1 开始")
    page_size = serializers.IntegerField(help_text="每页条数")
    pages = serializers.IntegerField(help_text="页数")
    next = serializers.CharField(allow_null=True, help_text="下一页的地址")
    previous = serializers.CharField(allow_null=True, help_text="上一页的地址")
    results = ReadingShape(many=True, help_text="本页的指标")


SINCE = OpenApiParameter("since", {"type": "string", "format": "date"}, description="统计期自；不填为统计日当年1月1日")
UNTIL = OpenApiParameter("until", {"type": "string", "format": "date"}, description="统计至，不晚于今天；不填为今天")
NUMBERS = [
    OpenApiParameter("page", {"type": "integer", "minimum": 1, "maximum": 1_000_000}, description="页码，从 1 开始"),
    OpenApiParameter(
        "page_size", {"type": "integer", "minimum": 1, "maximum": 100}, description="每页条数，默认 20，最多 100"
    ),
]


class MetricView(ApiMixin):
    """One metric; the list below shares how the span is read."""

    tag = "指标"
    gated = True
    has_parameters = True
    known: tuple[str, ...] = SPAN

    def reading_of(self, metric: Metric) -> dict[str, Any]:
        """Return what the metric says to the person for the span of the address.

        Raises:
            BadInput: a parameter that is not known or means nothing.
        """
        first, last = self._span()
        reading = metric.read(first, last, self.request.user)
        shown = {name: getattr(reading, name) for name in reading.__dataclass_fields__}
        shown |= {name: getattr(metric, name) for name in ("key", "label", "unit", "formula")}
        return ReadingShape(shown).data

    def _span(self) -> tuple[Any, Any]:
        unknown = [name for name in self.request.query_params if name not in self.known]
        if unknown:
            words = f"没有这个参数。可用的有：{'、'.join(sorted(self.known))}。"
            raise BadInput(dict.fromkeys((name[:60] for name in unknown[:20]), words))
        form = SpanForm(self.request.query_params)
        if not form.is_valid():
            raise BadInput({name: "".join(map(str, errors)) for name, errors in form.errors.items()})
        return span_of(form.cleaned_data.get("since"), form.cleaned_data.get("until"))

    @extend_schema(
        summary="一项指标的数值和明细地址",
        operation_id="metrics_retrieve",
        parameters=[SINCE, UNTIL],
        responses={200: ReadingShape},
    )
    def get(self, request: Request, key: str) -> Response:
        """Answer with one metric."""
        metric = metrics.get(key)
        if metric is None:
            raise Http404("没有这项指标。")
        return Response(self.reading_of(metric))


class MetricsView(MetricView):
    """All metrics, page by page; only those of the page are counted."""

    gated = False
    known = (*SPAN, *PAGING)

    @extend_schema(
        summary="指标列表：数值、分子、分母、统计日和明细地址",
        operation_id="metrics_list",
        parameters=[SINCE, UNTIL, *NUMBERS],
        responses={200: ReadingPage},
    )
    def get(self, request: Request) -> Response:  # type: ignore[override]
        """Answer with one page of them."""
        self._span()
        pages = Pages()
        rows = pages.paginate_queryset(list(metrics.all()), request)
        return pages.get_paginated_response([self.reading_of(metric) for metric in rows])
