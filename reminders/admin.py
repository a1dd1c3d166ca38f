"""Reminder rules are set in Django's admin, audited; the rows written by them are there to look at."""

from django.contrib import admin

from audit.admin import AuditedAdmin, ReadOnlyAdmin
from reminders.models import Reminder, ReminderRule


@admin.register(ReminderRule)
class ReminderRuleAdmin(AuditedAdmin):
    """提醒规则."""

    list_display = ("name", "offset_days", "role", "active")


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    """提醒记录."""

    list_display = ("rule", "task", "due_on", "recipient", "sent_on", "superseded")
    list_filter = ("rule", "superseded")
    search_fields = ("task__code", "task__title", "recipient__display_name")
    list_select_related = ("rule", "task", "recipient")
