"""Who may see and change the evidence of a fulfilment record."""

from typing import Any

from responsibility.duty_permissions import may_record
from responsibility.models import Fulfilment


def fulfilment_files(user: Any, record_id: int) -> str:
    """Return "change" to the unit's people while the list is in force, "read" to all who see the record."""
    rows = Fulfilment.objects.visible_to(user).select_related("item__duty_list")
    row = rows.filter(pk=record_id).first()
    if row is None:
        return ""
    return "change" if may_record(user, row.item) else "read"
