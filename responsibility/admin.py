"""Units, roles and rules in Django's admin: to look at. They are kept on their own pages, with their rules."""

from django.contrib import admin

from audit.admin import ReadOnlyAdmin
from responsibility.models import KeywordRule, Membership, Unit, UnitAlias


@admin.register(Unit)
class UnitAdmin(ReadOnlyAdmin):
    """单位."""

    list_display = ("code", "name", "short_name", "kind", "valid_to")
    list_filter = ("kind",)
    search_fields = ("code", "name", "short_name", "initials")


@admin.register(UnitAlias)
class UnitAliasAdmin(ReadOnlyAdmin):
    """单位别名."""

    list_display = ("name", "unit", "former")
    search_fields = ("name", "unit__name")
    list_select_related = ("unit",)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """任职."""

    list_display = ("user", "unit", "role", "valid_from", "valid_to", "deputy_for")
    list_filter = ("role",)
    search_fields = ("user__display_name", "unit__name")
    list_select_related = ("user", "unit", "deputy_for")


@admin.register(KeywordRule)
class KeywordRuleAdmin(ReadOnlyAdmin):
    """关键词规则."""

    list_display = ("keywords", "unit", "part", "weight", "active")
    search_fields = ("keywords", "unit__name")
    list_select_related = ("unit",)
