"""The register 交办事项 on the programming interface, and children of tasks."""

from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.parsing import Input
from core.api.problems import BadInput
from core.api.serializers import KeyField
from evidence.api import FileFacts, WithFiles
from evidence.selectors import files_of
from responsibility.models import Sector, Unit
from tasks.api.shapes import PersonName, TaskDetail, TaskName
from tasks.api.tasks import TaskViews, known
from tasks.directives.filters import DirectiveFilter
from tasks.directives.summary import listed_directives, summary_of
from tasks.models import Directive, Task
from tasks.services import directives, opening
from tasks.services.charge import Charge
from tasks.services.children import NewChild, add_children
from tasks.services.directives import DirectiveDraft
from tasks.services.opening import NewTask

LONG = 20000


class DirectiveRow(serializers.ModelSerializer[Directive]):
    """An entry in the list, with the tasks it became that the person may see."""

    kind_label = serializers.CharField(source="get_kind_display", read_only=True, help_text="类别名称")
    leader = PersonName(read_only=True, allow_null=True)
    stage = serializers.SerializerMethodField(help_text="new 未立项、running 办理中、ready 待办结、done 已办结")
    tasks = serializers.SerializerMethodField(help_text="立项的任务中您能查看的")
    percent = serializers.SerializerMethodField(help_text="这些任务按权重平均的进度（%）；没有任务时为 null")

    class Meta:
        model = Directive
        fields: tuple[str, ...] = (
            "id", "version", "kind", "kind_label", "number", "received_on", "giver", "leader", "title", "due_on",
            "stage", "percent", "tasks", "done_on",
        )  # fmt: skip
        read_only_fields = fields

    def get_stage(self, row: Directive) -> str:
        """Return how far it has come."""
        return str(summary_of(row).stage.value)

    def get_percent(self, row: Directive) -> str | None:
        """Return the weighted mean of its tasks."""
        summary = summary_of(row)
        return str(summary.percent) if summary.total else None

    @extend_schema_field(TaskName(many=True))
    def get_tasks(self, row: Directive) -> Any:
        """Return its tasks."""
        return TaskName(summary_of(row).tasks, many=True).data


class DirectiveDetail(DirectiveRow):
    """An entry with its words, scans and feedback."""

    created_by = serializers.StringRelatedField[Any](read_only=True, help_text="登记人")
    done_by = serializers.StringRelatedField[Any](read_only=True, help_text="办结确认人", allow_null=True)
    files = serializers.SerializerMethodField(help_text="扫描件")

    class Meta(DirectiveRow.Meta):
        fields = (*DirectiveRow.Meta.fields, "text", "outcome", "created_by", "created_at", "done_by", "files")
        read_only_fields = fields

    @extend_schema_field(FileFacts(many=True))
    def get_files(self, row: Directive) -> Any:
        """Return the scans."""
        return FileFacts(files_of(row), many=True).data


class DirectiveInput(Input):
    """A correction; what is left out stays as it is."""

    kind = serializers.ChoiceField(required=False, choices=Directive.Kind.choices, help_text="类别")
    number = serializers.CharField(required=False, allow_blank=True, max_length=60, help_text="文号或编号")
    received_on = serializers.DateField(required=False, help_text="收到日期")
    giver = serializers.CharField(required=False, max_length=120, help_text="批示人、会议或发文机关")
    leader = KeyField(required=False, allow_null=True, help_text="县领导的账号编号；没有时为 null")
    title = serializers.CharField(required=False, max_length=200, help_text="事项名称")
    text = serializers.CharField(required=False, max_length=LONG, help_text="内容")
    due_on = serializers.DateField(required=False, allow_null=True, help_text="要求完成时限；没有明确时为 null")


class NewDirectiveInput(DirectiveInput):
    """A new entry."""

    kind = serializers.ChoiceField(choices=Directive.Kind.choices, help_text="类别")
    received_on = serializers.DateField(help_text="收到日期")
    giver = serializers.CharField(max_length=120, help_text="批示人、会议或发文机关")
    title = serializers.CharField(max_length=200, help_text="事项名称")
    text = serializers.CharField(max_length=LONG, help_text="内容")


class OpenInput(Input):
    """A task to be opened."""

    title = serializers.CharField(max_length=200, help_text="任务名称")
    lead = KeyField(help_text="牵头单位的编号")
    supports = serializers.ListField(child=KeyField(), required=False, default=list, help_text="配合单位的编号")
    leader = KeyField(required=False, allow_null=True, help_text="牵头领导的账号编号；不写同交办的县领导")
    sector = KeyField(required=False, allow_null=True, help_text="行业领域的编号")
    weight = serializers.DecimalField(
        required=False, default=Decimal(1), max_digits=5, decimal_places=2, help_text="权重"
    )
    starts_on = serializers.DateField(required=False, help_text="开始日期；不写为今天")
    due_on = serializers.DateField(help_text="完成时限")


class SettleInput(Input):
    """办结."""

    outcome = serializers.CharField(max_length=8000, help_text="办结反馈")


class UnsettleInput(Input):
    """撤销办结."""

    reason = serializers.CharField(max_length=300, help_text="理由")


class ChildInput(Input):
    """One child; what is left out is the parent's."""

    title = serializers.CharField(max_length=200, help_text="子任务名称")
    lead = KeyField(required=False, allow_null=True, help_text="牵头单位的编号；不写同上级任务")
    due_on = serializers.DateField(required=False, allow_null=True, help_text="完成时限；不写同上级任务")
    weight = serializers.DecimalField(
        required=False, default=Decimal(1), max_digits=5, decimal_places=2, help_text="权重"
    )


class ChildrenInput(Input):
    """Children to be added, all or none."""

    children = serializers.ListField(child=ChildInput(), min_length=1, max_length=100, help_text="子任务，按顺序编号")


def people() -> "QuerySet[Any]":
    """Return every account: the services judge who is a leader today."""
    return get_user_model()._default_manager.all()


def the(data: dict[str, Any], name: str) -> Unit:
    """Return the unit a key names.

    Raises:
        BadInput: there is none.
    """
    unit = known(data, name, Unit.objects.all(), None)
    if unit is None:
        raise BadInput({name: "没有这个单位，请核对编号。"})
    found: Unit = unit
    return found


class DirectiveViews(WithFiles):
    """The register, as on its pages."""

    tag = "交办事项"
    queryset = Directive.objects.all()
    serializer_class = DirectiveDetail
    list_serializer_class = DirectiveRow
    filterset_class = DirectiveFilter
    ordering_fields = {"received_on": ("received_on",), "due_on": ("due_on",)}
    gone = "没有这件交办事项。"

    def visible(self) -> "QuerySet[Directive]":
        """Return the entries the person may see, with the tasks they may see."""
        return listed_directives(self.request.user)

    @extend_schema(request=NewDirectiveInput, responses={201: DirectiveDetail}, summary="登记交办事项")
    def create(self, request: Request) -> Response:
        """Enter something that is to be done."""
        data = self.read(NewDirectiveInput)
        data["leader"] = known(data, "leader", people(), None)
        actor: Any = request.user
        return self.created(directives.register_directive(actor=actor, draft=DirectiveDraft(**data)).pk)

    @extend_schema(request=DirectiveInput, responses={200: DirectiveDetail}, summary="修改交办事项")
    def partial_update(self, request: Request, pk: int) -> Response:
        """Correct an entry."""
        row: Directive = self.get_object()
        version = self.expected_version()
        data = self.read(DirectiveInput)
        data["leader"] = known(data, "leader", people(), row.leader)
        draft = DirectiveDraft(**{name: data.get(name, getattr(row, name)) for name in directives.FIELDS})
        actor: Any = request.user
        directives.edit_directive(actor=actor, directive_id=pk, draft=draft, expected_version=version)
        return self.shown_again()

    @extend_schema(request=OpenInput, responses={200: DirectiveDetail}, summary="立项为任务")
    def open_task(self, request: Request, pk: int) -> Response:
        """Open a task of this year's plan."""
        row: Directive = self.get_object()
        version = self.expected_version()
        data = self.read(OpenInput)
        supports = list(Unit.objects.filter(pk__in=data["supports"]))
        if len(supports) != len(set(data["supports"])):
            raise BadInput({"supports": "其中有的单位不存在，请核对编号。"})
        leader = known(data, "leader", people(), row.leader)
        charge = Charge(leader, data["weight"], known(data, "sector", Sector.objects.all(), None))
        starts_on = data.get("starts_on", clock.today())
        draft = NewTask(data["title"], the(data, "lead"), starts_on, data["due_on"], supports, charge)
        actor: Any = request.user
        opening.open_task(actor=actor, directive_id=pk, draft=draft, expected_version=version)
        return self.shown_again()

    @extend_schema(request=SettleInput, responses={200: DirectiveDetail}, summary="办结")
    def settle(self, request: Request, pk: int) -> Response:
        """Confirm that it is done, with a word of feedback."""
        self.get_object()
        version = self.expected_version()
        data = self.read(SettleInput)
        actor: Any = request.user
        directives.settle_directive(actor=actor, directive_id=pk, expected_version=version, **data)
        return self.shown_again()

    @extend_schema(request=UnsettleInput, responses={200: DirectiveDetail}, summary="撤销办结")
    def unsettle(self, request: Request, pk: int) -> Response:
        """Take the settling back."""
        self.get_object()
        version = self.expected_version()
        data = self.read(UnsettleInput)
        actor: Any = request.user
        directives.unsettle_directive(actor=actor, directive_id=pk, expected_version=version, **data)
        return self.shown_again()


class ChildViews(TaskViews):
    """Children of a task."""

    @extend_schema(request=ChildrenInput, responses={200: TaskDetail}, summary="增加子任务")
    def add(self, request: Request, pk: int) -> Response:
        """Add children, all of them or none."""
        row: Task = self.get_object()
        version = self.expected_version()
        rows = self.read(ChildrenInput)["children"]
        drafts = [
            NewChild(
                each["title"],
                the(each, "lead") if each.get("lead") is not None else None,
                each.get("due_on"),
                each["weight"],
            )
            for each in rows
        ]
        actor: Any = request.user
        add_children(actor=actor, task_id=row.pk, children=drafts, expected_version=version)
        return self.shown_again()
