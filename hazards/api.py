"""The hazard ledger on the programming interface: registered, rectified, moved along its table."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import Input
from core.api.serializers import KeyField, MoveName, ReasonInput
from core.api.views import MovingViews
from hazards.filters import HazardFilter
from hazards.models import Hazard
from hazards.models.rounds import Extension, Rectification
from hazards.models.tracked import Level, State
from hazards.permissions import MISSING, allowed_transitions
from hazards.services import rectifying
from hazards.services.registering import Facts, Measures, Placing, Registration, register_hazard
from hazards.transitions import APPLY, EDIT, HAZARD_TRANSITIONS, PLAN
from hazards.views.detail import SERVICES
from responsibility.api import UnitName

LONG = 8000


class RoundShape(serializers.ModelSerializer[Rectification]):
    """A round of rectification."""

    outcome_label = serializers.CharField(source="get_outcome_display", read_only=True, help_text="结果名称")

    class Meta:
        model = Rectification
        fields: tuple[str, ...] = ("id", "version", "outcome", "outcome_label", "measures", "done_on")
        read_only_fields = fields


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

    rounds = RoundShape(many=True, read_only=True, help_text="整改和复查各轮")
    extensions = ExtensionShape(many=True, read_only=True, help_text="延期申请")
    actions = serializers.SerializerMethodField(help_text="您现在可以办理的操作")

    class Meta(HazardRow.Meta):
        fields = (
            *HazardRow.Meta.fields, "description", "place", "standard", "clause", "finder_unit", "finder", "rectifier",
            "overseer", "controls", *Hazard.PLAN_FIELDS, "rechecked_on", "void_reason", "rounds", "extensions",
            "actions",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(MoveName(many=True))
    def get_actions(self, row: Hazard) -> Any:
        """Return the moves open to the person."""
        return MoveName(allowed_transitions(self.context["request"].user, row), many=True).data


def _text(label: str, *, longest: int = LONG, required: bool = False) -> serializers.CharField:
    if required:
        return serializers.CharField(max_length=longest, help_text=label)
    return serializers.CharField(required=False, default="", allow_blank=True, max_length=longest, help_text=label)


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


class RectificationInput(Input):
    """What was done in the current round."""

    measures = _text("整改情况")
    done_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="整改完成日期")


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


class HazardViews(MovingViews):
    """Hazards, as on their pages."""

    tag = "隐患"
    queryset = Hazard.objects.all()
    serializer_class = HazardDetail
    list_serializer_class = HazardRow
    filterset_class = HazardFilter
    ordering_fields = {"code": ("code",), "due_on": ("due_on",), "found_on": ("found_on",), "state": ("state",)}
    gone = MISSING
    # Facts and measures are changed on the page; everything else is a move here.
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
        placed = [data[name] for name in ("sector", "township", "supervisor")]
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

    @extend_schema(request=RectificationInput, responses={200: HazardDetail}, summary="填写整改情况（存为草稿）")
    def rectify(self, request: Request, pk: int) -> Response:
        """Keep what was done in the current round; the move `apply` hands it in."""
        self.get_object()
        self.expected_version()
        data = self.read(RectificationInput)
        actor: Any = request.user
        rectifying.save_rectification(actor=actor, hazard_id=pk, **data)
        return self.shown_again()
