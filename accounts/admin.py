"""Accounts in Django's admin: to look at. They are kept on the pages of the administrator, with their rules."""

from django.contrib import admin

from accounts.models import User
from audit.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """账号."""

    list_display = ("username", "display_name", "phone", "email", "is_active", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username", "display_name", "phone")
    fields = ("username", "display_name", "phone", "email", "is_active", "is_staff", "last_login", "date_joined")
