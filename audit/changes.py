"""Who changed a row last, as told to a caller of the interface whose edit came too late."""

from typing import Any

from django.db import models
from django.utils import timezone

from audit.trail import history_of


def latest_change_of(row: models.Model) -> dict[str, Any] | None:
    """Describe the last entry of the row's history; None where there is none."""
    entry = history_of(row).first()
    if entry is None:
        return None
    return {
        "changed_by": entry.actor_name,
        "changed_at": timezone.localtime(entry.at).isoformat(),
        "summary": entry.summary,
        "changes": [{"label": label, "old": old, "new": new} for label, old, new in entry.changes],
    }
