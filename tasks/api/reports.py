"""进展填报: rounds of reporting, drafted here and submitted by the task's move."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import Input, many
from core.api.problems import BadInput
from core.api.serializers import KeyField
from core.errors import StaleObject, WrongState
from evidence.api import WithFiles
from tasks.api.filters import ReportFilter
from tasks.api.shapes import ReportDetail, ReportRow
from tasks.models import ProgressReport
from tasks.services.on_behalf import save_draft_for_unit
from tasks.services.reporting import TEXT_FIELDS, ReportDraft, save_draft
from tasks.visible import visible_reports

LONGEST_TEXT = 10_000


def _text(label: str) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_TEXT, help_text=label)


class ValueInput(Input):
    """The value of one target."""

    target = KeyField(help_text="指标的编号（见任务的 targets）")
    value = serializers.DecimalField(
        max_digits=16, decimal_places=2, allow_null=True, help_text="自年初以来的累计值；null 为未填"
    )


class ReportInput(Input):
    """A draft, or what of it is to change: a field left out keeps its content."""

    values = many(ValueInput, 100, required=False, help_text="各指标的累计值")
    percent = serializers.DecimalField(
        required=False,
        allow_null=True,
        max_digits=5,
        decimal_places=1,
        help_text="总体进度（%），只在任务没有可自动折算的数量指标时采用",
    )
    nodes = serializers.ListField(
        child=KeyField(), required=False, max_length=100, help_text="本次完成的节点、期次的编号；不填的不变"
    )
    actions_taken = _text("主要做法")
    results = _text("工作成效")
    problems = _text("存在问题")
    next_steps = _text("下一步打算")
    on_behalf = serializers.CharField(
        required=False,
        max_length=2000,
        help_text="代报原因，只由县安委办填写：有这一项的是代单位录入的草稿，没有的是单位自己的草稿",
    )


class NewReportInput(ReportInput):
    """The first save of a round."""

    task = KeyField(help_text="任务的编号")


EXAMPLE = OpenApiExample(
    "填报",
    value={
        "task": 12,
        "values": [{"target": 31, "value": "180"}],
        "actions_taken": "召开部署会2次，组织乡镇演练36场。",
        "results": "参演4200人次。",
    },
    request_only=True,
)


class ReportViews(WithFiles):
    """Rounds of reporting."""

    tag = "进展填报"
    queryset = ProgressReport.objects.all()
    serializer_class = ReportDetail
    list_serializer_class = ReportRow
    filterset_class = ReportFilter
    ordering_fields = {"saved_at": ("saved_at",), "submitted_at": ("submitted_at",), "round": ("task_id", "round")}
    gone = "没有这次填报。"

    def visible(self) -> "QuerySet[ProgressReport]":
        """Return the rounds the person may see."""
        return visible_reports(self.request.user)

    def listed(self, rows: "QuerySet[ProgressReport]") -> "QuerySet[ProgressReport]":
        """Fetch the task's name."""
        return rows.select_related("task")

    def detailed(self, rows: "QuerySet[ProgressReport]") -> "QuerySet[ProgressReport]":
        """Fetch people and figures."""
        people = ("task", "created_by", "submitted_by", "reviewed_by")
        return rows.select_related(*people).prefetch_related("values__target")

    @extend_schema(
        request=NewReportInput, responses={201: ReportDetail}, examples=[EXAMPLE], summary="开始一轮填报（存为草稿）"
    )
    def create(self, request: Request) -> Response:
        """Open a round with its first save."""
        data = self.read(NewReportInput)
        try:
            report = self._save(data["task"], data)
        except StaleObject:
            raise WrongState("这项任务已有一轮正在填报，请读取并修改那份草稿（任务的 open_report）。") from None
        return self.created(report.pk)

    @extend_schema(request=ReportInput, responses={200: ReportDetail}, summary="修改草稿")
    def partial_update(self, request: Request, pk: int) -> Response:
        """Save the draft."""
        row: ProgressReport = self.get_object()
        version = self.expected_version()
        data = self.read(ReportInput)
        with transaction.atomic():
            if self._save(row.task_id, data, version).pk != row.pk:
                # The service works on the task's open round; this one is not open any more.
                raise WrongState(f"这一轮填报“{row.get_state_display()}”，不能再修改。")
        return self.shown_again()

    @transaction.atomic
    def _save(self, task_id: int, data: dict[str, Any], version: int | None = None) -> ProgressReport:
        """Have the service save the draft; figures for what is no target of the task are refused."""
        given = [row["target"] for row in data.get("values", ())]
        draft = ReportDraft(
            values={row["target"]: row["value"] for row in data.get("values", ())},
            percent=data.get("percent"),
            keeps_percent="percent" not in data,
            nodes=data.get("nodes"),
            texts={name: data[name] for name in TEXT_FIELDS if name in data},
        )
        actor: Any = self.request.user
        if "on_behalf" in data:
            report = save_draft_for_unit(
                actor=actor, task_id=task_id, draft=draft, reason=data["on_behalf"], expected_version=version
            )
        else:
            report = save_draft(actor=actor, task_id=task_id, draft=draft, expected_version=version)
        own = set(report.values.values_list("target_id", flat=True))
        strange = {f"values.{place}.target": "不是这项任务的指标。" for place, pk in enumerate(given) if pk not in own}
        if strange:
            raise BadInput(strange)
        return report
