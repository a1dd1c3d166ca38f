"""Who may see and change the photos of a hazard: those of the finding, and those of each round of rectification."""

from typing import Any

from hazards.models import Hazard, Rectification
from hazards.models.tracked import TO_RECTIFY
from hazards.permissions import parts_of
from hazards.transitions import APPLY, EDIT


def hazard_files(user: Any, hazard_id: int) -> str:
    """Return "change" to who registered it or keeps its facts, until it is handed in; "read" to all who see it."""
    hazard = Hazard.objects.visible_to(user).filter(pk=hazard_id).first()
    if hazard is None:
        return ""
    return "change" if may_change_photos(user, hazard) else "read"


def may_change_photos(user: Any, hazard: Hazard) -> bool:
    """Say whether the person adds photos of the finding to a hazard they see, and takes them off."""
    keeps = hazard.registered_by_id == user.pk or bool(parts_of(user, hazard) & set(EDIT.who))
    return keeps and hazard.state in TO_RECTIFY


def round_files(user: Any, round_id: int) -> str:
    """Return "change" to who rectifies while the round is a draft; "read" to all who see the hazard afterwards."""
    rows = Rectification.objects.filter(pk=round_id, hazard__in=Hazard.objects.visible_to(user))
    row = rows.select_related("hazard").first()
    if row is None:
        return ""
    if row.outcome != Rectification.Outcome.DRAFT:
        return "read"
    rectifies = bool(parts_of(user, row.hazard) & set(APPLY.who))
    return "change" if rectifies and row.hazard.state in TO_RECTIFY else ""
