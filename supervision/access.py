"""Who may see and change the evidence of a unit's reply."""

from typing import Any

from supervision.models import Letter
from supervision.permissions import plays
from supervision.transitions import UNIT


def letter_files(user: Any, letter_id: int) -> str:
    """Return "change" to the addressed unit's people until they have replied, "read" to all who see the letter."""
    letter = Letter.objects.visible_to(user).filter(pk=letter_id).first()
    if letter is None:
        return ""
    return "change" if letter.awaits_unit and plays(user, (UNIT,), letter) else "read"
