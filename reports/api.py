"""Quarterly reports on the programming interface: read here with their figures and files, made on their pages."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.paging import Pages
from core.api.problems import BadInput
from core.api.views import ObjectViews, tagged
from core.errors import WrongState
from reports.content import Figure
from reports.filters import ReportFilter
from reports.links import key_of, readable_rows
from reports.models import Report
from reports.permissions import MISSING, may_read_rows, require_reader
from reports.presenting import figure_path
from reports.views import files as pages
from spreadsheets.export import XLSX


class FigureShape(serializers.Serializer[Any]):
    """A number of the report with how it was computed and where its rows are."""

    key = serializers.CharField(help_text="用于地址 …/figures/{key}/")
    label = serializers.CharField(help_text="名称")  # type: ignore[assignment]
    value = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True, help_text="没有可计算的为 null")
    unit = serializers.CharField(help_text="计量单位")
    numerator = serializers.IntegerField(allow_null=True, help_text="分子；不是比率的为 null")
    denominator = serializers.IntegerField(allow_null=True, help_text="分母；不是比率的为 null")
    formula = serializers.CharField(help_text="计算方法")
    as_of = serializers.DateField(help_text="数据截止日期")
    note = serializers.CharField(help_text="须一并说明的情况")
    row_count = serializers.SerializerMethodField(help_text="所计的明细条数")
    path = serializers.SerializerMethodField(help_text="网页上列出明细的地址（相对本站）")

    def get_row_count(self, row: Figure) -> int:
        """Return how many rows were counted."""
        return len(row.rows)

    def get_path(self, row: Figure) -> str:
        """Return the page of the rows."""
        return figure_path(self.context["report"], row)


class SectionShape(serializers.Serializer[Any]):
    """A section of the report."""

    key = serializers.CharField(help_text="章节的代号")
    title = serializers.CharField(help_text="标题，开头一节为空串")
    text = serializers.CharField(help_text="正文，每行一段")
    edited = serializers.BooleanField(help_text="正文经县安委办改写")


class QuarterlyRow(serializers.ModelSerializer[Report]):
    """A report in the list."""

    state_label = serializers.CharField(source="get_state_display", read_only=True, help_text="状态名称")
    issued_on = serializers.DateField(read_only=True, allow_null=True, help_text="签发日期，草稿为 null")

    class Meta:
        model = Report
        fields: tuple[str, ...] = (
            "id", "version", "year", "quarter", "edition", "title", "doc_number", "state", "state_label", "as_of",
            "signatory", "issued_on", "corrects",
        )  # fmt: skip
        read_only_fields = fields


class QuarterlyDetail(QuarterlyRow):
    """A report with its text, its figures and the fingerprints of what was frozen."""

    sections = serializers.SerializerMethodField(help_text="各章节")
    figures = serializers.SerializerMethodField(help_text="全部数字")
    has_pdf = serializers.SerializerMethodField(help_text="PDF 已生成")
    has_xlsx = serializers.SerializerMethodField(help_text="附表已生成")

    class Meta(QuarterlyRow.Meta):
        fields = (
            *QuarterlyRow.Meta.fields, "issuer", "addressee", "copies_to", "contact", "computed_at",
            "correction_reason", "content_sha256", "pdf_sha256", "xlsx_sha256", "has_pdf", "has_xlsx", "sections",
            "figures",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(SectionShape(many=True))
    def get_sections(self, row: Report) -> Any:
        """Return the sections as they read."""
        return [
            {"key": each.key, "title": each.title, "text": row.text_of(each.key), "edited": each.key in row.texts}
            for each in row.content.sections
        ]

    @extend_schema_field(FigureShape(many=True))
    def get_figures(self, row: Report) -> Any:
        """Return every figure."""
        return FigureShape(list(row.content.figures.values()), many=True, context={"report": row}).data

    def get_has_pdf(self, row: Report) -> bool:
        """Say whether the PDF is there."""
        return bool(row.pdf)

    def get_has_xlsx(self, row: Report) -> bool:
        """Say whether the spreadsheet is there."""
        return bool(row.xlsx)


class FrozenRow(serializers.Serializer[Any]):
    """A row a figure counted, as it was frozen."""

    label = serializers.CharField(help_text="名称")  # type: ignore[assignment]
    cells = serializers.ListField(child=serializers.JSONField(), help_text="各列的内容，与 heads 对应")
    path = serializers.CharField(help_text="对象的网页地址；您无权打开的为空串")


class FigureDetail(FigureShape):
    """A figure with one page of the rows it counted."""

    heads = serializers.ListField(child=serializers.CharField(), help_text="明细各列的名称")
    hidden = serializers.IntegerField(help_text="计入而您看不到的明细条数")
    count = serializers.IntegerField(help_text="您看得到的明细条数")
    pages = serializers.IntegerField(help_text="页数")
    results = FrozenRow(many=True, help_text="本页的明细")


def _page(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "integer", "minimum": 1, "maximum": 100}, description=description)


class QuarterlyReportViews(ObjectViews):
    """Quarterly reports, as on their pages."""

    tag = "季度报告"
    gated = True
    queryset = Report.objects.all()
    serializer_class = QuarterlyDetail
    list_serializer_class = QuarterlyRow
    filterset_class = ReportFilter
    ordering_fields = {"quarter": ("year", "quarter", "edition"), "as_of": ("as_of",)}
    gone = MISSING
    file_actions = ("pdf", "xlsx")

    def require(self) -> None:
        """Let through whoever reads reports."""
        require_reader(self.request.user)

    def visible(self) -> "QuerySet[Report]":
        """Return the reports the person may read."""
        return Report.objects.visible_to(self.request.user)

    def listed(self, rows: "QuerySet[Report]") -> "QuerySet[Report]":
        """Leave figures, rows and texts in the database."""
        return rows.light()  # type: ignore[attr-defined,no-any-return]

    def detailed(self, rows: "QuerySet[Report]") -> "QuerySet[Report]":
        """Fetch everything."""
        return rows

    @extend_schema(
        responses={200: FigureDetail},
        summary="一个数字和它所计的明细",
        operation_id="quarterly_reports_figures_retrieve",
        parameters=[
            OpenApiParameter("part", str, enum=["base"], description="base：列出分母的明细"),
            _page("page", "明细的页码，从 1 开始"),
            _page("page_size", "每页条数，默认 20，最多 100"),
        ],
    )
    def figure(self, request: Request, pk: int, key: str) -> Response:
        """Answer with a figure and the frozen rows it counted."""
        report: Report = self.get_object()
        figures = report.content.figures
        found = figures.get(key)
        if found is None:
            raise Http404("报告中没有这个数字。")
        part = request.query_params.get("part")
        if part not in (None, "base"):
            raise BadInput({"part": "只能填 base。"})
        unknown = set(request.query_params) - {"part", "page", "page_size"}
        if unknown:
            raise BadInput({name[:60]: "没有这个参数。" for name in unknown})
        shown = figures[found.base] if part and found.base else found
        readable, pages_of = readable_rows(request.user, report, shown), Pages()
        rows = pages_of.paginate_queryset(readable.rows, request)
        heads = [head for head, _ in report.content.rows[shown.kind].heads] if shown.kind else []
        answer = FigureShape(found, context={"report": report}).data | {
            "heads": heads,
            "hidden": readable.hidden,
            "count": pages_of.count,
            "pages": pages_of.pages,
            "results": [
                {"label": row.label, "cells": list(row.cells), "path": readable.paths.get(key_of(row), "")}
                for row in rows
            ],
        }
        return tagged(request, report.version, answer)

    @extend_schema(
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        summary="下载 PDF",
        operation_id="quarterly_reports_pdf_retrieve",
    )
    def pdf(self, request: Request, pk: int) -> HttpResponseBase:
        """Answer with the PDF."""
        self._require_file("pdf")
        return pages.pdf(request._request, pk)

    @extend_schema(
        responses={(200, XLSX): OpenApiTypes.BINARY},
        summary="下载附表（含各单位明细，只供县安委办、县领导和审计员）",
        operation_id="quarterly_reports_xlsx_retrieve",
    )
    def xlsx(self, request: Request, pk: int) -> HttpResponseBase:
        """Answer with the spreadsheet of all rows."""
        if may_read_rows(request.user):
            self._require_file("xlsx")
        return pages.xlsx(request._request, pk)

    def _require_file(self, name: str) -> None:
        report: Report = self.get_object()
        if not getattr(report, name):
            raise WrongState(report.file_error or "文件尚未生成：草稿没有文件，签发后请稍候再取。")
