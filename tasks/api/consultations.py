"""征求意见 and 报批 on the interface: what a unit was asked and its answer, what was laid before a leader."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import Input, many
from core.api.views import MovingViews, ObjectViews
from responsibility.api import UnitName
from tasks.approval_transitions import APPROVAL_MOVES
from tasks.consulting.filters import ApprovalFilter, ReplyFilter
from tasks.models import ConsultationAnswer, ConsultationItem, ConsultationReply, PlanApproval
from tasks.services.approving import decide_approval
from tasks.services.consultation_answers import AnswerDraft, send_answers

LONG = 8000
MOST_ITEMS = 500


class AskedItemShape(serializers.ModelSerializer[ConsultationItem]):
    """An item as it was sent."""

    lead = UnitName(read_only=True, allow_null=True)

    class Meta:
        model = ConsultationItem
        fields = ("number", "section", "title", "aims", "measures", "lead", "supports", "due_on")
        read_only_fields = fields


class AnswerShape(serializers.ModelSerializer[ConsultationAnswer]):
    """What the unit says of one item, and what the office made of it."""

    item = AskedItemShape(read_only=True)
    # Empty until something is said, or decided.
    verdict = serializers.CharField(read_only=True, help_text="意见：agree 同意，counter 有不同意见；未填为空")
    outcome = serializers.CharField(read_only=True, help_text="处理结果：taken 已采纳，refused 未采纳；未处理为空")
    proposed_lead = UnitName(read_only=True, allow_null=True)

    class Meta:
        model = ConsultationAnswer
        fields = (
            "id", "item", "part", "verdict", "proposed_lead", "proposed_due_on", "proposed_text", "reason", "outcome",
            "decision",
        )  # fmt: skip
        read_only_fields = fields


class ReplyRowShape(serializers.ModelSerializer[ConsultationReply]):
    """What a unit was asked, in the list."""

    unit = UnitName(read_only=True)
    title = serializers.CharField(source="consultation.title", read_only=True, help_text="工作要点")
    round = serializers.IntegerField(source="consultation.number", read_only=True, help_text="轮次")
    letter = serializers.CharField(source="consultation.letter", read_only=True, help_text="征求意见说明")
    answer_by = serializers.DateField(source="consultation.answer_by", read_only=True, help_text="反馈期限")
    state = serializers.CharField(source="consultation.state", read_only=True, help_text="状态：open、closed")

    class Meta:
        model = ConsultationReply
        fields: tuple[str, ...] = (
            "id", "version", "unit", "title", "round", "letter", "answer_by", "state", "sent_at", "sent_as",
        )  # fmt: skip
        read_only_fields = fields


class ReplyShape(ReplyRowShape):
    """The same with its items and answers."""

    answers = AnswerShape(many=True, read_only=True)

    class Meta(ReplyRowShape.Meta):
        fields = (*ReplyRowShape.Meta.fields, "answers")
        read_only_fields = fields


class AnswerInput(Input):
    """One item of a unit's answer."""

    id = serializers.IntegerField(min_value=1, max_value=2**53, help_text="意见的 id")
    verdict = serializers.ChoiceField(choices=ConsultationAnswer.Verdict.choices, help_text="意见")
    proposed_lead = serializers.IntegerField(
        min_value=1, max_value=2**53, required=False, allow_null=True, help_text="建议牵头单位的 id"
    )
    proposed_due_on = serializers.DateField(required=False, allow_null=True, help_text="建议完成时限")
    proposed_text = serializers.CharField(max_length=LONG, required=False, allow_blank=True, help_text="建议修改的表述")
    reason = serializers.CharField(max_length=LONG, required=False, allow_blank=True, help_text="理由")


class SendInput(Input):
    """A unit's answer."""

    answers = many(AnswerInput, MOST_ITEMS, required=False, help_text="逐项意见；没有列出的保持不变")
    rest_agrees = serializers.BooleanField(default=False, help_text="没有填写意见的各项按同意")


class ReplyViews(ObjectViews):
    """What units were asked."""

    tag = "征求意见"
    queryset = ConsultationReply.objects.all()
    serializer_class = ReplyShape
    list_serializer_class = ReplyRowShape
    filterset_class = ReplyFilter
    ordering_fields = {"answer_by": ("consultation__answer_by",), "sent_at": ("sent_at",)}
    gone = "没有这份征求意见。"

    def visible(self) -> "QuerySet[ConsultationReply]":
        """Return the unit's own; for the office those that were sent."""
        return ConsultationReply.objects.visible_to(self.request.user)

    def listed(self, rows: "QuerySet[ConsultationReply]") -> "QuerySet[ConsultationReply]":
        """Fetch round and unit."""
        return rows.select_related("consultation", "unit")

    def detailed(self, rows: "QuerySet[ConsultationReply]") -> "QuerySet[ConsultationReply]":
        """Fetch items and answers too."""
        answers = ConsultationAnswer.objects.select_related("item__lead", "proposed_lead").order_by("item__number")
        return self.listed(rows).prefetch_related(Prefetch("answers", answers))

    @extend_schema(request=SendInput, responses={200: ReplyShape}, summary="反馈意见")
    def send(self, request: Request, pk: int) -> Response:
        """Send the unit's answer, or send it anew."""
        self.get_object()
        version = self.expected_version()
        data = self.read(SendInput)
        drafts = [
            AnswerDraft(
                answer_id=row["id"],
                verdict=row["verdict"],
                lead_id=row.get("proposed_lead"),
                due_on=row.get("proposed_due_on"),
                text=row.get("proposed_text", ""),
                reason=row.get("reason", ""),
            )
            for row in data.get("answers", [])
        ]
        actor: Any = request.user
        send_answers(actor=actor, reply_id=pk, drafts=drafts, rest_agrees=data["rest_agrees"], expected_version=version)
        return self.shown_again()


class ApprovalShape(serializers.ModelSerializer[PlanApproval]):
    """One time a draft was laid before a leader."""

    title = serializers.CharField(source="plan.title", read_only=True, help_text="工作要点")
    state_label = serializers.CharField(source="label", read_only=True, help_text="状态名称；已失效的在此说明")
    overtaken = serializers.BooleanField(read_only=True, help_text="报批后任务分解又有改动")
    leader = serializers.StringRelatedField[Any](read_only=True, help_text="审批领导")
    submitted_by = serializers.StringRelatedField[Any](read_only=True, help_text="报批人")
    decided_by = serializers.StringRelatedField[Any](read_only=True, help_text="办结人", allow_null=True)

    class Meta:
        model = PlanApproval
        fields: tuple[str, ...] = (
            "id", "version", "plan", "title", "state", "state_label", "overtaken", "leader", "note", "open_points",
            "submitted_by", "submitted_at", "decided_by", "decided_at", "opinion",
        )  # fmt: skip
        read_only_fields = fields


class ApprovalMoveInput(Input):
    """A move of 报批."""

    reason = serializers.CharField(max_length=LONG, required=False, allow_blank=True, help_text="意见")


class ApprovalViews(MovingViews):
    """What was laid before leaders."""

    tag = "任务分解报批"
    queryset = PlanApproval.objects.all()
    serializer_class = ApprovalShape
    filterset_class = ApprovalFilter
    ordering_fields = {"submitted_at": ("submitted_at",), "decided_at": ("decided_at",)}
    gone = "没有这份报批。"
    moves = APPROVAL_MOVES
    states = dict(PlanApproval.State.choices)
    move_serializer_class = ApprovalMoveInput

    def visible(self) -> "QuerySet[PlanApproval]":
        """Return all for the office and county leaders."""
        return PlanApproval.objects.visible_to(self.request.user)

    def listed(self, rows: "QuerySet[PlanApproval]") -> "QuerySet[PlanApproval]":
        """Fetch plan and people."""
        return rows.select_related("plan", "leader", "submitted_by", "decided_by")

    def move(self, row: Any, action: str, version: int, data: dict[str, Any]) -> object:
        """Have the service make the move."""
        actor: Any = self.request.user
        return decide_approval(
            actor=actor,
            approval_id=row.pk,
            action=action,
            opinion=data.get("reason", ""),
            expected_version=version,
        )
