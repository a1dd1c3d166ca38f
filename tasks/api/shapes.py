"""What answers about plans, items, tasks and reports look like."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from core.api.serializers import MoveName
from evidence.api import FileFacts
from evidence.selectors import files_of
from responsibility.api import UnitName
from responsibility.models import Sector
from tasks.models import (
    ItemDeadline,
    ItemTarget,
    Plan,
    PlanItem,
    PlanSection,
    ProgressReport,
    ReportValue,
    Task,
    TaskTarget,
)
from tasks.permissions import allowed_transitions
from tasks.visible import visible_reports


class SectionName(serializers.ModelSerializer[PlanSection]):
    """A chapter."""

    class Meta:
        model = PlanSection
        fields: tuple[str, ...] = ("id", "number", "marker", "title")
        read_only_fields = fields


class PersonName(serializers.ModelSerializer[User]):
    """A person as other objects name them."""

    class Meta:
        model = User
        fields: tuple[str, ...] = ("id", "display_name")
        read_only_fields = fields


class SectorLabel(serializers.ModelSerializer[Sector]):
    """A field as other objects name it."""

    class Meta:
        model = Sector
        fields: tuple[str, ...] = ("id", "code", "name")
        read_only_fields = fields


class PlanRow(serializers.ModelSerializer[Plan]):
    """A plan in the list."""

    state_label = serializers.CharField(source="get_state_display", read_only=True, help_text="状态名称")

    class Meta:
        model = Plan
        fields: tuple[str, ...] = (
            "id", "version", "year", "title", "doc_number", "issuer", "issued_on", "report_every", "state",
            "state_label", "published_at",
        )  # fmt: skip
        read_only_fields = fields


class PlanDetail(PlanRow):
    """A plan with its chapters and the document's text."""

    sections = SectionName(many=True, read_only=True, help_text="章节")

    class Meta(PlanRow.Meta):
        fields = (*PlanRow.Meta.fields, "source_name", "sections", "source_text")
        read_only_fields = fields


class ItemTargetShape(serializers.ModelSerializer[ItemTarget]):
    """A target of an item, with the phrase it was read from."""

    class Meta:
        model = ItemTarget
        fields: tuple[str, ...] = ("id", "phrase", "metric", "operator", "value", "unit", "period", "dropped")
        read_only_fields = fields


class ItemDeadlineShape(serializers.ModelSerializer[ItemDeadline]):
    """A time phrase of an item."""

    class Meta:
        model = ItemDeadline
        fields: tuple[str, ...] = ("id", "phrase", "on", "every")
        read_only_fields = fields


class ItemRow(serializers.ModelSerializer[PlanItem]):
    """An item of a plan in the list."""

    plan = serializers.PrimaryKeyRelatedField[Any](read_only=True)
    section = SectionName(read_only=True, allow_null=True)
    lead = UnitName(read_only=True, allow_null=True)
    leader = PersonName(read_only=True, allow_null=True)
    sector = SectorLabel(read_only=True, allow_null=True)

    class Meta:
        model = PlanItem
        fields: tuple[str, ...] = (
            "id", "version", "plan", "section", "parent", "number", "marker", "title", "dropped", "lead", "leader",
            "sector", "weight", "starts_on", "due_on", "due_basis",
        )  # fmt: skip
        read_only_fields = fields


class ItemDetail(ItemRow):
    """An item with its words, targets, time phrases, partners and, where the person may see it, its task."""

    text = serializers.CharField(read_only=True, help_text="原文")
    supports = UnitName(many=True, read_only=True, help_text="配合单位")
    targets = ItemTargetShape(many=True, read_only=True, help_text="量化指标")
    deadlines = ItemDeadlineShape(many=True, read_only=True, help_text="时限")
    task = serializers.SerializerMethodField(help_text="由本条目形成、您能查看的任务的编号；没有时为 null")

    class Meta(ItemRow.Meta):
        fields = (
            *ItemRow.Meta.fields, "dropped_reason", "text", "supports", "targets", "deadlines", "task",
        )  # fmt: skip
        read_only_fields = fields

    def get_task(self, row: PlanItem) -> int | None:
        """Return the task, as far as the person may see it."""
        found = Task.objects.visible_to(self.context["request"].user).filter(item=row).values_list("pk", flat=True)
        return found.first()


class TargetShape(serializers.ModelSerializer[TaskTarget]):
    """A target of a task with the values reported and verified."""

    class Meta:
        model = TaskTarget
        fields: tuple[str, ...] = (
            "id", "phrase", "metric", "operator", "value", "unit", "period", "reported_value", "verified_value",
            "ledger",
        )  # fmt: skip
        read_only_fields = fields


class TaskName(serializers.ModelSerializer[Task]):
    """A task as other objects name it."""

    class Meta:
        model = Task
        fields: tuple[str, ...] = ("id", "code", "title")
        read_only_fields = fields


class TaskRow(serializers.ModelSerializer[Task]):
    """A task in the list."""

    year = serializers.IntegerField(source="plan.year", read_only=True, help_text="年度")
    lead = UnitName(read_only=True)
    source_label = serializers.CharField(source="get_source_display", read_only=True, help_text="来源名称")
    leader = PersonName(read_only=True, allow_null=True)
    sector = SectorLabel(read_only=True, allow_null=True)
    state_label = serializers.CharField(source="get_state_display", read_only=True, help_text="状态名称")
    lamp_label = serializers.CharField(source="get_lamp_display", read_only=True, help_text="亮灯名称")
    percent = serializers.DecimalField(
        source="shown_percent",
        max_digits=5,
        decimal_places=1,
        read_only=True,
        help_text="当前计入的进度（%）：待审时为上报值，否则为审定值",
    )
    planned_percent = serializers.DecimalField(
        source="planned_today",
        max_digits=5,
        decimal_places=1,
        read_only=True,
        allow_null=True,
        help_text="今天的计划进度（%），销号后为 null",
    )

    class Meta:
        model = Task
        fields: tuple[str, ...] = (
            "id", "version", "code", "title", "plan", "year", "item", "directive", "parent", "section",
            "source", "source_label", "leader", "sector", "weight", "lead", "state", "state_label",
            "starts_on", "due_on", "lamp", "lamp_label", "lamp_reason", "percent", "planned_percent",
            "submitted_on", "completed_on", "closed_on",
        )  # fmt: skip
        read_only_fields = fields


class TaskDetail(TaskRow):
    """A task with its words, targets, partners, open round and what the person may do now."""

    supports = serializers.SerializerMethodField(help_text="配合单位")
    targets = TargetShape(many=True, read_only=True, help_text="量化指标")
    forced_lamp = serializers.CharField(read_only=True, help_text="人工改判的灯色，没有改判时为空串")
    recurrence = serializers.CharField(read_only=True, help_text="期次的频次；不分期次时为空串")
    open_report = serializers.SerializerMethodField(help_text="正在填报或待审的一轮的编号；没有，或您不能查看时为 null")
    open_request = serializers.SerializerMethodField(help_text="等待决定的调整或延期申请的编号，没有时为 null")
    open_obstacle = serializers.SerializerMethodField(help_text="未解除的受阻事项的编号，没有时为 null")
    actions = serializers.SerializerMethodField(help_text="您现在可以办理的操作")

    class Meta(TaskRow.Meta):
        fields = (
            *TaskRow.Meta.fields, "source_text", "original_due_on", "curve", "recurrence", "recurrence_months",
            "verified_percent", "reported_percent",
            "close_request", "forced_lamp", "forced_reason", "forced_until", "supports", "targets", "open_report",
            "open_request", "open_obstacle", "actions",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(UnitName(many=True))
    def get_supports(self, row: Task) -> Any:
        """Return the partners."""
        return UnitName([support.unit for support in row.supports.all()], many=True).data

    def get_open_report(self, row: Task) -> int | None:
        """Return the round under way, as far as the person may see it."""
        state = ProgressReport.State
        rows = visible_reports(self.context["request"].user).filter(task=row)
        under_way = rows.filter(state__in=(state.DRAFT, state.ENDORSING, state.SUBMITTED))
        return under_way.values_list("pk", flat=True).first()

    def get_open_request(self, row: Task) -> int | None:
        """Return what waits for the office's decision."""
        return next((each.pk for each in row.requests.all() if each.state == each.State.OPEN), None)

    def get_open_obstacle(self, row: Task) -> int | None:
        """Return what stands in the way."""
        return next((each.pk for each in row.obstacles.all() if each.solved_at is None), None)

    @extend_schema_field(MoveName(many=True))
    def get_actions(self, row: Task) -> Any:
        """Return the moves open to the person."""
        return MoveName(allowed_transitions(self.context["request"].user, row), many=True).data


class ReportValueShape(serializers.ModelSerializer[ReportValue]):
    """The value reported for a target."""

    target = serializers.PrimaryKeyRelatedField[Any](read_only=True, help_text="指标的编号")
    metric = serializers.CharField(source="target.metric", read_only=True, help_text="指标名称")
    unit = serializers.CharField(source="target.unit", read_only=True, help_text="计量单位")

    class Meta:
        model = ReportValue
        fields: tuple[str, ...] = ("target", "metric", "unit", "value")
        read_only_fields = fields


class ReportRow(serializers.ModelSerializer[ProgressReport]):
    """A round of reporting in the list."""

    task = TaskName(read_only=True)
    state_label = serializers.CharField(source="get_state_display", read_only=True, help_text="状态名称")

    class Meta:
        model = ProgressReport
        fields: tuple[str, ...] = (
            "id", "version", "task", "round", "state", "state_label", "period_label", "percent", "saved_at",
            "submitted_at", "submitted_as", "endorsed_as", "reviewed_at", "on_behalf",
        )  # fmt: skip
        read_only_fields = fields


class ReportDetail(ReportRow):
    """A round with its figures, texts, evidence and review."""

    values = ReportValueShape(many=True, read_only=True, help_text="各指标的累计值")
    created_by = serializers.StringRelatedField[Any](read_only=True, help_text="填报人")
    submitted_by = serializers.StringRelatedField[Any](read_only=True, help_text="上报人", allow_null=True)
    reviewed_by = serializers.StringRelatedField[Any](read_only=True, help_text="审核人", allow_null=True)
    files = serializers.SerializerMethodField(help_text="佐证材料")

    class Meta(ReportRow.Meta):
        fields = (
            *ReportRow.Meta.fields, "actions_taken", "results", "problems", "next_steps", "values", "created_by",
            "submitted_by", "reviewed_by", "review_comment", "files",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(FileFacts(many=True))
    def get_files(self, row: ProgressReport) -> Any:
        """Return the round's evidence."""
        return FileFacts(files_of(row), many=True).data
