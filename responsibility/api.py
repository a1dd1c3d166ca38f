"""Units on the programming interface, and the small shapes by which other objects name them."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.views import ApiMixin, ObjectViews
from responsibility.authority import authority_of
from responsibility.enterprises.filters import EnterpriseFilter
from responsibility.filters import UnitFilter
from responsibility.models import Enterprise, Membership, Role, Unit
from responsibility.permissions import require_colleague
from responsibility.selectors import current_people


class UnitName(serializers.ModelSerializer[Unit]):
    """A unit as other objects name it."""

    class Meta:
        model = Unit
        fields: tuple[str, ...] = ("id", "code", "name", "short_name")
        read_only_fields = fields


class UnitPerson(serializers.ModelSerializer[Membership]):
    """A person's role in a unit today."""

    name = serializers.CharField(source="user.display_name", read_only=True, help_text="姓名")
    phone = serializers.CharField(source="user.phone", read_only=True, help_text="联系电话")
    role_label = serializers.CharField(source="get_role_display", read_only=True, help_text="角色名称")
    deputy_for = serializers.StringRelatedField[Any](read_only=True, allow_null=True, help_text="代理的人（A角）")

    class Meta:
        model = Membership
        fields: tuple[str, ...] = (
            "name",
            "role",
            "role_label",
            "post",
            "phone",
            "deputy_for",
            "valid_from",
            "valid_to",
        )
        read_only_fields = fields


class UnitRow(serializers.ModelSerializer[Unit]):
    """A unit in the list."""

    kind_label = serializers.CharField(source="get_kind_display", read_only=True, help_text="类别名称")

    class Meta:
        model = Unit
        fields: tuple[str, ...] = (
            "id", "version", "code", "name", "short_name", "initials", "kind", "kind_label", "ordering",
            "valid_from", "valid_to",
        )  # fmt: skip
        read_only_fields = fields


class UnitDetail(UnitRow):
    """A unit with its other names, its people of today and, for a collective name, its members."""

    aliases = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True, help_text="别名")
    members = UnitName(many=True, read_only=True, help_text="集合名称的成员单位")
    people = UnitPerson(source="people_now", many=True, read_only=True, help_text="现任人员")

    class Meta(UnitRow.Meta):
        fields = (*UnitRow.Meta.fields, "aliases", "members", "people")
        read_only_fields = fields


class UnitViews(ObjectViews):
    """Units, for whoever works here."""

    tag = "单位"
    gated = True
    queryset = Unit.objects.all()
    serializer_class = UnitDetail
    list_serializer_class = UnitRow
    filterset_class = UnitFilter
    ordering_fields = {"ordering": ("ordering",), "code": ("code",), "name": ("name",)}
    gone = "没有这个单位。"

    def require(self) -> None:
        """Let through whoever works here."""
        require_colleague(self.request.user)

    def visible(self) -> "QuerySet[Unit]":
        """Return all units."""
        return Unit.objects.all()

    def detailed(self, rows: "QuerySet[Unit]") -> "QuerySet[Unit]":
        """Fetch names, members and people."""
        return rows.prefetch_related("aliases", "members", current_people())


class EnterpriseShape(serializers.ModelSerializer[Enterprise]):
    """An enterprise with who supervises it."""

    sector = serializers.StringRelatedField[Any](read_only=True, help_text="行业领域")
    township = UnitName(read_only=True)
    supervisor = UnitName(read_only=True)

    class Meta:
        model = Enterprise
        fields: tuple[str, ...] = (
            "id", "version", "name", "credit_code", "sector", "township", "supervisor", "address", "contact", "phone",
            "staff", "high_risk", "risk", "closed_on",
        )  # fmt: skip
        read_only_fields = fields


class EnterpriseViews(ObjectViews):
    """Enterprises, as far as the person may see them."""

    tag = "生产经营单位"
    queryset = Enterprise.objects.all()
    serializer_class = EnterpriseShape
    filterset_class = EnterpriseFilter
    ordering_fields = {"name": ("name",), "staff": ("staff",)}
    gone = "没有这家生产经营单位。"

    def visible(self) -> "QuerySet[Enterprise]":
        """Return the enterprises the person may see."""
        return Enterprise.objects.visible_to(self.request.user)

    def listed(self, rows: "QuerySet[Enterprise]") -> "QuerySet[Enterprise]":
        """Fetch sector and units."""
        return rows.select_related("sector", "township", "supervisor")


class MyUnit(serializers.Serializer[Any]):
    """A unit the person acts for."""

    id = serializers.IntegerField(help_text="单位的编号")
    name = serializers.CharField(help_text="单位全称")
    role = serializers.ChoiceField(choices=Role.choices, help_text="角色")


class Me(serializers.Serializer[Any]):
    """Who asks, and what they may do today."""

    id = serializers.IntegerField(help_text="账号编号")
    username = serializers.CharField(help_text="用户名")
    name = serializers.CharField(help_text="姓名")
    title = serializers.CharField(help_text="任职")
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), help_text="今天的角色")
    units = MyUnit(many=True, help_text="今天的任职单位")


class MeView(ApiMixin):
    """The person behind the token or session."""

    tag = "本人"

    @extend_schema(responses=Me, summary="我是谁，今天有哪些权限", operation_id="me_retrieve")
    def get(self, request: Request) -> Response:
        """Answer with the account and its roles of today."""
        user: Any = request.user
        authority = authority_of(user)
        rows = Membership.objects.active_on(clock.today()).filter(user_id=user.pk).select_related("unit")
        units = [{"id": row.unit_id, "name": row.unit.name, "role": row.role} for row in rows]
        found = {
            "id": user.pk,
            "username": user.get_username(),
            "name": str(user),
            "title": authority.title,
            "roles": sorted(authority.roles),
            "units": units,
        }
        return Response(found)
