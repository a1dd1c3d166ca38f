"""Reads of evidence files."""

from django.db import models

from evidence.models import File


def files_of(owner: models.Model) -> "models.QuerySet[File]":
    """Return the owner's files that have not been taken off."""
    return File.objects.filter(
        owner_type=owner._meta.label_lower, owner_id=owner.pk, removed_at__isnull=True
    ).select_related("uploaded_by")
