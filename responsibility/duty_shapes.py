"""What the programming interface shows of duty lists, duties, signatures and fulfilment records."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import MoveName
from evidence.api import FileFacts
from evidence.selectors import files_of
from responsibility.api import UnitName
from responsibility.duty_permissions import allowed_transitions, signing_right
from responsibility.duty_selectors import items_in_order, progress_by_item, subject_of
from responsibility.models import DutyItem, DutyList, DutySignature, Fulfilment

RIGHTS = (("self", "您签收"), ("behalf", "您代签"), ("none", "不由您签收，或已签收"))


class DutyItemShape(serializers.ModelSerializer[DutyItem]):
    """A duty."""

    layer_label = serializers.CharField(source="get_layer_display", read_only=True, help_text="层级名称")
    subject = serializers.SerializerMethodField(help_text="责任主体：单位、内设机构或岗位")
    frequency_words = serializers.CharField(read_only=True, help_text="频次的完整说法")

    class Meta:
        model = DutyItem
        fields: tuple[str, ...] = (
            "id", "version", "duty_list", "layer", "layer_label", "subject", "office", "post", "text", "kind",
            "duty_type", "basis", "how", "frequency", "times", "frequency_note", "frequency_words", "due_on",
            "ordering",
        )  # fmt: skip
        read_only_fields = fields

    def get_subject(self, row: DutyItem) -> str:
        """Return whose duty it is."""
        return subject_of(row, row.duty_list)


class DutyItemDetail(DutyItemShape):
    """A duty with how it stands."""

    unit = UnitName(source="duty_list.unit", read_only=True)
    year = serializers.IntegerField(source="duty_list.year", read_only=True, help_text="年度")
    progress = serializers.SerializerMethodField(
        help_text="本年度履职进度，如“已履职2次，本季度1/2次”；看不到记录的为空串"
    )

    class Meta(DutyItemShape.Meta):
        fields = (*DutyItemShape.Meta.fields, "unit", "year", "progress")
        read_only_fields = fields

    def get_progress(self, row: DutyItem) -> str:
        """Return how often it was done, in words."""
        found = progress_by_item([(row.duty_list, row)], self.context["request"].user).get(row.pk)
        return found.words if found else ""


class SignatureRow(serializers.ModelSerializer[DutySignature]):
    """A signature due or given."""

    unit = UnitName(source="duty_list.unit", read_only=True)
    year = serializers.IntegerField(source="duty_list.year", read_only=True, help_text="年度")
    layer_label = serializers.CharField(source="get_layer_display", read_only=True, help_text="层级名称")
    right = serializers.SerializerMethodField(help_text="您现在可否签收：self 本人签收，behalf 由您代签，none 为不可")

    class Meta:
        model = DutySignature
        fields: tuple[str, ...] = (
            "id", "duty_list", "unit", "year", "layer", "layer_label", "subject", "holder", "signed_at", "signed_as",
            "on_behalf", "right",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=RIGHTS))
    def get_right(self, row: DutySignature) -> str:
        """Return how the person may sign."""
        return signing_right(self.context["request"].user, row) or "none"


class DutyListRow(serializers.ModelSerializer[DutyList]):
    """A duty list in the list of them."""

    unit = UnitName(read_only=True)
    state_label = serializers.CharField(source="get_state_display", read_only=True, help_text="状态名称")
    item_count = serializers.IntegerField(read_only=True, help_text="职责项数")
    due = serializers.IntegerField(read_only=True, help_text="应签收人数")
    signed = serializers.IntegerField(read_only=True, help_text="已签收人数")

    class Meta:
        model = DutyList
        fields: tuple[str, ...] = (
            "id", "version", "unit", "year", "edition", "state", "state_label", "item_count", "due", "signed",
            "submitted_at", "published_on", "superseded_on",
        )  # fmt: skip
        read_only_fields = fields


class DutyListDetail(DutyListRow):
    """A duty list with its duties, its signatures and what the person may do now."""

    items = serializers.SerializerMethodField(help_text="职责事项，按打印的顺序")
    signatures = serializers.SerializerMethodField(help_text="签收情况，发布后才有")
    has_pdf = serializers.SerializerMethodField(help_text="PDF 已生成")
    actions = serializers.SerializerMethodField(
        help_text="您现在可以办理的操作；edit 即增改 duty-items，revise 即 POST …/revise/"
    )

    class Meta(DutyListRow.Meta):
        fields = (*DutyListRow.Meta.fields, "review_comment", "items", "signatures", "has_pdf", "actions")
        read_only_fields = fields

    @extend_schema_field(DutyItemShape(many=True))
    def get_items(self, row: DutyList) -> Any:
        """Return the duties."""
        items = items_in_order(row)
        for item in items:
            item.duty_list = row
        return DutyItemShape(items, many=True, context=self.context).data

    @extend_schema_field(SignatureRow(many=True))
    def get_signatures(self, row: DutyList) -> Any:
        """Return the signatures that count."""
        rows = list(row.signatures.counted().select_related("tenure__user"))
        for signature in rows:
            signature.duty_list = row
        return SignatureRow(rows, many=True, context=self.context).data

    def get_has_pdf(self, row: DutyList) -> bool:
        """Say whether the PDF is there."""
        return bool(row.pdf)

    @extend_schema_field(MoveName(many=True))
    def get_actions(self, row: DutyList) -> Any:
        """Return the moves open to the person."""
        return MoveName(allowed_transitions(self.context["request"].user, row), many=True).data


class Begun(serializers.Serializer[Any]):
    """A list just begun."""

    duty_list = DutyListDetail(help_text="新的责任清单")
    left_out = serializers.ListField(
        child=serializers.CharField(), help_text="责任主体已撤销、没有复制的职责，须重新明确"
    )


class FulfilmentRow(serializers.ModelSerializer[Fulfilment]):
    """A fulfilment record in the list."""

    item_text = serializers.CharField(source="item.text", read_only=True, help_text="职责事项")
    duty_list = serializers.IntegerField(source="item.duty_list_id", read_only=True, help_text="责任清单的编号")
    unit = UnitName(source="item.duty_list.unit", read_only=True)
    created_by = serializers.StringRelatedField[Any](read_only=True, help_text="登记人")

    class Meta:
        model = Fulfilment
        fields: tuple[str, ...] = (
            "id", "version", "item", "item_text", "duty_list", "unit", "done_on", "text", "person", "created_by",
            "created_at",
        )  # fmt: skip
        read_only_fields = fields


class FulfilmentDetail(FulfilmentRow):
    """A fulfilment record with its evidence."""

    files = serializers.SerializerMethodField(help_text="佐证材料")

    class Meta(FulfilmentRow.Meta):
        fields = (*FulfilmentRow.Meta.fields, "files")
        read_only_fields = fields

    @extend_schema_field(FileFacts(many=True))
    def get_files(self, row: Fulfilment) -> Any:
        """Return the record's evidence."""
        return FileFacts(files_of(row), many=True).data
