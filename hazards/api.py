"""The hazard ledger on the programming interface: registered, rectified, moved along its table."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import Input
from core.api.serializers import KeyField, MoveName, ReasonInput
from core.api.views import MovingViews
from core.errors import NotAllowed, StaleObject, WrongState
from evidence.api import FileFacts, UploadInput, WithFiles
from evidence.selectors import files_of
from hazards.filters import HazardFilter
from hazards.models import Hazard
from hazards.models.rounds import Extension, Rectification
from hazards.models.tracked import Level, State
from hazards.permissions import MISSING, allowed_transitions, parts_of
from hazards.selectors import dossier_of
from hazards.services import rectifying
from hazards.services.registering import (
    Facts,
    Measures,
    Placing,
    Registration,
    edit_hazard,
    plan_rectification,
    register_hazard,
)
from hazards.transitions import APPLY, EDIT, HAZARD_TRANSITIONS, PLAN
from hazards.views.detail import SERVICES
from responsibility.api import UnitName

LONG = 8000


class RoundShape(serializers.ModelSerializer[Rectification]):
    """A round of rectification with its re-check and its evidence."""

    id = serializers.IntegerField(read_only=True, allow_null=True, help_text="编号；还没有保存过的草稿为 null")
    outcome_label = serializers.CharField(source="get_outcome_display", read_only=True, help_text="结果名称")
    files = serializers.SerializerMethodField(help_text="整改后的照片和验收材料")

    class Meta:
        model = Rectification
        fields: tuple[str, ...] = (
            "id", "version", "round", "outcome", "outcome_label", "measures", "done_on", "applied_on", "applied_as",
            "rechecked_on", "rechecked_as", "opinion", "approved_on", "approval", "files",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(FileFacts(many=True))
    def get_files(self, row: Rectification) -> Any:
        """Return the evidence of the round; where many rounds are shown it was fetched for all."""
        known = self.context.get("files")
        return FileFacts(files_of(row) if known is None else known.get(row.pk, []), many=True).data


class ExtensionShape(serializers.ModelSerializer[Extension]):
    """An application for more time."""

    class Meta:
        model = Extension
        fields: tuple[str, ...] = ("id", "reason", "progress", "wanted_on", "decision")
        read_only_fields = fields


class HazardRow(serializers.ModelSerializer[Hazard]):
    """A hazard in the list."""

    enterprise = serializers.StringRelatedField[Any](read_only=True, allow_null=True, help_text="生产经营单位")
    sector = serializers.StringRelatedField[Any](read_only=True, help_text="行业领域")
    township = UnitName(read_only=True)
    supervisor = UnitName(read_only=True)
    state_label = serializers.CharField(source="get_state_display", read_only=True, help_text="状态名称")
    level_label = serializers.CharField(source="get_level_display", read_only=True, help_text="等级名称")

    class Meta:
        model = Hazard
        fields: tuple[str, ...] = (
            "id", "version", "code", "title", "enterprise", "site", "sector", "township", "supervisor", "level",
            "level_label", "state", "state_label", "source", "found_on", "due_on", "original_due_on", "applied_on",
            "closed_on", "reopened",
        )  # fmt: skip
        read_only_fields = fields


class HazardDetail(HazardRow):
    """A hazard with its measures, rounds and what the person may do now."""

    rounds = serializers.SerializerMethodField(help_text="整改和复查各轮；填写中的一轮只有整改方看得到")
    extensions = ExtensionShape(many=True, read_only=True, help_text="延期申请")
    files = serializers.SerializerMethodField(help_text="隐患照片")
    actions = serializers.SerializerMethodField(
        help_text="您现在可以办理的操作；edit 即 PATCH 本地址，plan 即 PATCH …/plan/"
    )

    class Meta(HazardRow.Meta):
        fields = (
            *HazardRow.Meta.fields, "description", "place", "standard", "clause", "finder_unit", "finder", "rectifier",
            "overseer", "controls", *Hazard.PLAN_FIELDS, "rechecked_on", "void_reason", "rounds", "extensions",
            "files", "actions",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(RoundShape(many=True))
    def get_rounds(self, row: Hazard) -> Any:
        """Return the rounds the person may see."""
        rounds = dossier_of(row, self.context["request"].user).rounds
        context = {**self.context, "files": {each.pk: files for each, files in rounds}}
        return RoundShape([each for each, _ in rounds], many=True, context=context).data

    @extend_schema_field(FileFacts(many=True))
    def get_files(self, row: Hazard) -> Any:
        """Return the photos of the finding."""
        return FileFacts(files_of(row), many=True).data

    @extend_schema_field(MoveName(many=True))
    def get_actions(self, row: Hazard) -> Any:
        """Return the moves open to the person."""
        return MoveName(allowed_transitions(self.context["request"].user, row), many=True).data


def _text(label: str, *, longest: int = LONG, required: bool = False) -> serializers.CharField:
    if required:
        return serializers.CharField(max_length=longest, help_text=label)
    return serializers.CharField(required=False, default="", allow_blank=True, max_length=longest, help_text=label)


def _kept(label: str, longest: int = LONG) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, max_length=longest, help_text=label)


class HazardInput(Input):
    """A hazard to be registered."""

    title = _text("隐患名称", longest=80, required=True)
    description = _text("隐患描述", required=True)
    place = _text("具体部位", longest=120, required=True)
    level = serializers.ChoiceField(choices=Level.choices, help_text="等级")
    source = serializers.ChoiceField(choices=Hazard.Source.choices, help_text="隐患来源")  # type: ignore[assignment]
    found_on = serializers.DateField(help_text="发现日期")
    due_on = serializers.DateField(help_text="整改期限")
    standard = _text("判定标准", longest=150)
    clause = _text("判定条款", longest=300)
    finder_unit = KeyField(required=False, allow_null=True, default=None, help_text="发现单位的编号")
    finder = _text("发现人", longest=60)
    overseer = _text("监管责任人", longest=60)
    enterprise = KeyField(required=False, allow_null=True, default=None, help_text="生产经营单位的编号")
    site = _text("场所名称，不是生产经营单位的填写", longest=80)
    sector = KeyField(required=False, allow_null=True, default=None, help_text="行业领域的编号，填场所的须填")
    township = KeyField(required=False, allow_null=True, default=None, help_text="属地的编号，填场所的须填")
    supervisor = KeyField(required=False, allow_null=True, default=None, help_text="监管部门的编号，填场所的须填")
    rectifier = _text("整改责任人", longest=60, required=True)
    controls = _text("管控措施")
    plan_duty = _text("责任落实")
    plan_measures = _text("措施落实")
    plan_funds = _text("资金落实")
    plan_schedule = _text("时限落实")
    plan_emergency = _text("预案落实")


class HazardEditInput(Input):
    """What of a registration is to change; a field left out keeps its content."""

    title = _kept("隐患名称", 80)
    description = _kept("隐患描述")
    place = _kept("具体部位", 120)
    level = serializers.ChoiceField(required=False, choices=Level.choices, help_text="等级；改变等级须写 reason")
    source = serializers.ChoiceField(  # type: ignore[assignment]
        required=False, choices=Hazard.Source.choices, help_text="隐患来源"
    )
    found_on = serializers.DateField(required=False, help_text="发现日期")
    standard = _kept("判定标准", 150)
    clause = _kept("判定条款", 300)
    finder_unit = KeyField(required=False, allow_null=True, help_text="发现单位的编号")
    finder = _kept("发现人", 60)
    overseer = _kept("监管责任人", 60)
    sector = KeyField(required=False, help_text="行业领域的编号，只有县安委办可以改")
    township = KeyField(required=False, help_text="属地的编号，只有县安委办可以改")
    supervisor = KeyField(required=False, help_text="监管部门的编号，只有县安委办可以改")
    reason = _kept("调整等级的理由")


class PlanInput(Input):
    """What of the plan of rectification is to change; a field left out keeps its content."""

    rectifier = _kept("整改责任人", 60)
    controls = _kept("管控措施")
    plan_duty = _kept("责任落实")
    plan_measures = _kept("措施落实")
    plan_funds = _kept("资金落实")
    plan_schedule = _kept("时限落实")
    plan_emergency = _kept("预案落实")


class RectificationInput(Input):
    """What of the current round is to change; a field left out keeps its content."""

    measures = _kept("整改情况")
    done_on = serializers.DateField(required=False, allow_null=True, help_text="整改完成日期")


class HazardMoveInput(ReasonInput):
    """What a move of a hazard may carry."""

    progress = _text("目前进展")
    due_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="日期：申请、批准或重定的期限"
    )


FACTS = (
    "title", "description", "place", "level", "source", "found_on", "standard", "clause", "finder", "overseer",
)  # fmt: skip
MEASURES = ("rectifier", "controls", *Hazard.PLAN_FIELDS)


PLACING = ("sector", "township", "supervisor")


class HazardViews(WithFiles, MovingViews):
    """Hazards, as on their pages."""

    tag = "隐患"
    queryset = Hazard.objects.all()
    serializer_class = HazardDetail
    list_serializer_class = HazardRow
    filterset_class = HazardFilter
    ordering_fields = {"code": ("code",), "due_on": ("due_on",), "found_on": ("found_on",), "state": ("state",)}
    gone = MISSING
    # Facts and measures are changed by PATCH; everything else is a move.
    moves = tuple(row for row in HAZARD_TRANSITIONS if row not in (EDIT, PLAN))
    states = dict(State.choices)
    move_serializer_class = HazardMoveInput

    def visible(self) -> "QuerySet[Hazard]":
        """Return the hazards the person may see."""
        return Hazard.objects.visible_to(self.request.user)

    def listed(self, rows: "QuerySet[Hazard]") -> "QuerySet[Hazard]":
        """Fetch place and units."""
        return rows.select_related("enterprise", "sector", "township", "supervisor")

    def detailed(self, rows: "QuerySet[Hazard]") -> "QuerySet[Hazard]":
        """Fetch rounds and applications for more time."""
        return self.listed(rows).prefetch_related("rounds", "extensions")

    def takes(self, row: Any) -> tuple[str, ...]:
        """Return what a move reads besides the reason."""
        return tuple(name for name in row.needs if name != "reason")

    def needs_reason(self, row: Any) -> bool:
        """Say whether a move asks for a reason."""
        return "reason" in row.needs

    def move(self, row: Hazard, action: str, version: int, data: dict[str, Any]) -> object:
        """Have the service make the move."""
        actor: Any = self.request.user
        if action == APPLY.action:
            return rectifying.apply_for_recheck(actor=actor, hazard_id=row.pk, expected_version=version)
        return SERVICES[action](actor=actor, hazard_id=row.pk, expected_version=version, data=data)

    @extend_schema(request=HazardInput, responses={201: HazardDetail}, summary="登记隐患")
    def create(self, request: Request) -> Response:
        """Register a hazard."""
        data = self.read(HazardInput)
        placed = [data[name] for name in PLACING]
        wanted = Registration(
            facts=Facts(**{name: data[name] for name in FACTS}, finder_unit_id=data["finder_unit"]),
            measures=Measures(**{name: data[name] for name in MEASURES}),
            due_on=data["due_on"],
            enterprise_id=data["enterprise"],
            site=data["site"],
            placing=Placing(*placed) if all(placed) else None,
        )
        actor: Any = request.user
        return self.created(register_hazard(actor=actor, registration=wanted).pk)

    @extend_schema(request=HazardEditInput, responses={200: HazardDetail}, summary="修改登记信息")
    def partial_update(self, request: Request, pk: int) -> Response:
        """Correct what was registered."""
        row: Hazard = self.get_object()
        version = self.expected_version()
        data = self.read(HazardEditInput)
        placed = {name: data.get(name, getattr(row, f"{name}_id")) for name in PLACING}
        actor: Any = request.user
        edit_hazard(
            actor=actor,
            hazard_id=pk,
            facts=Facts(
                **{name: data.get(name, getattr(row, name)) for name in FACTS},
                finder_unit_id=data.get("finder_unit", row.finder_unit_id),
            ),
            placing=Placing(*placed.values()) if set(PLACING) & set(data) else None,
            reason=data.get("reason", ""),
            expected_version=version,
        )
        return self.shown_again()

    @extend_schema(request=PlanInput, responses={200: HazardDetail}, summary="填写整改方案（责任人、管控措施、五落实）")
    def plan(self, request: Request, pk: int) -> Response:
        """Say who removes the hazard and how."""
        row: Hazard = self.get_object()
        version = self.expected_version()
        data = self.read(PlanInput)
        measures = Measures(**{name: data.get(name, getattr(row, name)) for name in MEASURES})
        actor: Any = request.user
        plan_rectification(actor=actor, hazard_id=pk, measures=measures, expected_version=version)
        return self.shown_again()


class RectificationViews(WithFiles):
    """The round being written: what was done, with its photos. Its version is its own, not the hazard's."""

    tag = "隐患"
    queryset = Rectification.objects.all()
    serializer_class = RoundShape
    gone = MISSING

    def get_object(self) -> Rectification:
        """Return the draft of the hazard the address names; where there is none yet an empty one, version 0.

        Raises:
            Http404: the hazard is none of the person's business.
            NotAllowed: they see the hazard, but do not rectify it.
        """
        user = self.request.user
        hazard = Hazard.objects.visible_to(user).filter(pk=self.kwargs["pk"]).first()
        if hazard is None:
            raise Http404(self.gone)
        if not parts_of(user, hazard) & set(APPLY.who):
            raise NotAllowed("只有企业人员，以及属地、监管部门的联络员可以填写整改情况。")
        draft = rectifying.draft_of(hazard)
        if draft is None and hazard.state not in APPLY.sources:
            raise Http404(f"隐患当前为“{hazard.get_state_display()}”，没有填写中的整改情况。")
        self.addressed = draft = draft or Rectification(hazard=hazard, round=0, version=0)
        return draft

    @extend_schema(
        responses={200: RoundShape}, summary="查看填写中的整改情况", operation_id="hazards_rectification_retrieve"
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """Answer with the draft."""
        return self.shown(self.get_object())

    @extend_schema(
        request=RectificationInput,
        responses={200: RoundShape},
        summary="填写整改情况（存为草稿；If-Match 用草稿的 ETag，还没有草稿的为版本 0）",
        operation_id="hazards_rectification_update",
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        """Keep what was done in the current round; the move `apply` hands it in."""
        draft = self.get_object()
        version = self.expected_version()
        data = self.read(RectificationInput)
        actor: Any = request.user
        kept = {name: data.get(name, getattr(draft, name)) for name in ("measures", "done_on")}
        try:
            rectifying.save_rectification(actor=actor, hazard_id=pk, expected_version=version, **kept)
        except StaleObject:
            # Begun or written by a colleague since it was looked at: what they kept is what the answer tells of.
            self.get_object()
            raise
        return self.shown(self.get_object())

    @extend_schema(
        summary="上传整改后的照片或验收材料",
        request={"multipart/form-data": UploadInput},
        responses={201: FileFacts},
        operation_id="hazards_rectification_files_create",
    )
    def attach(self, request: Request, pk: int) -> Response:
        """Keep the uploaded file as evidence of the round being written."""
        if self.get_object().pk is None:
            raise WrongState("请先填写整改情况并保存，再上传整改后的照片。")
        return super().attach(request, pk)
