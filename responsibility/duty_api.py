"""Duty lists on the programming interface: drafted, moved along their table, signed, and what was done recorded."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import Input
from core.api.serializers import KeyField, ReasonInput
from core.api.views import MovingViews, ObjectViews
from core.errors import WrongState
from evidence.api import WithFiles
from responsibility.duty_api_filters import DutyItemFilter, FulfilmentFilter
from responsibility.duty_filters import DutyListFilter, SignatureFilter
from responsibility.duty_permissions import MISSING
from responsibility.duty_selectors import signatures_in_force, with_coverage
from responsibility.duty_shapes import (
    Begun,
    DutyItemDetail,
    DutyItemShape,
    DutyListDetail,
    DutyListRow,
    FulfilmentDetail,
    FulfilmentRow,
    SignatureRow,
)
from responsibility.models import DutyItem, DutyList, DutySignature, Fulfilment
from responsibility.permissions import require_colleague
from responsibility.services import duty_items, duty_lists, fulfilment
from responsibility.services.duty_items import ItemDraft, Subject
from responsibility.services.fulfilment import MAX_TEXT, FulfilmentDraft
from responsibility.services.signing import sign_duties
from responsibility.transitions import BY_ACTION, DUTY_TRANSITIONS, EDIT, REVISE
from responsibility.views import duties as pages

F, WORDS = DutyItem.Frequency, ("text", "kind", "duty_type", "basis", "how", "frequency", "times", "frequency_note")


class BeginInput(Input):
    """A list to be begun."""

    unit = KeyField(help_text="单位的编号")
    year = serializers.IntegerField(min_value=2000, max_value=2100, help_text="年度")
    copy_last = serializers.BooleanField(
        required=False, default=False, help_text="复制以前年度最近一次发布的清单；否则从空白开始"
    )


class SignInput(Input):
    """Which parts the person signs for."""

    signatures = serializers.ListField(
        child=KeyField(), min_length=1, max_length=500, help_text="签收的责任主体：signatures 中 right 不是 none 的编号"
    )


class DutyItemInput(Input):
    """What of a duty is to change; a field left out keeps its content."""

    office = KeyField(required=False, allow_null=True, help_text="内设机构的编号；内设机构和岗位都不填的，是单位的职责")
    post = KeyField(required=False, allow_null=True, help_text="岗位的编号")
    text = serializers.CharField(required=False, max_length=300, help_text="职责事项")
    kind = serializers.ChoiceField(required=False, choices=DutyItem.Kind.choices, help_text="三管")
    duty_type = serializers.ChoiceField(required=False, choices=DutyItem.Type.choices, help_text="职责类型")
    basis = serializers.CharField(required=False, max_length=200, help_text="依据")
    how = serializers.CharField(required=False, max_length=200, help_text="履职方式")
    frequency = serializers.ChoiceField(required=False, choices=F.choices, help_text="频次")
    times = serializers.IntegerField(required=False, min_value=1, max_value=31, help_text="每期次数")
    frequency_note = serializers.CharField(required=False, allow_blank=True, max_length=60, help_text="频次说明")
    due_on = serializers.DateField(required=False, allow_null=True, help_text="完成时限")
    ordering = serializers.IntegerField(required=False, min_value=0, max_value=100_000, help_text="排序")


class NewDutyItemInput(DutyItemInput):
    """A duty to be added to a list that is being worked on."""

    list = KeyField(help_text="责任清单的编号")
    text = serializers.CharField(max_length=300, help_text="职责事项")
    kind = serializers.ChoiceField(required=False, default="industry", choices=DutyItem.Kind.choices, help_text="三管")
    duty_type = serializers.ChoiceField(
        required=False, default="manage", choices=DutyItem.Type.choices, help_text="职责类型"
    )
    basis = serializers.CharField(max_length=200, help_text="依据")
    how = serializers.CharField(max_length=200, help_text="履职方式")
    frequency = serializers.ChoiceField(required=False, default=F.QUARTER, choices=F.choices, help_text="频次")
    times = serializers.IntegerField(required=False, default=1, min_value=1, max_value=31, help_text="每期次数")
    frequency_note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=60, help_text="频次说明"
    )
    # A new duty comes last.
    ordering = None  # type: ignore[assignment]


class FulfilmentInput(Input):
    """What of a record is to change; a field left out keeps its content."""

    done_on = serializers.DateField(required=False, help_text="履职日期，不晚于今天，在清单的年度内")
    text = serializers.CharField(required=False, max_length=MAX_TEXT, help_text="履职情况")
    person = serializers.CharField(required=False, max_length=60, help_text="履职人")


class NewFulfilmentInput(Input):
    """What was done for a duty of a list in force."""

    item = KeyField(help_text="职责事项的编号")
    done_on = serializers.DateField(help_text="履职日期，不晚于今天，在清单的年度内")
    text = serializers.CharField(max_length=MAX_TEXT, help_text="履职情况")
    person = serializers.CharField(max_length=60, help_text="履职人")


class OfColleagues(ObjectViews):
    """What whoever works here may read, as far as it is their business."""

    gated = True

    def require(self) -> None:
        """Let through whoever works here."""
        require_colleague(self.request.user)


class DutyListViews(OfColleagues, MovingViews):
    """Duty lists, as on their pages."""

    tag = "责任清单"
    queryset = DutyList.objects.all()
    serializer_class = DutyListDetail
    list_serializer_class = DutyListRow
    filterset_class = DutyListFilter
    ordering_fields = {
        "year": ("year",),
        "unit": ("unit__ordering", "unit_id"),
        "state": ("state",),
        "published_on": ("published_on",),
    }
    gone = MISSING
    file_actions = ("pdf",)
    # The duties of a draft have an address of their own; a new edition is begun by POST …/revise/.
    moves = tuple(row for row in DUTY_TRANSITIONS if row not in (EDIT, REVISE))
    states = dict(DutyList.State.choices)
    move_serializer_class = ReasonInput

    def visible(self) -> "QuerySet[DutyList]":
        """Return the lists the person may see, counted, in the order of the page."""
        rows = with_coverage(DutyList.objects.visible_to(self.request.user))
        return rows.order_by("-year", "unit__ordering", "unit__code", "-edition")

    def listed(self, rows: "QuerySet[DutyList]") -> "QuerySet[DutyList]":
        """Fetch the unit."""
        return rows.select_related("unit")

    def needs_reason(self, row: Any) -> bool:
        """Say whether a move asks for a reason."""
        return bool(row.needs == "reason")

    def move(self, row: DutyList, action: str, version: int, data: dict[str, Any]) -> object:
        """Have the service make the move."""
        words = {"reason": data["reason"]} if self.needs_reason(BY_ACTION[action]) else {}
        return pages.SERVICES[action](actor=self.request.user, list_id=row.pk, expected_version=version, **words)

    @extend_schema(request=BeginInput, responses={201: Begun}, summary="编制责任清单（空白，或复制以前年度的）")
    def create(self, request: Request) -> Response:
        """Begin a list."""
        data = self.read(BeginInput)
        actor: Any = request.user
        return self._begun(
            duty_lists.begin_list(actor=actor, unit_id=data["unit"], year=data["year"], copy_last=data["copy_last"])
        )

    @extend_schema(request=None, responses={201: Begun}, summary="编制新版：复制现行清单为新版草稿")
    def revise(self, request: Request, pk: int) -> Response:
        """Begin the next edition of a list in force."""
        self.get_object()
        version = self.expected_version()
        actor: Any = request.user
        return self._begun(duty_lists.revise_list(actor=actor, list_id=pk, expected_version=version))

    def _begun(self, made: duty_lists.Begun) -> Response:
        row = self.detailed(self.get_queryset()).get(pk=made.duty_list.pk)
        shown = DutyListDetail(row, context=self.get_serializer_context()).data
        headers = {"Location": self.reverse_of(row.pk)}
        return Response({"duty_list": shown, "left_out": made.left_out}, status=201, headers=headers)

    def reverse_of(self, pk: int) -> str:
        """Return the address of a list."""
        return f"{self.request.path.partition('/duty-lists/')[0]}/duty-lists/{pk}/"

    @extend_schema(request=SignInput, responses={200: DutyListDetail}, summary="签收承诺")
    def sign(self, request: Request, pk: int) -> Response:
        """Sign for parts of a published list."""
        self.get_object()
        version = self.expected_version()
        wanted = self.read(SignInput)["signatures"]
        actor: Any = request.user
        sign_duties(actor=actor, list_id=pk, signature_ids=wanted, expected_version=version)
        return self.shown_again()

    @extend_schema(
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        summary="下载 PDF",
        operation_id="duty_lists_pdf_retrieve",
    )
    def pdf(self, request: Request, pk: int) -> HttpResponseBase:
        """Answer with the PDF."""
        row: DutyList = self.get_object()
        if not row.pdf:
            raise WrongState(row.pdf_error or "PDF 尚未生成：责任清单发布后生成，请稍候再取。")
        return pages.pdf(request._request, pk)  # type: ignore[arg-type]


class DutyItemViews(OfColleagues):
    """Duties of the lists the person may see."""

    tag = "职责事项"
    queryset = DutyItem.objects.all()
    serializer_class = DutyItemDetail
    list_serializer_class = DutyItemShape
    filterset_class = DutyItemFilter
    ordering_fields = {"ordering": ("duty_list_id", "ordering"), "due_on": ("due_on",), "layer": ("layer",)}
    gone = "没有这项职责。"

    def visible(self) -> "QuerySet[DutyItem]":
        """Return the duties of visible lists."""
        lists = DutyList.objects.visible_to(self.request.user)
        return DutyItem.objects.filter(duty_list__in=lists.order_by().values("pk"))

    def listed(self, rows: "QuerySet[DutyItem]") -> "QuerySet[DutyItem]":
        """Fetch whose they are."""
        return rows.select_related("duty_list__unit", "office", "post__office")

    @extend_schema(request=NewDutyItemInput, responses={201: DutyItemDetail}, summary="新增职责")
    def create(self, request: Request) -> Response:
        """Add a duty to a list that is being worked on."""
        data = self.read(NewDutyItemInput)
        actor: Any = request.user
        draft = self._draft(data, Subject(data.get("office"), data.get("post")), data.get("due_on"))
        return self.created(duty_items.add_item(actor=actor, list_id=data["list"], draft=draft).pk)

    @extend_schema(request=DutyItemInput, responses={200: DutyItemDetail}, summary="修改职责")
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a duty."""
        row: DutyItem = self.get_object()
        version = self.expected_version()
        data = self.read(DutyItemInput)
        kept = {name: data.get(name, getattr(row, name)) for name in WORDS}
        # A new subject stands in place of the old one, whichever of the two it was.
        moved = "office" in data or "post" in data
        subject = Subject(data.get("office"), data.get("post")) if moved else Subject(row.office_id, row.post_id)
        actor: Any = request.user
        duty_items.change_item(
            actor=actor,
            item_id=pk,
            draft=self._draft(kept, subject, data.get("due_on", row.due_on)),
            ordering=data.get("ordering"),
            expected_version=version,
        )
        return self.shown_again()

    @extend_schema(responses={204: None}, summary="删除职责")
    def destroy(self, request: Request, pk: int) -> Response:
        """Take a duty out of a list that is being worked on."""
        self.get_object()
        version = self.expected_version()
        actor: Any = request.user
        duty_items.remove_item(actor=actor, item_id=pk, expected_version=version)
        return Response(status=204)

    def _draft(self, data: dict[str, Any], subject: Subject, due_on: Any) -> ItemDraft:
        return ItemDraft(subject=subject, due_on=due_on, **{name: data[name] for name in WORDS})


class SignatureViews(OfColleagues):
    """Signatures due for the lists in force."""

    tag = "签收承诺"
    queryset = DutySignature.objects.all()
    serializer_class = SignatureRow
    filterset_class = SignatureFilter
    ordering_fields = {"signed_at": ("signed_at",), "unit": ("duty_list__unit__ordering", "duty_list__unit_id")}

    def visible(self) -> "QuerySet[DutySignature]":
        """Return the signatures of lists the person may see, in the order of the page."""
        rows = signatures_in_force(self.request.user)
        return rows.order_by("-duty_list__year", "duty_list__unit__ordering", "duty_list", "pk")

    def listed(self, rows: "QuerySet[DutySignature]") -> "QuerySet[DutySignature]":
        """Fetch list and holder."""
        return rows.select_related("duty_list__unit", "tenure__user")


class FulfilmentViews(OfColleagues, WithFiles):
    """What the units' people did for their duties."""

    tag = "履职记录"
    queryset = Fulfilment.objects.all()
    serializer_class = FulfilmentDetail
    list_serializer_class = FulfilmentRow
    filterset_class = FulfilmentFilter
    ordering_fields = {"done_on": ("done_on",), "created_at": ("created_at",)}
    gone = "没有这条履职记录。"

    def visible(self) -> "QuerySet[Fulfilment]":
        """Return the records the person may see."""
        return Fulfilment.objects.visible_to(self.request.user)

    def listed(self, rows: "QuerySet[Fulfilment]") -> "QuerySet[Fulfilment]":
        """Fetch duty, unit and who recorded it."""
        return rows.select_related("item__duty_list__unit", "created_by")

    @extend_schema(request=NewFulfilmentInput, responses={201: FulfilmentDetail}, summary="登记履职记录")
    def create(self, request: Request) -> Response:
        """Record what was done."""
        data = self.read(NewFulfilmentInput)
        actor: Any = request.user
        draft = FulfilmentDraft(data["done_on"], data["text"], data["person"])
        return self.created(fulfilment.add_fulfilment(actor=actor, item_id=data["item"], draft=draft).pk)

    @extend_schema(request=FulfilmentInput, responses={200: FulfilmentDetail}, summary="修改履职记录")
    def partial_update(self, request: Request, pk: int) -> Response:
        """Correct a record."""
        row: Fulfilment = self.get_object()
        version = self.expected_version()
        data = self.read(FulfilmentInput)
        draft = FulfilmentDraft(*(data.get(name, getattr(row, name)) for name in ("done_on", "text", "person")))
        actor: Any = request.user
        fulfilment.change_fulfilment(actor=actor, record_id=pk, draft=draft, expected_version=version)
        return self.shown_again()

    @extend_schema(request=ReasonInput, responses={204: None}, summary="撤销履职记录，须写理由")
    def remove(self, request: Request, pk: int) -> Response:
        """Take a wrong record back; it stays in the history."""
        self.get_object()
        version = self.expected_version()
        reason = self.read(ReasonInput)["reason"]
        actor: Any = request.user
        fulfilment.remove_fulfilment(actor=actor, record_id=pk, reason=reason, expected_version=version)
        return self.shown_again()
