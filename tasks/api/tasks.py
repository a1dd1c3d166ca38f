"""Tasks: read, and moved along their transition table."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from core.api.serializers import ReasonInput
from core.api.views import MovingViews
from tasks.api.shapes import TaskDetail, TaskRow
from tasks.filters import TaskFilter
from tasks.models import Task
from tasks.services.reporting import submit_report
from tasks.transitions import SUBMIT, TASK_TRANSITIONS
from tasks.views.detail import SERVICES


class TaskMoveInput(ReasonInput):
    """What a move of a task may carry."""

    report_version = serializers.IntegerField(
        required=False, min_value=1, max_value=10**9, help_text="仅 submit：所上报的草稿的版本，草稿此后被改过则不上报"
    )


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
        """Fetch plan and lead unit."""
        return rows.select_related("plan", "lead").defer("plan__source_text", "plan__noise")

    def detailed(self, rows: "QuerySet[Task]") -> "QuerySet[Task]":
        """Fetch partners and targets."""
        return self.listed(rows).prefetch_related("supports__unit", "targets")

    def needed(self, row: Any) -> str:
        """Say what a move asks for."""
        return "reason" if row.needs_reason else ""

    def move(self, row: Task, action: str, version: int, data: dict[str, Any]) -> object:
        """Have the service make the move."""
        if action == SUBMIT.action:
            return submit_report(
                actor=self.request.user,  # type: ignore[arg-type]
                task_id=row.pk,
                expected_version=data.get("report_version"),
            )
        return SERVICES[action](
            actor=self.request.user, task_id=row.pk, reason=data["reason"], expected_version=version
        )
