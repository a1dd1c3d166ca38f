"""Taking evidence over from one object to its successor."""

import uuid

from django.db import models

from evidence.models import File
from evidence.selectors import files_of


def carry_files(*, source: models.Model, target: models.Model) -> list[File]:
    """Give `target` the present files of `source`: rows of its own over the same stored bytes.

    Who uploaded a file and when stays as it was.
    """
    return File.objects.bulk_create(
        File(
            uid=uuid.uuid4(),
            owner_type=target._meta.label_lower,
            owner_id=target.pk,
            name=row.name,
            content=row.content.name,
            media_type=row.media_type,
            size=row.size,
            sha256=row.sha256,
            uploaded_at=row.uploaded_at,
            uploaded_by=row.uploaded_by,
            preview=row.preview.name,
            preview_error=row.preview_error,
        )
        for row in files_of(source)
    )
