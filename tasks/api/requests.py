"""What lead units ask of the office: adjustments and extensions, and what stands in their way."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.api.parsing import Input
from core.api.views import ObjectViews
from responsibility.api import UnitName
from tasks.api.filters import ObstacleFilter, RequestFilter
from tasks.api.shapes import TaskName
from tasks.api.tasks import TaskViews
from tasks.models import Obstacle, Task, TaskRequest
from tasks.services import obstacles, requests

LONG = 8000


class RequestShape(serializers.ModelSerializer[TaskRequest]):
    """A request and what became of it."""

    task = TaskName(read_only=True)
    kind_label = serializers.CharField(source="get_kind_display", read_only=True, help_text="种类名称")
    state_label = serializers.CharField(source="get_state_display", read_only=True, help_text="状态名称")
    proposed_lead = UnitName(read_only=True, allow_null=True)
    decided_by = serializers.StringRelatedField[Any](read_only=True, help_text="决定人", allow_null=True)

    class Meta:
        model = TaskRequest
        fields: tuple[str, ...] = (
            "id", "version", "task", "kind", "kind_label", "state", "state_label", "reason", "progress", "due_on",
            "proposed_due_on", "proposed_lead", "asked_as", "asked_at", "granted_due_on", "decision", "decided_by",
            "decided_at",
        )  # fmt: skip
        read_only_fields = fields


class ObstacleShape(serializers.ModelSerializer[Obstacle]):
    """An obstacle in its three parts, and how it was solved."""

    task = TaskName(read_only=True)
    raised_by = serializers.StringRelatedField[Any](read_only=True, help_text="上报人")
    solved_by = serializers.StringRelatedField[Any](read_only=True, help_text="解除人", allow_null=True)

    class Meta:
        model = Obstacle
        fields: tuple[str, ...] = (
            "id", "version", "task", "cause", "done", "needs_whom", "needed_by", "raised_by", "raised_at",
            "solved_by", "solved_at", "outcome",
        )  # fmt: skip
        read_only_fields = fields


class ExtensionInput(Input):
    """申请延期."""

    proposed_due_on = serializers.DateField(help_text="拟延至")
    reason = serializers.CharField(max_length=LONG, help_text="延期理由")
    progress = serializers.CharField(max_length=LONG, help_text="当前进展")


class DecisionInput(Input):
    """批复延期."""

    granted_due_on = serializers.DateField(allow_null=True, help_text="同意延至；null 为不同意")
    decision = serializers.CharField(max_length=LONG, help_text="批复意见")


class WithdrawalInput(Input):
    """撤回延期申请."""

    reason = serializers.CharField(max_length=LONG, help_text="撤回理由")


class ObstacleInput(Input):
    """报告受阻."""

    cause = serializers.CharField(max_length=LONG, help_text="受阻原因")
    done = serializers.CharField(max_length=LONG, help_text="已做工作")
    needs_whom = serializers.CharField(max_length=400, help_text="需要谁协调解决")
    needed_by = serializers.DateField(help_text="希望何时解决")


class OutcomeInput(Input):
    """解除受阻."""

    outcome = serializers.CharField(max_length=LONG, help_text="解决情况")


class RequestViews(ObjectViews):
    """Requests of lead units."""

    tag = "调整和延期申请"
    queryset = TaskRequest.objects.all()
    serializer_class = RequestShape
    filterset_class = RequestFilter
    ordering_fields = {"asked_at": ("asked_at",), "decided_at": ("decided_at",)}
    gone = "没有这份申请。"

    def visible(self) -> "QuerySet[TaskRequest]":
        """Return the requests about tasks the person may see."""
        return TaskRequest.objects.filter(task__in=Task.objects.visible_to(self.request.user).order_by().values("pk"))

    def listed(self, rows: "QuerySet[TaskRequest]") -> "QuerySet[TaskRequest]":
        """Fetch task, unit and people."""
        return rows.select_related("task", "proposed_lead", "decided_by")

    @extend_schema(request=DecisionInput, responses={200: RequestShape}, summary="批复延期")
    def decide(self, request: Request, pk: int) -> Response:
        """Grant an extension to an exact day, or refuse it."""
        self.get_object()
        version = self.expected_version()
        data = self.read(DecisionInput)
        actor: Any = request.user
        requests.decide_extension(actor=actor, request_id=pk, expected_version=version, **data)
        return self.shown_again()

    @extend_schema(request=WithdrawalInput, responses={200: RequestShape}, summary="撤回延期申请")
    def withdraw(self, request: Request, pk: int) -> Response:
        """Take a request back before the office has decided."""
        self.get_object()
        version = self.expected_version()
        data = self.read(WithdrawalInput)
        actor: Any = request.user
        requests.withdraw_extension(actor=actor, request_id=pk, expected_version=version, **data)
        return self.shown_again()


class ObstacleViews(ObjectViews):
    """What stands in the way of tasks."""

    tag = "受阻事项"
    queryset = Obstacle.objects.all()
    serializer_class = ObstacleShape
    filterset_class = ObstacleFilter
    ordering_fields = {"raised_at": ("raised_at",), "needed_by": ("needed_by",)}
    gone = "没有这条受阻事项。"

    def visible(self) -> "QuerySet[Obstacle]":
        """Return the obstacles of tasks the person may see."""
        return Obstacle.objects.filter(task__in=Task.objects.visible_to(self.request.user).order_by().values("pk"))

    def listed(self, rows: "QuerySet[Obstacle]") -> "QuerySet[Obstacle]":
        """Fetch task and people."""
        return rows.select_related("task", "raised_by", "solved_by")

    @extend_schema(request=OutcomeInput, responses={200: ObstacleShape}, summary="解除受阻")
    def solve(self, request: Request, pk: int) -> Response:
        """Say how it was solved."""
        self.get_object()
        version = self.expected_version()
        data = self.read(OutcomeInput)
        actor: Any = request.user
        obstacles.solve_obstacle(actor=actor, obstacle_id=pk, expected_version=version, **data)
        return self.shown_again()


class AskingViews(TaskViews):
    """What is asked about a task; each answer is the request or obstacle that was made."""

    @extend_schema(request=ExtensionInput, responses={201: RequestShape}, summary="申请延期")
    def ask_extension(self, request: Request, pk: int) -> Response:
        """Ask for a later deadline."""
        self.get_object()
        version = self.expected_version()
        data = self.read(ExtensionInput)
        actor: Any = request.user
        made = requests.ask_extension(actor=actor, task_id=pk, expected_version=version, **data)
        return self._made(made, RequestShape, "api:task-request")

    @extend_schema(request=ObstacleInput, responses={201: ObstacleShape}, summary="报告受阻")
    def raise_obstacle(self, request: Request, pk: int) -> Response:
        """Say what stands in the way."""
        self.get_object()
        version = self.expected_version()
        draft = obstacles.ObstacleDraft(**self.read(ObstacleInput))
        actor: Any = request.user
        made = obstacles.raise_obstacle(actor=actor, task_id=pk, draft=draft, expected_version=version)
        return self._made(made, ObstacleShape, "api:obstacle")

    def _made(self, row: Any, shape: type[Any], name: str) -> Response:
        headers = {"Location": reverse(name, args=[row.pk])}
        return Response(shape(row, context=self.get_serializer_context()).data, status=201, headers=headers)
