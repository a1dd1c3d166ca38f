"""Records of drills on the programming interface: drafted, changed, moved along their table."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import Input, many
from core.api.problems import BadInput
from core.api.serializers import KeyField, MoveName, ReasonInput
from core.api.views import MovingViews, tagged
from drills.filters import DrillFilter
from drills.models import Drill, DrillProblem
from drills.permissions import MISSING, allowed_transitions
from drills.services.drafting import DrillDraft, DrillValues, create_drill, edit_drill
from drills.services.problems import MAX_PROBLEMS, ProblemDraft, finish_problem
from drills.transitions import DRILL_TRANSITIONS, EDIT
from drills.views.detail import SERVICES
from evidence.api import FileFacts, WithFiles
from evidence.selectors import files_of
from responsibility.api import UnitName
from responsibility.selectors import assignable_units

VALUES = tuple(DrillValues.__annotations__)


class DrillRow(serializers.ModelSerializer[Drill]):
    """A record in the list."""

    organiser_name = serializers.CharField(read_only=True, help_text="组织单位")
    township = UnitName(read_only=True, allow_null=True)
    state_label = serializers.CharField(source="get_state_display", read_only=True, help_text="状态名称")

    class Meta:
        model = Drill
        fields: tuple[str, ...] = (
            "id", "version", "code", "title", "organiser_name", "organiser", "enterprise", "township", "level", "kind",
            "form", "held_on", "headcount", "state", "state_label", "counted_on",
        )  # fmt: skip
        read_only_fields = fields


class ProblemShape(serializers.ModelSerializer[DrillProblem]):
    """A problem the drill brought to light."""

    class Meta:
        model = DrillProblem
        fields: tuple[str, ...] = ("id", "version", "order", "text", "responsible", "due_on", "done_on", "result")
        read_only_fields = fields


class DrillDetail(DrillRow):
    """A record with all it says, its evidence and what the person may do now."""

    # Texts, not enumerations: each may be empty as long as the record is a draft.
    hazard = serializers.CharField(read_only=True, help_text="灾种或事故类型；未填为空")
    conclusion = serializers.CharField(read_only=True, help_text="评估结论；未填为空")
    revision = serializers.CharField(read_only=True, help_text="预案修订；未填为空")
    participants = UnitName(many=True, read_only=True, help_text="参演单位")
    problems = ProblemShape(many=True, read_only=True, help_text="发现的问题")
    files = serializers.SerializerMethodField(help_text="佐证材料")
    actions = serializers.SerializerMethodField(help_text="您现在可以办理的操作；edit 即 PATCH 本地址")

    class Meta(DrillRow.Meta):
        fields = (
            *DrillRow.Meta.fields, *(name for name in VALUES if name not in DrillRow.Meta.fields), "submitted_as",
            "submitted_at", "review_comment", "reviewed_at", "participants", "problems", "files", "actions",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(FileFacts(many=True))
    def get_files(self, row: Drill) -> Any:
        """Return the record's evidence."""
        return FileFacts(files_of(row), many=True).data

    @extend_schema_field(MoveName(many=True))
    def get_actions(self, row: Drill) -> Any:
        """Return the moves open to the person."""
        return MoveName(allowed_transitions(self.context["request"].user, row), many=True).data


def _line(label: str, longest: int, *, required: bool = False) -> serializers.CharField:
    if required:
        return serializers.CharField(max_length=longest, help_text=label)
    return serializers.CharField(required=False, default="", allow_blank=True, max_length=longest, help_text=label)


class ProblemInput(Input):
    """A problem the drill brought to light."""

    text = _line("问题", 300, required=True)
    responsible = _line("整改责任人", 60)
    due_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="整改期限")
    done_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="完成日期，不晚于今天")
    result = _line("整改情况", 300)


class FinishInput(Input):
    """When a problem was put right, and how."""

    done_on = serializers.DateField(help_text="完成日期，不早于演练、不晚于今天")
    result = _line("整改情况", 300, required=True)


class DrillInput(Input, serializers.ModelSerializer[Drill]):
    """What of a draft is to change; a field left out keeps its content."""

    participants = serializers.ListField(
        child=KeyField(), required=False, max_length=200, help_text="参演单位的编号，整体替换"
    )
    problems = many(ProblemInput, MAX_PROBLEMS, required=False, help_text="发现的问题，整体替换，按此顺序编号")

    class Meta:
        model = Drill
        fields: tuple[str, ...] = (*VALUES, "participants", "problems")
        extra_kwargs = {name: {"required": False} for name in VALUES}


class NewDrillInput(DrillInput):
    """The first save of a record: who organised it has to be known, the rest may follow."""

    organiser = KeyField(required=False, allow_null=True, default=None, help_text="组织单位的编号")
    enterprise = KeyField(required=False, allow_null=True, default=None, help_text="组织演练的企业的编号；两者填一个")

    class Meta(DrillInput.Meta):
        fields = (*DrillInput.Meta.fields, "organiser", "enterprise")


class DrillViews(WithFiles, MovingViews):
    """Records of drills, as on their pages."""

    tag = "应急演练"
    queryset = Drill.objects.all()
    serializer_class = DrillDetail
    list_serializer_class = DrillRow
    filterset_class = DrillFilter
    ordering_fields = {"held_on": ("held_on",), "code": ("code",), "headcount": ("headcount",), "state": ("state",)}
    gone = MISSING
    # A draft is changed by PATCH.
    moves = tuple(row for row in DRILL_TRANSITIONS if row != EDIT)
    states = dict(Drill.State.choices)
    move_serializer_class = ReasonInput

    def visible(self) -> "QuerySet[Drill]":
        """Return the records the person may see."""
        return Drill.objects.visible_to(self.request.user)

    def listed(self, rows: "QuerySet[Drill]") -> "QuerySet[Drill]":
        """Fetch units and enterprise."""
        return rows.select_related("organiser", "enterprise", "township", "filer")

    def detailed(self, rows: "QuerySet[Drill]") -> "QuerySet[Drill]":
        """Fetch who took part and what was found."""
        return self.listed(rows).prefetch_related("participants", "problems")

    def move(self, row: Drill, action: str, version: int, data: dict[str, Any]) -> object:
        """Have the service make the move."""
        service, name = SERVICES[action]
        words = {name: data["reason"]} if name else {}
        return service(actor=self.request.user, drill_id=row.pk, expected_version=version, **words)

    @extend_schema(request=NewDrillInput, responses={201: DrillDetail}, summary="登记演练（存为草稿）")
    def create(self, request: Request) -> Response:
        """Open the draft of a record."""
        data = self.read(NewDrillInput)
        organiser, enterprise = data.pop("organiser"), data.pop("enterprise")
        if (organiser is None) == (enterprise is None):
            raise BadInput({"organiser": "组织单位和企业须填且只填一个。"})
        draft, actor = self._draft(data), request.user
        made = create_drill(actor=actor, draft=draft, organiser_id=organiser, enterprise_id=enterprise)  # type: ignore[arg-type]
        return self.created(made.pk)

    @extend_schema(request=DrillInput, responses={200: DrillDetail}, summary="修改草稿")
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a draft."""
        self.get_object()
        version = self.expected_version()
        draft = self._draft(self.read(DrillInput))
        edit_drill(actor=request.user, drill_id=pk, draft=draft, expected_version=version)  # type: ignore[arg-type]
        return self.shown_again()

    def _draft(self, data: dict[str, Any]) -> DrillDraft:
        participants: list[int] | None = data.pop("participants", None)
        problems = data.pop("problems", None)
        if participants:
            known = set(assignable_units().filter(pk__in=participants).values_list("pk", flat=True))
            strange = [place for place, pk in enumerate(participants) if pk not in known]
            if strange:
                raise BadInput(
                    dict.fromkeys((f"participants.{place}" for place in strange), "没有这个单位，或已停用。")
                )
        return DrillDraft(
            values=DrillValues(**data),  # type: ignore[typeddict-item]
            participants=participants,
            problems=None if problems is None else [ProblemDraft(**row) for row in problems],
        )

    @extend_schema(
        request=FinishInput,
        responses={200: ProblemShape},
        summary="登记发现问题的整改完成情况（If-Match 用该问题的版本）",
        operation_id="drills_problems_finish",
        parameters=[OpenApiParameter("problem_id", int, OpenApiParameter.PATH, description="问题的编号")],
    )
    def finish(self, request: Request, pk: int, problem_id: int) -> Response:
        """Say when a problem of a record already handed in was put right."""
        drill: Drill = self.get_object()
        problem = next((row for row in drill.problems.all() if row.pk == problem_id), None)
        if problem is None:
            raise Http404("没有这个问题。")
        # The version that counts is the problem's own.
        self.addressed = problem
        version = self.expected_version()
        data = self.read(FinishInput)
        actor: Any = request.user
        done = finish_problem(actor=actor, drill_id=pk, problem_id=problem_id, expected_version=version, **data)
        return tagged(request, done.version, ProblemShape(done).data)
