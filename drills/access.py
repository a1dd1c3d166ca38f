"""Who may see and change the photos and files of a record."""

from typing import Any

from drills.models import Drill
from drills.permissions import owns


def drill_files(user: Any, drill_id: int) -> str:
    """Return "change" to those whose record it is while it is a draft or returned, "read" to all who see it."""
    drill = Drill.objects.visible_to(user).select_related("filer").filter(pk=drill_id).first()
    if drill is None:
        return ""
    return "change" if drill.is_open and owns(user, drill) else "read"
