"""Reading the demonstration's files and its dates."""

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "demo"


def read_json(name: str) -> dict[str, Any]:
    """Return one of the demonstration's files."""
    content: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return content


def read_plan(name: str, year: int) -> str:
    """Return the text of a plan with its year filled in."""
    return (FOLDER / name).read_text(encoding="utf-8").replace("{year}", str(year))


def day_of(text: str, year: int) -> date:
    """Turn `MM-DD` (or `+MM-DD` for the following year) into a date of the plan's year."""
    month, day = text.removeprefix("+").split("-")
    return date(year + text.startswith("+"), int(month), int(day))


def moment_of(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment of the day in the county's time zone."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
