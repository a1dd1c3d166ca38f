"""The trail itself, read-only, and the base class by which every change in Django's admin leaves an entry."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest

from audit import trail
from audit.models import Entry


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows to look at; nothing can be added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


def _value(row: models.Model, name: str) -> str:
    value = getattr(row, f"get_{name}_display", None)
    found = value() if callable(value) else getattr(row, name, "")
    return "" if found is None else str(found)


def _changes(form: ModelForm[Any], row: models.Model, change: bool) -> list[trail.Change]:
    """Return what the form changed in words; of a password only that it changed."""
    before = type(row)._default_manager.filter(pk=row.pk).first() if change else None
    own = {field.name: str(field.verbose_name) for field in row._meta.fields}
    return [
        (own[name], "", "（已更换）")
        if "password" in name
        else (own[name], _value(before, name) if before is not None else "", _value(row, name))
        for name in form.changed_data
        if name in own
    ]


class AuditedAdmin(admin.ModelAdmin[Any]):
    """Django's admin as a fallback for what has no page of its own: every save is audited, nothing is deleted."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save and leave an entry with what changed."""
        changes = _changes(form, obj, change)
        super().save_model(request, obj, form, change)
        trail.record(
            actor=request.user,  # type: ignore[arg-type]
            action=f"admin.{'change' if change else 'create'}",
            target=obj,
            summary=f"在后台{'修改' if change else '新增'}{obj._meta.verbose_name}“{obj}”",
            changes=changes,
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what was is ended by a date or switched off, so that the past stays readable."""
        return False


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """审计记录."""

    list_display = ("at", "actor_name", "object_type", "object_label", "summary")
    list_filter = ("object_type",)
    search_fields = ("actor_name", "object_label", "summary", "reason")
    date_hierarchy = "at"
    list_select_related = ("actor",)
