"""Reads of evidence files."""

from collections.abc import Sequence

from django.db import models

from evidence.models import File


def files_of(owner: models.Model) -> "models.QuerySet[File]":
    """Return the owner's files that have not been taken off."""
    return File.objects.filter(
        owner_type=owner._meta.label_lower, owner_id=owner.pk, removed_at__isnull=True
    ).select_related("uploaded_by")


def files_of_many(owners: "Sequence[models.Model]") -> dict[int, list[File]]:
    """Return the present files of several owners of one kind, by owner id, in one query."""
    found: dict[int, list[File]] = {}
    if owners:
        rows = File.objects.filter(
            owner_type=owners[0]._meta.label_lower, owner_id__in=[owner.pk for owner in owners], removed_at__isnull=True
        ).select_related("uploaded_by")
        for row in rows:
            found.setdefault(row.owner_id, []).append(row)
    return found
