"""Tasks: read, and moved along their transition table."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import Input
from core.api.problems import BadInput
from core.api.serializers import KeyField, ReasonInput
from core.api.views import MovingViews
from core.errors import WrongState
from responsibility.models import Sector
from tasks.api.shapes import TaskDetail, TaskRow
from tasks.filters import TaskFilter
from tasks.forms.moves import MoveForm
from tasks.models import Source, Task
from tasks.permissions import other_way, plays
from tasks.services import forcing
from tasks.services.charge import Charge, recharge_task
from tasks.services.feeding import set_source
from tasks.services.on_behalf import submit_for_unit
from tasks.services.reporting import submit_report
from tasks.transitions import BY_ACTION, LEAD, REPORT_FOR, SUBMIT, TASK_TRANSITIONS, TO_HEAD, Transition
from tasks.views.detail import SERVICES

# Both submit the open round; the lead unit's own setting says which way it goes.
BY_REPORT = (SUBMIT, TO_HEAD)
# Hand in a draft, whose version they take.
HANDING_IN = (*BY_REPORT, REPORT_FOR)


class TaskMoveInput(ReasonInput):
    """What a move of a task may carry."""

    report_version = serializers.IntegerField(
        required=False, min_value=1, max_value=10**9, help_text="所上报的草稿的版本；草稿此后被改过则不上报"
    )
    lead = KeyField(required=False, allow_null=True, help_text="新的牵头单位的编号")
    due_on = serializers.DateField(required=False, allow_null=True, help_text="新的完成时限")
    proposed_lead = KeyField(required=False, allow_null=True, help_text="建议的牵头单位的编号")
    proposed_due_on = serializers.DateField(required=False, allow_null=True, help_text="建议的完成时限")


class ForceLampInput(Input):
    """人工改判."""

    colour = serializers.ChoiceField(choices=Task.Lamp.choices, help_text="改判为；不能改判为蓝灯")
    until = serializers.DateField(help_text="有效期至")
    reason = serializers.CharField(max_length=400, help_text="改判理由")


class EndForcingInput(Input):
    """取消改判."""

    reason = serializers.CharField(max_length=400, help_text="理由")


class SourceInput(Input):
    """取数来源."""

    target = KeyField(help_text="指标的编号")
    ledger = serializers.CharField(allow_blank=True, max_length=60, help_text="台账指标的 key；空串为人工填报")
    reason = serializers.CharField(max_length=2000, help_text="理由")


class ChargeInput(Input):
    """来源、牵头领导、权重、行业领域; what is left out stays as it is."""

    leader = KeyField(required=False, allow_null=True, help_text="牵头领导的账号编号；null 为未定")
    sector = KeyField(required=False, allow_null=True, help_text="行业领域的编号；null 为不分领域")
    weight = serializers.DecimalField(required=False, max_digits=5, decimal_places=2, help_text="权重，大于 0")
    reason = serializers.CharField(max_length=2000, help_text="理由")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the source; declared like the others it would hide an attribute every field has."""
        source = serializers.ChoiceField(required=False, choices=Source.choices, help_text="来源")
        return {"source": source, **super().get_fields()}


# What the forms of moves call their fields → what the services call them.
ARGUMENTS = {"proposed_lead": "proposed_lead_id", "lead": "lead_id"}


def known(data: dict[str, Any], name: str, rows: "QuerySet[Any]", present: Any) -> Any:
    """Return the row a key of the input names, `present` where it was left out.

    Raises:
        BadInput: there is no such row.
    """
    if name not in data:
        return present
    if data[name] is None:
        return None
    found = rows.filter(pk=data[name]).first()
    if found is None:
        raise BadInput({name: "没有这一项，请核对编号。"})
    return found


class TaskViews(MovingViews):
    """Tasks, as on their pages."""

    tag = "任务"
    queryset = Task.objects.all()
    serializer_class = TaskDetail
    list_serializer_class = TaskRow
    filterset_class = TaskFilter
    ordering_fields = {
        "code": ("code",),
        "title": ("title",),
        "lead": ("lead__ordering", "lead_id"),
        "due_on": ("due_on",),
        "state": ("state",),
        "verified_percent": ("verified_percent",),
        "submitted_on": ("submitted_on",),
    }
    gone = "没有这项任务。"
    moves = TASK_TRANSITIONS
    states = dict(Task.State.choices)
    move_serializer_class = TaskMoveInput

    def visible(self) -> "QuerySet[Task]":
        """Return the tasks the person may see, the newest plan first, as on the page."""
        return Task.objects.visible_to(self.request.user).order_by("-plan__year", "code")

    def listed(self, rows: "QuerySet[Task]") -> "QuerySet[Task]":
        """Fetch plan, lead unit, leader and field."""
        return rows.select_related("plan", "lead", "leader", "sector").defer("plan__source_text", "plan__noise")

    def detailed(self, rows: "QuerySet[Task]") -> "QuerySet[Task]":
        """Fetch partners, targets and what is asked of the office."""
        return self.listed(rows).prefetch_related("supports__unit", "targets", "requests", "obstacles")

    def takes(self, row: Any) -> tuple[str, ...]:
        """Return what a move reads besides the reason."""
        return ("report_version",) if row in HANDING_IN else MoveForm.FIELDS[row.asks]

    def move(self, row: Task, action: str, version: int, data: dict[str, Any]) -> object:
        """Have the service make the move."""
        move, actor = BY_ACTION[action], self.request.user
        if move in BY_REPORT:
            return self._submit(row, move, data)
        if move == REPORT_FOR:
            return submit_for_unit(
                actor=actor,  # type: ignore[arg-type]
                task_id=row.pk,
                reason=data["reason"],
                expected_version=data.get("report_version"),
            )
        extra = {ARGUMENTS.get(name, name): data.get(name) for name in self.takes(move)}
        return SERVICES[action](actor=actor, task_id=row.pk, reason=data["reason"], expected_version=version, **extra)

    def _submit(self, row: Task, move: Transition, data: dict[str, Any]) -> object:
        if move is other_way(row) and plays(self.request.user, LEAD, row):
            words = "须先报本单位负责人审签（to_head）" if row.lead.head_reviews else "直接上报县安委办（submit）"
            raise WrongState(f"{row.lead.short_name}的进展{words}。")
        return submit_report(
            actor=self.request.user,  # type: ignore[arg-type]
            task_id=row.pk,
            expected_version=data.get("report_version"),
        )

    @extend_schema(request=ForceLampInput, responses={200: TaskDetail}, summary="人工改判亮灯")
    def force_lamp(self, request: Request, pk: int) -> Response:
        """Put a colour of the office's own in place of what the rules say."""
        self.get_object()
        version = self.expected_version()
        data = self.read(ForceLampInput)
        forcing.force_lamp(actor=request.user, task_id=pk, expected_version=version, **data)  # type: ignore[arg-type]
        return self.shown_again()

    @extend_schema(request=EndForcingInput, responses={200: TaskDetail}, summary="取消人工改判")
    def end_forcing(self, request: Request, pk: int) -> Response:
        """Let the rules count again."""
        self.get_object()
        version = self.expected_version()
        data = self.read(EndForcingInput)
        forcing.end_forcing(actor=request.user, task_id=pk, expected_version=version, **data)  # type: ignore[arg-type]
        return self.shown_again()

    @extend_schema(request=ChargeInput, responses={200: TaskDetail}, summary="调整来源、牵头领导、权重、行业领域")
    def change_charge(self, request: Request, pk: int) -> Response:
        """Change where the task comes from, who leads it, its weight and its field."""
        row: Task = self.get_object()
        version = self.expected_version()
        data = self.read(ChargeInput)
        charge = Charge(
            known(data, "leader", get_user_model()._default_manager.all(), row.leader),
            data.get("weight", row.weight),
            known(data, "sector", Sector.objects.all(), row.sector),
        )
        recharge_task(
            actor=request.user,  # type: ignore[arg-type]
            task_id=pk,
            charge=charge,
            reason=data["reason"],
            source=data.get("source"),
            expected_version=version,
        )
        return self.shown_again()

    @extend_schema(request=SourceInput, responses={200: TaskDetail}, summary="确定指标的取数来源")
    def change_source(self, request: Request, pk: int) -> Response:
        """Feed a target by a ledger or by hand."""
        row: Task = self.get_object()
        version = self.expected_version()
        data = self.read(SourceInput)
        if data["target"] not in {target.pk for target in row.targets.all()}:
            raise BadInput({"target": "不是这项任务的指标。"})
        set_source(
            actor=request.user,  # type: ignore[arg-type]
            target_id=data["target"],
            ledger=data["ledger"],
            reason=data["reason"],
            expected_version=version,
        )
        return self.shown_again()
