"""Accounts in Django's admin: to look at. They are kept on the pages of the administrator, with their rules."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group

from accounts.models import ApiToken, User
from audit.admin import ReadOnlyAdmin

admin.site.site_header = admin.site.site_title = "安委办工作要点督办系统 · 后台数据"
# One login page for everybody: the one that counts failures.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign, no-untyped-call]
# Neither is used here, and changes to them would leave no audit entry.
admin.site.unregister([Group, EmailAddress])


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """账号."""

    list_display = ("username", "display_name", "phone", "email", "is_active", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username", "display_name", "phone")
    fields = ("username", "display_name", "phone", "email", "is_active", "is_staff", "last_login", "date_joined")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """接口令牌."""

    list_display = ("user", "name", "hint", "created_at", "expires_at", "last_used_at", "revoked_at")
    search_fields = ("user__display_name", "user__username", "name")
    list_select_related = ("user",)
    fields = list_display
