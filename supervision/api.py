"""Letters on the programming interface: drafted, changed, moved along their table, answered."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import Input, many
from core.api.problems import BadInput
from core.api.serializers import KeyField, MoveName, ReasonInput
from core.api.views import MovingViews
from core.errors import WrongState
from evidence.api import FileFacts, WithFiles
from evidence.selectors import files_of
from responsibility.api import UnitName
from supervision.filters import LetterFilter
from supervision.models import Letter, LetterItem
from supervision.permissions import MISSING, allowed_transitions, sees_reply
from supervision.services import issuing, replying
from supervision.services.drafting import (
    MAX_REQUIREMENT,
    MAX_TEXT,
    Cover,
    Revision,
    Texts,
    compose_letters,
    edit_letter,
)
from supervision.services.replying import MAX_REPLY, ReplyDraft
from supervision.transitions import EDIT, LETTER_TRANSITIONS, REPLY
from supervision.views import detail as pages
from tasks.api.shapes import TaskName

MANY = 200
COVER = ("issuer", "code", "contact", "reply_due_on", "demand")


class LetterItemShape(serializers.ModelSerializer[LetterItem]):
    """A task named in a letter, as it stood then, with the reply to it as far as the person may see it."""

    task = TaskName(read_only=True)
    reply = serializers.SerializerMethodField(help_text="办理情况；回复提交前对安委办为 null")
    promised_on = serializers.SerializerMethodField(help_text="承诺完成日期")

    class Meta:
        model = LetterItem
        fields: tuple[str, ...] = (
            "id", "task", "order", "title", "due_on", "days_overdue", "percent", "situation", "requirement", "reply",
            "promised_on",
        )  # fmt: skip
        read_only_fields = fields

    def get_reply(self, row: LetterItem) -> str | None:
        """Return the reply."""
        return row.reply if self.context["sees_reply"] else None

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_promised_on(self, row: LetterItem) -> Any:
        """Return the promised day."""
        return row.promised_on if self.context["sees_reply"] else None


class LetterRow(serializers.ModelSerializer[Letter]):
    """A letter in the list."""

    number = serializers.CharField(read_only=True, help_text="发文字号，取号前为空串")
    unit = UnitName(read_only=True)
    kind_label = serializers.CharField(source="get_kind_display", read_only=True, help_text="种类名称")
    state_label = serializers.CharField(source="get_state_display", read_only=True, help_text="状态名称")
    item_count = serializers.IntegerField(read_only=True, help_text="列入的任务数")

    class Meta:
        model = Letter
        fields: tuple[str, ...] = (
            "id", "version", "number", "title", "kind", "kind_label", "unit", "plan", "state", "state_label",
            "item_count", "issued_on", "reply_due_on", "replied_at", "closed_at",
        )  # fmt: skip
        read_only_fields = fields


class LetterDetail(LetterRow):
    """A letter with its texts, items, reply, evidence and what the person may do now."""

    items = serializers.SerializerMethodField(help_text="列入的任务和回复")
    reply_summary = serializers.SerializerMethodField(help_text="总体说明；回复提交前对安委办为 null")
    files = serializers.SerializerMethodField(help_text="佐证材料")
    has_pdf = serializers.SerializerMethodField(help_text="PDF 已生成")
    actions = serializers.SerializerMethodField(help_text="您现在可以办理的操作；edit 即 PATCH 本地址")

    class Meta(LetterRow.Meta):
        fields = (
            *LetterRow.Meta.fields, "opening", "demand", "issuer", "code", "contact", "signatory", "predecessor",
            "received_at", "received_as", "replied_as", "returned_at", "review_comment", "void_reason", "items",
            "reply_summary", "files", "has_pdf", "actions",
        )  # fmt: skip
        read_only_fields = fields

    def _sees_reply(self, row: Letter) -> bool:
        return sees_reply(self.context["request"].user, row)

    @extend_schema_field(LetterItemShape(many=True))
    def get_items(self, row: Letter) -> Any:
        """Return the items."""
        context = {**self.context, "sees_reply": self._sees_reply(row)}
        return LetterItemShape(row.items.all(), many=True, context=context).data

    def get_reply_summary(self, row: Letter) -> str | None:
        """Return the remarks on the whole."""
        return row.reply_summary if self._sees_reply(row) else None

    @extend_schema_field(FileFacts(many=True))
    def get_files(self, row: Letter) -> Any:
        """Return the reply's evidence."""
        return FileFacts(files_of(row), many=True).data

    def get_has_pdf(self, row: Letter) -> bool:
        """Say whether the PDF is there."""
        return bool(row.pdf)

    @extend_schema_field(MoveName(many=True))
    def get_actions(self, row: Letter) -> Any:
        """Return the moves open to the person."""
        return MoveName(allowed_transitions(self.context["request"].user, row), many=True).data


class Composed(serializers.Serializer[Any]):
    """Drafts made, and sentences about the tasks left out."""

    letters = LetterRow(many=True, help_text="起草的函件，每个牵头单位一份")
    left_out = serializers.ListField(child=serializers.CharField(), help_text="未列入的任务及原因")


class CoverInput(Input):
    """What the letters of one batch share."""

    issuer = serializers.CharField(max_length=60, help_text="发文机关，全称")
    code = serializers.CharField(max_length=20, help_text="发文代字，如“清安办函”")
    contact = serializers.CharField(max_length=120, help_text="联系人及电话")
    reply_due_on = serializers.DateField(help_text="回复期限，须在今天之后")
    demand = serializers.CharField(max_length=MAX_TEXT, help_text="工作要求，每行一段")


class TextsInput(Input):
    """Title and opening of the letter to one unit."""

    unit = KeyField(help_text="主送单位的编号")
    title = serializers.CharField(required=False, default="", allow_blank=True, max_length=120, help_text="标题")
    opening = serializers.CharField(required=False, default="", allow_blank=True, max_length=MAX_TEXT, help_text="事由")


class RequirementInput(Input):
    """What the unit is to do about one task."""

    task = KeyField(help_text="任务的编号")
    requirement = serializers.CharField(max_length=MAX_REQUIREMENT, help_text="办理要求")


class ComposeInput(CoverInput):
    """Letters to be drafted."""

    kind = serializers.ChoiceField(choices=Letter.Kind.choices, help_text="种类")
    tasks = serializers.ListField(child=KeyField(), min_length=1, max_length=MANY, help_text="列入的任务的编号")
    again = serializers.ListField(
        child=KeyField(), required=False, max_length=MANY, help_text="已列入未回复函件、仍要再次列入的任务的编号"
    )
    texts = many(TextsInput, MANY, required=False, help_text="各单位函件的标题和事由；不写则由系统拟写")
    requirements = many(RequirementInput, MANY, required=False, help_text="各任务的办理要求；不写则由系统拟写")


class ItemRequirementInput(Input):
    """What the unit is to do about one item."""

    item = KeyField(help_text="函件事项的编号")
    requirement = serializers.CharField(max_length=MAX_REQUIREMENT, help_text="办理要求")


class EditInput(Input):
    """What of a draft is to change; a field left out keeps its content."""

    title = serializers.CharField(required=False, max_length=120, help_text="标题")
    opening = serializers.CharField(required=False, max_length=MAX_TEXT, help_text="事由")
    issuer = serializers.CharField(required=False, max_length=60, help_text="发文机关，全称")
    code = serializers.CharField(required=False, max_length=20, help_text="发文代字")
    contact = serializers.CharField(required=False, max_length=120, help_text="联系人及电话")
    reply_due_on = serializers.DateField(required=False, help_text="回复期限")
    demand = serializers.CharField(required=False, max_length=MAX_TEXT, help_text="工作要求")
    requirements = many(ItemRequirementInput, MANY, required=False, help_text="各事项的办理要求")
    removed = serializers.ListField(child=KeyField(), required=False, max_length=MANY, help_text="移出的事项的编号")


class ItemReplyInput(Input):
    """The answer to one item."""

    item = KeyField(help_text="函件事项的编号")
    reply = serializers.CharField(required=False, allow_blank=True, max_length=MAX_REPLY, help_text="办理情况")
    promised_on = serializers.DateField(required=False, allow_null=True, help_text="承诺完成日期，null 为不承诺")


class ReplyInput(Input):
    """What of a reply is to change; what is left out keeps its content."""

    items = many(ItemReplyInput, MANY, required=False, help_text="各事项的回复")
    summary = serializers.CharField(required=False, allow_blank=True, max_length=MAX_REPLY, help_text="总体说明")


class LetterMoveInput(ReasonInput):
    """What a move of a letter may carry."""

    signatory = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=200, help_text="仅 issue：签发人姓名"
    )


COMPOSE_EXAMPLE = OpenApiExample(
    "起草督促函",
    value={
        "kind": "urging",
        "tasks": [12, 15],
        "issuer": "清泽县安全生产委员会办公室",
        "code": "清安办函",
        "contact": "王立春，0000-1234567",
        "reply_due_on": "2026-12-04",
        "demand": "请逐项说明未完成的原因和完成时间，按期书面回复。",
    },
    request_only=True,
)


class LetterViews(WithFiles, MovingViews):
    """Letters, as on their pages."""

    tag = "督办函件"
    queryset = Letter.objects.all()
    serializer_class = LetterDetail
    list_serializer_class = LetterRow
    filterset_class = LetterFilter
    ordering_fields = {
        "number": ("year", "code", "sequence"),
        "unit": ("unit__ordering", "unit_id"),
        "state": ("state",),
        "issued_on": ("issued_on",),
        "reply_due_on": ("reply_due_on",),
        "created_at": ("created_at",),
    }
    gone = MISSING
    file_actions = ("pdf",)
    # A draft is changed by PATCH.
    moves = tuple(row for row in LETTER_TRANSITIONS if row != EDIT)
    states = dict(Letter.State.choices)
    move_serializer_class = LetterMoveInput

    def visible(self) -> "QuerySet[Letter]":
        """Return the letters the person may see, newest first."""
        return Letter.objects.visible_to(self.request.user).order_by("-created_at", "-pk")

    def listed(self, rows: "QuerySet[Letter]") -> "QuerySet[Letter]":
        """Fetch the unit and count the items."""
        # Counting drops the order the rows have by their model alone; theirs is their own.
        return rows.select_related("unit").annotate(item_count=Count("items"))

    def detailed(self, rows: "QuerySet[Letter]") -> "QuerySet[Letter]":
        """Fetch the items."""
        return self.listed(rows).prefetch_related("items__task")

    def takes(self, row: Any) -> tuple[str, ...]:
        """Return what a move reads besides the reason."""
        return (row.needs,) if row.needs == "signatory" else ()

    def needs_reason(self, row: Any) -> bool:
        """Say whether a move asks for a reason."""
        return bool(row.needs == "reason")

    def move(self, row: Letter, action: str, version: int, data: dict[str, Any]) -> object:
        """Have the service make the move."""
        if action == REPLY.action:
            return replying.reply_letter(
                actor=self.request.user,  # type: ignore[arg-type]
                letter_id=row.pk,
                expected_version=version,
            )
        return pages.SERVICES[action](actor=self.request.user, pk=row.pk, version=version, data=data)

    @extend_schema(
        request=ComposeInput, responses={201: Composed}, examples=[COMPOSE_EXAMPLE], summary="按牵头单位起草函件"
    )
    def create(self, request: Request) -> Response:
        """Draft letters, one for each lead unit."""
        data = self.read(ComposeInput)
        made = compose_letters(
            actor=request.user,  # type: ignore[arg-type]
            kind=data["kind"],
            task_ids=data["tasks"],
            cover=Cover(**{name: data[name] for name in COVER}),
            again=data.get("again", ()),
            texts={row["unit"]: Texts(row["title"], row["opening"]) for row in data.get("texts", ())},
            requirements={row["task"]: row["requirement"] for row in data.get("requirements", ())},
        )
        rows = self.listed(self.get_queryset()).filter(pk__in=[letter.pk for letter in made.letters])
        context = self.get_serializer_context()
        letters = LetterRow(rows.order_by("pk"), many=True, context=context).data
        return Response({"letters": letters, "left_out": made.left_out}, status=201)

    @extend_schema(request=EditInput, responses={200: LetterDetail}, summary="修改草稿")
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a draft."""
        letter: Letter = self.get_object()
        version = self.expected_version()
        data = self.read(EditInput)
        self._own_items(letter, "requirements", [row["item"] for row in data.get("requirements", ())])
        self._own_items(letter, "removed", data.get("removed", ()))
        kept = {name: data.get(name, getattr(letter, name)) for name in ("title", "opening", *COVER)}
        edit_letter(
            actor=request.user,  # type: ignore[arg-type]
            letter_id=letter.pk,
            revision=Revision(
                cover=Cover(**{name: kept[name] for name in COVER}),
                title=kept["title"],
                opening=kept["opening"],
                requirements={row["item"]: row["requirement"] for row in data.get("requirements", ())},
                removed=data.get("removed", ()),
            ),
            expected_version=version,
        )
        return self.shown_again()

    @extend_schema(request=ReplyInput, responses={200: LetterDetail}, summary="填写回复（存为草稿）")
    def reply(self, request: Request, pk: int) -> Response:
        """Keep what the unit has written so far; the move `reply` submits it."""
        letter: Letter = self.get_object()
        version = self.expected_version()
        data = self.read(ReplyInput)
        rows = data.get("items", ())
        self._own_items(letter, "items", [row["item"] for row in rows])
        replying.save_reply(
            actor=request.user,  # type: ignore[arg-type]
            letter_id=letter.pk,
            draft=ReplyDraft(
                replies={row["item"]: row["reply"] for row in rows if "reply" in row},
                promised={row["item"]: row["promised_on"] for row in rows if "promised_on" in row},
                summary=data.get("summary", letter.reply_summary),
            ),
            expected_version=version,
        )
        return self.shown_again()

    @extend_schema(
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        summary="下载 PDF",
        operation_id="letters_pdf_retrieve",
    )
    def pdf(self, request: Request, pk: int) -> HttpResponseBase:
        """Answer with the PDF."""
        letter: Letter = self.get_object()
        if not letter.pdf:
            raise WrongState(letter.pdf_error or "PDF 尚未生成：草稿没有 PDF，签发后请稍候再取。")
        return pages.pdf(request._request, pk)

    @extend_schema(request=None, responses={200: LetterDetail}, summary="重新生成 PDF")
    def render_again(self, request: Request, pk: int) -> Response:
        """Have the PDF made anew."""
        self.get_object()
        self.expected_version()
        issuing.render_again(actor=request.user, letter_id=pk)  # type: ignore[arg-type]
        return self.shown_again()

    def _own_items(self, letter: Letter, field: str, given: Any) -> None:
        """Refuse items that are not the letter's."""
        own = {item.pk for item in letter.items.all()}
        strange = {f"{field}.{place}": "不是这份函件的事项。" for place, pk in enumerate(given) if pk not in own}
        if strange:
            raise BadInput(strange)
