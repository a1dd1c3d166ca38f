"""节点与期次: read, changed and cancelled; milestones and recurrence are set on their task."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.parsing import Input, many
from core.api.serializers import KeyField
from core.api.views import ObjectViews
from tasks.api.shapes import TaskDetail, TaskName
from tasks.api.tasks import TaskViews
from tasks.filters import NodeFilter
from tasks.models import Recurrence, Task, TaskNode
from tasks.services.milestones import KINDS, MOST, MilestoneDraft, set_milestones
from tasks.services.recurrence import cancel_node, edit_occurrence, set_recurrence

REASON = 300


class NodeShape(serializers.ModelSerializer[TaskNode]):
    """A milestone or an occurrence."""

    task = TaskName(read_only=True)
    kind_label = serializers.CharField(source="get_kind_display", read_only=True, help_text="类型名称")
    cycle = serializers.CharField(read_only=True, help_text="期次的频次；节点为空串")
    state = serializers.CharField(read_only=True, help_text="open、waiting、done、overdue 或 cancelled")
    state_label = serializers.CharField(read_only=True, help_text="状态名称")

    class Meta:
        model = TaskNode
        fields: tuple[str, ...] = (
            "id", "version", "task", "kind", "kind_label", "cycle", "title", "starts_on", "due_on", "original_due_on",
            "share", "state", "state_label", "done_on", "delivered_by", "cancelled_on", "cancelled_reason",
        )  # fmt: skip
        read_only_fields = fields


class ApiNodeFilter(NodeFilter):
    """The page's filters, and the task."""

    task = django_filters.ModelChoiceFilter(label="任务", queryset=Task.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["task"].queryset = Task.objects.visible_to(self.request.user)


class OccurrenceInput(Input):
    """修改期次; a field left out keeps its content."""

    title = serializers.CharField(required=False, max_length=200, help_text="期次名称")
    due_on = serializers.DateField(required=False, help_text="完成时限")
    reason = serializers.CharField(max_length=REASON, help_text="理由")


class CancelInput(Input):
    """取消期次."""

    reason = serializers.CharField(max_length=200, help_text="取消理由")


class MilestoneInput(Input):
    """One milestone."""

    id = KeyField(required=False, help_text="已有节点的编号；没有的为新增")
    kind = serializers.ChoiceField(choices=KINDS, help_text="类型")
    title = serializers.CharField(max_length=200, help_text="节点名称")
    due_on = serializers.DateField(help_text="完成时限")
    share = serializers.DecimalField(
        required=False, allow_null=True, max_digits=5, decimal_places=1, help_text="累计占比（%）；全部不填的平均分配"
    )


class MilestonesInput(Input):
    """编辑节点: all milestones wanted."""

    milestones = many(MilestoneInput, MOST, help_text="要保留和新增的全部节点；没有列出的、未完成的节点取消")
    curve = serializers.ChoiceField(
        required=False, choices=Task.Curve.choices, help_text="计划进度；只由县安委办确定，不填的不变"
    )
    reason = serializers.CharField(max_length=200, help_text="理由")


class RecurrenceInput(Input):
    """调整期次频次."""

    recurrence = serializers.ChoiceField(choices=Recurrence.choices, help_text="频次；空串为不分期次")
    months = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=12),
        required=False,
        max_length=12,
        help_text="指定月份，只在频次为 months 时采用",
    )
    reason = serializers.CharField(max_length=REASON, help_text="理由")


class NodeViews(ObjectViews):
    """Milestones and occurrences of tasks."""

    tag = "节点与期次"
    queryset = TaskNode.objects.all()
    serializer_class = NodeShape
    filterset_class = ApiNodeFilter
    ordering_fields = {"due_on": ("due_on",), "done_on": ("done_on",), "task": ("task__code",)}
    gone = "没有这个节点或期次。"

    def visible(self) -> "QuerySet[TaskNode]":
        """Return the nodes of tasks the person may see, by day, as on the page."""
        rows = TaskNode.objects.visible_to(self.request.user).with_standing(clock.today())
        return rows.order_by("due_on", "task__code", "number")

    def listed(self, rows: "QuerySet[TaskNode]") -> "QuerySet[TaskNode]":
        """Fetch the task's name."""
        return rows.select_related("task")

    @extend_schema(request=OccurrenceInput, responses={200: NodeShape}, summary="修改一个期次")
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change name or day of a future occurrence."""
        row: TaskNode = self.get_object()
        version = self.expected_version()
        data = self.read(OccurrenceInput)
        edit_occurrence(
            actor=request.user,  # type: ignore[arg-type]
            node_id=pk,
            title=data.get("title", row.title),
            due_on=data.get("due_on", row.due_on),
            reason=data["reason"],
            expected_version=version,
        )
        return self.shown_again()

    @extend_schema(request=CancelInput, responses={200: NodeShape}, summary="取消一个期次")
    def cancel(self, request: Request, pk: int) -> Response:
        """Cancel a future occurrence."""
        self.get_object()
        version = self.expected_version()
        data = self.read(CancelInput)
        cancel_node(actor=request.user, node_id=pk, expected_version=version, **data)  # type: ignore[arg-type]
        return self.shown_again()


class NodeSettingViews(TaskViews):
    """What is set of a task's nodes as a whole; the answer is the task."""

    @extend_schema(request=MilestonesInput, responses={200: TaskDetail}, summary="编辑节点")
    def milestones(self, request: Request, pk: int) -> Response:
        """Save the milestones of the task as a whole."""
        self.get_object()
        version = self.expected_version()
        data = self.read(MilestonesInput)
        drafts = [
            MilestoneDraft(row.get("id"), row["kind"], row["title"], row["due_on"], row.get("share"))
            for row in data["milestones"]
        ]
        set_milestones(
            actor=request.user,  # type: ignore[arg-type]
            task_id=pk,
            drafts=drafts,
            curve=data.get("curve"),
            reason=data["reason"],
            expected_version=version,
        )
        return self.shown_again()

    @extend_schema(request=RecurrenceInput, responses={200: TaskDetail}, summary="调整期次频次")
    def recur(self, request: Request, pk: int) -> Response:
        """Change how often the task is due."""
        self.get_object()
        version = self.expected_version()
        data = self.read(RecurrenceInput)
        set_recurrence(
            actor=request.user,  # type: ignore[arg-type]
            task_id=pk,
            recurrence=data["recurrence"],
            months=data.get("months", ()),
            reason=data["reason"],
            expected_version=version,
        )
        return self.shown_again()
